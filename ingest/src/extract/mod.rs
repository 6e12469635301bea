//! Reading bytes into documents: one reader a format.

use crate::{Document, RawDocument};

/// What a reader may spend on one document.
#[derive(Debug, Clone, Copy)]
pub struct ExtractLimits {
    /// Longest extracted text, in bytes; reading stops there with a `Truncated` notice.
    pub max_text_bytes: usize,
    /// Most pages read of a paged format.
    pub max_pages: usize,
}

impl Default for ExtractLimits {
    fn default() -> Self {
        Self { max_text_bytes: 32 << 20, max_pages: 5_000 }
    }
}

/// Reads a document. It never fails: a document that cannot be read comes back with what could be read and notices
/// that say what could not.
#[must_use]
pub fn extract(raw: &RawDocument, limits: ExtractLimits) -> Document {
    let _ = (raw, limits);
    todo!()
}
