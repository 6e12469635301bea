//! Is it said elsewhere? Exact copies by normalised hash, near copies by `MinHash` candidates, passages inside longer
//! ones by winnowed keys, all verified exactly; and paragraphs that stand in many documents.

mod boilerplate;
mod difference;
mod minhash;
mod named;
mod normalise;
mod paragraph;
mod place;
mod recall;
mod reworded;
mod scope;
mod shingle;
mod verify;
mod winnow;

use serde::{Deserialize, Serialize};
use tamis_ingest::ChunkId;
use xxhash_rust::xxh3::xxh3_64;

pub use boilerplate::{Boilerplate, paragraph_hashes, work};
pub use named::named_above;
pub(crate) use named::{are_entries, name_different_things, say_different_things};
pub(crate) use normalise::normalise;
use normalise::{collapse, fold, words};
pub use paragraph::{Paragraph, paragraphs};
pub(crate) use place::{Outcome, outcome, spread};
pub use place::{place, place_amid};
pub use recall::{Found, Recall, RecallMeter, measure_recall, sample_rank};
pub(crate) use reworded::{ContentWords, LEAST_SHINGLES, REWORDED};
pub use scope::Scope;
pub(crate) use shingle::Shingles;
use shingle::word_hashes;
pub(crate) use verify::{CONTAINED, judge};

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

/// What finds a passage's duplicates without reading them: the hash of its normalised text, `MinHash` bands and winnowed
/// keys. Passages of different [`Scope`]s have no key in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Hash of the normalised text (64 bits, stored as a signed integer) and of its scope. All texts without a word or
    /// sign share one value; they say nothing, so [`Fingerprint::is_comparable`] is false and they are no one's
    /// duplicates.
    pub exact: i64,
    /// Band keys, then winnowed keys: two passages that share one are candidates for near copies, or for one standing
    /// inside the other. Empty for passages too short to judge.
    pub bands: Vec<i64>,
}

impl Fingerprint {
    /// The fingerprint of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let folded = fold(text);
        let words = word_hashes(&folded);
        let mut bands = minhash::bands(&Shingles::of_words(&words));
        let winnowed = winnow::keys(&words);
        // Corpora are held in memory by the million.
        bands.reserve_exact(winnowed.len());
        bands.extend(winnowed);
        Self { exact: xxh3_64(collapse(&folded).as_bytes()) as i64, bands }
    }

    /// The fingerprint of the same text for the readers of `scope`: it shares no key with one of another scope.
    #[must_use]
    pub fn within(mut self, scope: Scope) -> Self {
        if self.is_comparable() {
            self.exact = scope.key(self.exact);
            self.bands.iter_mut().for_each(|key| *key = scope.key(*key));
        }
        self
    }

    /// The scope of this fingerprint, which was made of `text`.
    #[must_use]
    pub fn scope(&self, text: &str) -> Scope {
        Scope::between(exact(text), self.exact)
    }

    /// Whether there is anything to compare: false for a text that is empty once normalised.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        self.exact != xxh3_64(b"") as i64
    }
}

/// How many words `text` has: the same for a copy in capitals or with other decoration.
#[must_use]
pub fn word_count(text: &str) -> u32 {
    u32::try_from(words(&fold(text)).count()).unwrap_or(u32::MAX)
}

/// The hash of the normalised text.
fn exact(text: &str) -> i64 {
    xxh3_64(normalise(text).as_bytes()) as i64
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
    /// What holds it, though it comes first only because a date is not known: one longer passage, or several of one
    /// document, of which this is the one that holds most. It gives way, but goes on standing for its own copies.
    pub held_by: Option<Duplicate>,
    /// The standing passages that give way to it. Empty where it is shadowed itself.
    pub shadows: Vec<Duplicate>,
    /// The standing passages that are held by it in their turn. Empty where it is shadowed itself.
    pub holds: Vec<Duplicate>,
    /// The passages that say much the same in other words; of each pair the one that comes later says so.
    pub reworded: Vec<Duplicate>,
    /// The standing passages of which it holds a part, so that they may be held by it and others of its document. Empty
    /// where it is shadowed itself.
    pub parts_of: Vec<ChunkId>,
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
