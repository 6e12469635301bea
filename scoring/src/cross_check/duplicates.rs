//! Duplicates within a set: who gives way to whom.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::DuplicateKind;
use crate::duplication::{Outcome, outcome};
use crate::passage::Subject;

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

/// Most standing passages kept under one band key. A band that more share is boilerplate; true copies of a passage meet
/// it under most of its other bands.
const MOST_UNDER_BAND: usize = 8;
/// Most candidates verified for one passage, those with most bands in common first.
const MOST_VERIFIED: usize = 32;

/// For each subject, the head of its group of equal passages: the one that stands among them. A million equal stubs
/// become one head, and only heads meet others.
pub(super) fn heads(subjects: &[Subject<'_>]) -> Vec<usize> {
    let mut groups: HashMap<i64, Vec<usize>> = HashMap::new();
    for (i, subject) in subjects.iter().enumerate() {
        if subject.passage.fingerprint.is_comparable() {
            groups.entry(subject.passage.fingerprint.exact).or_default().push(i);
        }
    }
    let mut heads: Vec<usize> = (0..subjects.len()).collect();
    for group in groups.into_values() {
        let stands = |best: usize, i: usize| {
            let order = subjects[i].passage.standing.against(&subjects[best].passage.standing);
            if order == Ordering::Greater { i } else { best }
        };
        let Some(head) = group.iter().copied().reduce(stands) else { continue };
        for i in group {
            // Texts with equal hashes are equal but for an accident of one in 2^64, and that one is looked at.
            heads[i] = if subjects[i].equals(&subjects[head]) { head } else { i };
        }
    }
    heads
}

/// For each subject, the one it gives way to, if any. Subjects come best first.
pub(super) fn links(subjects: &[Subject<'_>], heads: &[usize]) -> Vec<Option<Link>> {
    let mut field = Field { subjects, links: vec![None; subjects.len()], bands: HashMap::new() };
    let mut displaced = Vec::new();
    for i in (0..subjects.len()).filter(|i| heads[*i] == *i) {
        displaced.extend(field.place(i));
    }
    displaced.sort_unstable();
    for i in displaced {
        field.replace(i);
    }
    for (i, &head) in heads.iter().enumerate().filter(|(i, head)| i != *head) {
        // The evidence for a copy is what it equals, even where that gives way to a third passage in its turn.
        field.links[i] = Some(Link { canonical: head, kind: DuplicateKind::Exact, similarity: 1.0 });
    }
    field.links
}

/// The passages that stand so far, and where to find them.
struct Field<'a> {
    subjects: &'a [Subject<'a>],
    links: Vec<Option<Link>>,
    bands: HashMap<i64, Vec<usize>>,
}

impl Field<'_> {
    /// Places subject `i`. Returns those that had given way to one that now gives way to `i` itself; they are to be
    /// placed again, for every member of a cluster is verified against the one that stands.
    fn place(&mut self, i: usize) -> Vec<usize> {
        let verified = self.verified(i);
        if let Some((_, above)) = verified.iter().find(|(outcome, _)| *outcome == Outcome::Yields) {
            self.links[i] = Some(above.clone());
            return Vec::new();
        }
        let mut displaced = Vec::new();
        for (_, below) in verified.into_iter().filter(|(outcome, _)| *outcome == Outcome::Prevails) {
            let beaten = below.canonical;
            self.links[beaten] = Some(Link { canonical: i, ..below });
            displaced.extend((0..i).filter(|j| self.links[*j].as_ref().is_some_and(|link| link.canonical == beaten)));
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
            Some((_, above)) => self.links[i] = Some(above),
            None => self.stand(i),
        }
    }

    /// Lets a subject be found.
    fn stand(&mut self, i: usize) {
        for band in &self.subjects[i].passage.fingerprint.bands {
            let under = self.bands.entry(*band).or_default();
            if under.len() < MOST_UNDER_BAND {
                under.push(i);
            }
        }
    }

    /// The standing subjects that `i` is a verified copy of or that are copies of it, in order of precedence.
    fn verified(&self, i: usize) -> Vec<(Outcome, Link)> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for band in &self.subjects[i].passage.fingerprint.bands {
            for other in self.bands.get(band).into_iter().flatten() {
                *shared.entry(*other).or_default() += 1;
            }
        }
        let standing = |other: &usize| *other != i && self.links[*other].is_none();
        let mut candidates: Vec<(usize, usize)> = shared.into_iter().filter(|(other, _)| standing(other)).collect();
        candidates.sort_unstable_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        candidates.truncate(MOST_VERIFIED);
        let mut verified: Vec<(Outcome, Link)> =
            candidates.into_iter().filter_map(|(other, _)| self.verify(i, other)).collect();
        verified.sort_by_key(|(_, link)| link.canonical);
        verified
    }

    fn verify(&self, i: usize, other: usize) -> Option<(Outcome, Link)> {
        let (subject, counterpart) = (&self.subjects[i], &self.subjects[other]);
        let (kind, similarity) = subject.relate(counterpart).duplicate?;
        let outcome = outcome(subject.passage, counterpart.passage, kind);
        Some((outcome, Link { canonical: other, kind, similarity }))
    }
}
