//! Contradictions within a set.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use tamis_ingest::{ByteSpan, ChunkId};
use xxhash_rust::xxh3::xxh3_64;

use super::duplicates::Link;
use crate::duplication::normalise;
use crate::family::Family;
use crate::subject::Subject;
use crate::{Agreement, Claim, Conflict, ContradictionPolicy, Finding, Passage};

/// Most different sentences kept under one key, the first in precedence: what more say in nearly the same words is
/// a template, and every further one is still compared with these.
const MOST_UNDER_KEY: usize = 8;
/// Most passages compared with one, those first that most of its statements, word for word but for the values, are also in.
const MOST_COMPARED: usize = 32;
/// What such a statement counts beside one that only shares some of its words.
const WORD_FOR_WORD: usize = 4;
/// From how many documents, each with a value of its own, a statement is a template whose subject is the document
/// (`requires Rust 1.60 or later`) and not one fact told in different ways.
const TEMPLATE: usize = 4;
/// From how many values that one document gives under the same words they are a series of records (a log of measurements),
/// each about something that stands beside it.
const SERIES: usize = 3;

/// The findings of all conflicts, for both sides; between pages of one version family for the older side only. Of equal
/// passages only the head is looked at, and copies (passages with a link) back no side.
pub(super) fn findings(
    subjects: &[Subject<'_>],
    heads: &[usize],
    links: &[Option<Link>],
    policy: ContradictionPolicy,
) -> Vec<(ChunkId, Finding)> {
    let standing: Vec<usize> = (0..subjects.len()).filter(|i| heads[*i] == *i).collect();
    let templates = Templates::of(standing.iter().map(|i| subjects[*i].passage));
    let mut under: HashMap<i64, Vec<(usize, u64)>> = HashMap::new();
    let mut found = Vec::new();
    for &i in &standing {
        for other in meet(i, subjects[i].passage, &mut under) {
            let (a, b) = (&subjects[i], &subjects[other]);
            let same_family = a.passage.standing.same_family(&b.passage.standing);
            for conflict in a.compare_claims(b).conflicts {
                if templates.allow(a.passage, b.passage, same_family, conflict.here) {
                    found.push((i, other, conflict));
                }
            }
        }
    }
    // Who contradicts a statement backs what it is contradicted with, and so does who says that word for word.
    let voices = Voices::of(subjects, &standing, links, &found);
    let mut against: HashMap<(usize, ByteSpan), Vec<&str>> = HashMap::new();
    for (i, other, conflict) in &found {
        let sides = [(*i, conflict.here, *other, conflict.there), (*other, conflict.there, *i, conflict.here)];
        for (side, span, opponent, said) in sides {
            against.entry((side, span)).or_default().extend(voices.saying(subjects[opponent].passage, said));
        }
    }
    let mut out = Vec::new();
    for (i, other, conflict) in &found {
        let backing = |side: usize, span: ByteSpan| against.get(&(side, span)).into_iter().flatten().copied();
        let agreement = Agreement::of(backing(*other, conflict.there), backing(*i, conflict.here));
        report(subjects[*i].passage, subjects[*other].passage, conflict, agreement, policy, &mut out);
    }
    out
}

/// Where the contested statements are made, word for word.
struct Voices<'a> {
    /// URIs of documents by a statement's first key and hash; empty where only copies make it.
    uris: HashMap<(i64, u64), Vec<&'a str>>,
}

