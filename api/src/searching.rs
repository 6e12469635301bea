//! Answering a search: embed the query, ask the indexes, and show what the ledger says of the hits.

use std::time::Instant;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use tamis_index::{SearchMode, SearchRequest};
use tamis_scoring::{Finding, Scores};
use utoipa::ToSchema;

use crate::service::Service;

/// Most hits a search returns.
pub const MAX_HITS: usize = 1_000;

/// Hits asked of the indexes beyond those wanted, for those the ledger no longer allows.
const SPARE: usize = 16;

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// The id the query came with, if it came with one.
    pub id: Option<String>,
    /// Time taken, in milliseconds.
    pub took_ms: f64,
    /// What was found, the best first.
    pub hits: Vec<Hit>,
}

/// A chunk that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    /// Its place, from 1.
    pub rank: usize,
    /// What the hits are ordered by: BM25, cosine similarity or the fused score, by mode.
    pub score: f32,
    /// Public name of its document.
    pub document: String,
    /// Where the document is.
    pub uri: String,
    /// Its source.
    pub source: String,
    /// The chunk.
    pub chunk: String,
    /// The document's title.
    pub title: Option<String>,
    /// The headings it stands under.
    pub heading_path: Vec<String>,
    /// The text.
    pub text: String,
    /// When the document last changed (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub modified_at: Option<Timestamp>,
    /// Its grades, 0..=1: the four dimensions and `overall`.
    #[schema(value_type = Object)]
    pub scores: HitScores,
    /// Place among the lexical hits, from 1.
    pub lexical_rank: Option<u32>,
    /// BM25.
    pub lexical_score: Option<f32>,
    /// Place among the vector hits, from 1.
    pub vector_rank: Option<u32>,
    /// Cosine similarity.
    pub vector_score: Option<f32>,
    /// Open conflicts with other chunks: sources that disagree.
    #[schema(value_type = Vec<Object>)]
    pub conflicts: Vec<Finding>,
}

/// A hit's grades.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct HitScores {
    /// The four dimensions.
    #[serde(flatten)]
    pub dimensions: Scores,
    /// Their weighted mean.
    pub overall: f32,
}

/// Searches. Chunks that were quarantined or removed are not in the answer, even where an index still holds them.
///
/// # Errors
/// Where the model, an index or the ledger fails.
pub async fn search(service: &Service, request: &SearchRequest, id: Option<String>) -> Result<SearchAnswer> {
    let begun = Instant::now();
    let vector = match request.mode {
        SearchMode::Lexical => None,
        SearchMode::Vector | SearchMode::Hybrid => Some(service.embedder.embed_query(&request.query).await?),
    };
    let wanted = SearchRequest { limit: request.limit + SPARE, ..request.clone() };
    let found = service.corpus.search(&wanted, vector.as_ref()).await?;
    let chunks: Vec<_> = found.iter().map(|hit| hit.chunk.clone()).collect();
    let mut rows = service.ledger.hits(&chunks).await?;
    let mut returned = Vec::with_capacity(request.limit);
    let mut hits = Vec::with_capacity(request.limit);
    for hit in found {
        if hits.len() == request.limit {
            break;
        }
        let Some(row) = rows.remove(&hit.chunk) else { continue };
        returned.push(hit.chunk.clone());
        hits.push(Hit {
            rank: hits.len() + 1,
            score: hit.score,
            document: row.document,
            uri: row.uri,
            source: row.source,
            chunk: hit.chunk.to_string(),
            title: row.title,
            heading_path: row.heading_path,
            text: row.text,
            modified_at: row.modified_at,
            scores: HitScores { dimensions: row.scores, overall: row.overall },
            lexical_rank: hit.lexical_rank,
            lexical_score: hit.lexical_score,
            vector_rank: hit.vector_rank,
            vector_score: hit.vector_score,
            conflicts: row.conflicts,
        });
    }
    service.note_demand(returned.iter());
    Ok(SearchAnswer { id, took_ms: begun.elapsed().as_secs_f64() * 1_000.0, hits })
}
