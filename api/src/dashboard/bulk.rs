//! `/clusters/{chunk}` and `/batches/{id}`: one decision about all copies of a passage, looked at before it is made, and
//! taken back as one.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::decision::{DoForm, Said, review_action};
use super::evidence::MarkedText;
use super::failure::Failure;
use super::format;
use super::queue::outcome;
use super::runs::sent;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use super::text::excerpt;
use crate::access::Scope;
use crate::http::State;
use crate::ledger::{BatchOutcome, Choice, Decision, Error, QuarantinedChunk};

/// Most chunks of one decision from a page: as many as somebody can look through.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "cluster.html")]
struct ClusterPage {
    shell: Shell,
    chunk: String,
    text: MarkedText,
    members: Vec<MemberView>,
    /// How many more there are than are shown; empty where there are none.
    more: String,
    /// The chunks as they are shown here, for the decision to be conditional on.
    items: String,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    shell: Shell,
    title: String,
    /// What `POST /batches/{id}/undo` needs; empty where nothing is left to take back.
    undo: String,
    members: Vec<MemberView>,
    left: Vec<LeftView>,
}

struct MemberView {
    chunk: String,
    place: String,
    uri: String,
    outcome: String,
}

struct LeftView {
    chunk: String,
    why: String,
}

/// One decision about the chunks that were shown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BulkForm {
    action: String,
    token: String,
    #[serde(default)]
    note: String,
    /// For a snooze: for how many days.
    days: u16,
    /// `chunk:revision`, with spaces between.
    items: String,
}

/// `GET /clusters/{chunk}`: the copies that wait, before they are decided about as one.
pub(super) async fn show(state: State, visitor: Visitor, Path(chunk): Path<String>) -> Result<Response, Failure> {
    let ids = match state.ledger.cluster_in_queue(&chunk).await {
        Ok(ids) => ids,
        // Others may have decided while the link was on the screen.
        Err(Error::NoChunk { .. }) => Vec::new(),
        Err(problem) => return Err(problem.into()),
    };
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let shown = state.ledger.quarantined_chunks(ids.get(..MOST).unwrap_or(&ids)).await?;
    let more = ids.len().saturating_sub(shown.len());
    page(&ClusterPage {
        shell: Shell::load(&state, visitor, Tab::Queue, "All copies").await?,
        chunk,
        text: excerpt(shown.first().map_or("", |one| one.text.as_str()), ""),
        items: shown.iter().map(|one| format!("{}:{}", one.chunk, one.revision)).collect::<Vec<_>>().join(" "),
        members: shown.iter().map(member_view).collect(),
        more: if more == 0 { String::new() } else { format::count(more as u64) },
    })
}

/// `POST /clusters/{chunk}/decision`
pub(super) async fn decide(
    state: State,
    visitor: Visitor,
    form: Result<Form<BulkForm>, FormRejection>,
) -> Result<Response, Failure> {
    let BulkForm { action, token, note, days, items } = sent(form)?;
    visitor.check(&token, Scope::Review)?;
    if action == "edit" {
        return Err(Failure::invalid("Edit one chunk at a time, on its own page."));
    }
    let choices: Option<Vec<Choice>> = items
        .split_whitespace()
        .map(|item| {
            let (chunk, revision) = item.split_once(':')?;
            Some(Choice { chunk: chunk.to_owned(), revision: Some(revision.to_owned()) })
        })
        .collect();
    let choices = choices.filter(|choices| !choices.is_empty() && choices.len() <= MOST);
    let choices = choices.ok_or_else(|| Failure::invalid("The page's list of chunks is damaged: open it again."))?;
    let (action, note) = review_action(&state, Said { action, note, days, text: String::new() })?;
    let decision = Decision { action, actor: visitor.name().to_owned(), note };
    let outcome = state.ledger.decide_unchanged(&choices, &decision, &state.policy()).await?;
    state.publish_wanted.notify_one();
    told(&state, visitor, outcome).await
}

/// `GET /batches/{id}`: what was decided as one.
pub(super) async fn batch(state: State, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    record(&state, visitor, &id, Vec::new()).await
}

/// `POST /batches/{id}/undo`
pub(super) async fn undo(
    state: State,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<DoForm>, FormRejection>,
) -> Result<Response, Failure> {
    visitor.check(&sent(form)?.token, Scope::Review)?;
    let outcome = state.ledger.undo_batch(&id, visitor.name(), &state.policy()).await?;
    state.publish_wanted.notify_one();
    told(&state, visitor, outcome).await
}

/// Leads to what was done, and says first what was left alone where something was.
async fn told(state: &State, visitor: Visitor, outcome: BatchOutcome) -> Result<Response, Failure> {
    if outcome.left.is_empty() {
        return Ok(Redirect::to(&format!("/batches/{}", outcome.batch)).into_response());
    }
    let left = outcome.left.into_iter().map(|one| LeftView { chunk: one.chunk, why: one.detail }).collect();
    if outcome.chunks.is_empty() {
        let shell = Shell::load(state, visitor, Tab::Queue, "Nothing was changed").await?;
        let title = "Nothing was changed".to_owned();
        return page(&BatchPage { shell, title, undo: String::new(), members: Vec::new(), left });
    }
    record(state, visitor, &outcome.batch, left).await
}

async fn record(state: &State, visitor: Visitor, id: &str, left: Vec<LeftView>) -> Result<Response, Failure> {
    let record = state.ledger.review_batch(id).await?;
    let decided = record.chunks.iter().filter(|(_, undone)| !undone).count();
    let ids: Vec<&str> = record.chunks.iter().take(MOST).map(|(chunk, _)| chunk.as_str()).collect();
    let title = match decided {
        0 => format!("{} of {} chunks, taken back", record.action, record.chunks.len()),
        _ => format!("{} of {} by {}", record.action, format::counted(decided as u64, "chunk", "chunks"), record.actor),
    };
    page(&BatchPage {
        shell: Shell::load(state, visitor, Tab::Queue, "One decision").await?,
        title,
        undo: if decided == 0 { String::new() } else { id.to_owned() },
        members: state.ledger.quarantined_chunks(&ids).await?.iter().map(member_view).collect(),
        left,
    })
}

fn member_view(chunk: &QuarantinedChunk) -> MemberView {
    let outcome = outcome(chunk);
    MemberView {
        chunk: chunk.chunk.clone(),
        place: format::place(chunk.title.as_deref(), &chunk.uri, &chunk.heading_path),
        uri: chunk.uri.clone(),
        outcome: if outcome.is_empty() { "waits".to_owned() } else { outcome },
    }
}
