//! `GET /quarantine/{chunk}`: a chunk with its evidence, and what it is held against.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use tamis_scoring::{Dimension, Finding, Severity};

use super::comparison::word_diff;
use super::evidence::{Evidence, MarkedText};
use super::failure::Failure;
use super::format;
use super::grades::Grades;
use super::queue::{Reason, claimed, outcome, reasons};
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use super::text::reflow;
use crate::http::State;
use crate::ledger::{ChunkRecord, Ledger, QuarantineFilter, QuarantinedChunk, ReviewEvent, ReviewState};

/// Most entries of the history shown.
const HISTORY: u32 = 100;
/// What is in the history and cannot be taken back.
const PASSING: [&str; 3] = ["claim", "unclaim", "undo"];
/// Most counterparts shown beside a chunk.
const MAX_COMPARISONS: usize = 5;

#[derive(Template)]
#[template(path = "item.html")]
struct ItemPage {
    shell: Shell,
    chunk: String,
    place: String,
    uri: String,
    source: String,
    changed: String,
    since: String,
    standing: String,
    decided: String,
    claimed: String,
    undoable: bool,
    revision: String,
    raw: String,
    history: Vec<EventView>,
    held: bool,
    reasons: Vec<Reason>,
    grades: Grades,
    findings: Vec<FindingView>,
    text: MarkedText,
    comparisons: Vec<Comparison>,
    next: Option<String>,
    back: String,
}

/// Something that was done about the chunk.
struct EventView {
    action: String,
    actor: String,
    at: String,
    note: String,
    undone: bool,
}

struct FindingView {
    rule: &'static str,
    help: &'static str,
    severity: &'static str,
    message: String,
    quote: String,
    anchor: Option<String>,
    counterpart: Option<String>,
}

/// The chunk and a counterpart, side by side.
struct Comparison {
    rule: &'static str,
    /// Whether what differs is marked; else what the finding read is.
    is_diff: bool,
    identical: bool,
    here: MarkedText,
    there: MarkedText,
    other: Side,
}

struct Side {
    chunk: String,
    place: String,
    uri: String,
    changed: String,
    /// Whether the chunk can still be opened.
    live: bool,
}

/// A chunk with its evidence.
pub(super) async fn show(state: State, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let view = state.ledger.chunk(&id).await?;
    let changed = changed(&state.ledger, &view).await;
    let place = format::place(view.title.as_deref(), &view.uri, &view.heading_path);
    let shell = Shell::load(&state, visitor, Tab::Queue, place.clone()).await?;
    let evidence = evidence(&view.findings);
    let text = MarkedText::mark(&reflow(&view.text), view.span.start(), &evidence, "evidence");
    let queued = state.ledger.quarantined_chunk(&view.chunk).await?;
    let next = next(&state.ledger, &queued).await?;
    let history = state.ledger.review_history(&view.chunk, None, HISTORY).await?;
    let now = Timestamp::now();
    page(&ItemPage {
        shell,
        place,
        since: queued.since.map(|since| format::ago(since, now)).unwrap_or_default(),
        standing: standing(&queued),
        decided: decided(&queued, now),
        claimed: claimed(&queued),
        undoable: history.iter().any(|event| !event.undone && !PASSING.contains(&event.action.as_str())),
        history: history.into_iter().rev().map(|event| event_view(event, now)).collect(),
        revision: queued.revision,
        raw: view.text.clone(),
        held: view.verdict == "quarantine",
        reasons: reasons(&view.reasons),
        grades: Grades::of(&view.scores.dimensions, view.scores.overall),
        findings: view
            .findings
            .iter()
            .enumerate()
            .map(|(number, finding)| finding_view(finding, number + 1, &text))
            .collect(),
        comparisons: comparisons(&state.ledger, &view).await?,
        back: next.clone().unwrap_or_else(|| "/quarantine".to_owned()),
        next,
        text,
        changed,
        chunk: view.chunk,
        uri: view.uri,
        source: view.source,
    })
}

/// The day on which a chunk's document last changed; nothing where that is not known.
async fn changed(ledger: &Ledger, chunk: &ChunkRecord) -> String {
    let document = ledger.document(&chunk.document_id).await.ok();
    document.and_then(|document| document.modified_at).map(format::day).unwrap_or_default()
}

