//! The HTTP API: one handler a file, described by OpenAPI from the same code.

mod alerts;
mod audit;
pub(crate) mod authentication;
mod body_limit;
mod bulk_review;
mod compare;
mod conflicts;
pub(crate) mod connection;
pub(crate) mod cursor;
mod description;
mod documents;
mod duplicates;
mod etag;
mod grade;
mod health;
mod idempotency;
mod input;
mod jobs;
mod lingering_close;
mod livez;
mod metrics;
mod page;
mod parameters;
mod policy;
mod problem;
mod quarantine;
pub(crate) mod rate_limit;
mod readyz;
pub(crate) mod request_id;
mod response_headers;
mod review;
mod run_events;
mod runs;
mod scopes;
mod search;
mod sources;
#[cfg(test)]
mod tests;
mod time_limit;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dashboard;
use crate::service::Service;
use crate::telemetry::trace_request;

use description::Description;
pub use problem::{Code, Problem};
pub(crate) use run_events::run_events;

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
        .routes(routes!(health::health_history))
        .routes(routes!(health::health_forecast))
        .routes(routes!(health::health_findings))
        .routes(routes!(quarantine::list_quarantine))
        .routes(routes!(quarantine::get_quarantined))
        .routes(routes!(quarantine::list_review_history))
        .routes(routes!(quarantine::list_rule_rates))
        .routes(routes!(review::decide))
        .routes(routes!(bulk_review::decide_many))
        .routes(routes!(bulk_review::undo_many))
        .routes(routes!(review::claim))
        .routes(routes!(review::undo))
        .routes(routes!(alerts::list_alerts))
        .routes(routes!(alerts::acknowledge_alert))
        .routes(routes!(alerts::assign_alert))
        .routes(routes!(alerts::resolve_alert))
        .routes(routes!(metrics::metrics))
        .routes(routes!(compare::compare))
        .routes(routes!(conflicts::list_conflicts))
        .routes(routes!(duplicates::list_duplicates))
        .routes(routes!(policy::get_policy, policy::put_policy))
        .routes(routes!(policy::preview_policy))
        .routes(routes!(policy::list_policy_revisions))
        .routes(routes!(audit::list_audit))
        .routes(routes!(sources::list_sources, sources::create_source))
        .routes(routes!(sources::get_source, sources::change_source, sources::delete_source))
        .routes(routes!(sources::run_source))
        .routes(routes!(runs::list_runs))
        .routes(routes!(runs::get_run))
        .routes(routes!(runs::cancel_run))
        .routes(routes!(run_events::run_events))
        .routes(routes!(jobs::list_jobs))
        .routes(routes!(jobs::retry_job))
        .routes(routes!(jobs::discard_job))
        .routes(routes!(documents::list_documents, uploads::send_document))
        .routes(routes!(documents::get_document, documents::delete_document))
        .routes(routes!(documents::get_chunk))
        .routes(routes!(grade::grade))
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
    let bare = parameters::Bare::of(&document);
    let description = axum::Json(document);
    router
        // Around the operations alone: the pages have visitors of their own, whom this layer does not know apart.
        .route_layer(middleware::from_fn_with_state(service.ledger.clone(), idempotency::idempotent))
        .route_layer(middleware::from_fn_with_state(bare, parameters::refuse_unknown))
        .route("/openapi.json", get(move || async move { description }))
        .merge(dashboard::router(service.clone()))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .route_layer(middleware::from_fn_with_state(service.clone(), metrics::count))
        .layer(middleware::from_fn_with_state(service.config.limits.max_document_bytes, body_limit::body_limit))
        .layer(middleware::from_fn_with_state(TIME_LIMIT, time_limit::time_limit))
        // The last layer is the first to see a request: an id, a span, then who asks, then how often, then what changed.
        .layer(middleware::from_fn(response_headers::entity_tag))
        .layer(middleware::from_fn_with_state(service.clone(), audit::audit))
        .layer(middleware::from_fn_with_state(limiter, rate_limit::rate_limit))
        .layer(middleware::from_fn_with_state(service.clone(), authentication::authentication))
        .layer(middleware::from_fn(response_headers::security_headers))
        .layer(middleware::from_fn(trace_request))
        .layer(middleware::from_fn(request_id::request_id))
        // Around all that may refuse a request, and outside of what is timed and logged.
        .layer(middleware::from_fn(lingering_close::lingering_close))
        .with_state(service)
}

async fn unknown_path() -> Response {
    Problem::new(Code::NotFound, "there is nothing at this path: /openapi.json lists what there is").into()
}

async fn wrong_method() -> Response {
    Problem::new(Code::MethodNotAllowed, "this path does not know that method: /openapi.json lists what it knows")
        .into()
}
