//! `/v1/jobs`

use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{LookupRefusals, Parameters, Path};
use super::page::{DEFAULT_LIMIT, Page};
use super::{Problem, State, cursor};
use crate::ledger::{Job, JobFilter, JobKind, JobStatus};

/// Which jobs to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct JobParameters {
    /// Only jobs in this state.
    status: Option<JobStatus>,
    /// Only jobs of this kind.
    kind: Option<JobKind>,
    /// Only jobs about this source.
    source: Option<String>,
    /// Go on after an earlier page: its `next_cursor`.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// A page of the jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JobPage {
    /// The jobs that are not done: runs, then webhooks, then documents.
    items: Vec<Job>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// A job that is queued again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RetriedJob {
    /// Its id.
    id: String,
    /// What it does.
    kind: JobKind,
    /// Where it stands now.
    status: JobStatus,
}

fn default_limit() -> u32 {
    DEFAULT_LIMIT
}

/// A page of the jobs that are not done. `status=failed` lists what needs a person.
#[utoipa::path(get, path = "/v1/jobs", tag = "jobs", params(JobParameters), responses(
    (status = 200, description = "The page", body = JobPage), LookupRefusals
))]
pub(super) async fn list_jobs(
    state: State,
    Parameters(parameters): Parameters<JobParameters>,
) -> Result<Json<JobPage>, Problem> {
    let page = Page::new(parameters.cursor.as_deref(), parameters.limit)?;
    let JobParameters { status, kind, source, .. } = parameters;
    let filter = JobFilter { status, kind, source, after: page.after.clone(), limit: page.limit_and_one() };
    let mut items = state.ledger.jobs(&filter).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.place));
    Ok(Json(JobPage { items, next_cursor }))
}

/// Try a failed job again, as if it had never been tried.
#[utoipa::path(post, path = "/v1/jobs/{id}/retry", tag = "jobs", params(("id" = String, Path, description = "Its id")), responses(
    (status = 202, description = "It is queued", body = RetriedJob), LookupRefusals,
    (status = 413, description = "The request is too large", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The idempotency key came with another request", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn retry_job(state: State, Path(id): Path<String>) -> Result<(StatusCode, Json<RetriedJob>), Problem> {
    let kind = state.ledger.retry_job(&id).await?;
    Ok((StatusCode::ACCEPTED, Json(RetriedJob { id, kind, status: JobStatus::Queued })))
}

/// Take a failed job off the list. A document is then left alone until its content changes, and a webhook is not told.
#[utoipa::path(delete, path = "/v1/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "Its id")), responses(
    (status = 204, description = "It is off the list"), LookupRefusals
))]
pub(super) async fn discard_job(state: State, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    state.ledger.discard_job(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}
