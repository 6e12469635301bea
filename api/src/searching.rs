//! Answering a search: embed the query, ask the indexes, and show what the ledger says of the hits.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use tamis_index::{Correction, Reranker, SearchHit, SearchMode, SearchRequest, SearchResults, Snippet};
use tamis_ingest::ChunkId;
use tamis_scoring::{Finding, Scores};
use utoipa::ToSchema;

use crate::ledger::{HitRow, Standing};
use crate::ranking::{self, Candidate, Parts};
use crate::service::Service;

/// Most hits a search returns.
pub const MAX_HITS: usize = 1_000;

/// Hits asked of the indexes: so many times those wanted, and some more, for those the ledger no longer allows, those
/// that repeat others, and those that freshness or authority lift.
const TIMES_WANTED: usize = 2;
const SPARE: usize = 16;

/// Hits asked of the indexes at most, where a least score leaves few.
const MOST_ASKED: usize = 20_000;

/// Longest snippet, in bytes.
const SNIPPET: usize = 320;

/// A search, and what the ledger is asked about its hits.
#[derive(Debug, Clone)]
pub struct Question {
    /// What the indexes are asked.
    pub request: SearchRequest,
    /// Least overall grade of a hit, 0..=1.
    pub min_score: Option<f32>,
    /// How much a document's further chunks give way to other documents, 0 (not at all) to 1.
    pub diversity: f32,
    /// Whether each hit says how its score came about.
    pub explain: bool,
}

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// The id the query came with, if it came with one.
    pub id: Option<String>,
    /// Time taken, in milliseconds.
    pub took_ms: f64,
    /// Words that occur nowhere, and what was searched for instead.
    #[schema(value_type = Vec<Object>)]
    pub corrections: Vec<Correction>,
    /// What was found, the best first.
    pub hits: Vec<Hit>,
}

/// A chunk that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    /// Its place, from 1.
    pub rank: usize,
    /// What the hits are ordered by: BM25, cosine similarity or the fused score, by mode, or what the reranking model
    /// says where one is configured, times at most 1 for freshness and authority.
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
    /// The stretch of it that has most of what was asked for, and what to mark in it: from and to, in characters.
    #[schema(value_type = Object)]
    pub snippet: Snippet,
    /// What kind of document it is.
    pub kind: String,
    /// The document's language (ISO 639-1).
    pub language: Option<String>,
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
    /// How many chunks repeat it; they are kept out of the answer.
    pub repeated_by: u32,
    /// Chunks that were found as well and say the same.
    pub collapsed: Vec<String>,
    /// Open conflicts with other chunks: sources that disagree.
    #[schema(value_type = Vec<Object>)]
    pub conflicts: Vec<Finding>,
    /// How the score came about, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub explain: Option<Parts>,
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
pub async fn search(service: &Service, question: &Question, id: Option<String>) -> Result<SearchAnswer> {
    let begun = Instant::now();
    let request = &question.request;
    let vector = match request.mode {
        SearchMode::Lexical => None,
        SearchMode::Vector | SearchMode::Hybrid => Some(service.embedder.embed_query(&request.query).await?),
    };
    let depth = service.reranker.as_ref().map_or(0, |_| service.config.search.rerank.candidates).max(request.limit);
    let mut asked = depth * TIMES_WANTED + SPARE;
    let (results, candidates, mut chosen) = loop {
        let wanted = SearchRequest { limit: asked, ..request.clone() };
        let results = service.corpus.search(&wanted, vector.as_ref()).await?;
        let chunks: Vec<ChunkId> = results.hits.iter().map(|hit| hit.chunk.clone()).collect();
        let standings = service.ledger.standings(&chunks, question.min_score).await?;
        let candidates = candidates(&results, &standings);
        let diversity = if service.reranker.is_some() { 0.0 } else { question.diversity };
        let chosen = ranking::rank(candidates.clone(), diversity, depth);
        // The ledger may allow few of those found: then more are asked for, as long as there are more.
        if chosen.len() >= request.limit || results.hits.len() < asked || asked >= MOST_ASKED {
            break (results, candidates, chosen);
        }
        asked = (asked * 4).min(MOST_ASKED);
    };
    let shown: Vec<ChunkId> = chosen.iter().map(|ranked| ranked.chunk.clone()).collect();
    let mut rows = service.ledger.hits(&shown).await?;
    if let Some(reranker) = &service.reranker {
        let candidates = reranked(reranker, &request.query, &shown, &rows, candidates).await?;
        chosen = ranking::rank(candidates, question.diversity, request.limit);
    }
    let found: HashMap<&ChunkId, &SearchHit> = results.hits.iter().map(|hit| (&hit.chunk, hit)).collect();
    let mut returned = Vec::with_capacity(chosen.len());
    let mut hits = Vec::with_capacity(chosen.len());
    for ranked in chosen {
        // Quarantined or removed since it was ranked.
        let (Some(hit), Some(row)) = (found.get(&ranked.chunk), rows.remove(&ranked.chunk)) else { continue };
        returned.push(ranked.chunk.clone());
        hits.push(Hit {
            rank: hits.len() + 1,
            score: ranked.parts.score,
            document: row.document,
            uri: row.uri,
            source: row.source,
            chunk: ranked.chunk.to_string(),
            title: row.title,
            heading_path: row.heading_path,
            snippet: results.highlighter.snippet(&row.text, row.language.as_deref(), SNIPPET),
            text: row.text,
            kind: row.kind,
            language: row.language,
            modified_at: row.modified_at,
            scores: HitScores { dimensions: row.scores, overall: row.overall },
            lexical_rank: hit.lexical_rank,
            lexical_score: hit.lexical_score,
            vector_rank: hit.vector_rank,
            vector_score: hit.vector_score,
            repeated_by: row.repeated_by,
            collapsed: ranked.collapsed.iter().map(ToString::to_string).collect(),
            conflicts: row.conflicts,
            explain: question.explain.then_some(ranked.parts),
        });
    }
    service.note_demand(returned.iter());
    let took_ms = begun.elapsed().as_secs_f64() * 1_000.0;
    Ok(SearchAnswer { id, took_ms, corrections: results.corrections, hits })
}

