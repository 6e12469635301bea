//! `GET /v1/duplicates`

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::Parameters;
use super::page::PageParameters;
use super::{Problem, State, cursor};
use crate::ledger::DuplicateCluster;

/// A page of the duplicate clusters.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DuplicatePage {
    /// The clusters, the largest first.
    items: Vec<DuplicateCluster>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// A page of the duplicate clusters.
#[utoipa::path(get, path = "/v1/duplicates", tag = "findings", params(PageParameters), responses(
    (status = 200, description = "The page", body = DuplicatePage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_duplicates(
    state: State,
    Parameters(parameters): Parameters<PageParameters>,
) -> Result<Json<DuplicatePage>, Problem> {
    let page = parameters.page()?;
    let mut items = state.ledger.duplicate_clusters(page.after.as_deref(), page.limit_and_one()).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.place));
    Ok(Json(DuplicatePage { items, next_cursor }))
}
