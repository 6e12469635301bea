//! Counting tokens as the embedder will.

mod estimate;
mod model;

use std::path::Path;

use self::estimate::estimated_starts;
pub use self::model::ModelTokens;
use crate::Result;

/// Counts tokens with the embedder's own tokenizer, or estimates where there is none.
pub enum TokenCounter {
    /// The tokenizer of the embedding model.
    Model(Box<ModelTokens>),
    /// No model is installed: an estimate for English subword vocabularies.
    Estimate,
}

impl TokenCounter {
    /// Loads `tokenizer.json`. Truncation and padding are switched off: a count must see the whole text and nothing
    /// else.
    ///
    /// # Errors
    /// [`crate::Error::Tokenizer`] where the file is missing or no tokenizer.
    pub fn open(path: &Path) -> Result<Self> {
        ModelTokens::open(path).map(|model| Self::Model(Box::new(model)))
    }

    /// The byte offset at which each token of `text` starts, ascending. The number of tokens in a span is the number
    /// of starts inside it. Time is linear in the text, and so is memory.
    #[must_use]
    pub fn starts(&self, text: &str) -> Vec<usize> {
        let mut starts = Vec::with_capacity(text.len() / 4);
        match self {
            Self::Model(model) => model.starts(text, &mut starts),
            Self::Estimate => estimated_starts(text, 0, &mut starts),
        }
        starts
    }

    /// The number of tokens in `text`, without the model's special tokens.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        self.starts(text).len()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::model::tests::{TINY, open};
    use super::*;

    fn tiny() -> TokenCounter {
        TokenCounter::Model(Box::new(open(TINY)))
    }

    #[test]
    fn model_starts_are_bytes_of_the_text_as_given() {
        let text = "The fóxes.  狐狐 den";
        let starts = tiny().starts(text);
        let tails: Vec<&str> = starts.iter().map(|&start| &text[start..]).collect();
        assert_eq!(tails, [text, "fóxes.  狐狐 den", "es.  狐狐 den", ".  狐狐 den", "狐狐 den", "狐 den", "den"]);
    }

    #[test]
    fn model_counts_neither_padding_nor_special_tokens_nor_to_a_limit() {
        assert_eq!(tiny().count("fox"), 1);
        assert_eq!(tiny().count(&"fox ".repeat(50)), 50);
        assert_eq!(tiny().count(""), 0);
    }

    #[test]
    fn long_texts_are_read_in_pieces_without_a_seam() {
        let text = "The foxes \n\n. ".repeat(20_000);
        for counter in [tiny(), TokenCounter::Estimate] {
            let one = counter.starts("The foxes \n\n. ");
            let starts = counter.starts(&text);
            assert_eq!(starts.len(), one.len() * 20_000);
            assert!(starts.chunks(one.len()).zip(0..).all(|(s, n)| s.iter().zip(&one).all(|(a, b)| *a == b + n * 14)));
        }
    }

    #[test]
    fn missing_or_broken_tokenizer_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokenizer.json");
        let problem = |path: &Path| TokenCounter::open(path).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(problem(&path).contains("tokenizer.json"));
        fs::write(&path, "{}").unwrap();
        assert!(problem(&path).contains("tokenizer.json"));
    }

    proptest! {
        #[test]
        fn starts_ascend_on_character_boundaries(text in "\\PC{0,200}|(?s).{0,200}") {
            for counter in [tiny(), TokenCounter::Estimate] {
                let starts = counter.starts(&text);
                prop_assert!(starts.is_sorted());
                prop_assert!(starts.iter().all(|&start| start < text.len() && text.is_char_boundary(start)));
            }
        }
    }
}
