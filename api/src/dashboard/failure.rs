//! A page that says what went wrong.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::shell::{Shell, html};
use crate::http::Problem;
use crate::ledger;

/// Why a page cannot be shown.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    title: String,
    detail: String,
    request: Option<String>,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    shell: Shell,
    failure: Failure,
}

impl Failure {
    /// A failure the reader can do something about; `detail` says what.
    pub(super) fn new(status: StatusCode, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { status, title: title.into(), detail: detail.into(), request: None }
    }

    /// A request that cannot be understood.
    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "The request cannot be understood", detail)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            status: problem.status(),
            title: problem.title().to_owned(),
            detail: problem.detail().to_owned(),
            request: problem.status().is_server_error().then(|| problem.request_id().to_owned()),
        }
    }
}

impl From<ledger::Error> for Failure {
    fn from(cause: ledger::Error) -> Self {
        Problem::from(cause).into()
    }
}

impl From<anyhow::Error> for Failure {
    fn from(cause: anyhow::Error) -> Self {
        Problem::from(cause).into()
    }
}

impl From<askama::Error> for Failure {
    fn from(cause: askama::Error) -> Self {
        anyhow::Error::from(cause).into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status;
        let plain = format!("{}: {}", self.title, self.detail);
        let page = FailurePage { shell: Shell::bare(self.title.clone()), failure: self };
        match page.render() {
            Ok(text) => (status, html(text)).into_response(),
            Err(_) => (status, plain).into_response(),
        }
    }
}
