//! `/v1/quarantine`

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::authentication::actor;
use super::page::Page;
use super::{Code, Problem, State, cursor};
use crate::ledger::{QuarantineFilter, QuarantinedChunk, ReviewAction, ReviewState};

/// Longest note, in bytes.
const MAX_NOTE: usize = 4_096;

/// Which part of the queue to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParameters {
    /// Only chunks in this state.
    #[param(value_type = Option<Status>)]
    status: Option<ReviewState>,
    /// Only chunks held back by this rule.
    rule: Option<String>,
    /// Only chunks of this source.
    source: Option<String>,
    /// Go on after an earlier page: its `next_cursor`.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// Where a chunk stands in the review queue.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `ReviewState` to OpenAPI")]
enum Status {
    Pending,
    Released,
    Rejected,
}

/// A page of the review queue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuarantinePage {
    /// The chunks, open contradictions first.
    items: Vec<QuarantinedChunk>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// What a person decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// `release` or `reject`.
    #[schema(value_type = Action)]
    action: ReviewAction,
    /// Why, at most 4,096 bytes.
    #[schema(max_length = 4096)]
    note: Option<String>,
}

/// What a person does.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `ReviewAction` to OpenAPI")]
enum Action {
    Release,
    Reject,
}

fn default_limit() -> u32 {
    50
}

/// A page of the review queue.
#[utoipa::path(get, path = "/v1/quarantine", tag = "quarantine", params(ListParameters), responses(
    (status = 200, description = "The page", body = QuarantinePage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_quarantine(
    state: State,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Json<QuarantinePage>, Problem> {
    let Query(parameters) = parameters.map_err(|problem| Problem::new(Code::InvalidRequest, problem.body_text()))?;
    let page = Page::new(parameters.cursor.as_deref(), parameters.limit)?;
    let limit = page.limit_and_one();
    let ListParameters { status: state_wanted, rule, source, .. } = parameters;
    let filter = QuarantineFilter { state: state_wanted, rule, source, after: page.after.clone(), limit };
    let mut items = state.ledger.quarantine(&filter).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.place));
    Ok(Json(QuarantinePage { items, next_cursor }))
}

/// A chunk of the review queue.
#[utoipa::path(get, path = "/v1/quarantine/{id}", tag = "quarantine", params(("id" = String, Path, description = "The chunk's id")), responses(
    (status = 200, description = "The chunk", body = QuarantinedChunk),
    (status = 404, description = "It is not in the queue", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn get_quarantined(state: State, Path(id): Path<String>) -> Result<Json<QuarantinedChunk>, Problem> {
    Ok(Json(state.ledger.quarantined_chunk(&id).await?))
}

/// Decide about a chunk. What may be searched changes at once, and the indexes follow.
#[utoipa::path(post, path = "/v1/quarantine/{id}/decision", tag = "quarantine", params(("id" = String, Path, description = "The chunk's id")), request_body = Decision, responses(
    (status = 200, description = "The chunk after the decision", body = QuarantinedChunk),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There is no such chunk", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn decide(
    state: State,
    Path(id): Path<String>,
    decision: Result<Json<Decision>, JsonRejection>,
) -> Result<Json<QuarantinedChunk>, Problem> {
    let Json(decision) = decision.map_err(|problem| Problem::new(Code::InvalidRequest, problem.body_text()))?;
    if decision.note.as_ref().is_some_and(|note| note.len() > MAX_NOTE) {
        return Err(Problem::new(Code::InvalidRequest, format!("note must hold at most {MAX_NOTE} bytes")));
    }
    let chunks = [id];
    state.ledger.review(&chunks, decision.action, &actor(), decision.note.as_deref(), &state.policy()).await?;
    state.publish_wanted.notify_one();
    let [id] = chunks;
    Ok(Json(state.ledger.quarantined_chunk(&id).await?))
}
