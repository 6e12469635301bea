//! Duplicates within a set: who gives way to whom.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::duplication::{Outcome, outcome, spread};
use crate::passage::{Subject, equal};
use crate::{DuplicateKind, Passage};

/// A passage gives way to another, verified one against the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    /// Which subject stands.
    pub(super) canonical: usize,
    /// How they are the same.
    pub(super) kind: DuplicateKind,
    /// How alike they are.
    pub(super) similarity: f32,
}

/// Most standing passages kept under one key. A key that more share is of boilerplate; true copies of a passage meet it
/// under most of its other keys.
const MOST_UNDER_KEY: usize = 8;
/// Most candidates verified for one passage, those with most keys in common first.
const MOST_VERIFIED: usize = 32;
/// Most passages remembered that hold a part of one.
const MOST_PARTS: usize = 16;

/// For each passage, the head of its group of equal passages: the one that stands among them. A million equal stubs
/// become one head, and only heads meet others.
pub(super) fn heads(passages: &[&Passage]) -> Vec<usize> {
    let mut groups: HashMap<i64, Vec<usize>> = HashMap::new();
    for (i, passage) in passages.iter().enumerate() {
        if passage.fingerprint.is_comparable() {
            groups.entry(passage.fingerprint.exact).or_default().push(i);
        }
    }
    let mut heads: Vec<usize> = (0..passages.len()).collect();
    for group in groups.into_values() {
        let stands = |best: usize, i: usize| {
            let order = passages[i].standing.against(&passages[best].standing);
            if order == Ordering::Greater { i } else { best }
        };
        let Some(head) = group.iter().copied().reduce(stands) else { continue };
        for i in group {
            // Texts with equal hashes are equal but for an accident of one in 2^64, and that one is looked at.
            heads[i] = if equal(passages[i], passages[head]) { head } else { i };
        }
    }
    heads
}

/// Who gives way to whom.
pub(super) struct Links {
    /// For each subject, the one it gives way to, if any.
    pub(super) links: Vec<Option<Link>>,
    /// How many pairs were compared word by word.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold the work to a bound by it"))]
    pub(super) compared: usize,
}

/// For each subject, the one it gives way to, if any. Subjects come best first.
pub(super) fn links(subjects: &[Subject<'_>], heads: &[usize]) -> Links {
    let links = vec![None; subjects.len()];
    let mut field =
        Field { subjects, links, behind: HashMap::new(), under: HashMap::new(), partly: BTreeMap::new(), compared: 0 };
    let mut displaced = BTreeSet::new();
    for i in (0..subjects.len()).filter(|i| heads[*i] == *i) {
        displaced.extend(field.place(i));
    }
    for i in displaced {
        if field.links[i].is_none() {
            field.replace(i);
        }
    }
    field.spread();
    for (i, &head) in heads.iter().enumerate().filter(|(i, head)| i != *head) {
        // The evidence for a copy is what it equals, even where that gives way to a third passage in its turn.
        field.links[i] = Some(Link { canonical: head, kind: DuplicateKind::Exact, similarity: 1.0 });
    }
    Links { links: field.links, compared: field.compared }
}

/// The passages that stand so far, and where to find them.
struct Field<'a> {
    subjects: &'a [Subject<'a>],
    links: Vec<Option<Link>>,
    /// Those that gave way to a passage, by that passage; some may have been linked elsewhere since.
    behind: HashMap<usize, Vec<usize>>,
    /// Standing passages by their keys: the first, and the rest. Most keys have one passage and need no list.
    under: HashMap<i64, (usize, Vec<usize>)>,
    /// Subjects of which others, not their copies, hold a part.
    partly: BTreeMap<usize, Vec<usize>>,
    compared: usize,
}

