//! What people look at first: what is waiting for them, what ran, what could not be read.

use jiff::Timestamp;
use sqlx::Row;

use super::{Error, Ledger, Result, time};

/// What is waiting for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Chunks held back that nobody has decided about.
    pub reviews: u64,
    /// Pairs of chunks that cannot both be true.
    pub conflicts: u64,
    /// Documents that could not be read.
    pub failed_documents: u64,
}

/// A pass over a source.
#[derive(Debug, Clone)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// The source.
    pub source: String,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended; `None` where it still runs or was cut off.
    pub finished_at: Option<Timestamp>,
    /// What it came to, as `tamis ingest --format json` prints it; null until it ended.
    pub summary: serde_json::Value,
}

/// A document that could not be read.
#[derive(Debug, Clone)]
pub struct FailedDocument {
    /// Where it is.
    pub uri: String,
    /// Its source.
    pub source: String,
    /// The kind of failure.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// How often its reading was begun.
    pub attempts: u64,
    /// Since when.
    pub at: Option<Timestamp>,
}

impl Ledger {
    /// What is waiting for people.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn waiting(&self) -> Result<Waiting> {
        let (reviews, conflicts, failed): (i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from chunks c where c.verdict = 'quarantine' and c.retired = 0
                        and not exists (select 1 from reviews r where r.chunk_id = c.id)),
                    (select count(*) from conflicts),
                    (select count(*) from documents where status = 'failed')",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Waiting {
            reviews: reviews.unsigned_abs(),
            conflicts: conflicts.unsigned_abs(),
            failed_documents: failed.unsigned_abs(),
        })
    }

    /// The last passes over sources, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn recent_runs(&self, limit: u32) -> Result<Vec<RunRow>> {
        let rows = sqlx::query(
            "select id, source, started_at, finished_at, summary from runs order by started_at desc, id desc limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let summary: Option<String> = row.get("summary");
                let summary = summary.as_deref().map(serde_json::from_str).transpose();
                Ok(RunRow {
                    id: row.get("id"),
                    source: row.get("source"),
                    started_at: time::read(row.get("started_at")),
                    finished_at: time::read(row.get("finished_at")),
                    summary: summary
                        .map_err(|source| Error::Stored { what: "summary of a run", source })?
                        .unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Documents that could not be read, the last ones first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unreadable_documents(&self, limit: u32) -> Result<Vec<FailedDocument>> {
        let rows = sqlx::query(
            "select uri, source, coalesce(error_code, 'unknown') as code, attempts, updated_at,
                    coalesce(error_message, 'nothing is known about why') as message
             from documents where status = 'failed' order by updated_at desc, uri limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .iter()
            .map(|row| FailedDocument {
                uri: row.get("uri"),
                source: row.get("source"),
                code: row.get("code"),
                message: row.get("message"),
                attempts: row.get::<i64, _>("attempts").unsigned_abs(),
                at: time::read(row.get("updated_at")),
            })
            .collect())
    }
}
