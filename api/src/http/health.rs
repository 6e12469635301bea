//! `GET /v1/health`

use axum::Json;

use super::{Problem, State};
use crate::ledger::Health;

/// The corpus's figures now.
#[utoipa::path(get, path = "/v1/health", tag = "health", responses(
    (status = 200, description = "The figures", body = Health),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn health(state: State) -> Result<Json<Health>, Problem> {
    Ok(Json(state.ledger.health().await?))
}
