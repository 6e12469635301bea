//! `/v1/runs`

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{LookupRefusals, Parameters, Path};
use super::page::{DEFAULT_LIMIT, Page};
use super::{Code, Problem, State, cursor};
use crate::ledger::{RunFilter, RunRecord, RunStatus};

/// Which runs to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RunParameters {
    /// Only runs of this source.
    source: Option<String>,
    /// Only runs of this status.
    status: Option<RunStatus>,
    /// Go on after an earlier page: its `next_cursor`.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// A page of the runs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunPage {
    /// The runs, the newest first.
    items: Vec<RunRecord>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

fn default_limit() -> u32 {
    DEFAULT_LIMIT
}

/// A page of the runs.
#[utoipa::path(get, path = "/v1/runs", tag = "sources", params(RunParameters), responses(
    (status = 200, description = "The page", body = RunPage), LookupRefusals
))]
pub(super) async fn list_runs(
    state: State,
    Parameters(parameters): Parameters<RunParameters>,
) -> Result<Json<RunPage>, Problem> {
    let page = Page::new(parameters.cursor.as_deref(), parameters.limit)?;
    let RunParameters { source, status, .. } = parameters;
    let filter = RunFilter { source, status, after: page.after.clone(), limit: page.limit_and_one() };
    let mut items = state.runs(&filter).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.id));
    Ok(Json(RunPage { items, next_cursor }))
}

/// A run: what it changed and cost, health before and after, and while it is running, how far it is.
#[utoipa::path(get, path = "/v1/runs/{id}", tag = "sources", params(("id" = String, Path, description = "Its id")), responses(
    (status = 200, description = "The run", body = RunRecord), LookupRefusals
))]
pub(super) async fn get_run(state: State, Path(id): Path<String>) -> Result<Json<RunRecord>, Problem> {
    Ok(Json(state.ledger.run(&id).await?))
}

/// End a run early. What it has done so far stays.
#[utoipa::path(post, path = "/v1/runs/{id}/cancel", tag = "sources", params(("id" = String, Path, description = "Its id")), responses(
    (status = 202, description = "The run, which ends at its next step", body = RunRecord), LookupRefusals,
    (status = 413, description = "The request is too large", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The idempotency key came with another request", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn cancel_run(
    state: State,
    Path(id): Path<String>,
) -> Result<(axum::http::StatusCode, Json<RunRecord>), Problem> {
    let open = state.ledger.cancel_run(&id).await?;
    let run = state.ledger.run(&id).await?;
    if open {
        Ok((axum::http::StatusCode::ACCEPTED, Json(run)))
    } else {
        Err(Problem::new(Code::Conflict, format!("run {id} is over already: it is {}", run.status.name())))
    }
}