fn standing(chunk: &QuarantinedChunk) -> String {
    match chunk.status {
        ReviewState::Accepted => "Passed: it may be searched.".to_owned(),
        ReviewState::Pending => "Held back until somebody decides.".to_owned(),
        ReviewState::Contested => {
            "Searchable, but another passage denies it and nothing says which is right.".to_owned()
        }
        ReviewState::Claimed => format!("{}.", claimed(chunk)),
        ReviewState::Snoozed => format!("{}.", outcome(chunk)),
        ReviewState::Released => "Released: a person lets it be searched.".to_owned(),
        ReviewState::Rejected => "Rejected: a person keeps it out of every answer.".to_owned(),
        ReviewState::Superseded => "Superseded: something newer replaces it.".to_owned(),
        ReviewState::Edited => "Edited: a person put other words in its place, and those pass.".to_owned(),
    }
}

/// Who decided last, when, and why.
fn decided(chunk: &QuarantinedChunk, now: Timestamp) -> String {
    let (Some(by), Some(at)) = (&chunk.decided_by, chunk.decided_at) else { return String::new() };
    let when = format::ago(at, now);
    match &chunk.note {
        Some(note) => format!("By {by}, {when}: {note}"),
        None => format!("By {by}, {when}."),
    }
}

fn event_view(event: ReviewEvent, now: Timestamp) -> EventView {
    EventView {
        action: event.action,
        actor: event.actor,
        at: event.at.map(|at| format::ago(at, now)).unwrap_or_default(),
        note: event.note.unwrap_or_default(),
        undone: event.undone,
    }
}

fn evidence(findings: &[Finding]) -> Vec<Evidence> {
    findings
        .iter()
        .zip(1..)
        .flat_map(|(finding, number)| {
            finding.spans.iter().map(move |span| Evidence { finding: number, severity: finding.severity, span: *span })
        })
        .collect()
}

fn finding_view(finding: &Finding, number: usize, text: &MarkedText) -> FindingView {
    let anchor = format!("evidence-{number}");
    FindingView {
        rule: finding.rule.id(),
        help: finding.rule.help(),
        severity: severity(finding.severity),
        message: finding.message.clone(),
        quote: finding.quote.clone(),
        anchor: text.has(&anchor).then_some(anchor),
        counterpart: finding.counterpart.as_ref().map(|other| other.uri.clone()),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warn => "warn",
        Severity::Error => "error",
    }
}

/// The chunk that waits after this one.
async fn next(ledger: &Ledger, chunk: &QuarantinedChunk) -> Result<Option<String>, Failure> {
    let filter = QuarantineFilter {
        states: ReviewState::UNDECIDED.to_vec(),
        after: Some(chunk.place.clone()),
        limit: 1,
        ..QuarantineFilter::default()
    };
    Ok(ledger.quarantine(&filter).await?.first().map(|next| format!("/quarantine/{}", next.chunk)))
}

/// The counterparts of the findings, each once.
async fn comparisons(ledger: &Ledger, view: &ChunkRecord) -> Result<Vec<Comparison>, Failure> {
    let mut shown: Vec<Comparison> = Vec::new();
    for finding in &view.findings {
        let Some(counterpart) = &finding.counterpart else { continue };
        let id = counterpart.chunk.to_string();
        if shown.len() == MAX_COMPARISONS || shown.iter().any(|one| one.other.chunk == id) {
            continue;
        }
        // The other chunk may be gone since; what the finding read of it is still known.
        let other = ledger.chunk(&id).await.ok();
        let here_text = reflow(&view.text);
        let text = reflow(other.as_ref().map_or(counterpart.quote.as_str(), |other| other.text.as_str()));
        let text = text.as_str();
        let is_diff = finding.dimension == Dimension::Duplication;
        let (here, there) = if is_diff {
            word_diff(&here_text, text)
        } else {
            let mark = |spans: &[_], text: &str, offset, name: &str| {
                let evidence: Vec<Evidence> =
                    spans.iter().map(|span| Evidence { finding: 1, severity: finding.severity, span: *span }).collect();
                MarkedText::mark(text, offset, &evidence, &format!("{name}-{}", shown.len()))
            };
            let offset = other.as_ref().map_or(usize::MAX, |other| other.span.start());
            (
                mark(&finding.spans, &here_text, view.span.start(), "here"),
                mark(&counterpart.spans, text, offset, "there"),
            )
        };
        shown.push(Comparison {
            rule: finding.rule.id(),
            is_diff,
            identical: is_diff && here_text == text,
            here,
            there,
            other: Side {
                chunk: id,
                place: other.as_ref().map_or_else(
                    || counterpart.document.clone(),
                    |other| format::place(other.title.as_deref(), &other.uri, &other.heading_path),
                ),
                uri: counterpart.uri.clone(),
                changed: match &other {
                    Some(other) => changed(ledger, other).await,
                    None => String::new(),
                },
                live: other.is_some(),
            },
        });
    }
    Ok(shown)
}
