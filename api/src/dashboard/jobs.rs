//! `GET /jobs`: what waits to be read, and what could not be.

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;

use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::http::State;

/// Failed documents shown.
const FAILED: u32 = 200;

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    shell: Shell,
    waiting: String,
    unpublished: String,
    failed: Vec<FailedView>,
}

struct FailedView {
    uri: String,
    source: String,
    code: String,
    message: String,
    attempts: String,
    at: String,
}

/// Jobs.
pub(super) async fn show(state: State, visitor: Visitor) -> Result<Response, Failure> {
    let shell = Shell::load(&state, visitor, Tab::Jobs, "Jobs").await?;
    let now = Timestamp::now();
    page(&JobsPage {
        shell,
        waiting: format::count(state.ledger.waiting_documents().await?),
        unpublished: format::count(state.ledger.unpublished().await?),
        failed: state
            .ledger
            .unreadable_documents(FAILED)
            .await?
            .into_iter()
            .map(|one| FailedView {
                uri: one.uri,
                source: one.source,
                code: one.code,
                message: one.message,
                attempts: format::counted(one.attempts, "try", "tries"),
                at: one.at.map(|at| format::ago(at, now)).unwrap_or_default(),
            })
            .collect(),
    })
}
