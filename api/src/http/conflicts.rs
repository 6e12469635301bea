//! `GET /v1/conflicts`

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::Parameters;
use super::page::PageParameters;
use super::{Problem, State, cursor};
use crate::ledger::OpenConflict;

/// A page of the open conflicts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConflictPage {
    /// The conflicts, in the order in which they were found.
    items: Vec<OpenConflict>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// A page of the open conflicts.
#[utoipa::path(get, path = "/v1/conflicts", tag = "findings", params(PageParameters), responses(
    (status = 200, description = "The page", body = ConflictPage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_conflicts(
    state: State,
    Parameters(parameters): Parameters<PageParameters>,
) -> Result<Json<ConflictPage>, Problem> {
    let page = parameters.page()?;
    let mut items = state.ledger.open_conflicts(page.after.as_deref(), page.limit_and_one()).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.place));
    Ok(Json(ConflictPage { items, next_cursor }))
}
