//! The ledger: every fact tamis holds on to, in one SQL database. All SQL of the service lives in this folder.

mod alerts;
mod audit;
mod boilerplate;
mod candidates;
mod changed_sources;
mod chunk_records;
mod clusters;
mod conflicts;
mod context;
mod decay;
mod document_records;
mod documents;
mod error;
mod failed_jobs;
mod findings;
mod gauges;
mod harm;
mod health;
mod hits;
mod idempotency;
mod keys;
mod lineage;
mod open_conflicts;
mod overview;
mod paraphrases;
mod passages;
mod policies;
mod policy_preview;
mod publications;
mod quarantine;
mod queue;
mod queue_moves;
mod recall;
mod record;
mod removals;
mod reviews;
mod run_records;
mod run_requests;
mod runs;
mod schedules;
mod settle;
mod sources;
mod time;
mod uncurated;
mod uploads;
mod vector_audit;
mod web_links;
mod webhooks;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::{Mutex, MutexGuard};

pub use alerts::{Alert, Firing, Incident, IncidentAction, IncidentStatus};
pub use audit::{AuditEntry, Audited};
pub use candidates::MAX_CANDIDATES;
pub use chunk_records::{ChunkRecord, ChunkScores};
pub use clusters::{ClusterMember, CopiedDocument, DocumentCopy, DuplicateCluster};
pub use document_records::{DocumentFilter, DocumentRecord, DocumentStatus};
pub use documents::{DocumentRow, QueuedDocument, Reading, Registered};
pub(crate) use documents::{READER_FAILED, TOO_SLOW};
pub use error::{Error, Result};
pub use failed_jobs::{Job, JobFilter, JobKind, JobStatus};
pub(crate) use health::distribution;
pub use health::{
    Bucket, DimensionHealth, FindingChange, FindingChanges, FindingStatus, Forecast, ForecastDay, Health,
    HistoryFilter, HistoryPoint, Rates, ReviewHealth, SourceHealth,
};
pub use hits::{HitRow, Standing};
pub use idempotency::{KeyState, StoredAnswer};
pub use open_conflicts::{ConflictSide, Disagreement, OpenConflict};
pub use overview::Waiting;
pub(crate) use passages::DEFAULT_AUTHORITY;
pub use policies::PolicyRevision;
pub use policy_preview::{Flip, PolicyPreview};
pub use publications::{Batch, Published};
pub use quarantine::{QuarantineFilter, QuarantineOrder, QuarantinedChunk};
pub use queue::{PREPARE_QUEUE, PrepareJob, RUN_QUEUE, RunJob};
pub(crate) use record::passage;
pub use record::{Graded, GradedChunk};
pub use reviews::{
    BatchOutcome, BatchRecord, Choice, Decision, Edit, LeftAlone, LeftCode, MAX_LEASE_SECONDS, ReviewAction,
    ReviewEvent, ReviewState, RuleRate, Suggestion,
};
pub use run_records::{RunFilter, RunProgress, RunRecord, RunStatus};
pub use run_requests::{Overlap, RunRequest};
pub use runs::{BegunRun, RunAction, RunCause, RunCounts, RunStep};
pub use schedules::{Missed, ScheduleRow};
pub use sources::{SourceKind, SourceOrigin, SourceRow};
pub use uploads::Uploaded;
pub use vector_audit::{AuditFinding, AuditKind, NewFindings};
pub use webhooks::{Delivery, MAX_TRIES as MAX_WEBHOOK_TRIES, WEBHOOK_QUEUE, WebhookJob};

/// How much of the database is mapped into memory, in bytes. A run looks keys up at random; without, a third of its time
/// went into copying pages that the system held already.
const MAPPED: &str = "1073741824";
/// Page cache of a connection, in KiB, negative as SQLite wants it.
const PAGE_CACHE: &str = "-16384";
/// After how many pages of 4 KiB the write-ahead log is copied into the database: 64 MB.
const CHECKPOINT_AFTER: &str = "16384";

/// How long a statement waits for another process to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The database, and the order of writers to it.
#[derive(Clone)]
pub struct Ledger {
    pool: SqlitePool,
    writing: SqlitePool,
    path: PathBuf,
    /// SQLite takes one writer at a time; waiting here in turn is fairer and cheaper than polling its lock.
    writer: Arc<Mutex<()>>,
    /// Of what nobody waits for, one at a time waits there with the others: a decision of a person comes after one
    /// document at most.
    background: Arc<Mutex<()>>,
}

/// A write transaction. Other writers of this process wait until it ends.
pub(crate) struct WriteTransaction<'a> {
    tx: Transaction<'static, Sqlite>,
    // In this order they are let go.
    _turn: MutexGuard<'a, ()>,
    _background: Option<MutexGuard<'a, ()>>,
}

impl WriteTransaction<'_> {
    async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}

impl Ledger {
    /// Opens the database at `path`, making it where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Newer`] where a newer tamis wrote it; [`Error::Database`] where it cannot be opened.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // In WAL mode NORMAL survives the death of the process at any moment; what must survive the death of
            // the machine in order (publish intents) is written with FULL.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .pragma("mmap_size", MAPPED)
            .pragma("cache_size", PAGE_CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT_AFTER)
            .busy_timeout(BUSY_TIMEOUT);
        // One connection writes: what another one writes empties a connection's page cache.
        let writing = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let pool = SqlitePoolOptions::new().max_connections(8).connect_with(options).await?;
        let ledger = Self { pool, writing, path: path.to_owned(), writer: Arc::default(), background: Arc::default() };
        ledger.migrate().await?;
        Ok(ledger)
    }

    /// The connection pool, for the job queue's own storage.
    #[must_use]
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Waits for connections to be returned and closes them.
    pub async fn close(&self) {
        self.writing.close().await;
        self.pool.close().await;
    }

    async fn migrate(&self) -> Result<()> {
        sqlx::migrate!("../migrations").run(&self.pool).await.map_err(|problem| match problem {
            sqlx::migrate::MigrateError::VersionMissing(version) => Error::Newer { path: self.path.clone(), version },
            other => Error::Migrate(Box::new(other)),
        })?;
        // apalis keeps its tables beside ours, under a migration table of its own; its own `setup` would use ours and
        // switch off synchronous writes.
        let mut jobs = apalis_sqlite::SqliteStorage::migrations();
        jobs.dangerous_set_table_name("_apalis_migrations");
        jobs.run(&self.pool).await.map_err(|problem| Error::Migrate(Box::new(problem)))
    }

    /// For what somebody waits for.
    async fn write(&self) -> Result<WriteTransaction<'_>> {
        self.begin(None).await
    }

    /// For the work of a run: reading, grading, publishing.
    async fn write_in_background(&self) -> Result<WriteTransaction<'_>> {
        self.begin(Some(self.background.lock().await)).await
    }

    async fn begin<'a>(&'a self, background: Option<MutexGuard<'a, ()>>) -> Result<WriteTransaction<'a>> {
        let turn = self.writer.lock().await;
        let tx = self.writing.begin_with("BEGIN IMMEDIATE").await?;
        Ok(WriteTransaction { tx, _turn: turn, _background: background })
    }
}

/// Ids for `in (select value from json_each($1))`: one statement for any number of them.
fn id_list(ids: &[&str]) -> String {
    serde_json::json!(ids).to_string()
}

#[cfg(test)]
mod tests;
