//! Which of two copies stands.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Boilerplate, Duplicate, DuplicateKind, Placement};
use crate::subject::Subject;
use crate::{Passage, passage};

/// What becomes of the first of two copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It gives way.
    Yields,
    /// The other gives way.
    Prevails,
    /// It stands inside the other, which comes after it only because the date of one of the two is not known. It gives
    /// way once it is known what stands, and still stands for its own copies.
    IsHeld,
    /// The other way round.
    Holds,
    /// Both stay: the one stands inside the other but is more to be believed.
    BothStand,
}

/// Decides between two verified copies: the one that comes later in precedence gives way. Of a passage and a longer one
/// that holds it, only the shorter can give way, for the longer says more; and it does not give way to what is less
/// authoritative or older.
pub(crate) fn outcome(passage: &Passage, other: &Passage, kind: DuplicateKind) -> Outcome {
    let first = passage.standing.precedence(&other.standing).is_gt();
    let shorter = || passage.standing.words < other.standing.words;
    match (kind, first) {
        (DuplicateKind::Exact | DuplicateKind::Near, true) => Outcome::Prevails,
        (DuplicateKind::Exact | DuplicateKind::Near, false) => Outcome::Yields,
        (DuplicateKind::Containment, true) if !shorter() => Outcome::Prevails,
        (DuplicateKind::Containment, false) if shorter() => Outcome::Yields,
        (DuplicateKind::Containment, _) => match passage.standing.substantive(&other.standing) {
            Some(_) => Outcome::BothStand,
            None if first => Outcome::IsHeld,
            None => Outcome::Holds,
        },
    }
}

/// Places `passage` among `standing`, candidates that stand for themselves and their copies. Every link is verified, so
/// a chain of near-duplicates never joins two passages that are not alike.
#[must_use]
pub fn place(passage: &Passage, standing: &[Passage]) -> Placement {
    place_amid(passage, standing, &Boilerplate::default())
}

/// Places `passage` among `standing` in a corpus with this boilerplate, which makes no two passages copies by itself.
#[must_use]
pub fn place_amid(passage: &Passage, standing: &[Passage], boilerplate: &Boilerplate) -> Placement {
    // What it equals is the best evidence there is and costs next to nothing.
    let equal = standing.iter().filter(|other| {
        passage::equal(passage, other) && outcome(passage, other, DuplicateKind::Exact) == Outcome::Yields
    });
    if let Some(other) = equal.max_by(|a, b| a.standing.precedence(&b.standing)) {
        let link = Duplicate { chunk: other.chunk.clone(), kind: DuplicateKind::Exact, similarity: 1.0 };
        return Placement { shadowed_by: Some(link), ..Placement::default() };
    }
    let subject = Subject::amid(passage, boilerplate);
    let others: Vec<Subject<'_>> = standing.iter().map(|other| Subject::amid(other, boilerplate)).collect();
    let mut above: Vec<(&Passage, Duplicate)> = Vec::new();
    let mut held: Vec<(&Passage, Duplicate)> = Vec::new();
    let mut placement = Placement::default();
    let mut parts = Vec::new();
    for other in &others {
        let Some((kind, similarity)) = subject.duplicate(other) else {
            parts.extend(Some(other).filter(|other| subject.stands_partly_in(other)));
            if let Some(similarity) = subject.reworded(other) {
                let chunk = other.passage.chunk.clone();
                placement.reworded.push(Duplicate { chunk, kind: DuplicateKind::Near, similarity });
            }
            placement.parts_of.extend(Some(&other.passage.chunk).filter(|_| other.stands_partly_in(&subject)).cloned());
            continue;
        };
        let link = Duplicate { chunk: other.passage.chunk.clone(), kind, similarity };
        match outcome(passage, other.passage, kind) {
            Outcome::Yields => above.push((other.passage, link)),
            Outcome::Prevails => placement.shadows.push(link),
            Outcome::IsHeld => held.push((other.passage, link)),
            Outcome::Holds => placement.holds.push(link),
            Outcome::BothStand => {}
        }
    }
    let best = |links: Vec<(&Passage, Duplicate)>| {
        links.into_iter().max_by(|(a, _), (b, _)| a.standing.precedence(&b.standing)).map(|(_, link)| link)
    };
    if let Some(link) = best(above) {
        return Placement { shadowed_by: Some(link), ..Placement::default() };
    }
    placement.held_by = best(held).or_else(|| spread(&subject, parts.into_iter()));
    placement
}

/// The link of a passage that stands nowhere whole but is spread over several passages of one document: to the one that
/// holds most of it. `parts` are those that hold some of it.
pub(crate) fn spread<'a, 'b: 'a>(
    subject: &Subject<'_>,
    parts: impl Iterator<Item = &'a Subject<'b>>,
) -> Option<Duplicate> {
    let mut by_document: BTreeMap<&str, Vec<&Subject<'_>>> = BTreeMap::new();
    for part in parts {
        by_document.entry(part.passage.document.as_str()).or_default().push(part);
    }
    by_document.into_values().filter(|parts| parts.len() > 1).find_map(|parts| {
        let similarity = subject.spread_over(&parts)?;
        let first =
            parts.into_iter().max_by_key(|part| (subject.shared_with(part), Reverse(part.passage.standing.ordinal)))?;
        Some(Duplicate { chunk: first.passage.chunk.clone(), kind: DuplicateKind::Containment, similarity })
    })
}
