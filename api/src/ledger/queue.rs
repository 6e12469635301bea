//! The queue of documents to prepare: apalis' tables beside ours, so that a row and its job are one transaction.

use apalis::prelude::TaskBuilder;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::{Error, Ledger, Result};

/// The queue's name.
pub const PREPARE_QUEUE: &str = "prepare";

/// Read, grade and record one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepareJob {
    /// The document.
    pub document: String,
}

/// Enqueues jobs in the caller's transaction, to run `delay_seconds` from now.
pub(super) async fn push(connection: &mut SqliteConnection, documents: &[String], delay_seconds: u64) -> Result<()> {
    let mut tasks = Vec::with_capacity(documents.len());
    for document in documents {
        let args = serde_json::to_vec(&PrepareJob { document: document.clone() })
            .map_err(|source| Error::Stored { what: "job", source })?;
        // One attempt: tries are counted in the ledger, because apalis counts restarts as tries and retries at once.
        tasks.push(TaskBuilder::new(args).max_attempts(1).run_in_seconds(delay_seconds).build());
    }
    apalis_sqlite::queries::push_tasks(connection, PREPARE_QUEUE, &tasks)
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
        sqlx::query("delete from Jobs where job_type = $1").bind(PREPARE_QUEUE).execute(&mut *write.tx).await?;
        sqlx::query("delete from Workers where worker_type = $1").bind(PREPARE_QUEUE).execute(&mut *write.tx).await?;
        let waiting: Vec<String> =
            sqlx::query_scalar("select id from documents where status = 'queued' order by source, uri")
                .fetch_all(&mut *write.tx)
                .await?;
        push(&mut write.tx, &waiting, 0).await?;
        write.commit().await?;
        Ok(waiting.len())
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
