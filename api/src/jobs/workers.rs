//! apalis workers on the prepare queue.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use apalis::prelude::*;
use apalis_sqlite::{Config, SqliteStorage};
use tokio::sync::watch;

use super::prepare::prepare;
use crate::ledger::{self, PREPARE_QUEUE, PrepareJob};
use crate::service::Service;

/// apalis looks for jobs this often; without a poll strategy an idle worker would sleep until its next heartbeat.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Jobs taken from the queue at a time.
const BATCH: usize = 32;
/// How long running jobs may go on after the order to stop.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(30);
/// How often the ledger is asked whether the queue is empty, besides after every job.
const RECHECK: Duration = Duration::from_millis(250);

/// The order to stop, given once to everybody who listens.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Stops on Ctrl-C and SIGTERM.
    #[must_use]
    pub fn on_signals() -> Self {
        let (order, stop) = watch::channel(false);
        tokio::spawn(async move {
            signal().await;
            // Nobody listening any more means there is nothing left to stop.
            let _ = order.send(true);
        });
        Self(stop)
    }

    /// Whether the order was given.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for the order.
    pub async fn ordered(&mut self) {
        if self.0.wait_for(|ordered| *ordered).await.is_err() {
            // The signal task is gone, so no order can come.
            std::future::pending::<()>().await;
        }
    }
}

/// Prepares documents until none waits or the order to stop comes.
///
/// # Errors
/// Where the queue cannot be worked.
pub async fn prepare_until_drained(service: &Arc<Service>, mut stop: Stop) -> Result<()> {
    let waited = Arc::clone(service);
    let drained = async move {
        loop {
            if let Some(failure) = waited.failure.get() {
                return Err(io::Error::other(failure.clone()));
            }
            match waited.ledger.waiting_documents().await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(problem) => return Err(io::Error::other(problem)),
            }
            tokio::select! {
                () = waited.job_ended.notified() => {}
                () = tokio::time::sleep(RECHECK) => {}
                () = stop.ordered() => return Ok(()),
            }
        }
    };
    work(service, drained).await
}

/// Prepares documents as they are queued, until the order to stop comes.
///
/// # Errors
/// Where the queue cannot be worked.
pub async fn prepare_forever(service: &Arc<Service>, mut stop: Stop) -> Result<()> {
    work(service, async move {
        stop.ordered().await;
        Ok(())
    })
    .await
}

async fn work(service: &Arc<Service>, until: impl Future<Output = io::Result<()>> + Send + 'static) -> Result<()> {
    let instance = uuid::Uuid::now_v7().simple().to_string();
    let service = Arc::clone(service);
    Monitor::new()
        .register(move |restarts| {
            let config = Config::default().queue(PREPARE_QUEUE).batch_size(BATCH);
            let storage = SqliteStorage::<PrepareJob>::new(service.ledger.pool()).with_config(config);
            // A name that was never used: a live namesake would be refused.
            WorkerBuilder::new(format!("{PREPARE_QUEUE}-{instance}-{restarts}"))
                .backend(storage.poll_with_interval(POLL_INTERVAL))
                .data(Arc::clone(&service))
                .concurrency(service.config.readers())
                .parallelize(tokio::spawn)
                .build(run)
        })
        // A queue that is busy for a moment ends a worker: it is started again.
        .should_restart(|_, _| true)
        .shutdown_timeout(SHUTDOWN_LIMIT)
        .run_with_signal(until)
        .await
        .context("the job queue stopped")
}

/// apalis' handler. Failures of ours are tried again through the ledger, never by apalis, which would not wait.
async fn run(job: PrepareJob, service: Data<Arc<Service>>) -> Result<(), BoxDynError> {
    let result = prepare(&service, &job).await;
    if let Err(problem) = result {
        tracing::error!(document = job.document, error = format!("{problem:#}"), "job failed");
        let disk_full = matches!(problem.downcast_ref(), Some(ledger::Error::DiskFull(_)));
        let document = tamis_ingest::DocumentId::from_stored(job.document);
        if disk_full || service.ledger.retry_document(&document, 1).await.is_err() {
            // The document keeps waiting in the ledger, and the next run takes it up. The first cause is the telling one.
            let _ = service.failure.set(problem.to_string());
        }
    }
    service.job_ended.notify_one();
    service.publish_wanted.notify_one();
    Ok(())
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
