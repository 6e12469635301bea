//! What to search for, and what was found.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tamis_ingest::{ChunkId, DocumentId, SourceName};

use crate::Highlighter;

/// Which indexes answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchMode {
    /// Both, fused.
    #[default]
    Hybrid,
    /// BM25 alone.
    Lexical,
    /// Embeddings alone.
    Vector,
}

/// What hits must satisfy, in both indexes, before either ranks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchFilter {
    /// Only these sources; empty means all.
    pub sources: Vec<SourceName>,
    /// Only these kinds of document; empty means all.
    pub kinds: Vec<String>,
    /// Only documents in this language (ISO 639-1).
    pub language: Option<String>,
    /// Only documents changed at or after this time.
    pub modified_after: Option<Timestamp>,
    /// Only documents changed before this time.
    pub modified_before: Option<Timestamp>,
    /// Only documents with all of these in their metadata: a field's name and its value.
    pub metadata: Vec<(String, String)>,
}

/// A search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRequest {
    /// The words as typed: `"…"` holds a phrase that must occur, `foo*` what begins so.
    pub query: String,
    /// How many hits at most.
    pub limit: usize,
    /// Which indexes answer.
    pub mode: SearchMode,
    /// What hits must satisfy.
    pub filter: SearchFilter,
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct SearchResults {
    /// The hits, best first.
    pub hits: Vec<SearchHit>,
    /// Words that occur nowhere, and what was searched for instead.
    pub corrections: Vec<Correction>,
    /// Marks in a text what the query asked for.
    pub highlighter: Highlighter,
}

/// A word of the query that no document has, and like ones that some have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The word as typed, in lower case.
    pub typed: String,
    /// What was searched for instead.
    pub searched: Vec<String>,
}

/// A chunk that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// What hits are ordered by: BM25, cosine similarity, or the fused score.
    pub score: f32,
    /// Place among the lexical hits, from 1.
    pub lexical_rank: Option<u32>,
    /// BM25 score.
    pub lexical_score: Option<f32>,
    /// What the lexical score adds to the fused one.
    pub lexical_share: f32,
    /// Place among the vector hits, from 1.
    pub vector_rank: Option<u32>,
    /// Cosine similarity, -1..=1.
    pub vector_score: Option<f32>,
    /// What the vector score adds to the fused one.
    pub vector_share: f32,
}

/// A chunk in one index's ranking, and its document, by the bits of their ids: hundreds are ranked for each that becomes
/// a hit, and numbers need no memory of their own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) chunk: u128,
    pub(crate) document: u128,
    /// Higher is better.
    pub(crate) score: f32,
}

/// Best first; equal scores by id, so that the same index always answers the same.
pub(crate) fn sort(hits: &mut [Ranked]) {
    hits.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.chunk.cmp(&b.chunk)));
}
