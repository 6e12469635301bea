//! Runs as people see them: what each changed and cost, and how far it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, RunAction, RunCause, RunCounts, RunStep, time};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// It waits for its turn, or to be tried again.
    Queued,
    /// It is being done.
    Running,
    /// It did its work. Single documents may have failed.
    Done,
    /// It could not do its work.
    Failed,
    /// It was ended early.
    Cancelled,
}

/// A pass over a source: what it changed, what it cost, the corpus's health before and after.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RunRecord {
    /// Its id.
    pub id: String,
    /// Its source. The record outlives it.
    pub source: String,
    /// What it is to do.
    pub action: RunAction,
    /// Why there is a run.
    pub cause: RunCause,
    /// Where it stands.
    pub status: RunStatus,
    /// When it was asked for (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub queued_at: Option<Timestamp>,
    /// When it first began (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// When it was over (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// Times it was begun.
    pub attempts: u64,
    /// Whether it was asked to end early.
    pub cancel_requested: bool,
    /// How far it is, while it is running.
    pub progress: Option<RunProgress>,
    /// What it did to documents so far. Those that could not be listed are counted at its end.
    pub documents: RunCounts,
    /// Why it failed, or is tried again.
    pub error: Option<String>,
    /// What it came to, in the shape in which `tamis ingest --format json` prints it: documents, chunks, seconds by stage,
    /// health before and after, failures.
    #[schema(value_type = Option<Object>)]
    pub summary: Option<serde_json::Value>,
}

/// How far a running run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunProgress {
    /// What it is at.
    pub step: RunStep,
    /// Documents to read, as far as they are listed.
    pub to_prepare: u64,
    /// Documents read and graded.
    pub prepared: u64,
    /// Chunks and documents that the indexes have not taken up.
    pub to_publish: u64,
}

/// Which runs to show.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Of this source.
    pub source: Option<String>,
    /// Of this status.
    pub status: Option<RunStatus>,
    /// Older than the run of this id.
    pub after: Option<String>,
    /// At most this many.
    pub limit: u32,
}

const COLUMNS: &str = "select id, source, action, cause, status, step, queued_at, started_at, finished_at, attempts,
    cancel_requested, seen, added, changed, unchanged, removed, error, summary,
    (select count(*) from documents d where d.seen_run = runs.id and d.status = 'failed') as failed from runs";

impl RunStatus {
    /// Its name in the ledger and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more comes.
    #[must_use]
    pub fn is_over(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Done | Self::Failed | Self::Cancelled => true,
        }
    }

    fn from_name(name: &str) -> Self {
        let known = [Self::Queued, Self::Running, Self::Done, Self::Cancelled];
        known.into_iter().find(|status| status.name() == name).unwrap_or(Self::Failed)
    }
}

impl Ledger {
    /// Runs, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunRecord>> {
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        query.push(" where 1 = 1");
        if let Some(source) = &filter.source {
            query.push(" and source = ").push_bind(source.as_str());
        }
        if let Some(status) = filter.status {
            query.push(" and status = ").push_bind(status.name());
        }
        if let Some(after) = &filter.after {
            query.push(" and id < ").push_bind(after.as_str());
        }
        query.push(" order by id desc limit ").push_bind(i64::from(filter.limit));
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut runs = Vec::with_capacity(rows.len());
        for row in &rows {
            runs.push(self.with_progress(row).await?);
        }
        Ok(runs)
    }

    /// One run.
    ///
    /// # Errors
    /// [`Error::NoRun`] or [`Error::Database`].
    pub async fn run(&self, id: &str) -> Result<RunRecord> {
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        let row = query.push(" where id = ").push_bind(id).build().fetch_optional(&self.pool).await?;
        match row {
            Some(row) => self.with_progress(&row).await,
            None => Err(Error::NoRun { id: id.to_owned() }),
        }
    }

    /// The last run of a source, if it has had one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_run(&self, source: &str) -> Result<Option<RunRecord>> {
        let filter = RunFilter { source: Some(source.to_owned()), limit: 1, ..RunFilter::default() };
        Ok(self.runs(&filter).await?.pop())
    }

    async fn with_progress(&self, row: &SqliteRow) -> Result<RunRecord> {
        let mut run = run_record(row)?;
        let step = row.get::<Option<&str>, _>("step").and_then(RunStep::from_name);
        if let (RunStatus::Running, Some(step)) = (run.status, step) {
            let waiting = self.waiting_documents_of(&run.id).await?;
            let to_prepare = run.documents.new + run.documents.changed;
            let prepared = to_prepare.saturating_sub(waiting);
            let to_publish = self.unpublished_of(&run.id).await?;
            run.progress = Some(RunProgress { step, to_prepare, prepared, to_publish });
        }
        Ok(run)
    }
}

fn run_record(row: &SqliteRow) -> Result<RunRecord> {
    let count = |name: &str| row.get::<i64, _>(name).unsigned_abs();
    let summary: Option<serde_json::Value> = row
        .get::<Option<&str>, _>("summary")
        .map(serde_json::from_str)
        .transpose()
        .map_err(|source| Error::Stored { what: "summary of a run", source })?;
    let counted_at_end = summary.as_ref().and_then(|summary| summary["documents"]["failed"].as_u64());
    Ok(RunRecord {
        id: row.get("id"),
        source: row.get("source"),
        action: RunAction::from_name(row.get("action")),
        cause: RunCause::from_name(row.get("cause")),
        status: RunStatus::from_name(row.get("status")),
        queued_at: time::read(row.get("queued_at")),
        started_at: time::read(row.get("started_at")),
        finished_at: time::read(row.get("finished_at")),
        attempts: count("attempts"),
        cancel_requested: row.get::<i64, _>("cancel_requested") == 1,
        progress: None,
        documents: RunCounts {
            seen: count("seen"),
            new: count("added"),
            changed: count("changed"),
            unchanged: count("unchanged"),
            removed: count("removed"),
            failed: counted_at_end.unwrap_or_else(|| count("failed")),
        },
        error: row.get("error"),
        summary,
    })
}
