//! Cutting a document into chunks that follow its structure.

use serde::{Deserialize, Serialize};

use crate::{ByteSpan, ChunkId, Document, DocumentId, TokenCounter};

/// A piece of a document, small enough to embed. The chunks of a document partition its text: each starts where the
/// one before it ends, the first at 0 and the last ending with the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Stable id.
    pub id: ChunkId,
    /// Position in the document, from 0.
    pub ordinal: u32,
    /// The text, exactly the document's text at `span`.
    pub text: String,
    /// Where it stands in the document's text.
    pub span: ByteSpan,
    /// The headings it stands under, outermost first, its own heading included.
    pub heading_path: Vec<String>,
    /// Page it starts on, from 1, for paged formats.
    pub page: Option<u32>,
    /// Length in tokens of the embedder's tokenizer, without the model's special tokens.
    pub tokens: u32,
}

/// How large chunks may be, in tokens of the embedder's tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkLimits {
    /// The size to aim at.
    pub target: u32,
    /// The size never to pass.
    pub max: u32,
}

impl Default for ChunkLimits {
    /// 256 to aim at; 480 at most, which leaves room for a heading path in a model of 512 positions.
    fn default() -> Self {
        Self { target: 256, max: 480 }
    }
}

/// Cuts `document` into chunks; there is always at least one, and an empty document gives an empty one.
#[must_use]
pub fn chunk(id: &DocumentId, document: &Document, counter: &TokenCounter, limits: ChunkLimits) -> Vec<Chunk> {
    let _ = (id, document, counter, limits);
    todo!()
}
