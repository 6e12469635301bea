//! `GET /metrics`

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{Problem, State};
use crate::metrics::Gauge;
use crate::service::{Service, Stage};

/// What the service counts, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses(
    (status = 200, description = "Prometheus' text format, version 0.0.4", body = String, content_type = "text/plain"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn metrics(state: State) -> Result<([(HeaderName, HeaderValue); 1], String), Problem> {
    let mut gauges = state.ledger.gauges().await?;
    let stages =
        [("extract", Stage::Extract), ("score", Stage::Score), ("embed", Stage::Embed), ("index", Stage::Index)];
    gauges.push(Gauge {
        name: "tamis_stage_seconds_total",
        help: "Time spent by all threads, by stage.",
        kind: "counter",
        label: "stage",
        values: stages.into_iter().map(|(name, stage)| (name.to_owned(), state.spent.seconds(stage))).collect(),
    });
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    Ok(([(header::CONTENT_TYPE, kind)], state.metrics.render(&gauges)))
}

/// Counts a request and its time, by the path it matched: labels stay few, whatever clients ask for.
pub(super) async fn count(
    axum::extract::State(service): axum::extract::State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let path = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str).to_owned();
    // Methods are words that clients may choose too.
    let method = request.method().clone();
    let method = if method.is_safe() || ["POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
        method.as_str().to_owned()
    } else {
        "other".to_owned()
    };
    let response = next.run(request).await;
    service.metrics.request(&method, &path, response.status().as_u16(), begun.elapsed());
    response
}
