//! Passes over a source, from being asked for to being over.

use std::ops::AddAssign;

use serde::Serialize;
use sqlx::{Row, SqliteConnection};
use tamis_ingest::SourceName;
use utoipa::ToSchema;

use super::{Error, Ledger, Result, queue, time};

/// What a run did to documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunCounts {
    /// Documents listed.
    pub seen: u64,
    /// Not known before.
    pub new: u64,
    /// Known, with other content.
    pub changed: u64,
    /// Known, with the same content.
    pub unchanged: u64,
    /// Known, and no longer there.
    pub removed: u64,
    /// Could not be listed or read.
    pub failed: u64,
}

impl AddAssign for RunCounts {
    fn add_assign(&mut self, more: Self) {
        self.seen += more.seen;
        self.new += more.new;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
        self.removed += more.removed;
        self.failed += more.failed;
    }
}

/// What a run is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunAction {
    /// Read the source.
    Ingest,
    /// Take the source and its documents out.
    Delete,
}

/// Why there is a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunCause {
    /// `tamis ingest`.
    Command,
    /// Somebody asked the service for it.
    Request,
    /// Its source's schedule.
    Schedule,
}

/// What a running run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStep {
    /// Finding out what is there.
    List,
    /// Reading and grading documents.
    Prepare,
    /// Holding documents against the whole of their source.
    Settle,
    /// Embedding and indexing chunks.
    Publish,
}

/// A run that has begun.
#[derive(Debug, Clone)]
pub struct BegunRun {
    /// Its id.
    pub id: String,
    /// Its source.
    pub source: SourceName,
    /// What it is to do.
    pub action: RunAction,
    /// Times it was begun, this one included.
    pub attempt: i64,
    /// The corpus score before it first began, 0 to 100.
    pub health_before: f64,
}

impl RunAction {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Delete => "delete",
        }
    }

    pub(super) fn from_name(name: &str) -> Self {
        if name == "delete" { Self::Delete } else { Self::Ingest }
    }
}

impl RunCause {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Request => "request",
            Self::Schedule => "schedule",
        }
    }

    pub(super) fn from_name(name: &str) -> Self {
        let known = [Self::Request, Self::Schedule];
        known.into_iter().find(|cause| cause.name() == name).unwrap_or(Self::Command)
    }
}

impl RunStep {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Prepare => "prepare",
            Self::Settle => "settle",
            Self::Publish => "publish",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::List, Self::Prepare, Self::Settle, Self::Publish].into_iter().find(|step| step.name() == name)
    }
}

