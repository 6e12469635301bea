//! `GET /quarantine`: the review queue.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

use super::failure::Failure;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use super::{format, health};
use crate::access::Scope;
use crate::http::{State, cursor};
use crate::ledger::{QuarantineFilter, QuarantinedChunk, ReviewState};

/// Chunks on a page: as many as people go through in one go.
const PAGE: usize = 20;

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
    status: ReviewState,
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
            reasons: reasons(&chunk.reasons),
            message: weightiest.map(|finding| finding.message.clone()).unwrap_or_default(),
            quote: weightiest.map(|finding| finding.quote.clone()).unwrap_or_default(),
            overall: format!("{overall:.0}"),
            status: chunk.status,
            token: visitor.token().to_owned(),
            open: visitor.may(Scope::Review),
            back: back.to_owned(),
        }
    }

    fn decided(&self) -> Option<&'static str> {
        match self.status {
            ReviewState::Pending => None,
            ReviewState::Released => Some("Released"),
            ReviewState::Rejected => Some("Rejected"),
        }
    }
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
    let status = match parameters.status.as_str() {
        "" | "pending" => Some(ReviewState::Pending),
        "released" => Some(ReviewState::Released),
        "rejected" => Some(ReviewState::Rejected),
        "any" => None,
        other => {
            return Err(Failure::invalid(format!("status {other} is not one of pending, released, rejected, any")));
        }
    };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let filter = QuarantineFilter {
        state: status,
        rule: some(&parameters.rule),
        source: some(&parameters.source),
        after: some(&parameters.after).map(|after| cursor::decode(&after)).transpose()?,
        limit: PAGE as u32 + 1,
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
        statuses: [("pending", "Waiting"), ("released", "Released"), ("rejected", "Rejected"), ("any", "All")]
            .map(|(value, label)| Choice {
                value: value.to_owned(),
                label: label.to_owned(),
                selected: parameters.status == value,
            })
            .into(),
        rules: choices(rules, &parameters.rule),
        sources: choices(sources, &parameters.source),
        filtered: [&parameters.status, &parameters.rule, &parameters.source].iter().any(|value| !value.is_empty()),
        later: !parameters.after.is_empty(),
        rows: items.iter().map(|item| Row::of(item, &visitor, now, &back)).collect(),
        next,
    })
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
