//! `GET /jobs`: what waits to be done, and what failed and needs a person.

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;

use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::access::Scope;
use crate::http::State;
use crate::ledger::{Job, JobFilter, JobKind, JobStatus};

/// Failed jobs shown.
const FAILED: u32 = 200;

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    shell: Shell,
    waiting: String,
    unpublished: String,
    failed: Vec<FailedView>,
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
pub(super) async fn show(state: State, visitor: Visitor) -> Result<Response, Failure> {
    let may_retry = visitor.may(Scope::Ingest);
    let shell = Shell::load(&state, visitor, Tab::Jobs, "Jobs").await?;
    let now = Timestamp::now();
    let filter = JobFilter { status: Some(JobStatus::Failed), limit: FAILED, ..JobFilter::default() };
    page(&JobsPage {
        shell,
        waiting: format::count(state.ledger.waiting_documents().await?),
        unpublished: format::count(state.ledger.unpublished().await?),
        failed: state.ledger.jobs(&filter).await?.into_iter().map(|job| failed_view(job, now)).collect(),
        may_retry,
    })
}

fn failed_view(job: Job, now: Timestamp) -> FailedView {
    FailedView {
        what: match job.kind {
            JobKind::Document => job.uri.unwrap_or_default(),
            JobKind::Run => format!("Run of {}", job.source),
        },
        code: job.error_code.unwrap_or_default(),
        message: job.error.unwrap_or_else(|| "Nothing is known about why.".to_owned()),
        attempts: format::counted(job.attempts, "try", "tries"),
        since: job.since.map(|at| format::ago(at, now)).unwrap_or_default(),
        source: job.source,
        id: job.id,
    }
}
