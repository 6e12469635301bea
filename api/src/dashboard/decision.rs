//! `POST /quarantine/{chunk}/decision`: what a person decides, from a form.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::failure::Failure;
use super::queue::Row;
use super::session::Visitor;
use super::shell::html;
use crate::access::Scope;
use crate::http::State;
use crate::ledger::ReviewAction;

/// Longest note, in bytes, as for `/v1`.
const MAX_NOTE: usize = 4_096;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionForm {
    action: ReviewAction,
    token: String,
    #[serde(default)]
    note: String,
    /// Where to go on.
    #[serde(default)]
    back: String,
}

/// Decides about a chunk: answers with its row where htmx asks, and leads back to the page otherwise.
pub(super) async fn decide(
    state: State,
    visitor: Visitor,
    Path(chunk): Path<String>,
    headers: HeaderMap,
    form: Result<Form<DecisionForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form.map_err(|problem| Failure::invalid(problem.body_text()))?;
    visitor.check(&form.token, Scope::Review)?;
    if form.note.len() > MAX_NOTE {
        return Err(Failure::invalid(format!("a note holds at most {MAX_NOTE} bytes")));
    }
    let note = Some(form.note.trim()).filter(|note| !note.is_empty());
    let chunks = [chunk];
    state.ledger.review(&chunks, form.action, visitor.name(), note, &state.policy()).await?;
    state.publish_wanted.notify_one();
    let back = local_or(&form.back, "/quarantine");
    if headers.contains_key("hx-request") {
        let [chunk] = chunks;
        let chunk = state.ledger.quarantined_chunk(&chunk).await?;
        return Ok(html(Row::of(&chunk, &visitor, Timestamp::now(), back).render()?));
    }
    Ok(Redirect::to(back).into_response())
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