impl Field<'_> {
    /// Places subject `i`. Returns those that had given way to one that now gives way to `i` itself; they are to be
    /// placed again, for every member of a cluster is verified against the one that stands.
    fn place(&mut self, i: usize) -> Vec<usize> {
        let verified = self.verified(i);
        if let Some((_, above)) = verified.iter().find(|(outcome, _)| *outcome == Outcome::Yields) {
            self.link(i, above.clone());
            return Vec::new();
        }
        let mut displaced = Vec::new();
        for (_, below) in verified.into_iter().filter(|(outcome, _)| *outcome == Outcome::Prevails) {
            let beaten = below.canonical;
            let behind = self.behind.remove(&beaten).unwrap_or_default();
            displaced.extend(
                behind.into_iter().filter(|j| self.links[*j].as_ref().is_some_and(|link| link.canonical == beaten)),
            );
            self.link(beaten, Link { canonical: i, ..below });
        }
        for j in &displaced {
            self.links[*j] = None;
        }
        self.stand(i);
        displaced
    }

    /// Places a displaced subject again; it may stand but displaces no other.
    fn replace(&mut self, i: usize) {
        match self.verified(i).into_iter().find(|(outcome, _)| *outcome == Outcome::Yields) {
            Some((_, above)) => self.link(i, above),
            None => self.stand(i),
        }
    }

    /// Lets those give way that stand nowhere whole but in parts, last in precedence first. What holds a part of another
    /// passage stays.
    fn spread(&mut self) {
        let mut holders = HashSet::new();
        for (i, others) in std::mem::take(&mut self.partly).into_iter().rev() {
            if self.links[i].is_some() || holders.contains(&i) {
                continue;
            }
            let others: BTreeSet<usize> = others.into_iter().filter(|other| self.links[*other].is_none()).collect();
            let parts = || others.iter().map(|other| &self.subjects[*other]);
            let Some(found) = spread(&self.subjects[i], parts()) else { continue };
            let Some(&canonical) = others.iter().find(|other| self.subjects[**other].passage.chunk == found.chunk)
            else {
                continue;
            };
            let document = &self.subjects[canonical].passage.document;
            holders.extend(others.iter().copied().filter(|other| self.subjects[*other].passage.document == *document));
            self.links[i] = Some(Link { canonical, kind: found.kind, similarity: found.similarity });
        }
    }

    fn link(&mut self, i: usize, link: Link) {
        self.behind.entry(link.canonical).or_default().push(i);
        self.links[i] = Some(link);
    }

    /// Lets a subject be found.
    fn stand(&mut self, i: usize) {
        for key in self.subjects[i].keys().iter() {
            let (first, more) = self.under.entry(*key).or_insert_with(|| (i, Vec::new()));
            if *first != i && more.len() + 1 < MOST_UNDER_KEY {
                more.push(i);
            }
        }
    }

    /// The standing subjects that `i` is a verified copy of or that are copies of it, in order of precedence.
    fn verified(&mut self, i: usize) -> Vec<(Outcome, Link)> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for key in self.subjects[i].keys().iter() {
            if let Some((first, more)) = self.under.get(key) {
                for other in more.iter().chain([first]) {
                    *shared.entry(*other).or_default() += 1;
                }
            }
        }
        let standing = |other: &usize| *other != i && self.links[*other].is_none();
        let mut candidates: Vec<(usize, usize)> = shared.into_iter().filter(|(other, _)| standing(other)).collect();
        candidates.sort_unstable_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        candidates.truncate(MOST_VERIFIED);
        self.compared += candidates.len();
        let mut verified = Vec::new();
        for (other, _) in candidates {
            match self.verify(i, other) {
                Some(link) => verified.push(link),
                None => self.note_parts(i, other),
            }
        }
        verified.sort_by_key(|(_, link)| link.canonical);
        verified
    }

    /// Remembers which of two passages that are no copies holds a part of the other.
    fn note_parts(&mut self, i: usize, other: usize) {
        for (inner, outer) in [(i, other), (other, i)] {
            let known = self.partly.get(&inner).map_or(0, Vec::len);
            if known < MOST_PARTS && self.subjects[inner].stands_partly_in(&self.subjects[outer]) {
                self.partly.entry(inner).or_default().push(outer);
            }
        }
    }

    fn verify(&self, i: usize, other: usize) -> Option<(Outcome, Link)> {
        let (subject, counterpart) = (&self.subjects[i], &self.subjects[other]);
        let (kind, similarity) = subject.duplicate(counterpart)?;
        let outcome = outcome(subject.passage, counterpart.passage, kind);
        Some((outcome, Link { canonical: other, kind, similarity }))
    }
}
