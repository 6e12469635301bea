//! What every answer tells a browser, and whether the client has it already.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Answers for browsers that must not make anything of them. A page brings its own policy.
const SECURITY: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    // Private, and asked for anew each time; an entity tag makes that cheap.
    (header::CACHE_CONTROL, "private, no-cache"),
];

/// Largest JSON answer that gets an entity tag, in bytes.
const MAX_TAGGED: usize = 4 << 20;

/// Adds the headers that protect clients, where the handler has not set them.
pub(super) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Tags JSON answers to GET by their content, where the handler has not, and answers 304 where the client has what the tag
/// names (RFC 9110, 13.1.2).
pub(super) async fn entity_tag(request: Request, next: Next) -> Response {
    let wanted = request.method() == Method::GET;
    let held = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    let json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if !wanted || !json || response.status() != StatusCode::OK {
        return response;
    }
    let response = if response.headers().contains_key(header::ETAG) { response } else { tagged(response).await };
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let held = held.as_ref().and_then(|held| held.to_str().ok());
    if held.zip(tag).is_some_and(|(held, tag)| matches(held, tag)) { not_modified(response) } else { response }
}

/// The answer, tagged by its content.
async fn tagged(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    // The answer is in memory already: handlers make it whole.
    let Ok(bytes) = to_bytes(body, MAX_TAGGED).await else {
        return super::Problem::new(super::Code::Internal, "the answer is too large: ask for fewer items").into();
    };
    let tag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..32]);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// What is said in place of an answer that the client has.
fn not_modified(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// Whether a list of tags names this one; weak comparison, as reading wants it.
fn matches(list: &str, tag: &str) -> bool {
    list.split(',').map(str::trim).any(|held| held == "*" || held.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_tag_is_found_in_a_list() {
        for (list, found) in
            [("\"a\"", true), ("W/\"a\"", true), ("\"b\", \"a\"", true), ("*", true), ("\"b\"", false), ("a", false)]
        {
            assert_eq!(matches(list, "\"a\""), found, "{list}");
        }
    }
}
