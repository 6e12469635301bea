//! Errors as clients see them: RFC 9457 problem details.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::request_id;
use crate::{ledger, sources, uploading};

/// What went wrong, as a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request cannot be understood.
    InvalidRequest,
    /// Nobody known asks.
    Unauthorized,
    /// Whoever asks may not.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The path does not know the method.
    MethodNotAllowed,
    /// It clashes with what somebody else does, or with what there is.
    Conflict,
    /// It has changed since it was shown.
    PreconditionFailed,
    /// Whoever asks does so too often.
    TooManyRequests,
    /// The request's body is too large.
    TooLarge,
    /// There is no reader for the request's body.
    UnsupportedMediaType,
    /// The idempotency key came with another request before.
    IdempotencyKeyReused,
    /// The service cannot answer at the moment.
    Unavailable,
    /// The answer took too long.
    TimedOut,
    /// The service failed.
    Internal,
}

/// An error (RFC 9457, `application/problem+json`).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem; `about:blank` says that title and status tell all.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    kind: &'static str,
    /// The kind of problem, in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong this time, and what to do.
    detail: String,
    /// The kind of problem, for programs.
    code: Code,
    /// The request's id, as in the `x-request-id` header and the log.
    request_id: String,
}

impl Code {
    fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request cannot be understood",
            Self::Unauthorized => "Not authenticated",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Conflict => "Conflict",
            Self::PreconditionFailed => "Changed meanwhile",
            Self::TooManyRequests => "Too many requests",
            Self::TooLarge => "The request is too large",
            Self::UnsupportedMediaType => "There is no reader for the request's body",
            Self::IdempotencyKeyReused => "The idempotency key came with another request",
            Self::Unavailable => "Not available at the moment",
            Self::TimedOut => "The answer took too long",
            Self::Internal => "The service failed",
        }
    }
}

impl Problem {
    /// A problem of this kind.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: code.title(),
            status: code.status().as_u16(),
            detail: detail.into(),
            code,
            request_id: request_id::current(),
        }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// The kind of problem, in words.
    pub(crate) fn title(&self) -> &str {
        self.title
    }

    /// What is wrong this time, and what to do.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The request's id.
    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// A failure of ours: the cause goes to the log, the client gets the request's id.
    pub(super) fn internal(cause: &anyhow::Error) -> Self {
        tracing::error!(request_id = request_id::current(), error = format!("{cause:#}"), "request failed");
        Self::new(Code::Internal, "the log tells why, under this request's id")
    }
}

impl From<anyhow::Error> for Problem {
    fn from(cause: anyhow::Error) -> Self {
        match cause.downcast_ref::<ledger::Error>() {
            Some(known) if let Some(code) = told(known) => Self::new(code, known.to_string()),
            Some(other) if other.is_retryable() => Self::new(Code::Unavailable, other.to_string()),
            _ => Self::internal(&cause),
        }
    }
}

/// The code of what a client can do something about.
fn told(cause: &ledger::Error) -> Option<Code> {
    match cause {
        ledger::Error::NoChunk { .. }
        | ledger::Error::NoIncident { .. }
        | ledger::Error::NoSource { .. }
        | ledger::Error::NoRun { .. }
        | ledger::Error::NoFailedJob { .. }
        | ledger::Error::NoBatch { .. }
        | ledger::Error::NoDocument { .. } => Some(Code::NotFound),
        ledger::Error::TooMany { .. } => Some(Code::InvalidRequest),
        ledger::Error::Changed { .. } => Some(Code::PreconditionFailed),
        ledger::Error::Claimed { .. }
        | ledger::Error::SourceMoved { .. }
        | ledger::Error::SourceLeaving { .. }
        | ledger::Error::AmbiguousDocument { .. }
        | ledger::Error::UriTaken { .. }
        | ledger::Error::NothingToUndo { .. }
        | ledger::Error::IncidentResolved { .. } => Some(Code::Conflict),
        _ => None,
    }
}

impl From<ledger::Error> for Problem {
    fn from(cause: ledger::Error) -> Self {
        anyhow::Error::from(cause).into()
    }
}

impl From<sources::Error> for Problem {
    fn from(cause: sources::Error) -> Self {
        match cause {
            sources::Error::Invalid(detail) => Self::new(Code::InvalidRequest, detail),
            sources::Error::Conflict(detail) => Self::new(Code::Conflict, detail),
            sources::Error::Ledger(cause) => cause.into(),
        }
    }
}

impl From<uploading::Error> for Problem {
    fn from(cause: uploading::Error) -> Self {
        match cause {
            uploading::Error::Invalid(detail) => Self::new(Code::InvalidRequest, detail),
            uploading::Error::Unsupported(detail) => Self::new(Code::UnsupportedMediaType, detail),
            uploading::Error::TooLarge(detail) => Self::new(Code::TooLarge, detail),
            uploading::Error::Conflict(detail) => Self::new(Code::Conflict, detail),
            uploading::Error::Ledger(cause) => cause.into(),
            uploading::Error::Other(cause) => cause.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, kind)], Json(self)).into_response()
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        problem.into_response()
    }
}
