//! The HTTP API: one handler a file, described by OpenAPI from the same code.

mod audit;
pub(crate) mod authentication;
mod conflicts;
pub(crate) mod cursor;
mod description;
mod duplicates;
mod health;
mod livez;
mod page;
mod policy;
mod problem;
mod quarantine;
mod rate_limit;
mod readyz;
pub(crate) mod request_id;
mod response_headers;
mod scopes;
mod search;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dashboard;
use crate::service::Service;

use description::Description;
pub use problem::{Code, Problem};

/// Longest request body, in bytes.
const MAX_BODY: usize = 1 << 20;
/// Longest time for one answer.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// What the handlers work with.
pub(crate) type State = axum::extract::State<Arc<Service>>;

fn routes() -> (Router<Arc<Service>>, Document) {
    let (router, document) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(livez::livez))
        .routes(routes!(readyz::readyz))
        .routes(routes!(search::search, search::search_with_body))
        .routes(routes!(health::health))
        .routes(routes!(quarantine::list_quarantine))
        .routes(routes!(quarantine::get_quarantined))
        .routes(routes!(quarantine::decide))
        .routes(routes!(conflicts::list_conflicts))
        .routes(routes!(duplicates::list_duplicates))
        .routes(routes!(policy::get_policy, policy::put_policy))
        .routes(routes!(policy::preview_policy))
        .routes(routes!(policy::list_policy_revisions))
        .routes(routes!(audit::list_audit))
        .split_for_parts();
    (router, description::complete(document))
}

/// The API's description.
#[must_use]
pub fn openapi() -> Document {
    routes().1
}

/// The service as a router.
pub fn router(service: Arc<Service>) -> Router {
    let (router, document) = routes();
    let limiter = rate_limit::Limiter::new(service.config.serve.requests_per_second);
    let description = axum::Json(document);
    router
        .route("/openapi.json", get(move || async move { description }))
        .merge(dashboard::router(service.clone()))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_LIMIT))
        // The last layer is the first to see a request: an id, then who asks, then how often, then what changed.
        .layer(middleware::from_fn(response_headers::entity_tag))
        .layer(middleware::from_fn_with_state(service.clone(), audit::audit))
        .layer(middleware::from_fn_with_state(limiter, rate_limit::rate_limit))
        .layer(middleware::from_fn_with_state(service.clone(), authentication::authentication))
        .layer(middleware::from_fn(response_headers::security_headers))
        .layer(middleware::from_fn(request_id::request_id))
        .with_state(service)
}

async fn unknown_path() -> Response {
    Problem::new(Code::NotFound, "there is nothing at this path: /openapi.json lists what there is").into()
}

async fn wrong_method() -> Response {
    Problem::new(Code::MethodNotAllowed, "this path does not know that method: /openapi.json lists what it knows")
        .into()
}
