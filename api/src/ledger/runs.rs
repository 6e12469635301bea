//! Passes over a source.

use serde::Serialize;
use sqlx::Row;
use tamis_ingest::SourceName;

use super::{Ledger, Result, time};

/// What a run did to documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
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

impl Ledger {
    /// Begins a run.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn begin_run(&self, source: &SourceName) -> Result<String> {
        let id = uuid::Uuid::now_v7().to_string();
        let mut write = self.write().await?;
        sqlx::query("insert into runs (id, source, started_at) values ($1, $2, $3)")
            .bind(&id)
            .bind(source.as_str())
            .bind(time::now())
            .execute(&mut *write.tx)
            .await?;
        write.commit().await?;
        Ok(id)
    }

    /// Ends a run with its summary.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn finish_run(&self, run: &str, summary: &serde_json::Value) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("update runs set finished_at = $1, summary = $2 where id = $3")
            .bind(time::now())
            .bind(summary.to_string())
            .bind(run)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// How many documents seen by the run could not be read.
    ///
    /// # Errors
    /// [`super::Error::Database`].
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
}