impl<'a> Voices<'a> {
    fn of(
        subjects: &[Subject<'a>],
        standing: &[usize],
        links: &[Option<Link>],
        found: &[(usize, usize, Conflict)],
    ) -> Self {
        let sides = found.iter().flat_map(|(i, other, c)| [(*i, c.here), (*other, c.there)]);
        let contested = sides.filter_map(|(side, span)| said_at(subjects[side].passage, span));
        let mut uris: HashMap<(i64, u64), Vec<&str>> = contested.map(|said| (said, Vec::new())).collect();
        for &i in standing.iter().filter(|i| links[**i].is_none()) {
            let passage = subjects[i].passage;
            for claim in &passage.claims {
                let Some(key) = claim.keys.first().filter(|_| !uris.is_empty()) else { continue };
                if let Some(voices) = uris.get_mut(&(*key, hash_of(passage, claim))) {
                    voices.push(&passage.uri);
                }
            }
        }
        Self { uris }
    }

    /// The documents that say what stands at `span` of the passage's document.
    fn saying(&self, passage: &Passage, span: ByteSpan) -> impl Iterator<Item = &'a str> {
        said_at(passage, span).and_then(|said| self.uris.get(&said)).into_iter().flatten().copied()
    }
}

/// The first key and the hash of the statement at `span` of the passage's document.
fn said_at(passage: &Passage, span: ByteSpan) -> Option<(i64, u64)> {
    let claim = passage.claims.iter().find(|claim| claim.sentence.shifted(passage.offset) == span)?;
    Some((*claim.keys.first()?, hash_of(passage, claim)))
}

/// Adds the findings of one conflict.
fn report(
    a: &Passage,
    b: &Passage,
    conflict: &Conflict,
    agreement: Agreement,
    policy: ContradictionPolicy,
    out: &mut Vec<(ChunkId, Finding)>,
) {
    let same_family = a.standing.same_family(&b.standing);
    let sides = [(a, b, conflict, agreement), (b, a, &conflict.turned(), agreement.turned())];
    for (here, there, conflict, agreement) in sides {
        if !(same_family && here.standing.substantive(&there.standing) == Some(Ordering::Greater)) {
            out.push((here.chunk.clone(), here.conflict_finding(there, conflict, agreement, policy)));
        }
    }
}

/// The conflicts of a passage with each of `others`, templates left out, and the templates that all of them together
/// show: the incremental form of checking a set.
#[must_use]
pub fn confront(passage: &Passage, others: &[Passage]) -> (Vec<(usize, Vec<Conflict>)>, Templates) {
    let templates = Templates::of(others.iter().chain([passage]));
    let subject = Subject::new(passage);
    let clashes = others.iter().enumerate().filter_map(|(i, other)| {
        let same_family = passage.standing.same_family(&other.standing);
        let mut conflicts = subject.compare_claims(&Subject::new(other)).conflicts;
        conflicts.retain(|conflict| templates.allow(passage, other, same_family, conflict.here));
        (!conflicts.is_empty()).then_some((i, conflicts))
    });
    (clashes.collect(), templates)
}

/// The findings that `passage` carries of its conflicts with `other`: none on the newer page of a version family, where
/// what differs has changed and is no quarrel. `agreement` says who backs either side of each.
#[must_use]
pub fn conflict_findings(
    passage: &Passage,
    other: &Passage,
    conflicts: &[Conflict],
    agreement: impl Fn(&Conflict) -> Agreement,
    policy: ContradictionPolicy,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for conflict in conflicts {
        report(passage, other, conflict, agreement(conflict), policy, &mut found);
    }
    found.into_iter().filter(|(chunk, _)| *chunk == passage.chunk).map(|(_, finding)| finding).collect()
}

/// The subjects with a differing statement under a key of `passage`, which is then put there itself.
fn meet(i: usize, passage: &Passage, under: &mut HashMap<i64, Vec<(usize, u64)>>) -> Vec<usize> {
    let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
    let sentences: Vec<u64> = passage.claims.iter().map(|claim| hash_of(passage, claim)).collect();
    let claims = || passage.claims.iter().zip(&sentences);
    for (claim, sentence) in claims() {
        for (i, key) in claim.keys.iter().enumerate() {
            for (other, _) in under.get(key).into_iter().flatten().filter(|(_, said)| said != sentence) {
                *shared.entry(*other).or_default() += if i == 0 { WORD_FOR_WORD } else { 1 };
            }
        }
    }
    for (claim, sentence) in claims() {
        for key in &claim.keys {
            let held = under.entry(*key).or_default();
            if held.len() < MOST_UNDER_KEY && held.iter().all(|(_, said)| said != sentence) {
                held.push((i, *sentence));
            }
        }
    }
    let mut candidates: Vec<(usize, usize)> = shared.into_iter().collect();
    candidates.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    candidates.truncate(MOST_COMPARED);
    candidates.into_iter().map(|(other, _)| other).collect()
}

