//! What keeps other sites out of the dashboard, and scripts out of its pages.

use std::net::IpAddr;
use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;

/// Nothing is loaded but our own files, nothing inline runs, nobody frames us, and forms go nowhere else.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Known to this process and to the pages it made. The random part of two version 7 ids is about 140 bits.
static SECRET: LazyLock<String> = LazyLock::new(|| {
    let seed = format!("{}{}", uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    blake3::derive_key("tamis dashboard form token", seed.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
});

/// What every form carries, and no other site knows.
pub(super) fn token() -> &'static str {
    &SECRET
}

/// Whether a form carries it; takes the same time whatever is wrong.
pub(super) fn is_token(given: &str) -> bool {
    blake3::hash(given.as_bytes()) == blake3::hash(SECRET.as_bytes())
}

/// Refuses what comes from elsewhere, and sets the headers of every answer.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let mut response = if !names_this_machine(headers) {
        // A name of theirs that points here would make another site's pages ours in the eyes of a browser.
        Failure::new(
            StatusCode::FORBIDDEN,
            "This address is not known",
            "Without API keys the dashboard answers this machine only: open it as http://localhost or http://127.0.0.1.",
        )
        .into_response()
    } else if request.method() == Method::POST && !is_same_origin(headers) {
        Failure::new(
            StatusCode::FORBIDDEN,
            "This came from another site",
            "Decisions are only taken from the dashboard's own pages. Open the dashboard and decide there.",
        )
        .into_response()
    } else {
        next.run(request).await
    };
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: it would make browsers send forms with the origin `null`.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let fields = response.headers_mut();
    for (name, value) in fixed {
        fields.insert(name, HeaderValue::from_static(value));
    }
    fields.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether the browser asked for this machine by a name that only ever means this machine.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a page of ours sent this: browsers say so, and older ones name at least the origin.
fn is_same_origin(headers: &HeaderMap) -> bool {
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

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        fields
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in ["localhost", "LOCALHOST:7700", "127.0.0.1:7700", "127.3.4.5", "[::1]:7700"] {
            assert!(names_this_machine(&headers(&[("host", host)])), "{host}");
        }
        for host in ["", "evil.test", "evil.test:7700", "localhost.evil.test", "192.168.1.4", "[::2]", "127.0.0.1.evil.test"] {
            assert!(!names_this_machine(&headers(&[("host", host)])), "{host}");
        }
        assert!(!names_this_machine(&HeaderMap::new()));
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        let host = ("host", "localhost:7700");
        assert!(is_same_origin(&headers(&[host, ("sec-fetch-site", "same-origin")])));
        assert!(is_same_origin(&headers(&[host, ("origin", "http://localhost:7700")])));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!is_same_origin(&headers(&[host, ("sec-fetch-site", site)])), "{site}");
        }
        for origin in ["http://evil.test", "null", "http://localhost:7701"] {
            assert!(!is_same_origin(&headers(&[host, ("origin", origin)])), "{origin}");
        }
    }

    #[test]
    fn a_token_is_taken_and_nothing_like_it() {
        assert!(is_token(token()));
        assert!(!is_token(""));
        assert!(!is_token(&token()[1..]));
    }
}
