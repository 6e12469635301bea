//! `GET /quarantine`: the review queue.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use tamis_scoring::{Dimension, Finding};

use super::failure::Failure;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use super::{format, health};
use crate::access::Scope;
use crate::http::{State, cursor};
use crate::ledger::{QuarantineFilter, QuarantinedChunk, ReviewState};

/// Chunks on a page: as many as people go through in one go.
const PAGE: usize = 20;

/// The states that the list can be asked for.
const STATES: [(ReviewState, &str); 8] = [
    (ReviewState::Pending, "Held back"),
    (ReviewState::Contested, "Contested"),
    (ReviewState::Claimed, "Being worked on"),
    (ReviewState::Snoozed, "Put off"),
    (ReviewState::Released, "Released"),
    (ReviewState::Rejected, "Rejected"),
    (ReviewState::Superseded, "Superseded"),
    (ReviewState::Edited, "Edited"),
];

/// Which part of the queue to show; empty means any.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct QueueParameters {
    status: String,
    rule: String,
    source: String,
    after: String,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    shell: Shell,
    statuses: Vec<Choice>,
    rules: Vec<Choice>,
    sources: Vec<Choice>,
    filtered: bool,
    later: bool,
    rows: Vec<Row>,
    next: Option<String>,
}

/// A choice of a filter.
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

/// A chunk in the queue's list.
#[derive(Template)]
#[template(path = "queue_row.html")]
pub(super) struct Row {
    chunk: String,
    place: String,
    uri: String,
    source: String,
    since: String,
    reasons: Vec<Reason>,
    message: String,
    quote: String,
    overall: String,
    /// How many more copies of the same passage wait with it; nothing where none does.
    copies: String,
    /// The chunk that it and they repeat.
    cluster: String,
    outcome: String,
    /// Whether a person decided that.
    undoable: bool,
    claimed: String,
    revision: String,
    token: String,
    /// Whether the visitor may decide.
    open: bool,
    /// Where a decision without JavaScript leads back to.
    back: String,
}

/// The template escapes every text.
impl askama::filters::HtmlSafe for Row {}

/// A rule that holds a chunk back.
pub(super) struct Reason {
    pub(super) rule: String,
    pub(super) help: &'static str,
}

impl Row {
    /// A chunk as the list shows it.
    pub(super) fn of(chunk: &QuarantinedChunk, visitor: &Visitor, now: Timestamp, back: &str) -> Self {
        let weightiest = chunk
            .reasons
            .first()
            .and_then(|rule| chunk.findings.iter().find(|finding| finding.rule.id() == rule))
            .or_else(|| chunk.findings.first());
        let overall = f64::from(chunk.overall) * 100.0;
        Self {
            chunk: chunk.chunk.clone(),
            place: format::place(chunk.title.as_deref(), &chunk.uri, &chunk.heading_path),
            uri: chunk.uri.clone(),
            source: chunk.source.clone(),
            since: chunk.since.map(|since| format::ago(since, now)).unwrap_or_default(),
            reasons: reasons(&rules(chunk)),
            message: weightiest.map(|finding| finding.message.clone()).unwrap_or_default(),
            quote: weightiest.map(|finding| finding.quote.clone()).unwrap_or_default(),
            overall: format!("{overall:.0}"),
            copies: if chunk.copies == 0 { String::new() } else { format::count(chunk.copies) },
            cluster: chunk.canonical.clone().unwrap_or_else(|| chunk.chunk.clone()),
            outcome: outcome(chunk),
            undoable: chunk.status != ReviewState::Accepted,
            claimed: claimed(chunk),
            revision: chunk.revision.clone(),
            token: visitor.token().to_owned(),
            open: visitor.may(Scope::Review),
            back: back.to_owned(),
        }
    }

    fn decided(&self) -> Option<&str> {
        (!self.outcome.is_empty()).then_some(self.outcome.as_str())
    }
}

/// Who works on a chunk; nothing where nobody does.
pub(super) fn claimed(chunk: &QuarantinedChunk) -> String {
    match (&chunk.claimed_by, chunk.claimed_until) {
        (Some(by), Some(until)) => format!("{by} works on it until {}", format::minute(until)),
        _ => String::new(),
    }
}

