//! Boilerplate within a set: in how many documents each paragraph stands.

use tamis_ingest::ChunkId;

use super::duplicates::Link;
use crate::duplication::{paragraph_hashes, work};
use crate::subject::Subject;
use crate::{Boilerplate, DuplicationPolicy, Finding, Passage, parallel};

/// The paragraphs that stand in many documents, those of `heads` counted: of equal passages one is looked at, so that a
/// page copied whole makes nothing boilerplate.
pub(super) fn among(passages: &[&Passage], heads: &[usize], policy: &DuplicationPolicy) -> Boilerplate {
    let heads = passages.iter().enumerate().filter(|(i, _)| heads[*i] == *i).map(|(_, passage)| *passage);
    Boilerplate::of(frequencies(heads, policy, |_| true), policy)
}

/// The findings of the passages that stand. A paragraph that many documents share only because their passages are copies
/// of one another, and give way, is not reported on top of that.
pub(super) fn findings(
    subjects: &[Subject<'_>],
    links: &[Option<Link>],
    known: &Boilerplate,
    policy: &DuplicationPolicy,
) -> Vec<(ChunkId, Finding)> {
    if known.is_empty() {
        return Vec::new();
    }
    let standing = || subjects.iter().zip(links).filter(|(_, link)| link.is_none()).map(|(subject, _)| subject.passage);
    let left = Boilerplate::of(frequencies(standing(), policy, |hash| known.holds(hash)), policy);
    standing().filter_map(|passage| Some((passage.chunk.clone(), left.finding(passage)?))).collect()
}

/// In how many documents each paragraph stands that `counts` lets through. Versions of one page are one document.
fn frequencies<'a>(
    passages: impl Iterator<Item = &'a Passage>,
    policy: &DuplicationPolicy,
    counts: impl Fn(i64) -> bool + Sync,
) -> Vec<(i64, usize)> {
    // A sorted list of pairs takes a fraction of the room that a map of sets would.
    let passages: Vec<&Passage> = passages.collect();
    let mut places: Vec<(i64, i64)> = parallel::flat_map(&passages, |passage| {
        let work = work(passage.document.as_str(), &passage.uri);
        let counts = &counts;
        paragraph_hashes(&passage.text, policy)
            .into_iter()
            .filter(move |hash| counts(*hash))
            .map(move |hash| (hash, work))
    });
    places.sort_unstable();
    places.dedup();
    places.chunk_by(|(a, _), (b, _)| a == b).map(|group| (group[0].0, group.len())).collect()
}
