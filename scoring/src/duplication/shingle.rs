//! Word shingles: the sets whose overlap says how alike two passages are.

use xxhash_rust::xxh3::xxh3_64;

use super::normalise::{fold, words};

/// Words in a shingle. An edit of one word in twenty leaves a Jaccard of .75 over three-word shingles but only .63 over
/// five-word ones, while three words are still rare enough together that unrelated passages share next to none.
const WORDS: usize = 3;

/// Fewest words of a passage that shingles can judge; below this only equality counts.
pub(crate) const MIN_WORDS: usize = 8;

/// The distinct shingles of a text as sorted hashes; empty for a text too short to judge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shingles(Vec<u64>);

/// How much two shingle sets have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Overlap {
    /// Shared shingles among all shingles, 0..=1.
    pub(crate) jaccard: f32,
    /// How many shingles are shared.
    pub(crate) shared: usize,
    /// Share of the smaller set that the larger one holds, 0..=1.
    pub(crate) containment: f32,
}

impl Shingles {
    /// The shingles of raw text.
    pub(crate) fn of(text: &str) -> Self {
        Self::of_words(&word_hashes(&fold(text)))
    }

    /// The shingles of a text whose words have these hashes.
    pub(super) fn of_words(words: &[u64]) -> Self {
        if words.len() < MIN_WORDS {
            return Self::default();
        }
        let mut shingles: Vec<u64> = words.windows(WORDS).map(combine).collect();
        shingles.sort_unstable();
        shingles.dedup();
        Self(shingles)
    }

    /// The hashes, sorted, each once.
    pub(crate) fn hashes(&self) -> &[u64] {
        &self.0
    }

    /// The overlap with `other`; zero where either is empty.
    pub(crate) fn overlap(&self, other: &Self) -> Overlap {
        Overlap::of(shared(&self.0, &other.0), self.0.len(), other.0.len())
    }

    /// All shingles of several texts.
    pub(crate) fn union<'a>(sets: impl Iterator<Item = &'a Self>) -> Self {
        let mut all: Vec<u64> = sets.flat_map(|set| &set.0).copied().collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// The share of these shingles that `other` holds, 0..=1; 1 for an empty set, which is part of any other.
    pub(crate) fn share_in(&self, other: &Self) -> f32 {
        if self.0.is_empty() { 1.0 } else { shared(&self.0, &other.0) as f32 / self.0.len() as f32 }
    }
}

impl Overlap {
    /// The overlap of two sets that share so many shingles and have so many; zero where either is empty.
    pub(super) fn of(shared: usize, mine: usize, theirs: usize) -> Self {
        if mine == 0 || theirs == 0 {
            return Self { jaccard: 0.0, shared: 0, containment: 0.0 };
        }
        Self {
            jaccard: shared as f32 / (mine + theirs - shared) as f32,
            shared,
            containment: shared as f32 / mine.min(theirs) as f32,
        }
    }
}

/// The hashes of the words of folded text, in order.
pub(super) fn word_hashes(folded: &str) -> Vec<u64> {
    words(folded).map(|word| xxh3_64(word.as_bytes())).collect()
}

/// One hash of several word hashes in order.
pub(super) fn combine(words: &[u64]) -> u64 {
    words.iter().fold(0, |hash: u64, word| (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// How many values two sorted lists without repeats share.
fn shared(a: &[u64], b: &[u64]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        i += usize::from(x <= y);
        j += usize::from(y <= x);
        count += usize::from(x == y);
    }
    count
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_and_empty_texts_have_no_shingles() {
        assert_eq!(Shingles::of(""), Shingles::default());
        assert_eq!(Shingles::of("one two three four five six seven"), Shingles::default());
        assert_eq!(Shingles::of("one two three four five six seven eight").hashes().len(), 6);
    }

    proptest! {
        #[test]
        fn overlap_agrees_with_sets(
            a in proptest::collection::vec("[a-d]", 8..40),
            b in proptest::collection::vec("[a-d]", 8..40),
        ) {
            let set = |words: &[String]| words.windows(WORDS).map(<[String]>::to_vec).collect::<HashSet<_>>();
            let (left, right) = (set(&a), set(&b));
            let shared = left.intersection(&right).count() as f32;
            let overlap = Shingles::of(&a.join(" ")).overlap(&Shingles::of(&b.join(" ")));
            prop_assert!((overlap.jaccard - shared / left.union(&right).count() as f32).abs() < 1e-6);
            prop_assert!((overlap.containment - shared / left.len().min(right.len()) as f32).abs() < 1e-6);
        }
    }
}
