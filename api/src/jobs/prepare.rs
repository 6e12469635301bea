//! Read, grade and record one document: the pipeline on one screen.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::Result;
use jiff::Timestamp;
use tamis_ingest::ContentHash;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::Instrument;

use crate::grading;
use crate::ledger::{Graded, PrepareJob, QueuedDocument, READER_FAILED, TOO_SLOW};
use crate::service::{Service, Stage};

/// Readings of one document that may begin without any of them finishing.
const MAX_ATTEMPTS: i64 = 5;

/// What became of a reading.
enum Outcome {
    /// It was read and graded by itself.
    Graded(Box<Graded>, ContentHash),
    /// It cannot be read, for this reason and with this code.
    Failed(&'static str, String),
    /// It could not be read this time.
    Retry(String),
}

/// Does the job. An error means that the ledger did not take the result; a bad document is none.
pub(super) async fn prepare(service: &Arc<Service>, job: &PrepareJob) -> Result<()> {
    let ledger = &service.ledger;
    let Some(queued) = ledger.begin_attempt(&job.document).await? else { return Ok(()) };
    if queued.attempt > MAX_ATTEMPTS {
        return Ok(ledger.give_up_document(&queued, &service.reading()).await?);
    }
    tracing::debug!(uri = queued.location.uri, attempt = queued.attempt, "reading");
    match read(service, &queued).instrument(tracing::info_span!("read")).await {
        Outcome::Graded(graded, hash) => {
            let begun = Instant::now();
            let policy = &service.policy();
            let reading = service.reading();
            let span = tracing::info_span!("record", chunks = graded.chunks.len());
            ledger.record(&queued, &hash, &reading.rules, &graded, policy).instrument(span).await?;
            service.unsettled.store(true, Ordering::Relaxed);
            tracing::debug!(uri = queued.location.uri, chunks = graded.chunks.len(), "recorded");
            service.spent.add(Stage::Score, begun.elapsed());
        }
        Outcome::Failed(code, message) => {
            tracing::warn!(uri = queued.location.uri, code, message, "document cannot be read");
            ledger.fail_document(&queued, code, &message, &service.reading()).await?;
        }
        Outcome::Retry(message) if queued.attempt < MAX_ATTEMPTS => {
            let delay = backoff_seconds(queued.attempt);
            tracing::info!(uri = queued.location.uri, message, delay_s = delay, "document is tried again");
            ledger.retry_document(&queued.id, delay).await?;
        }
        Outcome::Retry(message) => {
            ledger.fail_document(&queued, "unreadable", &message, &service.reading()).await?;
        }
    }
    Ok(())
}

/// Reads and grades on a thread of its own, within the time limit.
async fn read(service: &Arc<Service>, queued: &QueuedDocument) -> Outcome {
    let limit = service.config.read_time();
    let work = {
        let (service, queued) = (Arc::clone(service), queued.clone());
        spawn_blocking(move || read_blocking(&service, &queued))
    };
    match timeout(limit, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => Outcome::Failed(READER_FAILED, format!("reading it failed: {panic}")),
        Err(_) => Outcome::Failed(
            TOO_SLOW,
            format!("reading it took longer than {} s: raise limits.read_seconds, or split it", limit.as_secs()),
        ),
    }
}

fn read_blocking(service: &Service, queued: &QueuedDocument) -> Outcome {
    let begun = Instant::now();
    let config = &service.config;
    let (raw, hash) = match grading::fetch(&queued.location, config) {
        Ok(fetched) => fetched,
        Err(problem) if problem.is_retryable() => return Outcome::Retry(problem.to_string()),
        Err(problem) => return Outcome::Failed(problem.code(), crate::error_chain(&problem)),
    };
    let (document, chunks) = grading::read(&queued.id, &raw, Some(&queued.source), &service.tokens, config);
    service.spent.add(Stage::Extract, begun.elapsed());
    let begun = Instant::now();
    let graded = grading::grade(document, chunks, &service.policy(), Timestamp::now());
    service.spent.add(Stage::Score, begun.elapsed());
    Outcome::Graded(Box::new(graded), hash)
}

/// 2, 4, 8 … seconds.
fn backoff_seconds(attempt: i64) -> u64 {
    let exponent = u32::try_from(attempt.clamp(1, 10)).unwrap_or(1);
    2_u64.pow(exponent)
}
