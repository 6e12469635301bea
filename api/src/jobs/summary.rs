//! What a run came to.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

use crate::ledger::{Health, RunCounts};
use crate::service::{Service, Stage};

/// What a run did.
#[derive(Debug, Clone, Serialize)]
pub struct IngestSummary {
    /// The run's id; the last one's where several sources were read.
    pub run: String,
    /// What became of documents.
    pub documents: RunCounts,
    /// Chunks of the corpus after the run.
    pub chunks: ChunkCounts,
    /// Chunks embedded.
    pub embedded: u64,
    /// Time spent.
    pub seconds: Seconds,
    /// The corpus score, 0 to 100.
    pub health: BeforeAfter,
    /// Files without a reader, counted by kind.
    pub unsupported: BTreeMap<String, u64>,
    /// What could not be listed or read.
    pub failures: Vec<Failure>,
    /// Whether the run was stopped before its end; run it again to go on.
    pub stopped: bool,
}

/// Chunks by verdict.
#[derive(Debug, Clone, Serialize)]
pub struct ChunkCounts {
    /// May be searched.
    pub accepted: u64,
    /// Held back.
    pub quarantined: u64,
    /// Held back, by rule.
    pub by_rule: BTreeMap<String, u64>,
}

/// Seconds; `total` by the clock, the others summed over threads.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Seconds {
    /// From begin to end.
    pub total: f64,
    /// Fetching, reading, chunking.
    pub extract: f64,
    /// Measuring, comparing, deciding, recording.
    pub score: f64,
    /// Embedding.
    pub embed: f64,
    /// Writing both indexes.
    pub index: f64,
}

/// The corpus score at both ends of the run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct BeforeAfter {
    /// Before the run.
    pub before: f64,
    /// After it.
    pub after: f64,
}

/// Something that could not be listed or read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Failure {
    /// What.
    pub uri: String,
    /// Why not, and what to do.
    pub message: String,
}

/// What is spent of the process's time and model when a run begins.
pub(super) struct Meter {
    begun: Instant,
    seconds: Seconds,
    embedded: u64,
}

impl Meter {
    /// Begins to measure.
    pub(super) fn begin(service: &Service) -> Self {
        Self { begun: Instant::now(), seconds: spent(service), embedded: service.spent.embedded() }
    }

    /// Chunks embedded since.
    pub(super) fn embedded(&self, service: &Service) -> u64 {
        service.spent.embedded().saturating_sub(self.embedded)
    }

    /// Seconds spent since.
    pub(super) fn seconds(&self, service: &Service) -> Seconds {
        let now = spent(service);
        Seconds {
            total: round(self.begun.elapsed().as_secs_f64()),
            extract: round(now.extract - self.seconds.extract),
            score: round(now.score - self.seconds.score),
            embed: round(now.embed - self.seconds.embed),
            index: round(now.index - self.seconds.index),
        }
    }
}

impl ChunkCounts {
    /// The corpus's chunks.
    pub(super) fn of(health: &Health) -> Self {
        Self { accepted: health.accepted, quarantined: health.quarantined, by_rule: health.by_rule.clone() }
    }
}

fn spent(service: &Service) -> Seconds {
    let seconds = |stage| service.spent.seconds(stage);
    Seconds {
        total: 0.0,
        extract: seconds(Stage::Extract),
        score: seconds(Stage::Score),
        embed: seconds(Stage::Embed),
        index: seconds(Stage::Index),
    }
}

fn round(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}
