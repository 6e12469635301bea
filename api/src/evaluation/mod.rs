//! What curation buys: golden questions asked of the curated corpus, and of the same documents with nothing held back.

pub mod golden;
pub mod metrics;

use std::collections::HashMap;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use tamis_index::{Corpus, SearchFilter, SearchMode, SearchRequest};

use golden::GoldenQuestion;
use metrics::{DEPTH, Found, QuestionResult, Summary};

use crate::jobs::Stop;
use crate::searching::search;
use crate::service::Service;

/// Chunks of a batch of the uncurated index.
const BATCH: u32 = 512;

/// How a corpus answers golden questions.
#[derive(Debug, Serialize)]
pub struct Evaluation {
    /// Questions asked.
    pub questions: usize,
    /// Chunks that are searched.
    pub curated_chunks: u64,
    /// How the corpus answers.
    pub curated: Summary,
    /// Chunks there are, where the two were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_chunks: Option<u64>,
    /// How it would answer with nothing held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<Summary>,
    /// Question by question.
    pub results: Vec<Answered>,
}

/// A question and how it fared.
#[derive(Debug, Serialize)]
pub struct Answered {
    /// The question's id.
    pub id: String,
    /// With the corpus.
    pub curated: QuestionResult,
    /// With nothing held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<QuestionResult>,
}

/// Everything there is, indexed, in a folder of its own.
struct Uncurated {
    corpus: Corpus,
    passages: HashMap<String, Found>,
}

/// Asks golden questions. With `raw`, a folder, all chunks are indexed there as well, quarantined ones and all, and asked the
/// same.
///
/// # Errors
/// Where the model, an index or the ledger fails.
pub async fn evaluate(
    service: &Service,
    questions: &[GoldenQuestion],
    mode: SearchMode,
    raw: Option<&Path>,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &Stop,
) -> Result<Evaluation> {
    let uncurated = match raw {
        Some(folder) => Some(Uncurated::build(service, folder, progress, stop).await?),
        None => None,
    };
    let mut results = Vec::with_capacity(questions.len());
    for question in questions {
        let request =
            SearchRequest { query: question.query.clone(), limit: DEPTH, mode, filter: SearchFilter::default() };
        let answer = search(service, &request, None).await?;
        let found: Vec<Found> =
            answer.hits.into_iter().map(|hit| Found { document: hit.document, text: hit.text }).collect();
        let curated = metrics::result(&question.gold, &found);
        let raw = match &uncurated {
            Some(uncurated) => Some(metrics::result(&question.gold, &uncurated.search(service, &request).await?)),
            None => None,
        };
        results.push(Answered { id: question.id.clone(), curated, raw });
    }
    let curated: Vec<_> = results.iter().map(|one| one.curated).collect();
    let raw: Option<Vec<_>> = results.iter().map(|one| one.raw).collect();
    Ok(Evaluation {
        questions: questions.len(),
        curated_chunks: service.ledger.searchable_chunks().await?.len() as u64,
        curated: metrics::summary(&curated),
        raw_chunks: uncurated.as_ref().map(|all| all.passages.len() as u64),
        raw: raw.filter(|_| uncurated.is_some()).map(|raw| metrics::summary(&raw)),
        results,
    })
}

impl Uncurated {
    async fn build(
        service: &Service,
        folder: &Path,
        progress: &(dyn Fn(u64, u64) + Sync),
        stop: &Stop,
    ) -> Result<Self> {
        let corpus = Corpus::open(folder, service.embedder.fingerprint()).await?;
        let mut passages = HashMap::new();
        let mut last = String::new();
        let total = service.ledger.live_chunks().await?;
        for sequence in 1.. {
            let chunks = service.ledger.uncurated(&last, BATCH).await?;
            let Some((_, end)) = chunks.last() else { break };
            if stop.is_ordered() {
                anyhow::bail!("stopped before the questions were asked");
            }
            last = end.chunk.to_string();
            let texts = chunks.iter().map(|(_, entry)| entry.embedding_text()).collect();
            let vectors = service.embedder.embed(texts).await?;
            let mut entries = Vec::with_capacity(chunks.len());
            for ((document, entry), vector) in chunks.into_iter().zip(vectors) {
                passages.insert(entry.chunk.to_string(), Found { document, text: entry.text.clone() });
                entries.push((entry, vector));
            }
            corpus.publish(sequence, &entries, &[]).await?;
            progress(passages.len() as u64, total);
        }
        Ok(Self { corpus, passages })
    }

    async fn search(&self, service: &Service, request: &SearchRequest) -> Result<Vec<Found>> {
        let vector = match request.mode {
            SearchMode::Lexical => None,
            SearchMode::Vector | SearchMode::Hybrid => Some(service.embedder.embed_query(&request.query).await?),
        };
        let hits = self.corpus.search(request, vector.as_ref()).await?;
        Ok(hits.iter().filter_map(|hit| self.passages.get(hit.chunk.as_str()).cloned()).collect())
    }
}