/// Those of `candidates` that are among `shown`, or say the same as one that is, with what the reranking model makes of
/// them.
async fn reranked(
    reranker: &Reranker,
    query: &str,
    shown: &[ChunkId],
    rows: &HashMap<ChunkId, HitRow>,
    candidates: Vec<Candidate>,
) -> Result<Vec<Candidate>> {
    let read: Vec<(&ChunkId, &HitRow)> = shown.iter().filter_map(|chunk| rows.get_key_value(chunk)).collect();
    let passages = read.iter().map(|(_, row)| row.passage()).collect();
    let scores = reranker.scores(query, passages).await?;
    let by_chunk: HashMap<&ChunkId, f32> = read.iter().map(|(chunk, _)| *chunk).zip(scores).collect();
    // A copy says what the one says that stands for it.
    let says: HashMap<ChunkId, f32> = candidates
        .iter()
        .filter_map(|candidate| Some((candidate.says_as.clone(), *by_chunk.get(&candidate.chunk)?)))
        .collect();
    let ranked = candidates.into_iter().filter_map(|candidate| {
        let score = *says.get(&candidate.says_as)?;
        Some(Candidate { reranked: Some(score), ..candidate })
    });
    Ok(ranked.collect())
}

fn candidates(results: &SearchResults, standings: &HashMap<ChunkId, Standing>) -> Vec<Candidate> {
    let candidate = |hit: &SearchHit| {
        let standing = standings.get(&hit.chunk)?;
        Some(Candidate {
            chunk: hit.chunk.clone(),
            document: hit.document.clone(),
            says_as: standing.repeats.clone().unwrap_or_else(|| hit.chunk.clone()),
            lexical: hit.lexical_share,
            vector: hit.vector_share,
            reranked: None,
            freshness: standing.freshness,
            authority: f32::from(standing.authority) / 100.0,
        })
    };
    results.hits.iter().filter_map(candidate).collect()
}

/// A time as typed: RFC 3339, or a day, which begins at midnight UTC.
///
/// # Errors
/// What is wrong with it.
pub fn parse_time(typed: &str) -> Result<Timestamp, String> {
    let day = || TimeZone::UTC.to_timestamp(typed.parse::<Date>().ok()?.at(0, 0, 0, 0)).ok();
    typed
        .parse::<Timestamp>()
        .ok()
        .or_else(day)
        .ok_or_else(|| format!("{typed} is no time: write 2026-05-01 or 2026-05-01T12:00:00Z"))
}

/// A field of metadata and its value as typed: `name=value`.
///
/// # Errors
/// What is wrong with it.
pub fn parse_metadata(typed: &str) -> Result<(String, String), String> {
    let pair = typed.split_once('=').filter(|(name, _)| !name.is_empty());
    pair.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| format!("{typed} names no field and value: write name=value"))
}

/// A share as typed, read as a double: a float rounds what lies a hair outside 0..=1 into it.
///
/// # Errors
/// Where it is none.
pub fn check_share(name: &str, share: impl Into<f64>) -> Result<f32, String> {
    let exact = share.into();
    if (0.0..=1.0).contains(&exact) { Ok(exact as f32) } else { Err(format!("{name} must be between 0 and 1")) }
}