/// What was decided about a chunk, in words; nothing while it waits.
pub(super) fn outcome(chunk: &QuarantinedChunk) -> String {
    match chunk.status {
        ReviewState::Pending | ReviewState::Contested | ReviewState::Claimed => String::new(),
        ReviewState::Accepted => "Passes".to_owned(),
        ReviewState::Snoozed => format!("Put off until {}", chunk.until.map(format::day).unwrap_or_default()),
        ReviewState::Released => "Released".to_owned(),
        ReviewState::Rejected => "Rejected".to_owned(),
        ReviewState::Superseded => "Superseded".to_owned(),
        ReviewState::Edited => "Edited".to_owned(),
    }
}

/// The rules that hold a chunk back, or contest it.
fn rules(chunk: &QuarantinedChunk) -> Vec<String> {
    if !chunk.reasons.is_empty() {
        return chunk.reasons.clone();
    }
    let contests = |finding: &&Finding| finding.counterpart.is_some() || finding.dimension == Dimension::Contradiction;
    let contesting = chunk.findings.iter().filter(contests);
    let mut rules: Vec<String> = contesting.map(|finding| finding.rule.id().to_owned()).collect();
    rules.dedup();
    rules
}

/// The rules that hold a chunk back, with what they mean.
pub(super) fn reasons(rules: &[String]) -> Vec<Reason> {
    rules.iter().map(|rule| Reason { rule: rule.clone(), help: health::help(rule) }).collect()
}

/// The review queue.
pub(super) async fn show(
    state: State,
    visitor: Visitor,
    parameters: Result<Query<QueueParameters>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(parameters) = parameters.map_err(|problem| Failure::invalid(problem.body_text()))?;
    let shell = Shell::load(&state, visitor.clone(), Tab::Queue, "Review queue").await?;
    let states = match parameters.status.as_str() {
        "" => ReviewState::UNDECIDED.to_vec(),
        "any" => Vec::new(),
        name => {
            let state = STATES.into_iter().map(|(state, _)| state).find(|state| state.name() == name);
            vec![state.ok_or_else(|| Failure::invalid(format!("{name} is no status of the queue")))?]
        }
    };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let filter = QuarantineFilter {
        states,
        rule: some(&parameters.rule),
        source: some(&parameters.source),
        after: some(&parameters.after).map(|after| cursor::decode(&after)).transpose()?,
        limit: PAGE as u32 + 1,
        ..QuarantineFilter::default()
    };
    let mut items = state.ledger.quarantine(&filter).await?;
    let more = items.len() > PAGE;
    items.truncate(PAGE);
    let address = |after: &str| {
        let query = [
            ("status", parameters.status.as_str()),
            ("rule", &parameters.rule),
            ("source", &parameters.source),
            ("after", after),
        ];
        address("/quarantine", &query)
    };
    let next = items.last().filter(|_| more).map(|last| address(&cursor::encode(&last.place)));
    let back = address(&parameters.after);
    let now = Timestamp::now();
    let rules = state.ledger.quarantined_by_rule().await?.into_keys();
    let sources = state.ledger.sources().await?.into_iter().map(|source| source.name);
    page(&QueuePage {
        shell,
        statuses: statuses(&parameters.status),
        rules: choices(rules, &parameters.rule),
        sources: choices(sources, &parameters.source),
        filtered: [&parameters.status, &parameters.rule, &parameters.source].iter().any(|value| !value.is_empty()),
        later: !parameters.after.is_empty(),
        rows: items.iter().map(|item| Row::of(item, &visitor, now, &back)).collect(),
        next,
    })
}

fn statuses(chosen: &str) -> Vec<Choice> {
    let named = STATES.map(|(state, label)| (state.name(), label));
    [("", "To be decided")]
        .into_iter()
        .chain(named)
        .chain([("any", "All")])
        .map(|(value, label)| Choice { value: value.to_owned(), label: label.to_owned(), selected: chosen == value })
        .collect()
}

fn choices(values: impl Iterator<Item = String>, chosen: &str) -> Vec<Choice> {
    values.map(|value| Choice { label: value.clone(), selected: value == chosen, value }).collect()
}

/// A local address with those parameters that say something.
pub(super) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(separator);
        address.push_str(name);
        address.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => address.push(char::from(byte)),
                // Writing to a String cannot fail.
                _ => drop(write!(address, "%{byte:02X}")),
            }
        }
        separator = '&';
    }
    address
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_carry_what_says_something_and_nothing_breaks_out() {
        assert_eq!(address("/quarantine", &[("rule", ""), ("after", "")]), "/quarantine");
        assert_eq!(
            address("/quarantine", &[("rule", "structure.secret"), ("source", "a&b=\"ä\"")]),
            "/quarantine?rule=structure.secret&source=a%26b%3D%22%C3%A4%22"
        );
    }
}
