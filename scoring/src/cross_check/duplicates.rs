//! Duplicates within a set: who gives way to whom.
//!
//! Passages are placed in order of precedence, the best first: each gives way to the first standing one that it is a
//! verified copy of, else it stands itself. Since precedence is a total order, the result depends on nothing but the
//! set, and the ledger comes to the same one chunk at a time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::meeting_points::MeetingPoints;
use crate::duplication::{Outcome, outcome, spread};
use crate::passage::equal;
use crate::subject::Subject;
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

/// Most candidates verified for one passage, those with most keys in common first.
const MOST_VERIFIED: usize = 32;
/// Most passages looked at for what they have in common with one, those with most keys in common first.
const MOST_SHARING: usize = 8;
/// Most passages remembered that hold a part of one.
const MOST_PARTS: usize = 16;

/// For each passage, the head of its group of equal passages: the one that precedes the others. Passages come best
/// first. A million equal stubs have one head, and where that stands nothing else has to be looked at.
pub(super) fn heads(passages: &[&Passage]) -> Vec<usize> {
    let mut first: HashMap<i64, usize> = HashMap::new();
    let mut heads: Vec<usize> = (0..passages.len()).collect();
    for (i, passage) in passages.iter().enumerate().filter(|(_, passage)| passage.fingerprint.is_comparable()) {
        let head = *first.entry(passage.fingerprint.exact).or_insert(i);
        // Texts with equal hashes are equal but for an accident of one in 2^64, and that one is looked at.
        if head != i && equal(passage, passages[head]) {
            heads[i] = head;
        }
    }
    heads
}

/// Who gives way to whom.
pub(super) struct Placing {
    /// For each subject, the one it gives way to, if any.
    pub(super) links: Vec<Option<Link>>,
    /// Subjects that give way to none, with the one before them that says most nearly the same in other words.
    pub(super) reworded: Vec<(usize, Link)>,
    /// Subjects that give way to none, with those of other documents that hold a part of them.
    pub(super) parts: Vec<Part>,
    /// How many pairs were compared word by word.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold the work to a bound by it"))]
    pub(super) compared: usize,
}

/// One passage holds a part of another that is no copy of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    /// Which subject is held in part.
    pub(super) inner: usize,
    /// Which one holds the part.
    pub(super) outer: usize,
    /// How much of the first it holds, 0..=1.
    pub(super) share: f32,
}

/// For each subject, the one it gives way to, if any. Subjects come best first.
pub(super) fn links(subjects: &mut [Subject<'_>], heads: &[usize]) -> Placing {
    let meeting_points = MeetingPoints::of(&subjects.iter().map(Subject::keys).collect::<Vec<_>>());
    let mut field = Field {
        links: vec![None; subjects.len()],
        subjects,
        meeting_points,
        stand_ins: BTreeMap::new(),
        held: BTreeMap::new(),
        partly: BTreeMap::new(),
        reworded: Vec::new(),
        parts: Vec::new(),
        compared: 0,
    };
    for (i, head) in heads.iter().enumerate() {
        field.place(i, *head);
    }
    field.let_held_give_way();
    let mut reworded = field.reworded;
    reworded.retain(|(i, link)| field.links[*i].is_none() && field.links[link.canonical].is_none());
    let mut parts = field.parts;
    parts.retain(|part| field.links[part.inner].is_none());
    Placing { links: field.links, reworded, parts, compared: field.compared }
}

/// The passages that stand so far, and where to find them.
struct Field<'a, 'b> {
    subjects: &'a mut [Subject<'b>],
    links: Vec<Option<Link>>,
    meeting_points: MeetingPoints,
    /// Of a head that gives way itself, the first of its equals that does not.
    stand_ins: BTreeMap<usize, usize>,
    /// Standing subjects that stand inside another, which comes later only for want of a date.
    held: BTreeMap<usize, Link>,
    /// Subjects of which others, not their copies, hold a part.
    partly: BTreeMap<usize, Vec<usize>>,
    reworded: Vec<(usize, Link)>,
    parts: Vec<Part>,
    compared: usize,
}

