//! The queues: apalis' tables beside ours, so that a row and its job are one transaction.

use apalis::prelude::TaskBuilder;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::{Error, Ledger, Result, runs, time};

/// The queue of documents to prepare.
pub const PREPARE_QUEUE: &str = "prepare";

/// The queue of runs.
pub const RUN_QUEUE: &str = "run";

/// How long jobs that ended stay in apalis' tables, in seconds. The ledger has its own record of what they did.
const ENDED_JOBS_STAY: i64 = 600;

/// Read, grade and record one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepareJob {
    /// The document.
    pub document: String,
}

/// Do one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunJob {
    /// The run.
    pub run: String,
}

/// Enqueues documents in the caller's transaction, to be prepared `delay_seconds` from now.
pub(super) async fn push(connection: &mut SqliteConnection, documents: &[String], delay_seconds: u64) -> Result<()> {
    let jobs = documents.iter().map(|document| PrepareJob { document: document.clone() });
    push_jobs(connection, PREPARE_QUEUE, jobs, delay_seconds).await
}

/// Enqueues runs in the caller's transaction, to be done `delay_seconds` from now.
pub(super) async fn push_runs(connection: &mut SqliteConnection, runs: &[String], delay_seconds: u64) -> Result<()> {
    let jobs = runs.iter().map(|run| RunJob { run: run.clone() });
    push_jobs(connection, RUN_QUEUE, jobs, delay_seconds).await
}

async fn push_jobs(
    connection: &mut SqliteConnection,
    queue: &str,
    jobs: impl Iterator<Item = impl Serialize>,
    delay_seconds: u64,
) -> Result<()> {
    let mut tasks = Vec::new();
    for job in jobs {
        let args = serde_json::to_vec(&job).map_err(|source| Error::Stored { what: "job", source })?;
        // One attempt: tries are counted in the ledger, because apalis counts restarts as tries and retries at once.
        tasks.push(TaskBuilder::new(args).max_attempts(1).run_in_seconds(delay_seconds).build());
    }
    apalis_sqlite::queries::push_tasks(connection, queue, &tasks)
        .await
        .map_err(|problem| Error::Queue(problem.to_string()))
}

impl Ledger {
    /// Makes the queue hold one fresh job for each document that waits to be read. Call it only while no worker runs:
    /// after a crash the queue still holds jobs locked by the dead, which apalis would only release a minute later.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn reset_queue(&self) -> Result<usize> {
        let mut write = self.write().await?;
        empty(&mut write.tx, PREPARE_QUEUE).await?;
        let waiting: Vec<String> =
            sqlx::query_scalar("select id from documents where status = 'queued' order by source, uri")
                .fetch_all(&mut *write.tx)
                .await?;
        push(&mut write.tx, &waiting, 0).await?;
        write.commit().await?;
        Ok(waiting.len())
    }

    /// Makes the queue of runs hold one fresh job for each run that is to be done or was interrupted, oldest first. Runs
    /// of the command line that were interrupted are marked as failed: whoever typed the command types it again. Call it
    /// only while no worker runs.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn reset_runs(&self) -> Result<usize> {
        let mut write = self.write().await?;
        empty(&mut write.tx, RUN_QUEUE).await?;
        runs::close_interrupted_commands(&mut write.tx).await?;
        let waiting: Vec<String> =
            sqlx::query_scalar("update runs set status = 'queued' where status in ('queued', 'running') returning id")
                .fetch_all(&mut *write.tx)
                .await?;
        push_runs(&mut write.tx, &waiting, 0).await?;
        write.commit().await?;
        Ok(waiting.len())
    }

    /// Queues documents that wait and have no job, after a failure that kept one from being written.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn requeue_stranded(&self) -> Result<usize> {
        let mut write = self.write().await?;
        let stranded: Vec<String> = sqlx::query_scalar(
            "select id from documents where status = 'queued' and not exists (
                 select 1 from Jobs where job_type = $1 and status in ('Pending', 'Queued', 'Running')
                 and job = cast(json_object('document', documents.id) as blob))",
        )
        .bind(PREPARE_QUEUE)
        .fetch_all(&mut *write.tx)
        .await?;
        push(&mut write.tx, &stranded, 0).await?;
        write.commit().await?;
        Ok(stranded.len())
    }

    /// Deletes jobs that ended some time ago from the queues.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_ended_jobs(&self) -> Result<u64> {
        let before = time::now() / 1_000_000 - ENDED_JOBS_STAY;
        let mut write = self.write_in_background().await?;
        let done =
            sqlx::query("delete from Jobs where status in ('Done', 'Failed', 'Killed') and coalesce(done_at, 0) < $1")
                .bind(before)
                .execute(&mut *write.tx)
                .await?;
        write.commit().await?;
        Ok(done.rows_affected())
    }

    /// How many documents wait to be read.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn waiting_documents(&self) -> Result<u64> {
        let count: i64 =
            sqlx::query_scalar("select count(*) from documents where status = 'queued'").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

async fn empty(connection: &mut SqliteConnection, queue: &str) -> Result<()> {
    sqlx::query("delete from Jobs where job_type = $1").bind(queue).execute(&mut *connection).await?;
    sqlx::query("delete from Workers where worker_type = $1").bind(queue).execute(connection).await?;
    Ok(())
}
