//! `GET /v1/quarantine` and `/v1/quarantine/{id}`: reading the review queue.

use axum::Json;
use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use tamis_scoring::Rule;
use utoipa::{IntoParams, ToSchema};

use super::etag::etag_of_item;
use super::input::{Parameters, Path};
use super::page::{Page, PageParameters};
use super::{Code, Problem, State, cursor};
use crate::config::nearest;
use crate::ledger::{QuarantineFilter, QuarantineOrder, QuarantinedChunk, ReviewEvent, ReviewState, RuleRate};

/// Which part of the queue to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParameters {
    /// Only chunks in this state.
    #[param(inline)]
    status: Option<ReviewState>,
    /// Only chunks held back, or contested, by this rule.
    rule: Option<String>,
    /// Only chunks of this source.
    source: Option<String>,
    /// In which order. `harm`: open contradictions first, then what searches and canaries would return if it were not held
    /// back (how often in the last 30 days they returned its counterpart, or would have returned it, by its words), last
    /// copies of their topic, low scores, and what waits longest.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// Every copy of a chunk by itself, instead of one for all that nobody decided about.
    #[serde(default)]
    each_copy: bool,
    /// Go on after an earlier page: its `next_cursor`, with the same `sort`. For a day, the pages after the first go on in
    /// the order that the queue had then, whatever moved since.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// The order of the queue.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    /// The most harmful first.
    #[default]
    Harm,
    /// What waits longest first.
    Oldest,
    /// What came last first.
    Newest,
    /// By source, document and place in it.
    Document,
}

/// A page of the review queue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuarantinePage {
    /// The chunks, in the order asked for.
    items: Vec<QuarantinedChunk>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// A page of a chunk's history.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReviewHistoryPage {
    /// What was done, the oldest first.
    items: Vec<ReviewEvent>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// How often people agree with each rule.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleRates {
    /// The rules, the most decided about first.
    items: Vec<RuleRate>,
    /// Always null: there are only so many rules.
    next_cursor: Option<String>,
}

fn default_limit() -> u32 {
    50
}

impl From<Sort> for QuarantineOrder {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Harm => Self::Harm,
            Sort::Oldest => Self::Oldest,
            Sort::Newest => Self::Newest,
            Sort::Document => Self::Document,
        }
    }
}

/// A page of the review queue: chunks that are held back, chunks that are searchable but contested, and chunks that
/// somebody decided about.
#[utoipa::path(get, path = "/v1/quarantine", tag = "quarantine", params(ListParameters), responses(
    (status = 200, description = "The page", body = QuarantinePage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_quarantine(
    state: State,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<QuarantinePage>, Problem> {
    let page = Page::new(parameters.cursor.as_deref(), parameters.limit)?;
    let limit = page.limit_and_one();
    let ListParameters { status, rule, source, sort, each_copy, .. } = parameters;
    if let Some(rule) = &rule {
        known_rule(rule)?;
    }
    let after = page.after.clone();
    let filter = QuarantineFilter {
        states: status.into_iter().collect(),
        rule,
        source,
        each_copy,
        order: sort.into(),
        after,
        limit,
    };
    let mut items = state.ledger.quarantine(&filter).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.place));
    Ok(Json(QuarantinePage { items, next_cursor }))
}

/// A chunk as the review queue shows it. One that is not in the queue is `accepted`.
#[utoipa::path(get, path = "/v1/quarantine/{id}", tag = "quarantine", params(("id" = String, Path, description = "The chunk's id")), responses(
    (status = 200, description = "The chunk", body = QuarantinedChunk, headers(("etag" = String, description = "Names what is shown, for If-Match"))),
    (status = 404, description = "There is no such chunk", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn get_quarantined(state: State, Path(id): Path<String>) -> Result<Shown, Problem> {
    shown(state.ledger.quarantined_chunk(&id).await?)
}

/// Everything that was done about a chunk, and by whom.
#[utoipa::path(get, path = "/v1/quarantine/{id}/history", tag = "quarantine", params(("id" = String, Path, description = "The chunk's id"), PageParameters), responses(
    (status = 200, description = "The history, the oldest first", body = ReviewHistoryPage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There never was such a chunk", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_review_history(
    state: State,
    Path(id): Path<String>,
    Parameters(parameters): Parameters<PageParameters>,
) -> Result<Json<ReviewHistoryPage>, Problem> {
    let page = parameters.page()?;
    let mut items = state.ledger.review_history(&id, page.after.as_deref(), page.limit_and_one()).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.id));
    Ok(Json(ReviewHistoryPage { items, next_cursor }))
}

/// How often people agree with each rule, and the change of the policy that their decisions suggest.
#[utoipa::path(get, path = "/v1/quarantine/rules", tag = "quarantine", responses(
    (status = 200, description = "The rates", body = RuleRates),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_rule_rates(state: State) -> Result<Json<RuleRates>, Problem> {
    let items = state.ledger.review_rates(&state.policy()).await?;
    Ok(Json(RuleRates { items, next_cursor: None }))
}

/// A chunk with its `ETag`.
pub(super) type Shown = ([(HeaderName, HeaderValue); 1], Json<QuarantinedChunk>);

/// A chunk as an answer.
pub(super) fn shown(item: QuarantinedChunk) -> Result<Shown, Problem> {
    Ok((etag_of_item(&item.revision, &item)?, Json(item)))
}

/// Refuses a rule that there is not, naming the nearest.
pub(super) fn known_rule(rule: &str) -> Result<(), Problem> {
    let known: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    if known.contains(&rule) {
        return Ok(());
    }
    let hint = nearest(rule, &known).map(|near| format!(": did you mean {near}?")).unwrap_or_default();
    Err(Problem::new(Code::InvalidRequest, format!("there is no rule {rule:?}{hint}")))
}
