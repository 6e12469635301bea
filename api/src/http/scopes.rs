//! Which request needs which scope.

use axum::http::Method;

use crate::access::Scope;

/// Paths that every client may read: they tell nothing about a corpus. The dashboard checks its visitors itself.
const GUARDED: [&str; 2] = ["/v1", "/metrics"];

/// POSTs that only look.
const LOOKING: [&str; 4] = ["/v1/search", "/v1/compare", "/v1/grade", "/v1/policy/preview"];

/// What anyone may change who has the scope beside it; what is not named here needs `admin`.
const CHANGING: [(&str, Scope); 5] = [
    ("/v1/documents", Scope::Ingest),
    ("/v1/runs", Scope::Ingest),
    ("/v1/jobs", Scope::Ingest),
    ("/v1/quarantine", Scope::Review),
    ("/v1/alerts", Scope::Review),
];

/// What a request needs; none where it is open to all.
pub(super) fn scope_needed(method: &Method, path: &str) -> Option<Scope> {
    if !GUARDED.iter().any(|root| under(path, root)) {
        return None;
    }
    if under(path, "/v1/audit") {
        return Some(Scope::Admin);
    }
    if method.is_safe() || LOOKING.contains(&path) {
        return Some(Scope::Read);
    }
    // A source names a place on the server, so making one is for administrators; running one is not.
    let starts_a_run =
        path.strip_prefix("/v1/sources/").and_then(|rest| rest.split_once('/')).is_some_and(|(_, rest)| rest == "runs");
    if starts_a_run {
        return Some(Scope::Ingest);
    }
    Some(CHANGING.iter().find(|(root, _)| under(path, root)).map_or(Scope::Admin, |(_, scope)| *scope))
}

pub(super) fn under(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_needs_its_scope() {
        for (method, path, needed) in [
            (Method::GET, "/livez", None),
            (Method::GET, "/openapi.json", None),
            (Method::GET, "/", None),
            (Method::GET, "/metrics", Some(Scope::Read)),
            (Method::GET, "/v1/health", Some(Scope::Read)),
            (Method::POST, "/v1/search", Some(Scope::Read)),
            (Method::POST, "/v1/documents", Some(Scope::Ingest)),
            (Method::DELETE, "/v1/documents/7", Some(Scope::Ingest)),
            (Method::POST, "/v1/sources", Some(Scope::Admin)),
            (Method::DELETE, "/v1/sources/runs", Some(Scope::Admin)),
            (Method::POST, "/v1/sources/docs/runs", Some(Scope::Ingest)),
            (Method::PATCH, "/v1/sources/docs", Some(Scope::Admin)),
            (Method::POST, "/v1/quarantine/7/decision", Some(Scope::Review)),
            (Method::PUT, "/v1/policy", Some(Scope::Admin)),
            (Method::POST, "/v1/policy/preview", Some(Scope::Read)),
            (Method::GET, "/v1/audit", Some(Scope::Admin)),
            (Method::POST, "/v1/unheard-of", Some(Scope::Admin)),
            (Method::POST, "/v1/documents-of-others", Some(Scope::Admin)),
        ] {
            assert_eq!(scope_needed(&method, path), needed, "{method} {path}");
        }
    }
}
