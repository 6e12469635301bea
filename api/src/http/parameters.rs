//! Refuses query parameters on operations that have none; the others refuse what they do not know as they read it.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{OpenApi as Document, RefOr};

use super::{Code, Problem};

/// The operations that take no query parameter, by method and path as the description writes it.
pub(super) struct Bare(HashSet<(Method, String)>);

impl Bare {
    /// Those of the API's description.
    pub(super) fn of(document: &Document) -> Arc<Self> {
        let mut bare = HashSet::new();
        // Probes may say what they like.
        for (path, item) in document.paths.paths.iter().filter(|(path, _)| path.starts_with("/v1/")) {
            let operations = [
                (Method::GET, &item.get),
                (Method::HEAD, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::DELETE, &item.delete),
                (Method::PATCH, &item.patch),
            ];
            let without = operations.into_iter().filter(|(_, operation)| operation.as_ref().is_some_and(is_bare));
            bare.extend(without.map(|(method, _)| (method, path.clone())));
        }
        Arc::new(Self(bare))
    }
}

fn is_bare(operation: &Operation) -> bool {
    let is_query = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => matches!(parameter.parameter_in, ParameterIn::Query),
        RefOr::Ref(_) => true,
    };
    !operation.parameters.iter().flatten().any(is_query)
}

/// Refuses a query where the operation has no parameters.
pub(super) async fn refuse_unknown(State(bare): State<Arc<Bare>>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let query = request.uri().query().filter(|query| !query.is_empty());
    if let (Some(path), Some(query)) = (path, query)
        && bare.0.contains(&(request.method().clone(), path))
    {
        let name = query.split(['=', '&']).next().unwrap_or_default();
        return Problem::new(Code::InvalidRequest, format!("unknown parameter `{name}`: there are none here")).into();
    }
    next.run(request).await
}
