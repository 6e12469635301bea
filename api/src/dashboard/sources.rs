//! `GET /sources`: where documents come from, when they are read, and the runs that read them.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use jiff::Timestamp;

use super::conflicts::ListParameters;
use super::failure::Failure;
use super::format;
use super::runs::RunRow;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::access::Scope;
use crate::http::{Problem, State, cursor};
use crate::ledger::{RunFilter, SourceHealth};
use crate::sources::SourceView;

/// Runs on a page.
const RUNS: usize = 30;

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    shell: Shell,
    sources: Vec<SourceRow>,
    runs: Vec<RunRow>,
    later: bool,
    next: Option<String>,
    may_run: bool,
    may_change: bool,
}

struct SourceRow {
    name: String,
    path: String,
    authority: String,
    score: String,
    grade: &'static str,
    documents: String,
    chunks: String,
    share: String,
    last_run: String,
    schedule: String,
    next_run: String,
    paused: bool,
    deleting: bool,
}

/// Sources and runs.
pub(super) async fn show(
    state: State,
    visitor: Visitor,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(parameters) = parameters.map_err(|problem| Failure::invalid(problem.body_text()))?;
    let now = Timestamp::now();
    let filter = RunFilter { limit: RUNS as u32 + 1, after: parameters.place()?, ..RunFilter::default() };
    let mut runs = state.runs(&filter).await.map_err(Problem::from)?;
    let more = runs.len() > RUNS;
    runs.truncate(RUNS);
    let next = runs.last().filter(|_| more).map(|last| format!("/sources?after={}", cursor::encode(&last.id)));
    let runs = runs.iter().map(|run| RunRow::of(run, &visitor, now)).collect();
    let sources = state.sources().await.map_err(Problem::from)?;
    let (may_run, may_change) = (visitor.may(Scope::Ingest), visitor.may(Scope::Admin));
    let shell = Shell::load(&state, visitor, Tab::Sources, "Sources and runs").await?;
    let health: BTreeMap<String, SourceHealth> =
        state.ledger.health().await?.sources.into_iter().map(|source| (source.name.clone(), source)).collect();
    let sources = sources.into_iter().map(|source| source_row(&health, source, now)).collect();
    let later = !parameters.after.is_empty();
    page(&SourcesPage { shell, sources, runs, later, next, may_run, may_change })
}

fn source_row(health: &BTreeMap<String, SourceHealth>, source: SourceView, now: Timestamp) -> SourceRow {
    let health = health.get(&source.name);
    let score = health.map_or(100.0, |health| health.score);
    let last = source.last_run.and_then(|run| run.started_at.or(run.queued_at));
    let schedule = source.schedule;
    SourceRow {
        path: source.path.map_or_else(|| "uploads".to_owned(), |path| path.display().to_string()),
        authority: source.authority.map_or_else(|| "not set".to_owned(), |value| value.to_string()),
        score: format::score(score),
        grade: format::grade(score),
        documents: format::count(source.documents),
        chunks: format::count(health.map_or(0, |health| health.chunks)),
        share: health.map_or_else(String::new, |health| format::percent(health.quarantined, health.chunks)),
        last_run: last.map_or_else(|| "never".to_owned(), |at| format::ago(at, now)),
        next_run: schedule.as_ref().and_then(|one| one.next_run_at).map(format::minute).unwrap_or_default(),
        schedule: schedule.map(|one| format!("{} {}", one.cron, one.time_zone)).unwrap_or_default(),
        paused: source.paused,
        deleting: source.deleting,
        name: source.name,
    }
}
