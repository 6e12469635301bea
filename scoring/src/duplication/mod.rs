//! Is it said elsewhere? Exact copies by normalised hash, near copies by MinHash candidates and exact verification.

use serde::{Deserialize, Serialize};
use tamis_ingest::ChunkId;

use crate::Passage;

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

/// What finds a passage's duplicates without reading them: the hash of its normalised text and MinHash bands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Hash of the normalised text (64 bits, stored as a signed integer).
    pub exact: i64,
    /// Band keys: two passages that share one are near-duplicate candidates. Empty for passages too short to judge.
    pub bands: Vec<i64>,
}

impl Fingerprint {
    /// The fingerprint of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let _ = text;
        todo!()
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

/// Places `passage` among `standing`, candidates that are no one's duplicate so far. Every link is verified, so a
/// chain of near-duplicates never joins two passages that are not alike.
#[must_use]
pub fn place(passage: &Passage, standing: &[Passage]) -> Placement {
    let _ = (passage, standing);
    todo!()
}
