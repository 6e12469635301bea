//! Asking for runs, and asking them to end.

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use utoipa::ToSchema;

use super::{Error, Ledger, Result, RunAction, RunCause, queue, time};

/// What becomes of a run that is asked for while another one of its source is queued or running.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// It is left out.
    #[default]
    Skip,
    /// It is done after that one. At most one waits.
    Queue,
    /// It takes the place of that one, which ends early.
    Cancel,
}

/// What asking for a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunRequest {
    /// There is a new run of this id.
    Queued(String),
    /// The run of this id was waiting already, and will do.
    Waiting(String),
    /// The run of this id is queued or running, and there is no new one.
    Skipped(String),
}

impl Overlap {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Queue => "queue",
            Self::Cancel => "cancel",
        }
    }

    pub(super) fn from_name(name: &str) -> Self {
        [Self::Queue, Self::Cancel].into_iter().find(|overlap| overlap.name() == name).unwrap_or_default()
    }
}

impl Ledger {
    /// Asks for a run of a source.
    ///
    /// # Errors
    /// [`Error::NoSource`], [`Error::SourceLeaving`] or [`Error::Database`].
    pub async fn request_run(&self, source: &str, cause: RunCause, overlap: Overlap) -> Result<RunRequest> {
        let mut write = self.write().await?;
        let request = request(&mut write.tx, source, cause, overlap).await?;
        write.commit().await?;
        Ok(request)
    }

    /// Marks a source as leaving, ends its runs, and asks for the run that takes its documents out. Returns that run.
    ///
    /// # Errors
    /// [`Error::NoSource`] or [`Error::Database`].
    pub async fn request_deletion(&self, source: &str) -> Result<String> {
        let mut write = self.write().await?;
        match leaving(&mut write.tx, source).await? {
            Some(true) => {
                let run: Option<String> = sqlx::query_scalar(
                    "select id from runs where source = $1 and action = 'delete' and status in ('queued', 'running')",
                )
                .bind(source)
                .fetch_optional(&mut *write.tx)
                .await?;
                if let Some(run) = run {
                    return Ok(run);
                }
            }
            Some(false) => {}
            None => return Err(Error::NoSource { name: source.to_owned() }),
        }
        sqlx::query("update sources set deleting = 1 where name = $1").bind(source).execute(&mut *write.tx).await?;
        sqlx::query("delete from schedules where source = $1").bind(source).execute(&mut *write.tx).await?;
        end_runs(&mut write.tx, source).await?;
        let run = insert(&mut write.tx, source, RunAction::Delete, RunCause::Request).await?;
        write.commit().await?;
        Ok(run)
    }

    /// Asks a run to end early. A queued one ends at once, a running one at its next step. Returns false where it is
    /// over already. One that takes a source out goes on to its end: half of a source would be left.
    ///
    /// # Errors
    /// [`Error::NoRun`], [`Error::SourceLeaving`] or [`Error::Database`].
    pub async fn cancel_run(&self, run: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let known: Option<(String, String, String)> =
            sqlx::query_as("select status, action, source from runs where id = $1")
                .bind(run)
                .fetch_optional(&mut *write.tx)
                .await?;
        let Some((status, action, source)) = known else { return Err(Error::NoRun { id: run.to_owned() }) };
        let open = matches!(status.as_str(), "queued" | "running");
        if open && action == RunAction::Delete.name() {
            return Err(Error::SourceLeaving { name: source });
        }
        match status.as_str() {
            "queued" => cancel_queued(&mut write.tx, run).await?,
            "running" => {
                sqlx::query("update runs set cancel_requested = 1 where id = $1")
                    .bind(run)
                    .execute(&mut *write.tx)
                    .await?;
            }
            _ => return Ok(false),
        }
        write.commit().await?;
        Ok(true)
    }
}

pub(super) async fn request(
    connection: &mut SqliteConnection,
    source: &str,
    cause: RunCause,
    overlap: Overlap,
) -> Result<RunRequest> {
    match leaving(connection, source).await? {
        None => return Err(Error::NoSource { name: source.to_owned() }),
        Some(true) => return Err(Error::SourceLeaving { name: source.to_owned() }),
        Some(false) => {}
    }
    let open: Vec<(String, String)> = sqlx::query_as(
        "select id, status from runs where source = $1 and status in ('queued', 'running') and cancel_requested = 0
         order by id",
    )
    .bind(source)
    .fetch_all(&mut *connection)
    .await?;
    let waiting = open.iter().find(|(_, status)| status == "queued");
    match (overlap, open.first(), waiting) {
        (Overlap::Skip, Some((run, _)), _) => return Ok(RunRequest::Skipped(run.clone())),
        (Overlap::Queue, _, Some((run, _))) => return Ok(RunRequest::Waiting(run.clone())),
        (Overlap::Cancel, _, _) => end_runs(connection, source).await?,
        (Overlap::Skip | Overlap::Queue, _, _) => {}
    }
    Ok(RunRequest::Queued(insert(connection, source, RunAction::Ingest, cause).await?))
}

/// Whether the source is leaving; `None` where there is no such source.
async fn leaving(connection: &mut SqliteConnection, source: &str) -> Result<Option<bool>> {
    Ok(sqlx::query_scalar("select deleting from sources where name = $1")
        .bind(source)
        .fetch_optional(connection)
        .await?)
}

async fn insert(connection: &mut SqliteConnection, source: &str, action: RunAction, cause: RunCause) -> Result<String> {
    let id = uuid::Uuid::now_v7().to_string();
    sqlx::query(
        "insert into runs (id, source, action, cause, status, queued_at) values ($1, $2, $3, $4, 'queued', $5)",
    )
    .bind(&id)
    .bind(source)
    .bind(action.name())
    .bind(cause.name())
    .bind(time::now())
    .execute(&mut *connection)
    .await?;
    queue::push_runs(connection, std::slice::from_ref(&id), 0).await?;
    Ok(id)
}

/// Ends what is queued or running of a source.
async fn end_runs(connection: &mut SqliteConnection, source: &str) -> Result<()> {
    let queued: Vec<String> = sqlx::query_scalar("select id from runs where source = $1 and status = 'queued'")
        .bind(source)
        .fetch_all(&mut *connection)
        .await?;
    for run in &queued {
        cancel_queued(connection, run).await?;
    }
    sqlx::query("update runs set cancel_requested = 1 where source = $1 and status = 'running'")
        .bind(source)
        .execute(connection)
        .await?;
    Ok(())
}

async fn cancel_queued(connection: &mut SqliteConnection, run: &str) -> Result<()> {
    sqlx::query("update runs set status = 'cancelled', cancel_requested = 1, finished_at = $2 where id = $1")
        .bind(run)
        .bind(time::now())
        .execute(connection)
        .await?;
    Ok(())
}
