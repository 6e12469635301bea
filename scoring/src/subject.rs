//! A passage under comparison, and what it is to another.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::{Ordering, Reverse};

use crate::contradiction::{self, Comparison};
use crate::duplication::{self, Boilerplate, ContentWords, Scope, Shingles};
use crate::passage::equal;
use crate::{DuplicateKind, Passage, Relation};

/// A passage under comparison, with what is read of it at most once.
pub(crate) struct Subject<'a> {
    pub(crate) passage: &'a Passage,
    boilerplate: Option<&'a Boilerplate>,
    shingles: OnceCell<Shingles>,
    own: OnceCell<Option<Shingles>>,
    scope: OnceCell<Scope>,
}

/// Least share of the shorter passage's shingles that passages about the same thing have in common.
const SAME_TOPIC: f32 = 0.6;
/// Least number of them: more than two statements that are compared can share by themselves.
const SAME_TOPIC_SHINGLES: usize = 25;
/// Least share of what a copy says of its own, boilerplate aside, that the other one must say as well.
const OWN_SHARED: f32 = 0.7;

/// Least similarity of near copies in one document: what one author says there of like things in like words, such as one
/// option after another, is less alike.
const NEAR_IN_DOCUMENT: f32 = 0.9;

/// Least share of a passage that another one holds, for the two to be looked at together with others of its document.
const PART: f32 = 0.15;

impl<'a> Subject<'a> {
    pub(crate) fn new(passage: &'a Passage) -> Self {
        Self { passage, boilerplate: None, shingles: OnceCell::new(), own: OnceCell::new(), scope: OnceCell::new() }
    }

    /// A passage of a corpus with this boilerplate.
    pub(crate) fn amid(passage: &'a Passage, boilerplate: &'a Boilerplate) -> Self {
        let boilerplate = Some(boilerplate).filter(|boilerplate| !boilerplate.is_empty());
        Self { boilerplate, ..Self::new(passage) }
    }

    /// See [`relate`].
    pub(crate) fn relate(&self, other: &Self) -> Relation {
        if equal(self.passage, other.passage) {
            return Relation { duplicate: Some((DuplicateKind::Exact, 1.0)), conflicts: Vec::new() };
        }
        let comparison = self.compare_claims(other);
        let duplicate = self.verified_copy(other).filter(|_| self.may_stand_for(other, &comparison));
        Relation { duplicate, conflicts: comparison.conflicts }
    }

    /// How the two are the same, as [`relate`] says; most candidates are no copies, and of those no statement is read.
    pub(crate) fn duplicate(&self, other: &Self) -> Option<(DuplicateKind, f32)> {
        if equal(self.passage, other.passage) {
            return Some((DuplicateKind::Exact, 1.0));
        }
        self.verified_copy(other).filter(|_| self.may_stand_for(other, &self.compare_claims(other)))
    }

    /// The share of this passage that passages of one document hold together, where that is enough for it to give way to
    /// them: a page that was pasted into a longer one and cut there in other places.
    pub(crate) fn spread_over(&self, parts: &[&Self]) -> Option<f32> {
        let together = Shingles::union(parts.iter().map(|part| part.shingles()));
        let share = self.left().share_in(&together);
        let agrees = |part: &&Self| {
            let comparison = self.compare_claims(part);
            comparison.conflicts.is_empty() && (self.same_family(part) || !comparison.apart) && self.same_scope(part)
        };
        let keeps_figures = || {
            let all: Vec<&str> = parts.iter().map(|part| part.passage.text.as_str()).collect();
            parts.iter().all(|part| self.same_family(part))
                || !contradiction::replaced(&self.passage.text, &all.join("\n"))
        };
        (share >= duplication::CONTAINED && parts.iter().all(agrees) && keeps_figures()).then_some(share)
    }

    /// How many shingles the two have in common.
    pub(crate) fn shared_with(&self, other: &Self) -> usize {
        self.left().overlap(other.shingles()).shared
    }

    /// How much of each of two passages of different documents stands in the other, where the one holds a part of the
    /// other that counts.
    pub(crate) fn shares_with(&self, other: &Self) -> Option<(f32, f32)> {
        if self.passage.document == other.passage.document || !self.same_scope(other) {
            return None;
        }
        let (mine, theirs) = (self.left(), other.left());
        let shared = mine.overlap(theirs).shared as f32;
        let share = |of: &Shingles| shared / of.hashes().len().max(1) as f32;
        Some((share(mine), share(theirs))).filter(|(mine, theirs)| mine.max(*theirs) >= PART)
    }

