//! `POST /v1/compare`

use axum::Json;

use super::input::Body;
use super::{Code, Problem};
use crate::comparing::{self, Comparison, Pair};

/// How two passages relate: contradiction, duplicate, overlap or neutral.
#[utoipa::path(post, path = "/v1/compare", tag = "findings", request_body = Pair, responses(
    (status = 200, description = "How they relate", body = Comparison),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn compare(Body(pair): Body<Pair>) -> Result<Json<Comparison>, Problem> {
    // Two long passages take more than a worker thread may be held for.
    let answer = tokio::task::spawn_blocking(move || comparing::compare(pair)).await.map_err(anyhow::Error::from)?;
    answer.map(Json).map_err(|detail| Problem::new(Code::InvalidRequest, detail))
}
