//! POST requests that may be sent again: with an `Idempotency-Key`, the second of two equal requests gets the answer to
//! the first (draft-ietf-httpapi-idempotency-key-header-07).

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tamis_ingest::ContentHash;

use super::{Code, Problem};
use crate::ledger::{KeyState, StoredAnswer};
use crate::service::Service;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Longest key, in bytes.
const MAX_KEY: usize = 255;
/// What a request's body may hold beside a document of the largest size, in bytes.
const BODY_OVERHEAD: u64 = 1 << 20;
/// Longest answer that is kept, in bytes. A longer one is given and not kept.
const MAX_ANSWER: usize = 4 << 20;

/// Answers a POST request with a key once.
pub(super) async fn idempotent(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match answer(service, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answer(service: Arc<Service>, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key(request.headers())?;
    let limit = service.config.limits.max_document_bytes.saturating_add(BODY_OVERHEAD);
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::try_from(limit).unwrap_or(usize::MAX))
        .await
        .map_err(|_| Problem::new(Code::TooLarge, "the request's body is larger than this path takes"))?;
    let request_hash = request_hash(&parts, &body);
    match service.ledger.take_key(&key, &request_hash).await? {
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
    let held = HeldKey { service, key: Some(key) };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    held.keep(response).await
}

/// A key that a request has taken. Where the answer is never made, because the client hung up or time ran out, the key is
/// given back.
struct HeldKey {
    service: Arc<Service>,
    key: Option<String>,
}

impl Drop for HeldKey {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let service = Arc::clone(&self.service);
            tokio::spawn(async move { service.ledger.release_key(&key).await });
        }
    }
}

impl HeldKey {
    /// Keeps the answer, unless sending the request again might bring a better one.
    async fn keep(mut self, response: Response) -> Result<Response, Problem> {
        let status = response.status();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX)
            .await
            .map_err(|_| Problem::new(Code::Internal, "the answer could not be read"))?;
        let passing = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        if !passing && bytes.len() <= MAX_ANSWER {
            let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let answer = StoredAnswer {
                status: status.as_u16(),
                content_type: text(header::CONTENT_TYPE),
                location: text(header::LOCATION),
                body: bytes.to_vec(),
            };
            if let Some(key) = &self.key {
                self.service.ledger.store_answer(key, &answer).await?;
            }
            self.key = None;
        }
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(HEADER).and_then(|key| key.to_str().ok()).unwrap_or_default().trim();
    if key.is_empty() || key.len() > MAX_KEY {
        let detail = format!("Idempotency-Key must hold 1 to {MAX_KEY} visible ASCII characters, such as a UUID");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    // Two callers may have thought of the same key: each has keys of its own.
    let caller = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    Ok(ContentHash::of(&[caller, b"\0", key.as_bytes()].concat()).to_string())
}

/// What makes two requests equal: path, query, kind of body and body, byte by byte.
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
    for (name, value) in [(header::CONTENT_TYPE, answer.content_type), (header::LOCATION, answer.location)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
