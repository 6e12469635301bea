//! `POST /quarantine/{chunk}/…`: what a person decides, takes back or keeps for themselves, from a form.

use std::slice;

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::failure::Failure;
use super::queue::Row;
use super::runs::sent;
use super::session::Visitor;
use super::shell::html;
use crate::access::Scope;
use crate::http::State;
use crate::ledger::{self, Choice, Decision, ReviewAction};
use crate::reviewing::{self, Wish};

/// How long a claim lasts, in seconds.
const LEASE: u32 = 900;

/// A decision.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionForm {
    action: String,
    token: String,
    #[serde(default)]
    note: String,
    /// For a snooze: for how many days.
    #[serde(default = "week")]
    days: u16,
    /// For an edit: the words.
    #[serde(default)]
    text: String,
    /// What the person saw; empty decides whatever it is by now.
    #[serde(default)]
    revision: String,
    /// Where to go on.
    #[serde(default)]
    back: String,
}

/// A form that says only that something is to be done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DoForm {
    pub(super) token: String,
    #[serde(default)]
    back: String,
}

/// Whether a chunk is kept, or let go of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimForm {
    token: String,
    keep: bool,
}

fn week() -> u16 {
    7
}

/// Decides about a chunk: answers with its row where htmx asks, and leads back to the page otherwise.
pub(super) async fn decide(
    state: State,
    visitor: Visitor,
    Path(chunk): Path<String>,
    headers: HeaderMap,
    form: Result<Form<DecisionForm>, FormRejection>,
) -> Result<Response, Failure> {
    let form = sent(form)?;
    visitor.check(&form.token, Scope::Review)?;
    let said = Said { action: form.action, note: form.note, days: form.days, text: form.text };
    let (action, note) = review_action(&state, said)?;
    let revision = Some(form.revision).filter(|revision| !revision.is_empty());
    let choice = Choice { chunk, revision };
    let decision = Decision { action, actor: visitor.name().to_owned(), note };
    match state.ledger.decide(slice::from_ref(&choice), &decision, &state.policy()).await {
        // A decision about one side of a conflict settles the other: its row is shown as it is by now.
        Err(ledger::Error::Changed { .. }) if is_htmx(&headers) => {
            let row = row(&state, &visitor, &choice.chunk, &form.back).await?;
            Ok((StatusCode::PRECONDITION_FAILED, row).into_response())
        }
        decided => {
            decided?;
            after(&state, &visitor, &choice.chunk, &headers, &form.back).await
        }
    }
}

/// What a form says of a decision.
pub(super) struct Said {
    pub(super) action: String,
    pub(super) note: String,
    /// For a snooze: for how many days.
    pub(super) days: u16,
    /// For an edit: the words.
    pub(super) text: String,
}

/// The action that a form asks for, and its note.
pub(super) fn review_action(state: &State, said: Said) -> Result<(ReviewAction, Option<String>), Failure> {
    let now = Timestamp::now();
    let until = now.checked_add((i64::from(said.days) * 24).hours()).unwrap_or(Timestamp::MAX);
    let note = Some(said.note.trim().to_owned()).filter(|note| !note.is_empty());
    let wish = Wish {
        note: note.clone(),
        until: (said.action == "snooze").then_some(until),
        // Browsers send lines as CR LF.
        text: (said.action == "edit").then(|| said.text.replace("\r\n", "\n")),
        action: said.action,
    };
    let action = reviewing::action(wish, &state.tokens, state.config.chunks.max, now)
        .map_err(|problem| Failure::invalid(problem.to_string()))?;
    Ok((action, note))
}

/// Takes the last decision about a chunk back.
pub(super) async fn undo(
    state: State,
    visitor: Visitor,
    Path(chunk): Path<String>,
    headers: HeaderMap,
    form: Result<Form<DoForm>, FormRejection>,
) -> Result<Response, Failure> {
    let form = sent(form)?;
    visitor.check(&form.token, Scope::Review)?;
    let choice = Choice::from(chunk);
    state.ledger.undo_review(&choice, visitor.name(), &state.policy()).await?;
    after(&state, &visitor, &choice.chunk, &headers, &form.back).await
}

/// Keeps a chunk for the visitor for a while, so that nobody else decides about it, or lets go of it.
pub(super) async fn claim(
    state: State,
    visitor: Visitor,
    Path(chunk): Path<String>,
    form: Result<Form<ClaimForm>, FormRejection>,
) -> Result<Response, Failure> {
    let form = sent(form)?;
    visitor.check(&form.token, Scope::Review)?;
    let choice = Choice::from(chunk);
    state.ledger.claim(&choice, visitor.name(), if form.keep { LEASE } else { 0 }).await?;
    Ok(Redirect::to(&format!("/quarantine/{}", choice.chunk)).into_response())
}

async fn after(
    state: &State,
    visitor: &Visitor,
    chunk: &str,
    headers: &HeaderMap,
    back: &str,
) -> Result<Response, Failure> {
    state.publish_wanted.notify_one();
    if is_htmx(headers) {
        return row(state, visitor, chunk, back).await;
    }
    Ok(Redirect::to(local_or(back, "/quarantine")).into_response())
}

fn is_htmx(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

/// The row of a chunk, as it is now.
async fn row(state: &State, visitor: &Visitor, chunk: &str, back: &str) -> Result<Response, Failure> {
    let chunk = state.ledger.quarantined_chunk(chunk).await?;
    Ok(html(Row::of(&chunk, visitor, Timestamp::now(), local_or(back, "/quarantine")).render()?))
}

/// The address where it stays on this site, else the other one.
pub(super) fn local_or<'a>(address: &'a str, other: &'a str) -> &'a str {
    if is_local(address) { address } else { other }
}

/// Whether an address stays on this site: `//host` and `/\host` do not.
fn is_local(address: &str) -> bool {
    let mut characters = address.chars();
    characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && !address.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_addresses_of_this_site_are_followed() {
        for local in ["/", "/quarantine?rule=a%26b", "/quarantine/0a"] {
            assert!(is_local(local), "{local}");
        }
        for other in ["", "//evil.test", "/\\evil.test", "https://evil.test", "quarantine", "/a\r\nb"] {
            assert!(!is_local(other), "{other}");
        }
    }
}
