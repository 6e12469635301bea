//! Is it said elsewhere? Exact copies by normalised hash, near copies by `MinHash` candidates and exact verification.

mod minhash;
mod normalise;
mod place;
mod shingle;
mod verify;

use serde::{Deserialize, Serialize};
use tamis_ingest::ChunkId;
use xxhash_rust::xxh3::xxh3_64;

pub(crate) use normalise::normalise;
pub use place::place;
pub(crate) use place::{Outcome, outcome};
pub(crate) use shingle::{Overlap, Shingles};
pub(crate) use verify::judge;

/// How two passages are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateKind {
    /// Equal after normalisation.
    Exact,
    /// Similar by shingles.
    Near,
    /// This passage stands inside the other.
    Containment,
}

/// What finds a passage's duplicates without reading them: the hash of its normalised text and `MinHash` bands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Hash of the normalised text (64 bits, stored as a signed integer). All texts without a word or sign share one
    /// value; they say nothing, so [`Fingerprint::is_comparable`] is false and they are no one's duplicates.
    pub exact: i64,
    /// Band keys: two passages that share one are near-duplicate candidates. Empty for passages too short to judge.
    pub bands: Vec<i64>,
}

impl Fingerprint {
    /// The fingerprint of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = normalise(text);
        let bands = minhash::bands(&Shingles::of_normalised(&text));
        Self { exact: xxh3_64(text.as_bytes()) as i64, bands }
    }

    /// Whether there is anything to compare: false for a text that is empty once normalised.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        self.exact != xxh3_64(b"") as i64
    }
}

/// A verified duplicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The other chunk.
    pub chunk: ChunkId,
    /// How they are the same.
    pub kind: DuplicateKind,
    /// Exact similarity, 0..=1: Jaccard for near, share of this passage found there for containment.
    pub similarity: f32,
}

/// How a passage stands among the standing passages that it may duplicate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placement {
    /// The passage it gives way to: of the verified ones that precede it, the first in precedence.
    pub shadowed_by: Option<Duplicate>,
    /// The standing passages that give way to it. Empty where it is shadowed itself.
    pub shadows: Vec<Duplicate>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_but_for_setting_is_exact() {
        let one = Fingerprint::of("# The **quick** brown fox\n\njumps over the lazy dog again.");
        assert_eq!(one, Fingerprint::of("the quick  brown\tfox jumps over the LAZY dog again."));
        assert_ne!(one.exact, Fingerprint::of("the quick brown fox jumps over the lazy cat again.").exact);
    }

    #[test]
    fn short_texts_have_no_bands_and_empty_ones_nothing() {
        assert!(Fingerprint::of("Back to top").bands.is_empty());
        assert!(Fingerprint::of("Back to top").is_comparable());
        assert!(!Fingerprint::of(" \n---\n").is_comparable());
    }
}
