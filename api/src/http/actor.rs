//! Who makes a request.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The name under which a change is recorded. Authentication puts it among the request's extensions; without API keys
/// every request comes from this machine, and is recorded as `api`.
#[derive(Debug, Clone)]
pub(crate) struct Actor(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self("api".to_owned())))
    }
}
