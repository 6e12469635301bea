//! How much of a request's body is read.

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::uploads;

/// Longest body of a request to a path without a limit of its own, in bytes.
const MAX_BODY: usize = 1 << 20;
/// Longest body with documents to grade, in bytes.
const MAX_GRADE_BODY: usize = 16 << 20;

/// Sets the limit of a request's path, for its handler and for what reads the body before the handler does.
pub(super) async fn body_limit(max_document_bytes: State<u64>, mut request: Request, next: Next) -> Response {
    let longest = longest(request.uri().path(), *max_document_bytes);
    DefaultBodyLimit::max(longest).apply(&mut request);
    next.run(request).await
}

/// Longest body of a request to `path`, in bytes.
fn longest(path: &str, max_document_bytes: u64) -> usize {
    match path {
        "/v1/documents" => usize::try_from(uploads::longest_body(max_document_bytes)).unwrap_or(usize::MAX),
        "/v1/grade" => MAX_GRADE_BODY,
        _ => MAX_BODY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_takes_documents_reads_long_bodies() {
        for (path, expected) in [
            ("/v1/documents", 2_000 + (64 << 10)),
            ("/v1/documents/7", MAX_BODY),
            ("/v1/grade", MAX_GRADE_BODY),
            ("/v1/search", MAX_BODY),
            ("/login", MAX_BODY),
            ("/nothing", MAX_BODY),
        ] {
            assert_eq!(longest(path, 1_000), expected, "{path}");
        }
    }
}