/// Statements that many documents make, each with values of its own: their subject is the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates {
    /// The statements' first keys.
    keys: HashSet<i64>,
    /// Those that one document makes again and again, with the hash of its id.
    series: HashSet<(u64, i64)>,
}

impl Templates {
    /// The templates among the statements of `passages`.
    fn of<'a>(passages: impl Iterator<Item = &'a Passage>) -> Self {
        let mut said: HashMap<i64, Vec<(u64, u64)>> = HashMap::new();
        let mut within: HashMap<(u64, i64), Vec<u64>> = HashMap::new();
        for passage in passages {
            let document = xxh3_64(passage.document.as_str().as_bytes());
            let work = Family::of(&passage.uri)
                .map_or_else(|| xxh3_64(passage.document.as_str().as_bytes()), |f| xxh3_64(f.key.as_bytes()));
            for claim in &passage.claims {
                let Some(key) = claim.keys.first() else { continue };
                let seen = said.entry(*key).or_default();
                let sentence = hash_of(passage, claim);
                let values = within.entry((document, *key)).or_default();
                if values.len() < SERIES && !values.contains(&sentence) {
                    values.push(sentence);
                }
                if seen.len() < TEMPLATE && seen.iter().all(|(w, s)| *w != work && *s != sentence) {
                    seen.push((work, sentence));
                }
            }
        }
        let keys = said.into_iter().filter(|(_, seen)| seen.len() >= TEMPLATE).map(|(key, _)| key).collect();
        let series = within.into_iter().filter(|(_, values)| values.len() >= SERIES).map(|(at, _)| at).collect();
        Self { keys, series }
    }

    /// Whether a conflict of two passages over the statement at `span` of the first one's document is one: between pages
    /// of one family a template's values have changed, and inside one document those of a series are told apart.
    fn allow(&self, passage: &Passage, other: &Passage, same_family: bool, span: ByteSpan) -> bool {
        let within = passage.document == other.document;
        (same_family && !within) || !self.explains_away(passage, within, span)
    }

    /// Whether a conflict over the statement at `span` of the passage's document is none after all, with a partner
    /// `within` the same document or in another one.
    #[must_use]
    pub fn explains_away(&self, passage: &Passage, within: bool, span: ByteSpan) -> bool {
        if within { self.is_series(passage, span) } else { self.holds(passage, span) }
    }

    /// Whether the statement at `span` is one of a series of its document.
    fn is_series(&self, passage: &Passage, span: ByteSpan) -> bool {
        let document = xxh3_64(passage.document.as_str().as_bytes());
        let mut claims = passage.claims.iter().filter(|claim| claim.sentence.shifted(passage.offset) == span);
        claims.any(|claim| claim.keys.first().is_some_and(|key| self.series.contains(&(document, *key))))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.series.is_empty()
    }

    /// Whether the statement at `span` of the passage's document is one of them.
    fn holds(&self, passage: &Passage, span: ByteSpan) -> bool {
        let mut claims = passage.claims.iter().filter(|claim| claim.sentence.shifted(passage.offset) == span);
        claims.any(|claim| claim.keys.first().is_some_and(|key| self.keys.contains(key)))
    }
}

/// The hash of what a claim says, but for its setting.
fn hash_of(passage: &Passage, claim: &Claim) -> u64 {
    xxh3_64(normalise(claim.said(&passage.text)).as_bytes())
}
