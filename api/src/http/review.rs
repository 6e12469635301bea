//! `POST /v1/quarantine/…`: deciding about chunks of the review queue.

use axum::http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::authentication::actor;
use super::etag::if_match;
use super::input::{Body, OptionalBody, Path};
use super::quarantine::{Shown, shown};
use super::{Code, Problem, State};
use crate::ledger::{Choice, Decision, MAX_LEASE_SECONDS, QuarantinedChunk, ReviewAction};
use crate::reviewing::{self, Wish};

/// What a person does.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Action {
    /// Let it be searched.
    Release,
    /// Keep it out.
    Reject,
    /// Keep it out, because something newer replaces it.
    Supersede,
    /// Ask again later.
    Snooze,
    /// Put other words in its place, and grade those.
    Edit,
}

/// What a person decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewDecision {
    /// What is done.
    action: Action,
    /// Why, at most 4,096 bytes.
    #[schema(max_length = 4096)]
    note: Option<String>,
    /// For `snooze`: when to ask again, at most 366 days from now (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// For `edit`: the words, at most 65,536 bytes and `chunks.max` tokens.
    #[schema(max_length = 65536)]
    text: Option<String>,
}

/// How long to keep a chunk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Lease {
    /// Seconds, at most a day; 0 lets go of it.
    #[serde(default = "default_lease")]
    #[schema(maximum = 86400, default = 900)]
    seconds: u32,
}

fn default_lease() -> u32 {
    900
}

impl Action {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Reject => "reject",
            Self::Supersede => "supersede",
            Self::Snooze => "snooze",
            Self::Edit => "edit",
        }
    }
}

/// Decide about a chunk. What may be searched changes at once, and the indexes follow. `edit` grades the new words as
/// if they had been read: they become searchable where they pass, and otherwise the chunk waits in the queue with what
/// was found about them.
#[utoipa::path(post, path = "/v1/quarantine/{id}/decision", tag = "quarantine",
    params(("id" = String, Path, description = "The chunk's id"), ("if-match" = Option<String>, Header, description = "The ETag of the chunk as it was shown")),
    request_body = ReviewDecision, responses(
    (status = 200, description = "The chunk after the decision", body = QuarantinedChunk, headers(("etag" = String, description = "Names what is shown, for If-Match"))),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There is no such chunk", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Somebody else works on it", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "It has changed since it was shown", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn decide(
    state: State,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(decision): Body<ReviewDecision>,
) -> Result<Shown, Problem> {
    let ReviewDecision { action, note, until, text } = decision;
    let revision = if_match(&headers)?;
    let wish = Wish { action: action.name().to_owned(), note: note.clone(), until, text };
    let decision = Decision { action: checked(&state, wish)?, actor: actor(), note };
    let choice = Choice { chunk: id, revision };
    state.ledger.decide(std::slice::from_ref(&choice), &decision, &state.policy()).await?;
    state.publish_wanted.notify_one();
    after(&state, &choice.chunk).await
}

/// Keep a chunk to work on it: until the lease ends nobody else may decide about it.
#[utoipa::path(post, path = "/v1/quarantine/{id}/claim", tag = "quarantine",
    params(("id" = String, Path, description = "The chunk's id"), ("if-match" = Option<String>, Header, description = "The ETag of the chunk as it was shown")),
    request_body = Lease, responses(
    (status = 200, description = "The chunk, claimed", body = QuarantinedChunk, headers(("etag" = String, description = "Names what is shown, for If-Match"))),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There is no such chunk", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Somebody else works on it", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "It has changed since it was shown", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn claim(
    state: State,
    Path(id): Path<String>,
    headers: HeaderMap,
    OptionalBody(lease): OptionalBody<Lease>,
) -> Result<Shown, Problem> {
    // A claim without a body is one for the usual time.
    let lease = lease.unwrap_or(Lease { seconds: default_lease() });
    if lease.seconds > MAX_LEASE_SECONDS {
        return Err(Problem::new(Code::InvalidRequest, format!("seconds must be at most {MAX_LEASE_SECONDS}")));
    }
    let choice = Choice { chunk: id, revision: if_match(&headers)? };
    state.ledger.claim(&choice, &actor(), lease.seconds).await?;
    after(&state, &choice.chunk).await
}

/// Take back the last decision about a chunk that was not taken back: review, words and grade become what they were,
/// and the indexes follow. Again takes back the one before.
#[utoipa::path(post, path = "/v1/quarantine/{id}/undo", tag = "quarantine",
    params(("id" = String, Path, description = "The chunk's id"), ("if-match" = Option<String>, Header, description = "The ETag of the chunk as it was shown")),
    responses(
    (status = 200, description = "The chunk as it was", body = QuarantinedChunk, headers(("etag" = String, description = "Names what is shown, for If-Match"))),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There is no such chunk", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "There is nothing to take back, or somebody else works on it", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "It has changed since it was shown", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn undo(state: State, Path(id): Path<String>, headers: HeaderMap) -> Result<Shown, Problem> {
    let choice = Choice { chunk: id, revision: if_match(&headers)? };
    state.ledger.undo_review(&choice, &actor(), &state.policy()).await?;
    state.publish_wanted.notify_one();
    after(&state, &choice.chunk).await
}

/// The action that a wish is for, or what to change of it.
pub(super) fn checked(state: &State, wish: Wish) -> Result<ReviewAction, Problem> {
    reviewing::action(wish, &state.tokens, state.config.chunks.max, Timestamp::now())
        .map_err(|problem| Problem::new(Code::InvalidRequest, problem.to_string()))
}

async fn after(state: &State, chunk: &str) -> Result<Shown, Problem> {
    shown(state.ledger.quarantined_chunk(chunk).await?)
}
