//! apalis workers on the queues of documents and of runs.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use apalis::prelude::*;
use apalis_sqlite::{Config, SqliteStorage};
use tokio::sync::watch;
use tracing::Instrument;

use super::audit::audit_forever;
use super::links::check_links_forever;
use super::poll_interval::PollInterval;
use super::prepare::prepare;
use super::publish::publish_forever;
use super::webhooks::deliver_forever;
use super::{run, scheduler};
use crate::ledger::{self, PREPARE_QUEUE, PrepareJob, RUN_QUEUE, RunJob};
use crate::service::Service;

/// apalis looks for jobs this often; without a poll strategy an idle worker would sleep until its next heartbeat.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// How much longer apalis waits for jobs to end than the process does.
const SHUTDOWN_SLACK: Duration = Duration::from_secs(5);
/// Jobs taken from the queue at a time.
const BATCH: usize = 32;
/// The same for runs, of which there are few.
const RUN_POLL_INTERVAL: Duration = Duration::from_millis(250);
/// How often the ledger is asked whether the queue is empty, besides after every job.
const RECHECK: Duration = Duration::from_millis(250);

/// The order to stop, given once to everybody who listens.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Stops on Ctrl-C and SIGTERM.
    #[must_use]
    pub fn on_signals() -> Self {
        let (order, stop) = watch::channel(false);
        let signalled = signalled();
        tokio::spawn(async move {
            signalled.await;
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

    /// Does `work`, which is to end on the order to stop; `None` where it goes on longer than `limit` after that.
    pub async fn within<T>(mut self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        let over = async {
            self.ordered().await;
            tokio::time::sleep(limit).await;
        };
        tokio::select! {
            done = work => Some(done),
            () = over => {
                tracing::warn!(
                    limit_s = limit.as_secs(),
                    "work went on for longer than serve.drain_seconds; what is not done is taken up by the next process"
                );
                None
            }
        }
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
                return Err(io::Error::other(failure));
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

/// Makes a corpus ready for [`work_forever`]: takes over what an earlier process left undone, and declares the sources of
/// the configuration.
///
/// # Errors
/// Where the ledger fails, or the name of a source belongs to another place.
pub async fn begin(service: &Arc<Service>, stop: &Stop) -> Result<()> {
    let ledger = &service.ledger;
    ledger.reset_queue().await?;
    ledger.reset_runs().await?;
    ledger.release_all_keys().await?;
    scheduler::declare_sources(service).await?;
    // Set once: a process has one order to stop.
    let _ = service.stopping.set(stop.clone());
    Ok(())
}

/// Schedules and does runs, prepares documents, publishes, audits and delivers webhooks, until the order to stop comes and
/// what is under way is done, or the time for that is over.
///
/// # Errors
/// Where the queue cannot be worked.
pub async fn work_forever(service: &Arc<Service>, stop: Stop) -> Result<()> {
    let (prepared, delivered, (), (), (), ()) = tokio::join!(
        work_queues(service, stop.clone()),
        deliver_forever(service, stop.clone()),
        publish_forever(service, stop.clone()),
        check_links_forever(service, stop.clone()),
        audit_forever(service, stop.clone()),
        scheduler::schedule_forever(service, stop),
    );
    prepared.and(delivered)
}

async fn work_queues(service: &Arc<Service>, mut stop: Stop) -> Result<()> {
    let monitor = run_workers(prepare_workers(Monitor::new(), service), service, stop.clone());
    // What outlasts the drain time is given up by the caller, not here.
    monitor
        .shutdown_timeout(service.config.drain_time() + SHUTDOWN_SLACK)
        .run_with_signal(async move {
            stop.ordered().await;
            Ok(())
        })
        .await
        .context("the job queue stopped")
}

async fn work(service: &Arc<Service>, until: impl Future<Output = io::Result<()>> + Send + 'static) -> Result<()> {
    prepare_workers(Monitor::new(), service)
        .shutdown_timeout(service.config.drain_time())
        .run_with_signal(until)
        .await
        .context("the job queue stopped")
}

fn prepare_workers(monitor: Monitor, service: &Arc<Service>) -> Monitor {
    let instance = uuid::Uuid::now_v7().simple().to_string();
    let service = Arc::clone(service);
    monitor
        .register(move |restarts| {
            let config = Config::default().queue(PREPARE_QUEUE).batch_size(BATCH);
            let storage = SqliteStorage::<PrepareJob>::new(service.ledger.pool()).with_config(config);
            // A name that was never used: a live namesake would be refused.
            WorkerBuilder::new(format!("{PREPARE_QUEUE}-{instance}-{restarts}"))
                .backend(storage.poll_with_strategy(PollInterval::every(POLL_INTERVAL)))
                .data(Arc::clone(&service))
                .concurrency(service.config.readers())
                .parallelize(tokio::spawn)
                .build(prepare_document)
        })
        // A queue that is busy for a moment ends a worker: it is started again.
        .should_restart(|_, _| true)
}

/// One run at a time: each counts what the corpus as a whole was before and is after.
fn run_workers(monitor: Monitor, service: &Arc<Service>, stop: Stop) -> Monitor {
    let instance = uuid::Uuid::now_v7().simple().to_string();
    let service = Arc::clone(service);
    monitor
        .register(move |restarts| {
            let config = Config::default().queue(RUN_QUEUE).batch_size(1);
            let storage = SqliteStorage::<RunJob>::new(service.ledger.pool()).with_config(config);
            WorkerBuilder::new(format!("{RUN_QUEUE}-{instance}-{restarts}"))
                .backend(storage.poll_with_strategy(PollInterval::every(RUN_POLL_INTERVAL)))
                .data(Arc::clone(&service))
                .data(stop.clone())
                .concurrency(1)
                .parallelize(tokio::spawn)
                .build(do_run)
        })
        .should_restart(|_, _| true)
}

/// apalis' handler. Failures of ours are tried again through the ledger, never by apalis, which would not wait.
async fn prepare_document(job: PrepareJob, service: Data<Arc<Service>>) -> Result<(), BoxDynError> {
    let span = tracing::info_span!("prepare", document = job.document);
    let result = prepare(&service, &job).instrument(span).await;
    if let Err(problem) = result {
        tracing::error!(document = job.document, error = format!("{problem:#}"), "job failed");
        let disk_full = matches!(problem.downcast_ref(), Some(ledger::Error::DiskFull(_)));
        let document = tamis_ingest::DocumentId::from_stored(job.document);
        if disk_full || service.ledger.retry_document(&document, 1).await.is_err() {
            // The document keeps waiting in the ledger, and the next run takes it up. The first cause is the telling one.
            service.failure.set(problem.to_string());
        }
    }
    service.job_ended.notify_one();
    service.publish_wanted.notify_one();
    Ok(())
}

/// apalis' handler. What fails in a run is recorded with it; what cannot be recorded leaves it to the next process.
async fn do_run(job: RunJob, service: Data<Arc<Service>>, stop: Data<Stop>) -> Result<(), BoxDynError> {
    let span = tracing::info_span!("run", run = job.run);
    if let Err(problem) = run::perform(&service, &job, &stop).instrument(span).await {
        tracing::error!(run = job.run, error = format!("{problem:#}"), "run could not be recorded");
    }
    Ok(())
}

/// Waits for Ctrl-C or SIGTERM. Both are listened for from the call on, not only once it is awaited.
fn signalled() -> impl Future<Output = ()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        async move {
            let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
                let _ = tokio::signal::ctrl_c().await;
                return;
            };
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
    }
    #[cfg(not(unix))]
    async {
        let _ = tokio::signal::ctrl_c().await;
    }
}
