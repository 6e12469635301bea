//! `GET /v1/runs/{id}/events`: a run's progress as server-sent events.
//!
//! Every event is the whole run as it stands, and its id says how it stands. So a client that comes back with the id of
//! the last event it got misses nothing: it gets the next event as soon as the run stands otherwise. All is read from the
//! ledger, whichever process does the run.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use utoipa::ToSchema;

use super::input::{LookupRefusals, Path};
use super::{Problem, State};
use crate::ledger::RunRecord;
use crate::service::Service;

/// How often the ledger is asked how the run stands.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often a client hears that the stream is alive while nothing changes.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// A run's progress, live: `progress` events while it is queued or running, one `end` event when it is over, each with the
/// whole run as its data. `Last-Event-ID` goes on where a broken stream ended. A comment comes every 10 seconds.
#[utoipa::path(get, path = "/v1/runs/{id}/events", tag = "sources", params(
    ("id" = String, Path, description = "The run's id"),
    ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received")
), responses(
    (status = 200, description = "The events, each of these fields", body = RunEvent, content_type = "text/event-stream"),
    (status = 204, description = "The run is over, and the client knows"), LookupRefusals
))]
pub(crate) async fn run_events(state: State, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let run = state.ledger.run(&id).await?;
    let known = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    if run.status.is_over() && known.as_deref() == Some(&standing(&run)) {
        // Tells an EventSource to come back no more (HTML standard, section 9.2.3).
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let heartbeat = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(events(Arc::clone(&state), id, known)).keep_alive(heartbeat).into_response())
}

/// A server-sent event, as a client's parser gives its fields (HTML standard, section 9.2.6).
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what axum writes")]
struct RunEvent {
    /// How the run stands, for `Last-Event-ID`.
    id: String,
    /// `progress`, or `end` for the last one.
    event: String,
    /// The whole run as JSON, as `GET /v1/runs/{id}` gives it.
    data: String,
}

/// What the next event is made from.
struct Follow {
    service: Arc<Service>,
    run: String,
    known: Option<String>,
    over: bool,
}

fn events(service: Arc<Service>, run: String, known: Option<String>) -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::unfold(Follow { service, run, known, over: false }, |mut follow| async move {
        let event = follow.next().await?;
        Some((Ok(event), follow))
    })
}

impl Follow {
    /// Waits until the run stands otherwise than the client knows. `None` after its end, and when the service stops.
    async fn next(&mut self) -> Option<Event> {
        while !self.over {
            let Ok(run) = self.service.ledger.run(&self.run).await else { return None };
            let standing = standing(&run);
            if self.known.as_ref() != Some(&standing) {
                self.over = run.status.is_over();
                let kind = if self.over { "end" } else { "progress" };
                let event = Event::default().event(kind).id(&standing).json_data(&run).ok()?;
                self.known = Some(standing);
                return Some(event);
            }
            if self.wait().await {
                return None;
            }
        }
        None
    }

    /// Waits a moment. Returns true where the service is to stop.
    async fn wait(&self) -> bool {
        let Some(mut stop) = self.service.stopping.get().cloned() else {
            tokio::time::sleep(LOOK_EVERY).await;
            return false;
        };
        tokio::select! {
            () = stop.ordered() => true,
            () = tokio::time::sleep(LOOK_EVERY) => false,
        }
    }
}

/// How a run stands, as text that is different whenever anything people see is.
fn standing(run: &RunRecord) -> String {
    let documents = run.documents;
    let progress = run
        .progress
        .map(|progress| format!("{:?}.{}.{}", progress.step, progress.prepared, progress.to_publish).to_lowercase());
    format!(
        "{}.{}.{}.{}.{}.{}.{}",
        run.status.name(),
        run.attempts,
        u8::from(run.cancel_requested),
        documents.seen,
        documents.removed,
        documents.failed,
        progress.unwrap_or_default()
    )
}
