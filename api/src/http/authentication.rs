//! Who asks, and whether they may.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::scopes::scope_needed;
use super::{Code, Problem};
use crate::access::{Principal, Scope};
use crate::service::Service;

tokio::task_local! {
    static CURRENT: Principal;
}

/// Lets a request through that may do what it asks for, under the name of who makes it.
pub(super) async fn authentication(service: State<Arc<Service>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let needed = scope_needed(&parts.method, parts.uri.path());
    let permitted = match needed {
        Some(scope) => Some(permit(&service, &parts, scope).await),
        None => None,
    };
    let request = Request::from_parts(parts, body);
    match permitted {
        None => next.run(request).await,
        Some(Ok(principal)) => CURRENT.scope(principal, next.run(request)).await,
        Some(Err(problem)) => refusal(problem),
    }
}

/// Who makes the request at hand; none outside of one, and on paths that are open to all.
pub(super) fn principal() -> Option<Principal> {
    CURRENT.try_with(Clone::clone).ok()
}

/// What history calls whoever makes the request at hand.
pub(super) fn actor() -> String {
    principal().map_or_else(|| "local".to_owned(), |principal| principal.name)
}

async fn permit(service: &Service, request: &Parts, scope: Scope) -> Result<Principal, Problem> {
    if !service.ledger.has_keys().await? {
        return local(&request.method, &request.headers);
    }
    let missing = || Problem::new(Code::Unauthorized, "send an API key: `Authorization: Bearer tamis_…`");
    let value = request.headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
    let key = value.to_str().ok().and_then(bearer).ok_or_else(missing)?;
    let unknown =
        || Problem::new(Code::Unauthorized, "this API key is unknown or has ended: `tamis keys list` shows them");
    let principal = service.ledger.authenticate(key).await?.ok_or_else(unknown)?;
    if principal.may(scope) {
        Ok(principal)
    } else {
        let name = scope.name();
        Err(Problem::new(
            Code::Forbidden,
            format!("this needs a key with the scope {name}: {} has none", principal.name),
        ))
    }
}

/// Without keys the server listens to its own machine only. A page in a browser there is on that machine too, so a
/// request that a foreign page caused is refused: one under a foreign name (DNS rebinding), and a change that is
/// asked for across sites.
pub(crate) fn local(method: &Method, headers: &HeaderMap) -> Result<Principal, Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::HOST).is_some_and(|host| !names_this_machine(host)) {
        return Err(Problem::new(Code::Forbidden, "without API keys tamis answers under localhost or an address only"));
    }
    let foreign = text(header::HeaderName::from_static("sec-fetch-site"))
        .is_some_and(|site| matches!(site, "cross-site" | "same-site"));
    if foreign && !method.is_safe() {
        return Err(Problem::new(Code::Forbidden, "another site's page may not change this corpus"));
    }
    Ok(Principal::local())
}

fn names_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// The token of `Bearer …` (RFC 6750); schemes are compared without case (RFC 9110).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refusal(problem: Problem) -> Response {
    let mut response = Response::from(problem);
    if response.status() == axum::http::StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"tamis\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_s_names_are_answered_without_keys() {
        for (host, answered) in [
            ("localhost", true),
            ("LOCALHOST:7700", true),
            ("127.0.0.1:7700", true),
            ("[::1]:7700", true),
            ("evil.example", false),
            ("localhost.evil.example:7700", false),
            ("127.0.0.1.evil.example", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            assert_eq!(local(&Method::GET, &headers).is_ok(), answered, "{host}");
        }
    }

    #[test]
    fn a_foreign_page_may_not_change_anything() {
        for (site, method, answered) in [
            ("cross-site", Method::POST, false),
            ("same-site", Method::DELETE, false),
            ("same-origin", Method::POST, true),
            ("none", Method::POST, true),
            ("cross-site", Method::GET, true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            assert_eq!(local(&method, &headers).is_ok(), answered, "{method} {site}");
        }
    }

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("abc"), None);
    }
}
