//! What keeps strangers and other sites out of the dashboard, and scripts out of its pages.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::failure::Failure;
use super::queue::address;
use super::session::{self, Entry, Visitor};
use crate::http::request_id;
use crate::ledger::Audited;
use crate::service::Service;

/// Nothing is loaded but our own files, nothing inline runs, nobody frames us, and forms go nowhere else.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Loads itself again: a cookie of the strictest kind does not come along from another site, but does from here.
const AGAIN: &str = "<!doctype html><meta http-equiv=\"refresh\" content=\"0\"><title>tamis</title>";

/// Sets the headers of every page.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        // Not `no-referrer`: it would make browsers send forms with the origin `null`.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let fields = response.headers_mut();
    for (name, value) in fixed {
        fields.insert(name, HeaderValue::from_static(value));
    }
    fields.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    response
}

/// Lets visitors in who may look, and writes down what they change.
pub(super) async fn guard(service: State<Arc<Service>>, mut request: Request, next: Next) -> Response {
    let (method, headers) = (request.method().clone(), request.headers());
    let changes = !method.is_safe();
    if changes && !is_same_origin(headers) {
        return foreign().into_response();
    }
    let visitor = match session::visitor(&service, &method, headers).await {
        Ok(Entry::Open(visitor)) => visitor,
        Ok(Entry::SignIn) => return sign_in(&request),
        Ok(Entry::Refused(failure)) => return failure.into_response(),
        Err(problem) => return Failure::from(problem).into_response(),
    };
    let path = request.uri().path().to_owned();
    request.extensions_mut().insert(visitor.clone());
    let response = next.run(request).await;
    // A policy that is only tried is answered with a page; one that is put in force leads away from it.
    let tried = path == "/policy/trial" && response.status() == StatusCode::OK;
    if changes && !tried {
        audit(&service, &visitor, method.as_str(), &path, response.status()).await;
    }
    response
}

/// What is said to a form from elsewhere.
pub(super) fn foreign() -> Failure {
    Failure::new(
        StatusCode::FORBIDDEN,
        "This came from another site",
        "Decisions are only taken from the dashboard's own pages. Open the dashboard and decide there.",
    )
}

/// Leads to the page for signing in, and from there back.
fn sign_in(request: &Request) -> Response {
    let headers = request.headers();
    if !request.method().is_safe() {
        return Failure::new(StatusCode::UNAUTHORIZED, "You are signed out", "Sign in, and do it again.")
            .into_response();
    }
    let from_elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if from_elsewhere {
        return Html(AGAIN).into_response();
    }
    let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::to(&address("/login", &[("back", wanted)])).into_response()
}

/// Writes a change down, as `/v1` does.
async fn audit(service: &Service, visitor: &Visitor, method: &str, path: &str, status: StatusCode) {
    let (actor, request_id) = (visitor.name(), &request_id::current());
    let status = status.as_u16();
    let entry = Audited { actor, method, path, status, request_id };
    if let Err(problem) = service.ledger.audit(entry, service.config.serve.audit_days).await {
        tracing::error!(actor, method, path, status, request_id, %problem, "a change is missing in the audit log");
    }
}

/// Whether a page of ours sent this: browsers say so, and older ones name at least the origin.
pub(super) fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text("origin") else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text("host")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_refused() {
        let with = |field: (&'static str, &'static str)| {
            [("host", "localhost:7700"), field]
                .into_iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect::<HeaderMap>()
        };
        assert!(is_same_origin(&with(("sec-fetch-site", "same-origin"))));
        assert!(is_same_origin(&with(("origin", "http://localhost:7700"))));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!is_same_origin(&with(("sec-fetch-site", site))), "{site}");
        }
        for origin in ["http://evil.test", "null", "http://localhost:7701"] {
            assert!(!is_same_origin(&with(("origin", origin))), "{origin}");
        }
    }
}
