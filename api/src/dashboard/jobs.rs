//! `GET /jobs`: what waits to be done, and what failed and needs a person.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use jiff::Timestamp;

use super::conflicts::ListParameters;
use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::access::Scope;
use crate::http::{State, cursor};
use crate::ledger::{Job, JobFilter, JobKind, JobStatus};

/// Failed jobs on a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    shell: Shell,
    waiting: String,
    unpublished: String,
    /// How many there are, those of other pages among them.
    failed_jobs: String,
    failed: Vec<FailedView>,
    later: bool,
    next: Option<String>,
    may_retry: bool,
}

struct FailedView {
    id: String,
    what: String,
    source: String,
    code: String,
    message: String,
    attempts: String,
    since: String,
}

/// Jobs.
pub(super) async fn show(
    state: State,
    visitor: Visitor,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(parameters) = parameters.map_err(|problem| Failure::invalid(problem.body_text()))?;
    let may_retry = visitor.may(Scope::Ingest);
    let shell = Shell::load(&state, visitor, Tab::Jobs, "Jobs").await?;
    let now = Timestamp::now();
    let after = parameters.place()?;
    let filter = JobFilter { status: Some(JobStatus::Failed), limit: PAGE as u32 + 1, after, ..JobFilter::default() };
    let mut failed = state.ledger.jobs(&filter).await?;
    let more = failed.len() > PAGE;
    failed.truncate(PAGE);
    page(&JobsPage {
        failed_jobs: format::count(shell.failed_jobs()),
        later: !parameters.after.is_empty(),
        next: failed.last().filter(|_| more).map(|last| format!("/jobs?after={}", cursor::encode(&last.place))),
        shell,
        waiting: format::count(state.ledger.waiting_documents().await?),
        unpublished: format::count(state.ledger.unpublished().await?),
        failed: failed.into_iter().map(|job| failed_view(job, now)).collect(),
        may_retry,
    })
}

fn failed_view(job: Job, now: Timestamp) -> FailedView {
    FailedView {
        what: match job.kind {
            JobKind::Document => job.uri.unwrap_or_default(),
            JobKind::Run => format!("Run of {}", job.source),
            JobKind::Webhook => format!("Telling {}", job.webhook.unwrap_or_default()),
        },
        code: job.error_code.unwrap_or_default(),
        message: job.error.unwrap_or_else(|| "Nothing is known about why.".to_owned()),
        attempts: format::counted(job.attempts, "try", "tries"),
        since: job.since.map(|at| format::ago(at, now)).unwrap_or_default(),
        source: if job.source.is_empty() { "the corpus".to_owned() } else { job.source },
        id: job.id,
    }
}
