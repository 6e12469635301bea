//! A graded chunk as `tamis grade` prints it and `POST /v1/grade` answers it.

use serde::Serialize;
use tamis_ingest::{ByteSpan, ChunkId};
use tamis_scoring::{Finding, Score, Scores, Verdict};

use crate::assessment::AssessedDocument;

/// A graded chunk.
#[derive(Debug, Serialize)]
pub struct GradedLine<'a> {
    /// Public name of its document.
    pub document: &'a str,
    /// Where the document is.
    pub uri: &'a str,
    /// The chunk.
    pub chunk: &'a ChunkId,
    /// Its place in the document, from 0.
    pub ordinal: u32,
    /// Where it stands in the document's text.
    pub span: ByteSpan,
    /// The headings it stands under.
    pub heading_path: &'a [String],
    /// The names of the columns, where it begins below the head of a table.
    pub table_head: Option<&'a str>,
    /// The language it is in.
    pub language: Option<&'a str>,
    /// The page it begins on.
    pub page: Option<u32>,
    /// Its length in tokens.
    pub tokens: u32,
    /// The text.
    pub text: &'a str,
    /// Its grades.
    pub scores: AllScores,
    /// `accept` or `quarantine`.
    pub verdict: &'static str,
    /// All that was found about it.
    pub findings: &'a [Finding],
}

/// The four scores and what they come to.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AllScores {
    /// The four.
    #[serde(flatten)]
    pub scores: Scores,
    /// Their weighted mean.
    pub overall: Score,
}

impl<'a> GradedLine<'a> {
    /// The chunks of a document, in order.
    pub fn of(document: &'a AssessedDocument) -> impl Iterator<Item = Self> {
        document.chunks.iter().map(|one| Self {
            document: &document.name,
            uri: &document.document.uri,
            chunk: &one.chunk.id,
            ordinal: one.chunk.ordinal,
            span: one.chunk.span,
            heading_path: &one.chunk.heading_path,
            table_head: one.chunk.table_head.as_deref(),
            language: one.chunk.language.as_deref(),
            page: one.chunk.page,
            tokens: one.chunk.tokens,
            text: &one.chunk.text,
            scores: AllScores { scores: one.report.scores, overall: one.decision.overall },
            verdict: verdict_name(&one.decision.verdict),
            findings: &one.report.findings,
        })
    }
}

/// A verdict as programs read it.
#[must_use]
pub fn verdict_name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accept => "accept",
        Verdict::Quarantine(_) => "quarantine",
    }
}
