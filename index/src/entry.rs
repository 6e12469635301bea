//! A chunk ready to publish.

use jiff::Timestamp;
use tamis_ingest::{ChunkId, DocumentId, SourceName};

/// A chunk with what search needs to find, filter and show it.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexEntry {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// Its source.
    pub source: SourceName,
    /// Where the document is.
    pub uri: String,
    /// The document's title.
    pub title: Option<String>,
    /// The headings it stands under, outermost first.
    pub heading_path: Vec<String>,
    /// The text.
    pub text: String,
    /// ISO 639-1 code of the document's language.
    pub language: Option<String>,
    /// When the document last changed.
    pub modified_at: Option<Timestamp>,
}

impl IndexEntry {
    /// What the embedder reads: title and headings as context, then the text.
    #[must_use]
    pub fn embedding_text(&self) -> String {
        todo!()
    }
}
