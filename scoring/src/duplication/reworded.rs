//! Passages that say much the same in other words.
//!
//! Rewording leaves few shingles: of two passages told to differ in every second sentence, a fifth of the three-word
//! shingles agree. Their words still do. Candidates are passages that share a key after all (five words in a row that
//! winnowing picks in both); how alike they are is told by the words that carry meaning, without their order. What is
//! reworded more freely than that only vectors see. Shared words prove less than shared phrases, so nothing is held back
//! for this: it is a hint for people who keep the corpus.

use xxhash_rust::xxh3::xxh3_64;

use super::normalise::{fold, words};
use crate::markup::shown;

/// Least Jaccard similarity of the content words of two passages that say much the same.
pub(crate) const REWORDED: f32 = 0.6;

/// Least share of the shingles of a passage's counterpart that it must have, for words alone are alike in many a template.
pub(crate) const LEAST_SHINGLES: f32 = 0.1;

/// Fewest different content words that tell a subject.
const MIN_CONTENT_WORDS: usize = 15;

/// Fewest letters of a word that carries meaning. Function words are shorter in the languages that have them, and longer
/// ones are too few to matter.
const MIN_LETTERS: usize = 5;

/// Letters of a word that count, which leaves most endings out.
const STEM: usize = 7;

/// The distinct content words of a text as sorted hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ContentWords(Vec<u64>);

impl ContentWords {
    /// The content words of raw text as it is shown: stems of long words, and words with a digit whole.
    pub(crate) fn of(text: &str) -> Self {
        let folded = fold(&shown(text));
        let mut hashes: Vec<u64> = words(&folded).filter_map(content).map(|word| xxh3_64(word.as_bytes())).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// Jaccard similarity, 0..=1; 0 where either has too few words to tell a subject.
    pub(crate) fn similarity(&self, other: &Self) -> f32 {
        if self.0.len().min(other.0.len()) < MIN_CONTENT_WORDS {
            return 0.0;
        }
        let shared = self.0.iter().filter(|word| other.0.binary_search(word).is_ok()).count();
        shared as f32 / (self.0.len() + other.0.len() - shared) as f32
    }
}

/// What of a word counts, if it carries meaning.
fn content(word: &str) -> Option<&str> {
    if word.contains(|c: char| c.is_ascii_digit()) {
        return Some(word);
    }
    word.char_indices().nth(MIN_LETTERS - 1)?;
    Some(word.char_indices().nth(STEM).map_or(word, |(end, _)| &word[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_meaning_count_by_their_stems() {
        let read = |word| content(word);
        assert_eq!(read("with"), None);
        assert_eq!(read("configuration"), Some("configu"));
        assert_eq!(read("v2"), Some("v2"));
        assert_eq!(read("straße"), Some("straße"));
    }

    #[test]
    fn order_does_not_matter_and_few_words_tell_nothing() {
        let text = "Operators configure nightly backups through the settings dialogue, choose retention periods, encryption \
            passwords, storage locations and notification addresses before pressing the button labelled schedule.";
        let turned = "Before operators press the button labelled schedule they choose notification addresses, storage \
            locations, encryption passwords and retention periods; nightly backups are configured in the settings dialogue.";
        let similarity = ContentWords::of(text).similarity(&ContentWords::of(turned));
        assert!(similarity > 0.8, "{similarity}");
        assert!(
            ContentWords::of("Backups happen nightly.").similarity(&ContentWords::of("Backups happen nightly.")) < 0.1
        );
    }
}