impl Field<'_, '_> {
    /// Places subject `i`, all before it being placed.
    fn place(&mut self, i: usize, head: usize) {
        let stand_in = if self.links[head].is_none() { head } else { self.stand_ins.get(&head).copied().unwrap_or(i) };
        if stand_in != i {
            self.links[i] = Some(Link { canonical: stand_in, kind: DuplicateKind::Exact, similarity: 1.0 });
            return;
        }
        let mut above: Option<Link> = None;
        let (mut holds, mut unlike) = (Vec::new(), Vec::new());
        let candidates = self.meeting_points.candidates(i, MOST_VERIFIED);
        self.compared += candidates.len();
        for other in candidates {
            let Some((kind, similarity)) = self.subjects[i].duplicate(&self.subjects[other]) else {
                unlike.push(other);
                continue;
            };
            let link = Link { canonical: other, kind, similarity };
            match outcome(self.subjects[i].passage, self.subjects[other].passage, kind) {
                Outcome::Yields if above.as_ref().is_none_or(|best| other < best.canonical) => above = Some(link),
                Outcome::Holds => holds.push(link),
                Outcome::Yields | Outcome::Prevails | Outcome::IsHeld | Outcome::BothStand => {}
            }
        }
        if above.is_some() {
            self.links[i] = above;
            // It is compared with no other any more.
            self.subjects[i].forget();
            return;
        }
        self.meeting_points.stand(i);
        if i != head {
            self.stand_ins.insert(head, i);
        }
        for inner in holds {
            self.held.entry(inner.canonical).or_insert(Link { canonical: i, ..inner });
        }
        let alike = |other: &usize| {
            let similarity = self.subjects[i].reworded(&self.subjects[*other])?;
            Some(Link { canonical: *other, kind: DuplicateKind::Near, similarity })
        };
        let most = |a: &Link, b: &Link| a.similarity.total_cmp(&b.similarity).then(b.canonical.cmp(&a.canonical));
        let reworded = unlike.iter().filter_map(alike).max_by(most);
        self.reworded.extend(reworded.map(|link| (i, link)));
        for other in unlike.iter().take(MOST_SHARING) {
            if let Some((mine, theirs)) = self.subjects[i].shares_with(&self.subjects[*other]) {
                self.parts.push(Part { inner: i, outer: *other, share: mine });
                self.parts.push(Part { inner: *other, outer: i, share: theirs });
            }
        }
        for other in unlike {
            self.note_parts(i, other);
        }
    }

    /// Remembers which of two standing passages that are no copies holds a part of the other.
    fn note_parts(&mut self, i: usize, other: usize) {
        for (inner, outer) in [(i, other), (other, i)] {
            let known = self.partly.get(&inner).map_or(0, Vec::len);
            if known < MOST_PARTS && self.subjects[inner].stands_partly_in(&self.subjects[outer]) {
                self.partly.entry(inner).or_default().push(outer);
            }
        }
    }

    /// Lets those give way that stand for their copies and are held elsewhere, whole or in parts: each together with its
    /// copies, so that all are verified copies of what stands in the end. Where one of them says what the holder does
    /// not, all stay as they are.
    fn let_held_give_way(&mut self) {
        let mut holds = self.spread();
        holds.append(&mut self.held);
        let mut copies: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (i, link) in self.links.iter().enumerate() {
            let canonical = link.as_ref().map(|link| link.canonical).filter(|canonical| holds.contains_key(canonical));
            if let Some(canonical) = canonical {
                copies.entry(canonical).or_default().push(i);
            }
        }
        // What holds another is nearly always the longer one; it is settled first.
        let mut holds: Vec<(usize, Link)> = holds.into_iter().collect();
        holds.sort_by_key(|(i, _)| (Reverse(self.subjects[*i].passage.standing.words), *i));
        let mut holders = BTreeSet::new();
        for (i, link) in holds {
            let stands_in = match &self.links[link.canonical] {
                Some(above) => self.yields(i, above.canonical),
                None => Some(link),
            };
            let Some(link) = stands_in.filter(|_| !holders.contains(&i)) else { continue };
            let mut with_it = vec![(i, link.clone())];
            let copies = copies.remove(&i).unwrap_or_default();
            with_it.extend(copies.iter().map_while(|copy| Some((*copy, self.follows(*copy, &link)?))));
            if with_it.len() == copies.len() + 1 {
                holders.insert(link.canonical);
                for (one, link) in with_it {
                    self.links[one] = Some(link);
                }
            }
        }
    }

    /// Those that stand nowhere whole but are spread over several passages of one document, with the one that holds most.
    fn spread(&mut self) -> BTreeMap<usize, Link> {
        let mut holds = BTreeMap::new();
        for (i, others) in std::mem::take(&mut self.partly) {
            let others: BTreeSet<usize> = others.into_iter().collect();
            let Some(found) = spread(&self.subjects[i], others.iter().map(|other| &self.subjects[*other])) else {
                continue;
            };
            let canonical = others.into_iter().find(|other| self.subjects[*other].passage.chunk == found.chunk);
            let link = |canonical| Link { canonical, kind: found.kind, similarity: found.similarity };
            holds.extend(canonical.map(|canonical| (i, link(canonical))));
        }
        holds
    }

    /// How a copy of what gives way by `link` gives way by it as well.
    fn follows(&self, copy: usize, link: &Link) -> Option<Link> {
        match self.links[copy].as_ref()?.kind {
            DuplicateKind::Exact => Some(link.clone()),
            DuplicateKind::Near | DuplicateKind::Containment => self.yields(copy, link.canonical),
        }
    }

    /// How a subject gives way to one that stands, if it is a copy of it.
    fn yields(&self, i: usize, canonical: usize) -> Option<Link> {
        let (mine, other) = (&self.subjects[i], &self.subjects[canonical]);
        let (kind, similarity) = mine.duplicate(other)?;
        let gives_way = matches!(outcome(mine.passage, other.passage, kind), Outcome::Yields | Outcome::IsHeld);
        gives_way.then_some(Link { canonical, kind, similarity })
    }
}
