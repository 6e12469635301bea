//! `/v1/alerts`: incidents, and what people do about them.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::authentication::actor;
use super::input::{Body, Parameters, Path};
use super::page::Page;
use super::{Code, Problem, State, cursor};
use crate::ledger::{Incident, IncidentAction, IncidentStatus};

/// Longest name of an assignee, in bytes.
const MAX_NAME: usize = 200;

/// Which incidents to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AlertParameters {
    /// Only incidents that stand so.
    #[param(inline)]
    status: Option<IncidentStatus>,
    /// Go on after an earlier page: its `next_cursor`.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// A page of the incidents.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AlertPage {
    /// The incidents, the newest first.
    items: Vec<Incident>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// Who is to see to an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Assignment {
    /// Their name, at most 200 bytes; null takes it from whoever had it.
    #[schema(max_length = 200)]
    assignee: Option<String>,
}

fn default_limit() -> u32 {
    50
}

/// A page of the incidents. All that fires for the corpus, or for one source, while an incident is open belongs to it.
#[utoipa::path(get, path = "/v1/alerts", tag = "health", params(AlertParameters), responses(
    (status = 200, description = "The page", body = AlertPage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_alerts(
    state: State,
    Parameters(parameters): Parameters<AlertParameters>,
) -> Result<Json<AlertPage>, Problem> {
    let asked = parameters;
    let page = Page::new(asked.cursor.as_deref(), asked.limit)?;
    let mut items = state.ledger.incidents(asked.status, page.after.as_deref(), page.limit_and_one()).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.place));
    Ok(Json(AlertPage { items, next_cursor }))
}

/// Say that you know of an incident. The first who does is kept.
#[utoipa::path(post, path = "/v1/alerts/{id}/acknowledge", tag = "health", params(("id" = String, Path, description = "The incident's id")), responses(
    (status = 200, description = "The incident", body = Incident),
    (status = 404, description = "There is no such incident", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is resolved", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn acknowledge_alert(state: State, Path(id): Path<String>) -> Result<Json<Incident>, Problem> {
    act(&state, &id, &IncidentAction::Acknowledge).await
}

/// Give an incident to somebody.
#[utoipa::path(post, path = "/v1/alerts/{id}/assign", tag = "health", params(("id" = String, Path, description = "The incident's id")), request_body = Assignment, responses(
    (status = 200, description = "The incident", body = Incident),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There is no such incident", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is resolved", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn assign_alert(
    state: State,
    Path(id): Path<String>,
    Body(assignment): Body<Assignment>,
) -> Result<Json<Incident>, Problem> {
    let name = assignment.assignee;
    if name.as_ref().is_some_and(|name| name.trim().is_empty() || name.len() > MAX_NAME) {
        let detail = format!("assignee must be null or a name of at most {MAX_NAME} bytes");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    act(&state, &id, &IncidentAction::Assign(name)).await
}

/// Say that an incident is over. Alerts of it that still fire open no other until they have ceased once.
#[utoipa::path(post, path = "/v1/alerts/{id}/resolve", tag = "health", params(("id" = String, Path, description = "The incident's id")), responses(
    (status = 200, description = "The incident", body = Incident),
    (status = 404, description = "There is no such incident", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is resolved already", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn resolve_alert(state: State, Path(id): Path<String>) -> Result<Json<Incident>, Problem> {
    act(&state, &id, &IncidentAction::Resolve).await
}

async fn act(state: &State, id: &str, action: &IncidentAction) -> Result<Json<Incident>, Problem> {
    Ok(Json(state.ledger.act_on_incident(id, action, &actor(), &state.webhook_names()).await?))
}