impl Ledger {
    /// Begins a run of the command line.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_run(&self, source: &SourceName) -> Result<String> {
        let id = uuid::Uuid::now_v7().to_string();
        let mut write = self.write_in_background().await?;
        sqlx::query(
            "insert into runs (id, source, status, cause, queued_at, started_at, attempts)
             values ($1, $2, 'running', 'command', $3, $3, 1)",
        )
        .bind(&id)
        .bind(source.as_str())
        .bind(time::now())
        .execute(&mut *write.tx)
        .await?;
        write.commit().await?;
        Ok(id)
    }

    /// Begins a queued run; `None` where it no longer waits.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_queued_run(&self, run: &str, health_before: f64) -> Result<Option<BegunRun>> {
        let mut write = self.write_in_background().await?;
        let row = sqlx::query(
            "update runs set status = 'running', attempts = attempts + 1, error = null, step = 'list',
                    started_at = coalesce(started_at, $2), health_before = coalesce(health_before, $3)
             where id = $1 and status = 'queued' returning source, action, attempts, health_before",
        )
        .bind(run)
        .bind(time::now())
        .bind(health_before)
        .fetch_optional(&mut *write.tx)
        .await?;
        write.commit().await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(BegunRun {
            id: run.to_owned(),
            source: SourceName::new(row.get::<String, _>("source"))
                .map_err(|problem| Error::Queue(problem.to_string()))?,
            action: RunAction::from_name(row.get("action")),
            attempt: row.get("attempts"),
            health_before: row.get("health_before"),
        }))
    }

    /// Records what a run is at.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_step(&self, run: &str, step: RunStep) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query("update runs set step = $2 where id = $1")
            .bind(run)
            .bind(step.name())
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Whether somebody asked to end the run.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn is_cancel_requested(&self, run: &str) -> Result<bool> {
        let asked: Option<i64> = sqlx::query_scalar("select cancel_requested from runs where id = $1")
            .bind(run)
            .fetch_optional(&self.pool)
            .await?;
        Ok(asked == Some(1))
    }

    /// Ends a run with its summary; cancelled where it did not come to its end.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn finish_run(&self, run: &str, summary: &serde_json::Value, cancelled: bool) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query("update runs set status = $4, step = null, finished_at = $1, summary = $2 where id = $3")
            .bind(time::now())
            .bind(summary.to_string())
            .bind(run)
            .bind(if cancelled { "cancelled" } else { "done" })
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Ends a run that could not do its work.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn fail_run(&self, run: &str, message: &str) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query("update runs set status = 'failed', step = null, finished_at = $2, error = $3 where id = $1")
            .bind(run)
            .bind(time::now())
            .bind(message)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Queues a run again that could not do its work this time, `delay_seconds` from now.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn retry_run(&self, run: &str, message: &str, delay_seconds: u64) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query("update runs set status = 'queued', step = null, error = $2 where id = $1")
            .bind(run)
            .bind(message)
            .execute(&mut *write.tx)
            .await?;
        queue::push_runs(&mut write.tx, &[run.to_owned()], delay_seconds).await?;
        write.commit().await
    }

    /// Puts a run back that the process's own end interrupts: the next process goes on with it, and it counts as no try.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn put_back_run(&self, run: &str) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query("update runs set status = 'queued', step = null, attempts = attempts - 1 where id = $1")
            .bind(run)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// What the run did to documents so far, except failures.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn run_counts(&self, run: &str) -> Result<RunCounts> {
        let row = sqlx::query("select seen, added, changed, unchanged, removed from runs where id = $1")
            .bind(run)
            .fetch_one(&self.pool)
            .await?;
        let count = |name: &str| row.get::<i64, _>(name).unsigned_abs();
        Ok(RunCounts {
            seen: count("seen"),
            new: count("added"),
            changed: count("changed"),
            unchanged: count("unchanged"),
            removed: count("removed"),
            failed: 0,
        })
    }

    /// The documents seen by the run that could not be read, each with the reason.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn failed_documents(&self, run: &str) -> Result<Vec<(String, String)>> {
        let rows = sqlx::query(
            "select uri, coalesce(error_message, 'unknown') from documents
             where seen_run = $1 and status = 'failed' order by uri",
        )
        .bind(run)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// How many documents seen by the run wait to be read.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn waiting_documents_of(&self, run: &str) -> Result<u64> {
        let count: i64 = sqlx::query_scalar("select count(*) from documents where seen_run = $1 and status = 'queued'")
            .bind(run)
            .fetch_one(&self.pool)
            .await?;
        Ok(count.unsigned_abs())
    }

    /// How much of what the run changed the indexes have not taken up: chunks of documents that it saw, and documents
    /// of its source that left.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unpublished_of(&self, run: &str) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(
            // `cross join` keeps SQLite to this order: few chunks wait, and a run may have seen many documents.
            "select (select count(*) from chunks c cross join documents d on d.id = c.document_id
                     where c.searchable = 1 and c.index_state < 2 and d.seen_run = $1)
                  + (select count(*) from chunks c cross join documents d on d.id = c.document_id
                     where c.searchable = 0 and c.index_state > 0 and d.seen_run = $1)
                  + (select count(*) from documents d where d.status = 'removed'
                     and d.source = (select source from runs where id = $1))",
        )
        .bind(run)
        .fetch_one(&self.pool)
        .await?;
        Ok(count.unsigned_abs())
    }
}

/// Runs of the command line belong to the process that began them; one that another process finds has died.
pub(super) async fn close_interrupted_commands(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "update runs set status = 'failed', step = null, finished_at = $1,
                error = 'the process ended before the run did: run the same command again'
         where status = 'running' and cause = 'command'",
    )
    .bind(time::now())
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds to what a run did, in the transaction that did it.
pub(super) async fn add_counts(connection: &mut SqliteConnection, run: &str, more: RunCounts) -> Result<()> {
    sqlx::query(
        "update runs set seen = seen + $2, added = added + $3, changed = changed + $4, unchanged = unchanged + $5,
                removed = removed + $6 where id = $1",
    )
    .bind(run)
    .bind(more.seen as i64)
    .bind(more.new as i64)
    .bind(more.changed as i64)
    .bind(more.unchanged as i64)
    .bind(more.removed as i64)
    .execute(connection)
    .await?;
    Ok(())
}
