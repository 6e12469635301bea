//! Optimistic concurrency: `ETag` out, `If-Match` in (RFC 9110, 13.1.1).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{Code, Problem};

/// The header that names what an answer shows.
pub(super) fn etag(revision: &str) -> [(HeaderName, HeaderValue); 1] {
    // A revision is hexadecimal, or a number, so this always is a value.
    let value = HeaderValue::from_str(&format!("\"{revision}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    [(header::ETAG, value)]
}

/// The revision that a request wants to change; `None` where it says nothing or `*`: decide whatever it is by now.
/// Clients that care send the header, and single-user scripts need not read before they write, so its absence is no
/// error (no 428).
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let value = value.to_str().unwrap_or_default().trim();
    if value == "*" {
        return Ok(None);
    }
    let revision = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|one| !one.contains('"'));
    let revision = revision.ok_or_else(|| {
        Problem::new(Code::InvalidRequest, "If-Match must be the one ETag of an earlier answer, in its quotes, or *")
    })?;
    Ok(Some(revision.to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{etag, if_match};

    #[test]
    fn what_is_given_out_is_understood_again() {
        let [(_, value)] = etag("0f3a");
        let headers = |value: HeaderValue| HeaderMap::from_iter([(header::IF_MATCH, value)]);
        assert_eq!(if_match(&headers(value)).unwrap().as_deref(), Some("0f3a"));
        assert_eq!(if_match(&HeaderMap::new()).unwrap(), None);
        assert_eq!(if_match(&headers(HeaderValue::from_static("*"))).unwrap(), None);
        for bad in ["0f3a", "W/\"0f3a\"", "\"a\", \"b\"", "\"", ""] {
            assert!(if_match(&headers(HeaderValue::from_static(bad))).is_err(), "{bad}");
        }
    }
}
