//! `GET /conflicts`: sentences that cannot both be true.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use serde::Deserialize;
use tamis_scoring::ConflictGround;

use super::comparison::word_diff;
use super::evidence::MarkedText;
use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::http::{State, cursor};
use crate::ledger::{ConflictSide, OpenConflict};

/// Conflicts on a page.
const PAGE: usize = 20;

/// Which part of a list to show.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ListParameters {
    pub(super) after: String,
}

#[derive(Template)]
#[template(path = "conflicts.html")]
struct ConflictsPage {
    shell: Shell,
    conflicts: Vec<ConflictView>,
    later: bool,
    next: Option<String>,
}

struct ConflictView {
    message: String,
    rule: &'static str,
    confidence: String,
    since: String,
    /// What tells which one stands; empty where nothing does.
    ground: &'static str,
    /// Whether the other has given way for it.
    decided: bool,
    sides: Vec<SideView>,
    others: Vec<String>,
}

struct SideView {
    chunk: String,
    document: String,
    uri: String,
    authority: u8,
    changed: String,
    sentence: MarkedText,
    stands: bool,
    /// The other documents that say the same.
    confirmed_by: String,
}

impl ListParameters {
    /// The place in the list to go on after.
    pub(super) fn place(&self) -> Result<Option<String>, Failure> {
        Ok((!self.after.is_empty()).then(|| cursor::decode(&self.after)).transpose()?)
    }
}

/// The open conflicts.
pub(super) async fn show(
    state: State,
    visitor: Visitor,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(parameters) = parameters.map_err(|problem| Failure::invalid(problem.body_text()))?;
    let mut found = state.ledger.open_conflicts(parameters.place()?.as_deref(), PAGE as u32 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    page(&ConflictsPage {
        shell: Shell::load(&state, visitor, Tab::Conflicts, "Conflicts").await?,
        later: !parameters.after.is_empty(),
        next: found.last().filter(|_| more).map(|last| format!("/conflicts?after={}", cursor::encode(&last.place))),
        conflicts: found.iter().filter_map(conflict_view).collect(),
    })
}

fn conflict_view(conflict: &OpenConflict) -> Option<ConflictView> {
    let surest = conflict.disagreements.first()?;
    let [first, second] = conflict.sides.as_slice() else { return None };
    let quote = |side: usize| surest.quotes.get(side).map(String::as_str).unwrap_or_default();
    let (here, there) = word_diff(quote(0), quote(1));
    Some(ConflictView {
        message: surest.message.clone(),
        rule: surest.rule.id(),
        confidence: format!("{:.0} %", surest.confidence * 100.0),
        since: conflict.since.map(format::day).unwrap_or_default(),
        ground: conflict.ground.map(ConflictGround::name).unwrap_or_default(),
        decided: conflict.decided,
        sides: vec![side_view(first, here, conflict.decided), side_view(second, there, false)],
        others: conflict.disagreements.iter().skip(1).map(|one| one.message.clone()).collect(),
    })
}

fn side_view(side: &ConflictSide, sentence: MarkedText, stands: bool) -> SideView {
    SideView {
        chunk: side.chunk.clone(),
        document: side.document.clone(),
        uri: side.uri.clone(),
        authority: side.authority,
        changed: side.effective_at.map(format::day).unwrap_or_default(),
        sentence,
        stands,
        confirmed_by: side.confirmed_by.join(", "),
    }
}
