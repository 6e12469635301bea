//! The main job: list the sources, prepare what changed, publish what passed, say what happened.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tamis_ingest::SourceName;

use super::interrupt::Watch;
use super::listing::{self, Listing};
use super::publish::decay;
use super::summary::Meter;
use super::{BeforeAfter, ChunkCounts, Failure, IngestSummary, Stop, prepare_until_drained, publish_all, watch};
use crate::ledger::{RunCounts, RunStep};
use crate::service::{Service, Stage};

/// How often the progress of reading is shown.
const SHOW_EVERY: Duration = Duration::from_millis(200);

/// A source to read.
#[derive(Debug, Clone)]
pub struct SourceSpec {
    /// Its name.
    pub name: SourceName,
    /// Where it is.
    pub path: PathBuf,
    /// How much its documents are to be believed, 0 to 100.
    pub authority: Option<u8>,
}

/// A step of the job, for showing progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Finding out what is there. The total is not known.
    List,
    /// Reading and grading documents.
    Prepare,
    /// Embedding and indexing chunks.
    Embed,
}

/// Somebody who watches the job.
pub trait Observer: Send + Sync {
    /// A step begins, with so many things to do.
    fn begin(&self, step: Step, total: u64);
    /// So many more things are done.
    fn advance(&self, step: Step, by: u64);
    /// The step is over.
    fn end(&self, step: Step);
}

/// Nobody.
pub struct Unobserved;

impl Observer for Unobserved {
    fn begin(&self, _: Step, _: u64) {}
    fn advance(&self, _: Step, _: u64) {}
    fn end(&self, _: Step) {}
}

/// Reads `sources` into the corpus and publishes what passed.
///
/// # Errors
/// Where a source cannot be read at all, or the ledger, the model or an index fails. Bad documents are counted.
pub async fn ingest(
    service: &Arc<Service>,
    sources: &[SourceSpec],
    observer: &dyn Observer,
    stop: Stop,
) -> Result<IngestSummary> {
    let mut runs = Vec::new();
    let result = ingest_all(service, sources, observer, &stop, &mut runs).await;
    match &result {
        Ok(summary) => {
            let body = serde_json::to_value(summary)?;
            for run in &runs {
                service.ledger.finish_run(run, &body, summary.stopped).await?;
            }
        }
        Err(problem) => {
            for run in &runs {
                // What stopped the run may also keep this from being written; the next process then finds it.
                let _ = service.ledger.fail_run(run, &format!("{problem:#}")).await;
            }
        }
    }
    result
}

async fn ingest_all(
    service: &Arc<Service>,
    sources: &[SourceSpec],
    observer: &dyn Observer,
    stop: &Stop,
    runs: &mut Vec<String>,
) -> Result<IngestSummary> {
    let meter = Meter::begin(service);
    let ledger = &service.ledger;
    tracing::debug!(sources = sources.len(), "ingesting");
    let before = ledger.health().await?.score;
    ledger.reset_queue().await?;
    ledger.reset_runs().await?;
    let mut all = Listing::default();
    for spec in sources {
        ledger.register_source(&spec.name, &spec.path, spec.authority).await?;
        runs.push(ledger.begin_run(&spec.name).await?);
        let Some(run) = runs.last() else { continue };
        ledger.set_step(run, RunStep::List).await?;
        let watch = Watch { ledger, run, stop };
        listing::register(service, &spec.name, &spec.path, &watch, observer, &mut all)
            .await
            .with_context(|| format!("source {} at {}", spec.name, spec.path.display()))?;
    }
    let waiting = ledger.waiting_documents().await?;
    tracing::debug!(waiting, "sources listed");
    enter(service, runs, RunStep::Prepare).await?;
    observer.begin(Step::Prepare, waiting);
    watch_drain(service, observer, waiting, stop.clone()).await?;
    if let Some(failure) = service.failure.get() {
        bail!("{failure}");
    }
    enter(service, runs, RunStep::Settle).await?;
    settle(service, stop).await?;
    observer.end(Step::Prepare);
    enter(service, runs, RunStep::Publish).await?;
    let embedded = if stop.is_ordered() { 0 } else { publish_all(service, observer, stop).await? };
    let mut documents = RunCounts { failed: all.failures.len() as u64, ..RunCounts::default() };
    let mut failures = all.failures;
    for run in runs.iter() {
        documents += ledger.run_counts(run).await?;
        for (uri, message) in ledger.failed_documents(run).await? {
            documents.failed += 1;
            failures.push(Failure { uri, message });
        }
    }
    if embedded > 0 || documents.removed > 0 {
        service.corpus.optimize().await?;
    }
    let after = ledger.health().await?;
    for run in runs.iter() {
        watch::snapshot(service, Some(run), &after).await?;
    }
    Ok(IngestSummary {
        run: runs.last().cloned().unwrap_or_default(),
        documents,
        chunks: ChunkCounts::of(&after),
        embedded,
        seconds: meter.seconds(service),
        health: BeforeAfter { before, after: after.score },
        unsupported: all.unsupported,
        failures,
        stopped: stop.is_ordered(),
    })
}

async fn enter(service: &Service, runs: &[String], step: RunStep) -> Result<()> {
    for run in runs {
        service.ledger.set_step(run, step).await?;
    }
    Ok(())
}

/// What the corpus as a whole, and the day, make of its chunks.
pub(super) async fn settle(service: &Service, stop: &Stop) -> Result<()> {
    let begun = Instant::now();
    let policy = &service.policy();
    if !stop.is_ordered() {
        let changed = service.ledger.settle_context(policy).await?;
        let aged = decay(service, stop).await?;
        tracing::debug!(changed, aged, "corpus settled");
    }
    service.spent.add(Stage::Score, begun.elapsed());
    Ok(())
}

/// Works the queue and reports how much of it is done.
async fn watch_drain(service: &Arc<Service>, observer: &dyn Observer, total: u64, stop: Stop) -> Result<()> {
    let drained = prepare_until_drained(service, stop);
    tokio::pin!(drained);
    let mut done = 0;
    loop {
        tokio::select! {
            result = &mut drained => return result,
            () = tokio::time::sleep(SHOW_EVERY) => {
                let now_done = total.saturating_sub(service.ledger.waiting_documents().await?);
                observer.advance(Step::Prepare, now_done.saturating_sub(done));
                done = now_done.max(done);
            }
        }
    }
}
