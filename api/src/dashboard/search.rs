//! `GET /search`: what the indexes find, with grades and conflicts.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use tamis_index::{SearchFilter, SearchMode, SearchRequest};
use tamis_ingest::SourceName;

use super::evidence::MarkedText;
use super::failure::Failure;
use super::format;
use super::grades::Grades;
use super::session::Visitor;
use super::shell::{Shell, Tab, html, page};
use super::text::excerpt;
use crate::http::State;
use crate::searching::{self, Hit, Question};

/// Hits of a page.
const HITS: usize = 20;
/// Longest query, in bytes, as for `/v1`.
const MAX_QUERY: usize = 8_192;

/// A search; empty means any.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SearchParameters {
    q: String,
    mode: SearchMode,
    source: String,
    language: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    shell: Shell,
    query: String,
    mode: SearchMode,
    sources: Vec<String>,
    source: String,
    language: String,
    answer: Answer,
}

/// What was found, also by itself where htmx asks.
#[derive(Template)]
#[template(path = "search_answer.html")]
struct Answer {
    asked: bool,
    took: String,
    count: String,
    hits: Vec<HitView>,
}

/// The template escapes every text.
impl askama::filters::HtmlSafe for Answer {}

struct HitView {
    chunk: String,
    place: String,
    uri: String,
    source: String,
    changed: String,
    text: MarkedText,
    grades: Grades,
    legs: String,
    conflicts: Vec<ConflictMark>,
}

struct ConflictMark {
    message: String,
    uri: String,
}

/// Searches.
pub(super) async fn show(
    state: State,
    visitor: Visitor,
    headers: HeaderMap,
    parameters: Result<Query<SearchParameters>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(parameters) = parameters.map_err(|problem| Failure::invalid(problem.body_text()))?;
    if parameters.q.len() > MAX_QUERY {
        return Err(Failure::invalid(format!("a query holds at most {MAX_QUERY} bytes")));
    }
    let answer = answer(&state, &parameters).await?;
    if headers.get("hx-target").is_some_and(|target| target == "answer") {
        return Ok(html(answer.render()?));
    }
    let title = if parameters.q.is_empty() { "Search".to_owned() } else { format!("{} · Search", parameters.q) };
    page(&SearchPage {
        shell: Shell::load(&state, visitor, Tab::Search, title).await?,
        query: parameters.q,
        mode: parameters.mode,
        sources: state.ledger.sources().await?.into_iter().map(|source| source.name).collect(),
        source: parameters.source,
        language: parameters.language,
        answer,
    })
}

async fn answer(state: &State, parameters: &SearchParameters) -> Result<Answer, Failure> {
    if parameters.q.trim().is_empty() {
        return Ok(Answer { asked: false, took: String::new(), count: String::new(), hits: Vec::new() });
    }
    let source = Some(parameters.source.clone()).filter(|source| !source.is_empty()).map(SourceName::new).transpose();
    let sources = source.map_err(|problem| Failure::invalid(problem.to_string()))?.into_iter().collect();
    let language = Some(parameters.language.trim().to_lowercase()).filter(|language| !language.is_empty());
    let request = SearchRequest {
        query: parameters.q.clone(),
        limit: HITS,
        mode: parameters.mode,
        filter: SearchFilter { sources, language, ..SearchFilter::default() },
    };
    let question = Question { request, min_score: None, diversity: 0.0, explain: false };
    let found = searching::search(state, &question, None).await?;
    Ok(Answer {
        asked: true,
        took: format!("{:.0} ms", found.took_ms),
        count: format::counted(found.hits.len() as u64, "passage", "passages"),
        hits: found.hits.into_iter().map(|hit| hit_view(hit, &parameters.q)).collect(),
    })
}

fn hit_view(hit: Hit, query: &str) -> HitView {
    let leg = |name: &str, rank: Option<u32>| rank.map(|rank| format!("{name} {rank}"));
    let legs: Vec<String> =
        [leg("by words", hit.lexical_rank), leg("by meaning", hit.vector_rank)].into_iter().flatten().collect();
    HitView {
        place: format::place(hit.title.as_deref(), &hit.uri, &hit.heading_path),
        changed: hit.modified_at.map(format::day).unwrap_or_default(),
        grades: Grades::of(&hit.scores.dimensions, hit.scores.overall),
        legs: legs.join(", "),
        conflicts: hit
            .conflicts
            .into_iter()
            .map(|conflict| ConflictMark {
                message: conflict.message,
                uri: conflict.counterpart.map(|other| other.uri).unwrap_or_default(),
            })
            .collect(),
        chunk: hit.chunk,
        uri: hit.uri,
        source: hit.source,
        text: excerpt(&hit.text, query),
    }
}
