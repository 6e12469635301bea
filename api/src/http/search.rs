//! `GET|POST /v1/search`

use axum::Json;
use serde::Deserialize;
use tamis_index::{SearchFilter, SearchMode, SearchRequest};
use tamis_ingest::SourceName;
use tracing::Instrument;
use utoipa::{IntoParams, ToSchema};

use super::input::{Body, Parameters};
use super::{Code, Problem, State};
use crate::searching::{self, Question, SearchAnswer, check_share, parse_metadata, parse_time};

/// Most hits of one answer.
const MAX_LIMIT: usize = 100;
/// Longest query, in bytes: longer ones are documents, not questions.
const MAX_QUERY: usize = 8_192;

/// A search.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchParameters {
    /// What to search for, at most 8,192 bytes. `"…"` holds a phrase that must occur, `foo*` stands for words that
    /// begin so.
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
    /// Only this kind of document: `reference`, `tutorial`, `policy`, `changelog`, `news`, `evergreen` or `unknown`.
    kind: Option<String>,
    /// Only documents in this language (ISO 639-1).
    language: Option<String>,
    /// Only documents changed at or after this time: a day, or RFC 3339.
    modified_after: Option<String>,
    /// Only documents changed before this time.
    modified_before: Option<String>,
    /// Only documents with this in their metadata: `name=value`. In a body also a list, of which all must hold.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<Vec<String>>)]
    metadata: Option<OneOrMany>,
    /// Only chunks graded at least so, 0 to 1.
    #[param(minimum = 0, maximum = 1)]
    #[schema(minimum = 0, maximum = 1)]
    min_score: Option<f64>,
    /// How much a document's further chunks give way to other documents, 0 (not at all) to 1.
    #[serde(default)]
    #[param(minimum = 0, maximum = 1, default = 0)]
    #[schema(minimum = 0, maximum = 1, default = 0)]
    diversity: f64,
    /// Whether each hit says how its score came about.
    #[serde(default)]
    explain: bool,
}

/// A parameter that can be given once, or in a list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
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
    let time = |typed: Option<String>| typed.as_deref().map(parse_time).transpose();
    let metadata = parameters.metadata.map(OneOrMany::list).unwrap_or_default();
    let filter = SearchFilter {
        sources,
        kinds: parameters.kind.into_iter().collect(),
        language: parameters.language,
        modified_after: time(parameters.modified_after).map_err(invalid)?,
        modified_before: time(parameters.modified_before).map_err(invalid)?,
        metadata: metadata.iter().map(|typed| parse_metadata(typed)).collect::<Result<_, _>>().map_err(invalid)?,
    };
    let min_score = parameters.min_score.map(|score| check_share("min_score", score)).transpose().map_err(invalid)?;
    let question = Question {
        request: SearchRequest { query: parameters.q, limit: parameters.limit, mode: parameters.mode, filter },
        min_score,
        diversity: check_share("diversity", parameters.diversity).map_err(invalid)?,
        explain: parameters.explain,
    };
    let span = tracing::info_span!("search", mode = ?question.request.mode, limit = question.request.limit);
    let answer = searching::search(state, &question, None).instrument(span).await?;
    state.note_asked(&question.request.query, &answer);
    Ok(Json(answer))
}
