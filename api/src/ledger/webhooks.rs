//! What webhooks are to be told: a row and its job in one transaction. Tries are counted here, as those of documents are,
//! because apalis counts restarts as tries and retries at once.

use apalis::prelude::TaskBuilder;
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};

use super::alerts::Incident;
use super::{Error, Ledger, Result, time};

/// The queue's name.
pub const WEBHOOK_QUEUE: &str = "webhook";
/// Tries of one delivery. With pauses from 2 seconds on, doubling, the last comes nine minutes after the first.
pub const MAX_TRIES: i64 = 9;
/// How long delivered and failed deliveries are kept, in microseconds: 90 days.
const KEEP: i64 = 90 * 86_400_000_000;

/// Tell one webhook one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookJob {
    /// The delivery.
    pub delivery: String,
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// The name of the webhook.
    pub hook: String,
    /// JSON: the event and the incident.
    pub body: String,
    /// Tries begun, this one included.
    pub attempt: i64,
}

/// Notes that each of `hooks` is to be told what happened to an incident.
pub(super) async fn tell(
    connection: &mut SqliteConnection,
    hooks: &[String],
    event: &str,
    incident: &Incident,
    now: i64,
) -> Result<()> {
    let body = serde_json::json!({ "event": event, "incident": incident }).to_string();
    for hook in hooks {
        let id = uuid::Uuid::now_v7().to_string();
        sqlx::query(
            "insert into webhook_deliveries (id, hook, incident, event, body, status, created_at)
             values ($1, $2, $3, $4, $5, 'pending', $6)",
        )
        .bind(&id)
        .bind(hook)
        .bind(&incident.id)
        .bind(event)
        .bind(&body)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        push(connection, &id, 0).await?;
    }
    Ok(())
}

/// Makes a delivery that was given up wait again, as if it had never been tried.
pub(super) async fn retry(connection: &mut SqliteConnection, delivery: &str) -> Result<()> {
    sqlx::query(
        "update webhook_deliveries set status = 'pending', attempts = 0, last_error = null, failed_at = null where id = $1",
    )
    .bind(delivery)
    .execute(&mut *connection)
    .await?;
    push(connection, delivery, 0).await
}

async fn push(connection: &mut SqliteConnection, delivery: &str, delay_seconds: u64) -> Result<()> {
    let job = WebhookJob { delivery: delivery.to_owned() };
    let args = serde_json::to_vec(&job).map_err(|source| Error::Stored { what: "job", source })?;
    let task = TaskBuilder::new(args).max_attempts(1).run_in_seconds(delay_seconds).build();
    apalis_sqlite::queries::push_tasks(connection, WEBHOOK_QUEUE, &[task])
        .await
        .map_err(|problem| Error::Queue(problem.to_string()))
}

impl Ledger {
    /// Makes the queue hold one fresh job for each delivery that waits. Call it only while no worker runs.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn reset_webhooks(&self) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("delete from Jobs where job_type = $1").bind(WEBHOOK_QUEUE).execute(&mut *write.tx).await?;
        sqlx::query("delete from Workers where worker_type = $1").bind(WEBHOOK_QUEUE).execute(&mut *write.tx).await?;
        sqlx::query("delete from webhook_deliveries where status <> 'pending' and created_at < $1")
            .bind(time::now() - KEEP)
            .execute(&mut *write.tx)
            .await?;
        sqlx::query("update webhook_deliveries set status = 'pending' where status = 'sending'")
            .execute(&mut *write.tx)
            .await?;
        for delivery in pending(&mut write.tx).await? {
            push(&mut write.tx, &delivery, 0).await?;
        }
        write.commit().await
    }

    /// The deliveries that wait, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn pending_deliveries(&self) -> Result<Vec<String>> {
        pending(&mut *self.pool.acquire().await?).await
    }

    /// Counts a try as begun and returns what to tell; none where it no longer waits.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_delivery(&self, delivery: &str) -> Result<Option<Delivery>> {
        let mut write = self.write().await?;
        let row = sqlx::query(
            "update webhook_deliveries set attempts = attempts + 1, status = 'sending' where id = $1 and status = 'pending'
             returning id, hook, body, attempts",
        )
        .bind(delivery)
        .fetch_optional(&mut *write.tx)
        .await?;
        write.commit().await?;
        Ok(row.map(|row| Delivery {
            id: row.get("id"),
            hook: row.get("hook"),
            body: row.get("body"),
            attempt: row.get("attempts"),
        }))
    }

    /// Records that a webhook was told.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_delivery(&self, delivery: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "update webhook_deliveries set status = 'delivered', delivered_at = $2, last_error = null where id = $1",
        )
        .bind(delivery)
        .bind(time::now())
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// Records that a webhook could not be told, and why. It is tried again after `delay_seconds`, or given up where that
    /// is `None`: then it is a failed job, for a person to retry or discard.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn fail_delivery(&self, delivery: &str, why: &str, delay_seconds: Option<u64>) -> Result<()> {
        let mut write = self.write().await?;
        let status = if delay_seconds.is_some() { "pending" } else { "failed" };
        sqlx::query("update webhook_deliveries set status = $2, last_error = $3, failed_at = $4 where id = $1")
            .bind(delivery)
            .bind(status)
            .bind(why)
            .bind(delay_seconds.is_none().then(time::now))
            .execute(&mut *write.tx)
            .await?;
        if let Some(delay) = delay_seconds {
            push(&mut write.tx, delivery, delay).await?;
        }
        write.commit().await
    }
}

async fn pending(connection: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("select id from webhook_deliveries where status = 'pending' order by created_at, id")
        .fetch_all(connection)
        .await?)
}
