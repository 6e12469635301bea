//! Work in the queues as people see it: documents to read, runs to do and webhooks to tell, above all what failed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, queue, time, webhooks};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Reads and grades a document.
    Document,
    /// Does a run.
    Run,
    /// Tells a webhook what happened to an incident.
    Webhook,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// It waits for its turn, or to be tried again.
    Queued,
    /// It is being done. Documents count as queued until they are read.
    Running,
    /// It failed, and is not tried again by itself.
    Failed,
}

/// A job that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Job {
    /// Its id: the document's, the run's or the delivery's.
    pub id: String,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub status: JobStatus,
    /// The source it is about; empty for an incident of the whole corpus.
    pub source: String,
    /// Where the document is; null for what is about none.
    pub uri: Option<String>,
    /// The name of the webhook to tell; null for what tells none.
    pub webhook: Option<String>,
    /// Times it was begun without coming to an end.
    pub attempts: u64,
    /// Why it failed, as a code; null for what is no document.
    pub error_code: Option<String>,
    /// Why it failed, or is tried again.
    pub error: Option<String>,
    /// Since when it stands there (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Its place in the list.
    #[serde(skip)]
    pub place: String,
}

/// Which jobs to show.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// In this state.
    pub status: Option<JobStatus>,
    /// Of this kind.
    pub kind: Option<JobKind>,
    /// About this source.
    pub source: Option<String>,
    /// After this place in the list.
    pub after: Option<String>,
    /// At most this many.
    pub limit: u32,
}

/// A run that waits or failed comes before documents, and so does what nobody was told: there are few, and each hides
/// much else.
const JOBS: &str = "select * from (
    select '0' || id as place, id, 'run' as kind, status, source, null as uri, null as webhook, attempts,
           null as error_code, error, coalesce(finished_at, started_at, queued_at) as since
    from runs where status in ('queued', 'running') or (status = 'failed' and discarded = 0)
    union all
    select '0w' || w.id, w.id, 'webhook', case w.status when 'pending' then 'queued' when 'sending' then 'running'
           else 'failed' end, coalesce(i.scope, ''), null, w.hook, w.attempts, null, w.last_error,
           coalesce(w.failed_at, w.created_at)
    from webhook_deliveries w left join incidents i on i.id = w.incident
    where w.status in ('pending', 'sending', 'failed')
    union all
    select '1' || id, id, 'document', status, source, uri, null, attempts, error_code, error_message, updated_at
    from documents where status in ('queued', 'failed')) as jobs where 1 = 1";

impl JobKind {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Run => "run",
            Self::Webhook => "webhook",
        }
    }

    /// The kind of this name; what no tamis wrote reads as a document.
    fn from_name(name: &str) -> Self {
        [Self::Run, Self::Webhook].into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Document)
    }
}

impl JobStatus {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Failed => "failed",
        }
    }
}

impl Ledger {
    /// Jobs that are not done: runs first, then webhooks, then documents.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn jobs(&self, filter: &JobFilter) -> Result<Vec<Job>> {
        let mut query = QueryBuilder::<Sqlite>::new(JOBS);
        if let Some(status) = filter.status {
            query.push(" and status = ").push_bind(status.name());
        }
        if let Some(kind) = filter.kind {
            query.push(" and kind = ").push_bind(kind.name());
        }
        if let Some(source) = &filter.source {
            query.push(" and source = ").push_bind(source.as_str());
        }
        if let Some(after) = &filter.after {
            query.push(" and place > ").push_bind(after.as_str());
        }
        query.push(" order by place limit ").push_bind(i64::from(filter.limit));
        Ok(query.build().fetch_all(&self.pool).await?.iter().map(job).collect())
    }

    /// Queues a failed job again, as if it had never been tried.
    ///
    /// # Errors
    /// [`Error::NoFailedJob`] or [`Error::Database`].
    pub async fn retry_job(&self, id: &str) -> Result<JobKind> {
        let mut write = self.write().await?;
        let kind = failed(&mut write.tx, id).await?;
        match kind {
            JobKind::Document => {
                sqlx::query(
                    "update documents set status = 'queued', attempts = 0, error_code = null, error_message = null,
                            updated_at = $2 where id = $1",
                )
                .bind(id)
                .bind(time::now())
                .execute(&mut *write.tx)
                .await?;
                queue::push(&mut write.tx, &[id.to_owned()], 0).await?;
            }
            JobKind::Run => {
                sqlx::query(
                    "update runs set status = 'queued', attempts = 0, error = null, finished_at = null,
                            cancel_requested = 0, cause = 'request' where id = $1",
                )
                .bind(id)
                .execute(&mut *write.tx)
                .await?;
                queue::push_runs(&mut write.tx, &[id.to_owned()], 0).await?;
            }
            JobKind::Webhook => webhooks::retry(&mut write.tx, id).await?,
        }
        write.commit().await?;
        Ok(kind)
    }

    /// Takes a failed job off the list. A document is then left alone until its content changes.
    ///
    /// # Errors
    /// [`Error::NoFailedJob`] or [`Error::Database`].
    pub async fn discard_job(&self, id: &str) -> Result<JobKind> {
        let mut write = self.write().await?;
        let kind = failed(&mut write.tx, id).await?;
        match kind {
            JobKind::Document => sqlx::query("update documents set status = 'discarded' where id = $1"),
            JobKind::Run => sqlx::query("update runs set discarded = 1 where id = $1"),
            JobKind::Webhook => sqlx::query("update webhook_deliveries set status = 'discarded' where id = $1"),
        }
        .bind(id)
        .execute(&mut *write.tx)
        .await?;
        write.commit().await?;
        Ok(kind)
    }
}

async fn failed(connection: &mut SqliteConnection, id: &str) -> Result<JobKind> {
    let kind: Option<String> = sqlx::query_scalar(
        "select 'document' from documents where id = $1 and status = 'failed'
         union all select 'run' from runs where id = $1 and status = 'failed' and discarded = 0
         union all select 'webhook' from webhook_deliveries where id = $1 and status = 'failed'",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?;
    kind.as_deref().map(JobKind::from_name).ok_or_else(|| Error::NoFailedJob { id: id.to_owned() })
}

fn job(row: &SqliteRow) -> Job {
    Job {
        id: row.get("id"),
        kind: JobKind::from_name(row.get("kind")),
        status: match row.get("status") {
            "queued" => JobStatus::Queued,
            "running" => JobStatus::Running,
            _ => JobStatus::Failed,
        },
        source: row.get("source"),
        uri: row.get("uri"),
        webhook: row.get("webhook"),
        attempts: row.get::<i64, _>("attempts").unsigned_abs(),
        error_code: row.get("error_code"),
        error: row.get("error"),
        since: time::read(row.get("since")),
        place: row.get("place"),
    }
}
