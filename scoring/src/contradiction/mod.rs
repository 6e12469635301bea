//! Does something else deny it? Claims are read from sentences, and two claims about the same thing are judged.

use serde::{Deserialize, Serialize};
use tamis_ingest::ByteSpan;

/// A checkable statement read from one sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Keys under which statements about the same thing are found (64 bits each, stored as signed integers).
    pub keys: Vec<i64>,
    /// The sentence, as a span of the *chunk's* text.
    pub sentence: ByteSpan,
}

/// Reads the claims of a chunk's text, in order of appearance.
#[must_use]
pub fn claims(text: &str) -> Vec<Claim> {
    let _ = text;
    todo!()
}
