//! POST requests that may be sent again: with an `Idempotency-Key`, the second of two equal requests gets the answer to
//! the first (draft-ietf-httpapi-idempotency-key-header-07).

use axum::RequestExt;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tamis_ingest::ContentHash;

use super::scopes::under;
use super::{Code, Problem};
use crate::ledger::{KeyState, Ledger, StoredAnswer};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Longest key, in bytes.
pub(super) const MAX_KEY: usize = 255;
/// Longest answer that is kept, in bytes. A longer one is given and not kept.
const MAX_ANSWER: usize = 4 << 20;

/// Whether a key is honoured by such requests.
pub(super) fn is_honoured(method: &Method, path: &str) -> bool {
    method == Method::POST && under(path, "/v1")
}

/// Answers a request with a key once. Stands behind the authentication, so that only those keep answers who may ask.
pub(super) async fn idempotent(State(ledger): State<Ledger>, request: Request, next: Next) -> Response {
    if !is_honoured(request.method(), request.uri().path()) || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match answer(ledger, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answer(ledger: Ledger, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key(request.headers())?;
    let (parts, body) = request.with_limited_body().into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|_| Problem::new(Code::TooLarge, "the request's body is larger than this path takes"))?;
    let request_hash = request_hash(&parts, &body);
    match ledger.take_key(&key, &request_hash).await? {
        KeyState::Taken => {}
        KeyState::Answered(answer) => return Ok(replay(answer)),
        KeyState::Answering => {
            return Err(Problem::new(Code::Conflict, "the first request with this Idempotency-Key is being answered"));
        }
        KeyState::Reused => {
            let detail = "this Idempotency-Key came with another request in the last 24 hours: take a new one";
            return Err(Problem::new(Code::IdempotencyKeyReused, detail));
        }
    }
    let held = HeldKey { ledger, key: Some(key) };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    held.keep(response).await
}

/// A key that a request has taken. Where the answer is never made, because the client hung up or time ran out, the key is
/// given back.
struct HeldKey {
    ledger: Ledger,
    key: Option<String>,
}

impl Drop for HeldKey {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let ledger = self.ledger.clone();
            tokio::spawn(async move { ledger.release_key(&key).await });
        }
    }
}

impl HeldKey {
    /// Keeps the answer, unless sending the request again might bring a better one: then the key is free again, before
    /// the answer is given.
    async fn keep(mut self, response: Response) -> Result<Response, Problem> {
        let status = response.status();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX)
            .await
            .map_err(|_| Problem::new(Code::Internal, "the answer could not be read"))?;
        if let Some(key) = &self.key {
            if is_passing(status) || bytes.len() > MAX_ANSWER {
                self.ledger.release_key(key).await?;
            } else {
                self.ledger.store_answer(key, &stored(status, &parts.headers, &bytes)).await?;
            }
        }
        self.key = None;
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }
}

/// Whether the same request may be answered otherwise when it comes again: it changed nothing, because of how things
/// stood and not because of what it asks for. What it asks for stays wrong, so that answer is kept ("success or an
/// error", section 2.6 of the draft).
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::NOT_FOUND
                | StatusCode::REQUEST_TIMEOUT
                | StatusCode::CONFLICT
                | StatusCode::PRECONDITION_FAILED
                | StatusCode::TOO_MANY_REQUESTS
        )
}

fn stored(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> StoredAnswer {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    StoredAnswer {
        status: status.as_u16(),
        content_type: text(header::CONTENT_TYPE),
        location: text(header::LOCATION),
        etag: text(header::ETAG),
        body: body.to_vec(),
    }
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(HEADER).and_then(|key| key.to_str().ok()).unwrap_or_default();
    if !(1..=MAX_KEY).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let detail = format!("Idempotency-Key must hold 1 to {MAX_KEY} visible ASCII characters, such as a UUID");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    // Two callers may have thought of the same key: each has keys of its own.
    let caller = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    Ok(ContentHash::of(&[caller, b"\0", key.as_bytes()].concat()).to_string())
}

/// What makes two requests equal: path, query, kind of body and body, byte by byte. `If-Match` is not part of it: whoever
/// heard nothing reads anew and sends the same wish with the tag of by now, and where it was fulfilled, its answer is
/// what they missed.
fn request_hash(parts: &axum::http::request::Parts, body: &Bytes) -> String {
    let kind = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let body = ContentHash::of(body);
    let uri = parts.uri.to_string();
    ContentHash::of(&[uri.as_bytes(), b"\0", kind, b"\0", body.as_str().as_bytes()].concat()).to_string()
}

fn replay(answer: StoredAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let kept =
        [(header::CONTENT_TYPE, answer.content_type), (header::LOCATION, answer.location), (header::ETAG, answer.etag)];
    for (name, value) in kept {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_nothing_for_now_is_not_kept() {
        for (status, passing) in [
            (200, false),
            (201, false),
            (202, false),
            (400, false),
            (413, false),
            (415, false),
            (404, true),
            (408, true),
            (409, true),
            (412, true),
            (429, true),
            (500, true),
            (503, true),
            (504, true),
        ] {
            assert_eq!(is_passing(StatusCode::from_u16(status).unwrap()), passing, "{status}");
        }
    }

    #[test]
    fn an_answer_comes_back_as_it_was() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [(header::CONTENT_TYPE, "application/json"), (header::LOCATION, "/v1/x"), (header::ETAG, "\"1\"")]
        {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let response = replay(stored(StatusCode::CREATED, &headers, &Bytes::from_static(b"{}")));
        assert_eq!(response.status(), StatusCode::CREATED);
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
        assert_eq!(*response.headers(), headers);
    }
}
