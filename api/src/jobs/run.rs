//! A run of the service: list the source, wait until its documents are graded, settle, wait until the indexes have them.
//!
//! Reading and publishing are done by workers that never rest; a run queues work for them and watches. All it knows is
//! in the ledger, so that a run that was interrupted anywhere is simply begun again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::time::sleep;

use super::ingest::{Unobserved, settle};
use super::interrupt::{Interruption, Watch};
use super::listing::{self, Listing};
use super::summary::Meter;
use super::{BeforeAfter, ChunkCounts, Failure, IngestSummary, Stop, watch};
use crate::ledger::{self, BegunRun, RunAction, RunJob, RunStep, SourceKind};
use crate::service::Service;

/// Times a run may begin without coming to an end.
const MAX_ATTEMPTS: i64 = 5;
/// How often the ledger is asked how far the workers are.
const RECHECK: Duration = Duration::from_millis(250);
/// Publishing may go wrong so often in a row before a run that waits for it gives up.
const MAX_FAILED_PUBLISHES: u32 = 10;
/// Documents of a leaving source taken out between two looks at whether to go on.
const REMOVED_AT_ONCE: u32 = 64;

/// Does the job. An error means that not even the failure could be recorded.
pub(super) async fn perform(service: &Arc<Service>, job: &RunJob, stop: &Stop) -> Result<()> {
    let ledger = &service.ledger;
    if stop.is_ordered() {
        return Ok(());
    }
    let before = ledger.health().await?.score;
    let Some(run) = ledger.begin_queued_run(&job.run, before).await? else { return Ok(()) };
    tracing::info!(run = run.id, source = %run.source, attempt = run.attempt, "run begins");
    if run.attempt > MAX_ATTEMPTS {
        let message = format!("it was begun {MAX_ATTEMPTS} times and never came to an end");
        return Ok(ledger.fail_run(&run.id, &message).await?);
    }
    let watch = Watch { ledger, run: &run.id, stop };
    let done = match run.action {
        RunAction::Ingest => ingest(service, &run, &watch).await,
        RunAction::Delete => delete(service, &run, &watch).await,
    };
    match done {
        Ok(summary) => match watch.interruption().await? {
            Some(Interruption::Stop) if summary.stopped => ledger.put_back_run(&run.id).await?,
            _ => ledger.finish_run(&run.id, &serde_json::to_value(&summary)?, summary.stopped).await?,
        },
        Err(problem) => failed(service, &run, &problem).await?,
    }
    tracing::info!(run = run.id, source = %run.source, "run is over");
    Ok(())
}

async fn failed(service: &Service, run: &BegunRun, problem: &anyhow::Error) -> Result<()> {
    let message = format!("{problem:#}");
    if is_retryable(problem) && run.attempt < MAX_ATTEMPTS {
        let delay = backoff_seconds(run.attempt);
        tracing::warn!(run = run.id, message, delay_s = delay, "run is tried again");
        service.ledger.retry_run(&run.id, &message, delay).await?;
    } else {
        tracing::error!(run = run.id, message, "run failed");
        service.ledger.fail_run(&run.id, &message).await?;
    }
    Ok(())
}

/// A failure that may pass, such as a full disk or a busy file system.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Passing(String);

fn is_retryable(problem: &anyhow::Error) -> bool {
    problem.chain().any(|cause| {
        cause.is::<Passing>()
            || cause.downcast_ref::<ledger::Error>().is_some_and(ledger::Error::is_retryable)
            || cause.downcast_ref::<tamis_ingest::Error>().is_some_and(tamis_ingest::Error::is_retryable)
    })
}

/// 10, 20, 40 … seconds.
fn backoff_seconds(attempt: i64) -> u64 {
    let exponent = u32::try_from(attempt.clamp(1, 6) - 1).unwrap_or_default();
    10 * 2_u64.pow(exponent)
}

