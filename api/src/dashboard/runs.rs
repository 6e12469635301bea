//! Runs: how they stand, live, and starting and ending them by forms.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Form;
use axum::extract::Path;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::html;
use crate::access::Scope;
use crate::http::{Problem, State};
use crate::ledger::{Overlap, RunAction, RunCause, RunRecord, RunStatus, RunStep};
use crate::sources::SourceChange;

/// A run in a list. While it is not over, the page asks again whenever it stands otherwise.
#[derive(Template)]
#[template(path = "run_row.html")]
pub(super) struct RunRow {
    id: String,
    source: String,
    cause: &'static str,
    begun: String,
    took: String,
    state: &'static str,
    class: &'static str,
    open: bool,
    step: &'static str,
    progress: Option<(u64, u64)>,
    counts: Vec<(&'static str, String)>,
    health: Option<(String, String, String)>,
    error: String,
    token: String,
    may_cancel: bool,
}

/// The template escapes every text.
impl HtmlSafe for RunRow {}

/// A form that says only that something is to be done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DoForm {
    token: String,
}

/// Whether a source's schedule is to rest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PauseForm {
    token: String,
    paused: bool,
}

impl RunRow {
    /// A run as the list shows it to a visitor.
    pub(super) fn of(run: &RunRecord, visitor: &Visitor, now: Timestamp) -> Self {
        let documents = run.documents;
        let counts = [
            ("new", documents.new),
            ("changed", documents.changed),
            ("removed", documents.removed),
            ("failed", documents.failed),
            ("unchanged", documents.unchanged),
        ];
        let open = !run.status.is_over();
        let summary = run.summary.clone().unwrap_or_default();
        let (before, after) = (summary["health"]["before"].as_f64(), summary["health"]["after"].as_f64());
        let milliseconds =
            run.started_at.zip(run.finished_at).map(|(from, to)| to.as_millisecond() - from.as_millisecond());
        let (state, class) = status(run);
        Self {
            id: run.id.clone(),
            source: run.source.clone(),
            cause: cause(run),
            begun: run.started_at.or(run.queued_at).map(|at| format::ago(at, now)).unwrap_or_default(),
            took: milliseconds.map(|time| format::duration(time as f64 / 1e3)).unwrap_or_default(),
            state,
            class,
            open,
            step: run.progress.map(|progress| step(progress.step)).unwrap_or_default(),
            progress: run
                .progress
                .filter(|progress| progress.step == RunStep::Prepare && progress.to_prepare > 0)
                .map(|progress| (progress.prepared, progress.to_prepare)),
            counts: counts
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(name, count)| (name, format::count(count)))
                .collect(),
            health: before
                .zip(after)
                .map(|(before, after)| (format::score(before), format::score(after), format::change(after - before))),
            error: run.error.clone().unwrap_or_default(),
            token: visitor.token().to_owned(),
            may_cancel: open && !run.cancel_requested && visitor.may(Scope::Ingest),
        }
    }
}

fn status(run: &RunRecord) -> (&'static str, &'static str) {
    match run.status {
        RunStatus::Queued => ("waiting", "odd"),
        RunStatus::Running if run.cancel_requested => ("ending", "odd"),
        RunStatus::Running => ("running", "odd"),
        RunStatus::Done => ("done", ""),
        RunStatus::Failed => ("failed", "bad"),
        RunStatus::Cancelled => ("ended early", "odd"),
    }
}

fn cause(run: &RunRecord) -> &'static str {
    match (run.action, run.cause) {
        (RunAction::Delete, _) => "taking the source out",
        (RunAction::Ingest, RunCause::Command) => "from the command line",
        (RunAction::Ingest, RunCause::Request) => "asked for",
        (RunAction::Ingest, RunCause::Schedule) => "on schedule",
    }
}

fn step(step: RunStep) -> &'static str {
    match step {
        RunStep::List => "looking what is there",
        RunStep::Prepare => "reading and grading",
        RunStep::Settle => "holding documents against each other",
        RunStep::Publish => "embedding and indexing",
    }
}

/// `GET /runs/{id}/row`
pub(super) async fn row(state: State, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let run = state.ledger.run(&id).await?;
    Ok(html(RunRow::of(&run, &visitor, Timestamp::now()).render()?))
}

/// `POST /runs/{id}/cancel`
pub(super) async fn cancel(
    state: State,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<DoForm>, FormRejection>,
) -> Result<Response, Failure> {
    visitor.check(&sent(form)?.token, Scope::Ingest)?;
    state.ledger.cancel_run(&id).await?;
    Ok(Redirect::to("/sources").into_response())
}

/// `POST /sources/{name}/runs`
pub(super) async fn start(
    state: State,
    visitor: Visitor,
    Path(name): Path<String>,
    form: Result<Form<DoForm>, FormRejection>,
) -> Result<Response, Failure> {
    visitor.check(&sent(form)?.token, Scope::Ingest)?;
    state.run_now(&name, Overlap::Queue).await.map_err(Problem::from)?;
    Ok(Redirect::to("/sources").into_response())
}

/// `POST /sources/{name}/pause`
pub(super) async fn pause(
    state: State,
    visitor: Visitor,
    Path(name): Path<String>,
    form: Result<Form<PauseForm>, FormRejection>,
) -> Result<Response, Failure> {
    let form = sent(form)?;
    visitor.check(&form.token, Scope::Admin)?;
    let change = SourceChange { paused: Some(form.paused), ..SourceChange::default() };
    state.change_source(&name, change).await.map_err(Problem::from)?;
    Ok(Redirect::to("/sources").into_response())
}

/// `POST /jobs/{id}/retry`
pub(super) async fn retry(
    state: State,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<DoForm>, FormRejection>,
) -> Result<Response, Failure> {
    visitor.check(&sent(form)?.token, Scope::Ingest)?;
    state.ledger.retry_job(&id).await?;
    Ok(Redirect::to("/jobs").into_response())
}

/// `POST /jobs/{id}/discard`
pub(super) async fn discard(
    state: State,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<DoForm>, FormRejection>,
) -> Result<Response, Failure> {
    visitor.check(&sent(form)?.token, Scope::Ingest)?;
    state.ledger.discard_job(&id).await?;
    Ok(Redirect::to("/jobs").into_response())
}

/// What a form holds, or why it cannot be understood.
pub(super) fn sent<T>(form: Result<Form<T>, impl Display>) -> Result<T, Failure> {
    form.map(|Form(form)| form).map_err(|problem| Failure::invalid(problem.to_string()))
}