    /// Whether two passages, one of which holds a part of the other, are about the same thing: pages of one family are,
    /// whatever was changed in them.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.same_family(other) || self.may_stand_for(other, &self.compare_claims(other))
    }

    /// Whether the other passage, of a longer document, holds enough of this one to be a part of what holds all of it.
    pub(crate) fn stands_partly_in(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.passage.standing, &other.passage.standing);
        self.passage.document != other.passage.document
            && self.same_scope(other)
            && (mine.document_words, Reverse(&mine.uri)) < (theirs.document_words, Reverse(&theirs.uri))
            && mine.substantive(theirs) != Some(Ordering::Greater)
            && !self.left().hashes().is_empty()
            && self.left().share_in(other.shingles()) >= PART
    }

    /// How alike the words of two passages are that say much the same and are no copies, 0..=1; `None` where they do not,
    /// or disagree.
    pub(crate) fn reworded(&self, other: &Self) -> Option<f32> {
        let apart = self.passage.document == other.passage.document || !self.same_scope(other);
        if apart || self.left().overlap(other.left()).containment < duplication::LEAST_SHINGLES {
            return None;
        }
        let similarity = ContentWords::of(&self.own_text()).similarity(&ContentWords::of(&other.own_text()));
        let agree = || {
            let comparison = self.compare_claims(other);
            comparison.conflicts.is_empty() && !comparison.apart && !self.differs(other)
        };
        (similarity >= duplication::REWORDED && agree()).then_some(similarity)
    }

    /// What the two passages' statements are to each other.
    pub(crate) fn compare_claims(&self, other: &Self) -> Comparison {
        let much_shared = || {
            let overlap = self.shingles().overlap(other.shingles());
            overlap.containment >= SAME_TOPIC && overlap.shared >= SAME_TOPIC_SHINGLES
        };
        let same_topic = || {
            self.same_family(other) || much_shared() && !duplication::name_different_things(self.passage, other.passage)
        };
        contradiction::compare(self.passage, other.passage, same_topic)
    }

    /// How the two are the same by their words. Within one document near is nearer.
    fn verified_copy(&self, other: &Self) -> Option<(DuplicateKind, f32)> {
        let within = self.passage.document == other.passage.document;
        self.copy_by_words(other)
            .filter(|&(kind, similarity)| !(within && kind == DuplicateKind::Near && similarity < NEAR_IN_DOCUMENT))
    }

    /// How the two are the same by their words: what is left of both without boilerplate is, or the whole of both is
    /// and each says most of what the other says of its own.
    fn copy_by_words(&self, other: &Self) -> Option<(DuplicateKind, f32)> {
        if self.passage.chunk == other.passage.chunk {
            return None;
        }
        let (mine, theirs) = (self.own(), other.own());
        if mine.is_none() && theirs.is_none() {
            return self.judge_whole(other);
        }
        let left = || duplication::judge(self.left().overlap(other.left())).filter(|_| self.same_scope(other));
        let whole = || {
            let says = |own: Option<&Shingles>, other: &Self| {
                own.is_none_or(|own| own.share_in(other.shingles()) >= OWN_SHARED)
            };
            let longer = self.passage.text.len().cmp(&other.passage.text.len());
            self.judge_whole(other).filter(|(kind, _)| {
                let inside = *kind == DuplicateKind::Containment;
                (inside && longer.is_gt() || says(mine, other)) && (inside && longer.is_lt() || says(theirs, self))
            })
        };
        left().or_else(whole)
    }

    fn judge_whole(&self, other: &Self) -> Option<(DuplicateKind, f32)> {
        duplication::judge(self.shingles().overlap(other.shingles())).filter(|_| self.same_scope(other))
    }

    /// Whether nothing that the two say keeps one from standing for the other.
    fn may_stand_for(&self, other: &Self, comparison: &Comparison) -> bool {
        comparison.conflicts.is_empty() && (self.same_family(other) || !(comparison.apart || self.differs(other)))
    }

    /// Whether a figure was replaced, the two are about different things by name, or say opposite things. Pages that say
    /// nothing of their own, such as a stub for each page that was moved, differ in nothing.
    fn differs(&self, other: &Self) -> bool {
        if self.is_boilerplate() && other.is_boilerplate() {
            return false;
        }
        contradiction::replaced(&self.passage.text, &other.passage.text)
            || duplication::say_different_things(self.passage, other.passage)
    }

    fn shingles(&self) -> &Shingles {
        self.shingles.get_or_init(|| Shingles::of(&self.passage.text))
    }

    /// Lets go of what was read of it; it is read again where it is needed.
    pub(crate) fn forget(&mut self) {
        self.shingles.take();
        self.own.take();
    }

    /// See [`Passage::keys_amid`].
    pub(crate) fn keys(&self) -> Cow<'a, [i64]> {
        self.boilerplate.map_or(Cow::Borrowed(&self.passage.fingerprint.bands), |known| self.passage.keys_amid(known))
    }

    /// What the passage says of its own: its shingles without those of boilerplate. `None` where it holds none, or
    /// nothing else that could be judged.
    fn own(&self) -> Option<&Shingles> {
        let read = || {
            let Cow::Owned(text) = self.boilerplate?.without(&self.passage.text) else { return None };
            Some(Shingles::of(&text)).filter(|own| !own.hashes().is_empty())
        };
        self.own.get_or_init(read).as_ref()
    }

    /// Whether it holds boilerplate, and besides nothing but headings.
    fn is_boilerplate(&self) -> bool {
        let Cow::Owned(left) = self.own_text() else { return false };
        left.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
    }

    /// The passage without boilerplate.
    fn own_text(&self) -> Cow<'a, str> {
        self.boilerplate.map_or(Cow::Borrowed(&self.passage.text), |known| known.without(&self.passage.text))
    }

    /// The shingles to match by: its own, where it has any.
    fn left(&self) -> &Shingles {
        self.own().unwrap_or_else(|| self.shingles())
    }

    fn same_scope(&self, other: &Self) -> bool {
        // The fingerprint gives it up only to whoever normalises the text again.
        let scope = |one: &Self| *one.scope.get_or_init(|| one.passage.fingerprint.scope(&one.passage.text));
        scope(self) == scope(other)
    }

    fn same_family(&self, other: &Self) -> bool {
        self.passage.standing.same_family(&other.passage.standing)
    }
}