async fn ingest(service: &Arc<Service>, run: &BegunRun, watch: &Watch<'_>) -> Result<IngestSummary> {
    let meter = Meter::begin(service);
    let ledger = &service.ledger;
    let name = run.source.as_str();
    let Some(source) = ledger.source(name).await? else { bail!("there is no source {name} any more") };
    let mut found = Listing::default();
    if source.kind == SourceKind::Upload {
        listing::register_known(service, &run.source, watch).await?;
    } else {
        listing::register(service, &run.source, &source.path, watch, &Unobserved, &mut found)
            .await
            .with_context(|| format!("source {name} at {}", source.path.display()))?;
    }
    ledger.set_step(&run.id, RunStep::Prepare).await?;
    let mut stopped = !wait_until_prepared(service, watch).await?;
    if !stopped {
        ledger.set_step(&run.id, RunStep::Settle).await?;
        settle(service, watch.stop).await?;
        ledger.set_step(&run.id, RunStep::Publish).await?;
        stopped = !wait_until_published(service, watch).await?;
    }
    summarise(service, run, &meter, found, stopped).await
}

async fn delete(service: &Arc<Service>, run: &BegunRun, watch: &Watch<'_>) -> Result<IngestSummary> {
    let meter = Meter::begin(service);
    let ledger = &service.ledger;
    let policy = &service.policy();
    let mut stopped = false;
    while ledger.remove_some(&run.id, &run.source, REMOVED_AT_ONCE, policy).await? > 0 {
        stopped = watch.interruption().await?.is_some();
        if stopped {
            break;
        }
    }
    if !stopped {
        ledger.set_step(&run.id, RunStep::Publish).await?;
        service.unsettled.store(true, Ordering::Relaxed);
        stopped = !wait_until_published(service, watch).await?;
    }
    if !stopped {
        let uploads = service.data.uploads(&run.source);
        match tokio::fs::remove_dir_all(&uploads).await {
            Err(problem) if problem.kind() != std::io::ErrorKind::NotFound => {
                return Err(problem).with_context(|| format!("cannot delete {}", uploads.display()));
            }
            Ok(()) | Err(_) => {}
        }
        ledger.forget_source(run.source.as_str()).await?;
    }
    summarise(service, run, &meter, Listing::default(), stopped).await
}

/// Waits until the workers have read what the run queued. Returns false where the run is interrupted.
async fn wait_until_prepared(service: &Service, watch: &Watch<'_>) -> Result<bool> {
    loop {
        if watch.interruption().await?.is_some() {
            return Ok(false);
        }
        if let Some(failure) = service.failure.take() {
            service.ledger.requeue_stranded().await?;
            return Err(Passing(failure).into());
        }
        if service.ledger.waiting_documents_of(watch.run).await? == 0 {
            return Ok(true);
        }
        sleep(RECHECK).await;
    }
}

/// Waits until the indexes hold what the run changed. Returns false where the run is interrupted.
async fn wait_until_published(service: &Service, watch: &Watch<'_>) -> Result<bool> {
    service.optimize_wanted.store(true, Ordering::Relaxed);
    loop {
        service.publish_wanted.notify_one();
        if watch.interruption().await?.is_some() {
            return Ok(false);
        }
        if service.failed_publishes.load(Ordering::Relaxed) >= MAX_FAILED_PUBLISHES {
            return Err(Passing("publishing to the indexes fails: the log tells why".to_owned()).into());
        }
        if service.ledger.unpublished_of(watch.run).await? == 0 {
            return Ok(true);
        }
        sleep(RECHECK).await;
    }
}

async fn summarise(
    service: &Service,
    run: &BegunRun,
    meter: &Meter,
    found: Listing,
    stopped: bool,
) -> Result<IngestSummary> {
    let ledger = &service.ledger;
    let mut documents = ledger.run_counts(&run.id).await?;
    let mut failures = found.failures;
    for (uri, message) in ledger.failed_documents(&run.id).await? {
        failures.push(Failure { uri, message });
    }
    documents.failed = failures.len() as u64;
    let after = ledger.health().await?;
    if !stopped {
        watch::snapshot(service, Some(&run.id), &after).await?;
    }
    Ok(IngestSummary {
        run: run.id.clone(),
        documents,
        chunks: ChunkCounts::of(&after),
        embedded: meter.embedded(service),
        seconds: meter.seconds(service),
        health: BeforeAfter { before: run.health_before, after: after.score },
        unsupported: found.unsupported,
        failures,
        stopped,
    })
}
