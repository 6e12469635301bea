//! Optimistic concurrency: `ETag` out, `If-Match` in (RFC 9110, 13.1.1).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use serde::Serialize;

use super::{Code, Problem};

/// Stands in the tag of an item between its revision and the hash of what is shown; no revision has it.
const SEPARATOR: char = '.';

/// The header that names what an answer shows.
pub(super) fn etag(revision: &str) -> [(HeaderName, HeaderValue); 1] {
    // A revision is hexadecimal, or a number, so this always is a value.
    let value = HeaderValue::from_str(&format!("\"{revision}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    [(header::ETAG, value)]
}

/// The header of an item: its revision, which a change is conditional on, and a hash of all else that is shown. Age moves
/// scores every day without changing the question that a person decides, so a decision is refused by the revision alone,
/// and a client that has an item with other scores gets it anew.
pub(super) fn etag_of_item(revision: &str, item: &impl Serialize) -> Result<[(HeaderName, HeaderValue); 1], Problem> {
    let shown = serde_json::to_vec(item).map_err(|problem| Problem::internal(&problem.into()))?;
    Ok(etag(&format!("{revision}{SEPARATOR}{}", &blake3::hash(&shown).to_hex()[..16])))
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
    Ok(Some(revision.split(SEPARATOR).next().unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{etag, etag_of_item, if_match};

    #[test]
    fn what_is_given_out_is_understood_again() {
        let [(_, value)] = etag("0f3a");
        let headers = |value: HeaderValue| HeaderMap::from_iter([(header::IF_MATCH, value)]);
        assert_eq!(if_match(&headers(value)).unwrap().as_deref(), Some("0f3a"));
        let [(_, first)] = etag_of_item("0f3a", &0.5).unwrap();
        let [(_, second)] = etag_of_item("0f3a", &0.4).unwrap();
        assert_ne!(first, second, "another score is another tag");
        for value in [first, second] {
            assert_eq!(if_match(&headers(value)).unwrap().as_deref(), Some("0f3a"), "and the same question");
        }
        assert_eq!(if_match(&HeaderMap::new()).unwrap(), None);
        assert_eq!(if_match(&headers(HeaderValue::from_static("*"))).unwrap(), None);
        for bad in ["0f3a", "W/\"0f3a\"", "\"a\", \"b\"", "\"", ""] {
            assert!(if_match(&headers(HeaderValue::from_static(bad))).is_err(), "{bad}");
        }
    }
}
