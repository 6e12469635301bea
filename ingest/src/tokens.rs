//! Counting tokens as the embedder will.

use std::path::Path;

use crate::Result;

/// Counts tokens with the embedder's own tokenizer, or estimates where there is none.
pub enum TokenCounter {
    /// The tokenizer of the embedding model.
    Model(Box<tokenizers::Tokenizer>),
    /// No model is installed: an estimate for English subword vocabularies.
    Estimate,
}

impl TokenCounter {
    /// Loads `tokenizer.json`.
    ///
    /// # Errors
    /// [`crate::Error::Tokenizer`] where the file is missing or no tokenizer.
    pub fn open(path: &Path) -> Result<Self> {
        let _ = path;
        todo!()
    }

    /// The byte offset at which each token of `text` starts, ascending. The number of tokens in a span is the number
    /// of starts inside it.
    #[must_use]
    pub fn starts(&self, text: &str) -> Vec<usize> {
        let _ = text;
        todo!()
    }

    /// The number of tokens in `text`, without the model's special tokens.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        self.starts(text).len()
    }
}
