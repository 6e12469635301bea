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
use super::queue::{Reason, reasons};
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use super::text::reflow;
use crate::http::State;
use crate::ledger::{ChunkRecord, Ledger, QuarantineFilter, QuarantinedChunk, ReviewState};

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
    standing: &'static str,
    held: bool,
    reasons: Vec<Reason>,
    grades: Grades,
    findings: Vec<FindingView>,
    text: MarkedText,
    comparisons: Vec<Comparison>,
    next: Option<String>,
    back: String,
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
    // Only a chunk that is held back, or was decided about, is in the queue.
    let queued = state.ledger.quarantined_chunk(&view.chunk).await.ok();
    let next = match &queued {
        Some(queued) => next(&state.ledger, queued).await?,
        None => None,
    };
    let now = Timestamp::now();
    page(&ItemPage {
        shell,
        place,
        since: queued.and_then(|queued| queued.since).map(|since| format::ago(since, now)).unwrap_or_default(),
        standing: standing(&view),
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

fn standing(view: &ChunkRecord) -> &'static str {
    match (view.review.as_deref(), view.searchable) {
        (Some("released"), _) => "Released: a person lets it be searched.",
        (Some("rejected"), _) => "Rejected: a person keeps it out of every answer.",
        (_, true) => "Passed: it may be searched.",
        (_, false) => "Held back until somebody decides.",
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
        state: Some(ReviewState::Pending),
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
