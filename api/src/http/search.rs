//! `GET|POST /v1/search`

use axum::Json;
use serde::Deserialize;
use tamis_index::{SearchFilter, SearchMode, SearchRequest};
use tamis_ingest::SourceName;
use utoipa::{IntoParams, ToSchema};

use super::input::{Body, Parameters};
use super::{Code, Problem, State};
use crate::searching::{self, SearchAnswer};

/// Most hits of one answer.
const MAX_LIMIT: usize = 100;
/// Longest query, in bytes: longer ones are documents, not questions.
const MAX_QUERY: usize = 8_192;

/// A search.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchParameters {
    /// What to search for, at most 8,192 bytes.
    #[param(min_length = 1, max_length = 8192)]
    #[schema(min_length = 1, max_length = 8192)]
    q: String,
    /// How many hits at most, 1 to 100.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 100, default = 10)]
    #[schema(minimum = 1, maximum = 100, default = 10)]
    limit: usize,
    /// Which indexes answer: `hybrid`, `lexical` or `vector`.
    #[serde(default)]
    #[param(value_type = Option<Mode>)]
    #[schema(value_type = Option<Mode>)]
    mode: SearchMode,
    /// Only this source.
    source: Option<String>,
    /// Only documents in this language (ISO 639-1).
    language: Option<String>,
}

/// Which indexes answer.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `SearchMode`, whose crate knows no HTTP")]
enum Mode {
    Hybrid,
    Lexical,
    Vector,
}

fn default_limit() -> usize {
    10
}

/// Search the chunks that passed.
#[utoipa::path(get, path = "/v1/search", tag = "search", params(SearchParameters), responses(
    (status = 200, description = "What was found", body = SearchAnswer),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn search(
    state: State,
    Parameters(parameters): Parameters<SearchParameters>,
) -> Result<Json<SearchAnswer>, Problem> {
    answer(&state, parameters).await
}

/// Search the chunks that passed, for queries too long for a URL.
#[utoipa::path(post, path = "/v1/search", tag = "search", request_body = SearchParameters, responses(
    (status = 200, description = "What was found", body = SearchAnswer),
    (status = 413, description = "The request is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is no JSON", body = Problem, content_type = "application/problem+json"),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn search_with_body(
    state: State,
    Body(parameters): Body<SearchParameters>,
) -> Result<Json<SearchAnswer>, Problem> {
    answer(&state, parameters).await
}

async fn answer(state: &State, parameters: SearchParameters) -> Result<Json<SearchAnswer>, Problem> {
    let invalid = |detail: String| Problem::new(Code::InvalidRequest, detail);
    if parameters.q.trim().is_empty() || parameters.q.len() > MAX_QUERY {
        return Err(invalid(format!("q must hold 1 to {MAX_QUERY} bytes")));
    }
    if parameters.limit == 0 || parameters.limit > MAX_LIMIT {
        return Err(invalid(format!("limit must be between 1 and {MAX_LIMIT}")));
    }
    let sources = parameters
        .source
        .map(SourceName::new)
        .transpose()
        .map_err(|problem| invalid(problem.to_string()))?
        .into_iter()
        .collect();
    let request = SearchRequest {
        query: parameters.q,
        limit: parameters.limit,
        mode: parameters.mode,
        filter: SearchFilter { sources, language: parameters.language, ..SearchFilter::default() },
    };
    Ok(Json(searching::search(state, &request, None).await?))
}
