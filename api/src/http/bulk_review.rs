//! `POST /v1/quarantine/decisions`: deciding about many chunks as one, and taking that back as one.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authentication::actor;
use super::input::{Body, Path};
use super::review::{Action, checked};
use super::{Code, Problem, State};
use crate::ledger::{BatchOutcome, Choice, Decision, LeftAlone};
use crate::reviewing::Wish;

/// One decision about many chunks: of `items`, `chunks` and `cluster` one is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BulkDecision {
    /// What is done; `edit` is for one chunk at a time.
    action: Action,
    /// Why, at most 4,096 bytes.
    #[schema(max_length = 4096)]
    note: Option<String>,
    /// For `snooze`: when to ask again, at most 366 days from now (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The chunks as they were shown, at most 1,000. Those that have changed since, or that somebody else works on, are
    /// left alone and named in the answer.
    #[schema(max_items = 1000)]
    items: Option<Vec<BulkItem>>,
    /// The chunks' ids, at most 1,000, whatever they are by now: all of them are decided about, or none.
    #[schema(max_items = 1000)]
    chunks: Option<Vec<String>>,
    /// The canonical chunk of a duplicate cluster, all of whose chunks in the queue are meant, as with `chunks`.
    cluster: Option<String>,
}

/// A chunk as it was shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkItem {
    /// Its id.
    chunk: String,
    /// Its `revision`.
    revision: String,
}

/// What a decision about many chunks came to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BulkOutcome {
    /// The chunks decided about, or taken back.
    chunks: Vec<String>,
    /// Names the decision, for `POST /v1/quarantine/decisions/{batch}/undo`; null where nothing was decided.
    batch: Option<String>,
    /// The chunks that were left as they are.
    left: Vec<LeftAlone>,
}

impl From<BatchOutcome> for BulkOutcome {
    fn from(outcome: BatchOutcome) -> Self {
        let BatchOutcome { batch, chunks, left } = outcome;
        Self { batch: (!chunks.is_empty()).then_some(batch), chunks, left }
    }
}

/// Decide about many chunks. Of `items`, those that are as they were shown are decided about and the others named; of
/// `chunks` or a duplicate `cluster`, all are, or none.
#[utoipa::path(post, path = "/v1/quarantine/decisions", tag = "quarantine", request_body = BulkDecision, responses(
    (status = 200, description = "The chunks decided about, and those left alone", body = BulkOutcome),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There is no such chunk", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Somebody else works on one of them", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn decide_many(
    state: State,
    Body(decision): Body<BulkDecision>,
) -> Result<Json<BulkOutcome>, Problem> {
    let BulkDecision { action, note, until, items, chunks, cluster } = decision;
    let invalid = |detail: &str| Problem::new(Code::InvalidRequest, detail);
    if matches!(action, Action::Edit) {
        return Err(invalid("edit is for one chunk at a time: POST /v1/quarantine/{id}/decision"));
    }
    let wish = Wish { action: action.name().to_owned(), note: note.clone(), until, text: None };
    let decision = Decision { action: checked(&state, wish)?, actor: actor(), note };
    let outcome = match (items, chunks, cluster) {
        (Some(items), None, None) if !items.is_empty() => {
            let mut choices: Vec<Choice> =
                items.into_iter().map(|item| Choice { chunk: item.chunk, revision: Some(item.revision) }).collect();
            choices.sort_unstable_by(|a, b| a.chunk.cmp(&b.chunk));
            if let Some([twice, _]) = choices.array_windows().find(|[a, b]| a.chunk == b.chunk) {
                return Err(invalid(&format!("items names chunk {} more than once", twice.chunk)));
            }
            state.ledger.decide_unchanged(&choices, &decision, &state.policy()).await?
        }
        (None, Some(chunks), None) if !chunks.is_empty() => all(&state, chunks, &decision).await?,
        (None, None, Some(cluster)) => all(&state, state.ledger.cluster_in_queue(&cluster).await?, &decision).await?,
        _ => return Err(invalid("name one of items and chunks, a list with at least one chunk, or cluster")),
    };
    state.publish_wanted.notify_one();
    Ok(Json(outcome.into()))
}

/// Take a decision about many chunks back as one: each becomes what it was, but for those that were decided about since,
/// left their document, or that somebody else works on, which are named.
#[utoipa::path(post, path = "/v1/quarantine/decisions/{batch}/undo", tag = "quarantine",
    params(("batch" = String, Path, description = "The `batch` of the decision's answer, or of a chunk's history")), responses(
    (status = 200, description = "The chunks that are as they were, and those left alone", body = BulkOutcome),
    (status = 404, description = "There is no such decision", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "There is nothing to take back", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn undo_many(state: State, Path(batch): Path<String>) -> Result<Json<BulkOutcome>, Problem> {
    let outcome = state.ledger.undo_batch(&batch, &actor(), &state.policy()).await?;
    state.publish_wanted.notify_one();
    Ok(Json(outcome.into()))
}

/// Decides about all of the chunks, or none.
async fn all(state: &State, mut chunks: Vec<String>, decision: &Decision) -> Result<BatchOutcome, Problem> {
    chunks.sort_unstable();
    chunks.dedup();
    let choices: Vec<Choice> = chunks.iter().cloned().map(Choice::from).collect();
    let batch = state.ledger.decide(&choices, decision, &state.policy()).await?;
    Ok(BatchOutcome { batch, chunks, left: Vec::new() })
}
