//! Telling webhooks what happened to incidents.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use apalis::prelude::*;
use apalis_sqlite::{Config, SqliteStorage};
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::Stop;
use super::poll_interval::PollInterval;
use crate::ledger::{MAX_WEBHOOK_TRIES, WEBHOOK_QUEUE, WebhookJob};
use crate::service::Service;
use crate::webhook;

/// apalis looks for jobs this often.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How long a running delivery may go on after the order to stop: longer than it may take.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(15);

/// Tells webhooks as there is something to tell, until the order to stop comes. Returns at once where there are none.
///
/// # Errors
/// Where the queue cannot be worked.
pub async fn deliver_forever(service: &Arc<Service>, mut stop: Stop) -> Result<()> {
    if service.config.alerts.webhooks.is_empty() {
        return Ok(());
    }
    service.ledger.reset_webhooks().await?;
    let instance = uuid::Uuid::now_v7().simple().to_string();
    let service = Arc::clone(service);
    Monitor::new()
        .register(move |restarts| {
            let config = Config::default().queue(WEBHOOK_QUEUE);
            let storage = SqliteStorage::<WebhookJob>::new(service.ledger.pool()).with_config(config);
            WorkerBuilder::new(format!("{WEBHOOK_QUEUE}-{instance}-{restarts}"))
                .backend(storage.poll_with_strategy(PollInterval::every(POLL_INTERVAL)))
                .data(Arc::clone(&service))
                .concurrency(2)
                .parallelize(tokio::spawn)
                .build(run)
        })
        .should_restart(|_, _| true)
        .shutdown_timeout(SHUTDOWN_LIMIT)
        .run_with_signal(async move {
            stop.ordered().await;
            Ok(())
        })
        .await
        .context("the webhook queue stopped")
}

/// Tries each delivery that waits once, for a process that ends soon and in which nobody else delivers: what does not
/// arrive waits for the next.
///
/// # Errors
/// Where the ledger fails.
pub async fn deliver_once(service: &Service) -> Result<()> {
    if service.config.alerts.webhooks.is_empty() {
        return Ok(());
    }
    service.ledger.reset_webhooks().await?;
    for delivery in service.ledger.pending_deliveries().await? {
        deliver(service, &delivery).await?;
    }
    Ok(())
}

async fn run(job: WebhookJob, service: Data<Arc<Service>>) -> Result<(), BoxDynError> {
    if let Err(problem) = deliver(&service, &job.delivery).await {
        // The row still says that it waits: the next start takes it up.
        tracing::error!(delivery = job.delivery, error = format!("{problem:#}"), "webhook job failed");
    }
    Ok(())
}

async fn deliver(service: &Service, id: &str) -> Result<()> {
    let Some(delivery) = service.ledger.begin_delivery(id).await? else { return Ok(()) };
    let known = service.config.alerts.webhooks.iter().find(|hook| hook.name == delivery.hook).cloned();
    let Some(hook) = known else {
        let why = "no webhook of this name is configured any more";
        return Ok(service.ledger.fail_delivery(id, why, None).await?);
    };
    let body = delivery.body.clone();
    let outcome = spawn_blocking(move || webhook::post(&hook, &body, Timestamp::now())).await?;
    match outcome {
        Ok(()) => {
            tracing::info!(hook = delivery.hook, attempt = delivery.attempt, "webhook told");
            service.ledger.end_delivery(id).await?;
        }
        Err((why, later_may_help)) => {
            let again = later_may_help && delivery.attempt < MAX_WEBHOOK_TRIES;
            let delay = again.then(|| backoff_seconds(delivery.attempt));
            tracing::warn!(hook = delivery.hook, attempt = delivery.attempt, why, ?delay, "webhook not told");
            service.ledger.fail_delivery(id, &why, delay).await?;
        }
    }
    Ok(())
}

/// 2, 4, 8 … seconds.
fn backoff_seconds(attempt: i64) -> u64 {
    2_u64.pow(u32::try_from(attempt.clamp(1, 10)).unwrap_or(1))
}
