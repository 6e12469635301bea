//! The HTTP API: one handler a file, described by OpenAPI from the same code.

mod conflicts;
pub(crate) mod cursor;
mod duplicates;
mod health;
mod livez;
mod page;
mod problem;
mod quarantine;
mod readyz;
mod request_id;
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
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dashboard;
use crate::service::Service;

pub use problem::{Code, Problem};

/// Longest request body, in bytes.
const MAX_BODY: usize = 1 << 20;
/// Longest time for one answer.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// What the handlers work with.
pub(crate) type State = axum::extract::State<Arc<Service>>;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "tamis",
        description = "A RAG corpus that is graded before it is searched: hybrid search, corpus health, review queue.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "search", description = "Find chunks that passed."),
        (name = "health", description = "The corpus's state in figures."),
        (name = "quarantine", description = "Chunks held back, and what people decide about them."),
        (name = "findings", description = "Contradictions and copies in the corpus."),
        (name = "operation", description = "Is the service up?")
    )
)]
struct Description;

fn routes() -> (Router<Arc<Service>>, Document) {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(livez::livez))
        .routes(routes!(readyz::readyz))
        .routes(routes!(search::search, search::search_with_body))
        .routes(routes!(health::health))
        .routes(routes!(quarantine::list_quarantine))
        .routes(routes!(quarantine::get_quarantined))
        .routes(routes!(quarantine::decide))
        .routes(routes!(conflicts::list_conflicts))
        .routes(routes!(duplicates::list_duplicates))
        .split_for_parts()
}

/// The API's description.
#[must_use]
pub fn openapi() -> Document {
    routes().1
}

/// The service as a router.
pub fn router(service: Arc<Service>) -> Router {
    let (router, document) = routes();
    let description = axum::Json(document);
    router
        .route("/openapi.json", get(move || async move { description }))
        .merge(dashboard::router())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_LIMIT))
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
