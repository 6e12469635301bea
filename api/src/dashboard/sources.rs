//! `GET /sources`: where documents come from, and the passes over them.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;

use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::http::State;
use crate::ledger::{RunRow, SourceHealth, SourceRow};

/// Runs shown.
const RUNS: u32 = 50;

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    shell: Shell,
    sources: Vec<SourceView>,
    runs: Vec<RunView>,
}

struct SourceView {
    name: String,
    path: String,
    authority: String,
    score: String,
    grade: &'static str,
    documents: String,
    chunks: String,
    share: String,
    last_run: String,
}

pub(super) struct RunView {
    source: String,
    begun: String,
    began_exactly: String,
    took: String,
    state: &'static str,
    counts: Vec<(&'static str, String)>,
    health: Option<(String, String, String)>,
}

/// Sources and runs.
pub(super) async fn show(state: State, visitor: Visitor) -> Result<Response, Failure> {
    let shell = Shell::load(&state, visitor, Tab::Sources, "Sources and runs").await?;
    let runs = state.ledger.recent_runs(RUNS).await?;
    let health: BTreeMap<String, SourceHealth> =
        state.ledger.health().await?.sources.into_iter().map(|source| (source.name.clone(), source)).collect();
    let now = Timestamp::now();
    page(&SourcesPage {
        shell,
        sources: state
            .ledger
            .sources()
            .await?
            .iter()
            .map(|source| source_view(source, health.get(&source.name), &runs, now))
            .collect(),
        runs: runs.iter().map(|run| run_view(run, now)).collect(),
    })
}

fn source_view(source: &SourceRow, health: Option<&SourceHealth>, runs: &[RunRow], now: Timestamp) -> SourceView {
    let last = runs.iter().find(|run| run.source == source.name).and_then(|run| run.started_at);
    let score = health.map_or(100.0, |health| health.score);
    SourceView {
        name: source.name.clone(),
        path: source.path.display().to_string(),
        authority: source.authority.map_or_else(|| "not set".to_owned(), |value| value.to_string()),
        score: format::score(score),
        grade: format::grade(score),
        documents: format::count(health.map_or(0, |health| health.documents)),
        chunks: format::count(health.map_or(0, |health| health.chunks)),
        share: health.map_or_else(String::new, |health| format::percent(health.quarantined, health.chunks)),
        last_run: last.map_or_else(|| "never".to_owned(), |at| format::ago(at, now)),
    }
}

fn run_view(run: &RunRow, now: Timestamp) -> RunView {
    let count = |name: &str| run.summary["documents"][name].as_u64();
    let counts = ["new", "changed", "removed", "failed", "unchanged"]
        .into_iter()
        .filter_map(|name| Some((name, count(name)?)))
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| (name, format::count(count)))
        .collect();
    let (before, after) = (run.summary["health"]["before"].as_f64(), run.summary["health"]["after"].as_f64());
    let seconds = run
        .started_at
        .zip(run.finished_at)
        .map(|(from, to)| (to.as_millisecond() - from.as_millisecond()) as f64 / 1e3);
    RunView {
        source: run.source.clone(),
        begun: run.started_at.map(|at| format::ago(at, now)).unwrap_or_default(),
        began_exactly: run.started_at.map(format::minute).unwrap_or_default(),
        took: seconds.map(format::duration).unwrap_or_default(),
        state: match (run.finished_at, &run.summary["stopped"]) {
            (None, _) => "not finished",
            (Some(_), Value::Bool(true)) => "stopped",
            (Some(_), _) => "done",
        },
        counts,
        health: before
            .zip(after)
            .map(|(before, after)| (format::score(before), format::score(after), format::change(after - before))),
    }
}
