//! `GET /readyz`

use super::{Code, Problem, State};

/// Ledger and indexes answer.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, description = "Requests can be answered", body = String),
    (status = 503, description = "Not at the moment", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn readyz(state: State) -> Result<&'static str, Problem> {
    let unready = |what: &str| Problem::new(Code::Unavailable, format!("{what} does not answer"));
    state.ledger.waiting_documents().await.map_err(|_| unready("the ledger"))?;
    state.corpus.sequence().map_err(|_| unready("the index"))?;
    Ok("ok")
}
