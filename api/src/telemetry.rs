//! Traces: what a request or a job did and how long each part took, sent by OTLP over HTTP where an endpoint is
//! configured (OpenTelemetry Protocol 1.x, binary protobuf). No span holds what a document says or what was searched for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Instrument, Subscriber, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::config::TelemetrySettings;

/// Longest time for handing one batch to the collector, and for the last one when the process ends.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Longest answer of a collector that is read, in bytes.
const MAX_ANSWER: u64 = 64 << 10;

/// What sends traces. [`Telemetry::finish`] sends those that wait.
#[derive(Debug)]
pub struct Telemetry(SdkTracerProvider);

impl Telemetry {
    /// Starts sending traces; `None` where no endpoint is configured.
    ///
    /// # Errors
    /// Where the endpoint is no address.
    pub fn start(settings: &TelemetrySettings) -> anyhow::Result<Option<Self>> {
        if settings.endpoint.is_empty() {
            return Ok(None);
        }
        let headers: HashMap<String, String> =
            settings.headers.iter().map(|(name, value)| (name.clone(), value.reveal().to_owned())).collect();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Carrier::new())
            .with_endpoint(&settings.endpoint)
            .with_timeout(TIME_LIMIT)
            .with_headers(headers)
            .build()?;
        let resource = Resource::builder()
            .with_service_name(settings.service_name.clone())
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        // Whoever calls has decided already whether its trace is kept.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(resource)
            .build();
        Ok(Some(Self(provider)))
    }

    /// Takes the spans of this program's own crates.
    #[must_use]
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("tamis"))
            .with_location(false)
            .with_threads(false)
            // Spans only: what is logged inside of one has its own place.
            .with_filter(filter_fn(|what| what.is_span() && what.target().starts_with("tamis_")))
    }

    /// Sends what waits, within the time limit.
    pub fn finish(self) {
        if let Err(problem) = self.0.shutdown_with_timeout(TIME_LIMIT) {
            tracing::warn!(error = %problem, "the last traces were not sent");
        }
    }
}

/// Answers a request inside a span of its own, which continues the caller's trace where `traceparent` names one (W3C
/// Trace Context).
pub(crate) async fn trace_request(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let name = route.as_ref().map_or_else(|| method.to_string(), |route| format!("{method} {route}"));
    let span = tracing::info_span!(
        "request",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = %method,
        http.route = route,
        http.response.status_code = field::Empty,
        request_id = crate::http::request_id::current(),
    );
    if request.headers().contains_key("traceparent") {
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
        // It fails where nothing is traced.
        let _ = span.set_parent(parent);
    }
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    response
}

/// Carries batches with the client that webhooks use. It blocks, on the thread that sends traces and does nothing else.
#[derive(Debug)]
struct Carrier {
    agent: ureq::Agent,
    failing: AtomicBool,
}

impl Carrier {
    fn new() -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(TIME_LIMIT))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("tamis/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Self { agent, failing: AtomicBool::new(false) }
    }

    fn send(&self, request: ureq::http::Request<Bytes>) -> Result<ureq::http::Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let request = ureq::http::Request::from_parts(parts, body.to_vec());
        let (parts, mut answer) = self.agent.run(request)?.into_parts();
        let body = answer.with_config().limit(MAX_ANSWER).read_to_vec()?;
        Ok(ureq::http::Response::from_parts(parts, Bytes::from(body)))
    }

    /// Says once that traces are not taken, and once that they are again.
    fn tell(&self, problem: Option<&str>) {
        let failed = problem.is_some();
        if self.failing.swap(failed, Ordering::Relaxed) == failed {
            return;
        }
        if let Some(problem) = problem {
            tracing::warn!(problem, "traces are lost: the collector does not take them");
        } else {
            tracing::info!("the collector takes traces again");
        }
    }
}

#[async_trait]
impl HttpClient for Carrier {
    async fn send_bytes(&self, request: ureq::http::Request<Bytes>) -> Result<ureq::http::Response<Bytes>, HttpError> {
        let answer = self.send(request);
        match &answer {
            Ok(answer) if answer.status().is_success() => self.tell(None),
            Ok(answer) => self.tell(Some(&format!("it answered {}", answer.status()))),
            Err(problem) => self.tell(Some(&problem.to_string())),
        }
        answer
    }
}
