//! Text decoded with the wrong character set, as far as reading could not put it right.

use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::{ByteSpan, NoticeKind, mojibake};

use super::reading::ChunkReading;
use crate::pattern::pattern;
use crate::{Finding, Rule, Severity};

/// What a text about the damage speaks of, which shows a little of it on purpose.
static ABOUT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\bmojibake\b | \b(?:latin-?1|windows-?1252|cp-?1252|iso-?8859-?1)\b"));

/// Hits from which a chunk is beyond repair by reading.
const MANY: usize = 3;
/// A chunk with a hit in this many characters is damaged throughout.
const DENSE: usize = 250;

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let text = here.text();
    if text.is_ascii() {
        return;
    }
    let start = here.span().start();
    let outline = here.reading.outline;
    let reported = here.reading.document.notices.iter().any(|notice| notice.kind == NoticeKind::InvalidEncoding);
    let hits: Vec<ByteSpan> = mojibake::find(text)
        .into_iter()
        .filter(|&span| !(reported && span.of(text).is_some_and(|hit| hit.starts_with('\u{FFFD}'))))
        .map(|span| span.shifted(start))
        .filter(|span| !outline.in_code(span.start()))
        .collect();
    let Some(&first) = hits.first() else { return };
    if ABOUT.is_match(text) && hits.len() < MANY {
        return;
    }
    let dense = hits.len() * DENSE >= text.len();
    let severity = if hits.len() >= MANY || dense { Severity::Error } else { Severity::Warn };
    let around = here.reading.at(first);
    let message = format!(
        "{} place{} read with the wrong character set, such as {around:?}.",
        hits.len(),
        if hits.len() == 1 { "" } else { "s" }
    );
    let mut finding = here.reading.finding(Rule::Mojibake, message, widened(here, first)).at(severity);
    finding.spans = hits.into_iter().take(8).collect();
    findings.push(finding);
}

/// `span` with some of the words around it, for the quote.
fn widened(here: &ChunkReading<'_>, span: ByteSpan) -> ByteSpan {
    let text = here.reading.text();
    let from = text.floor_char_boundary(span.start().saturating_sub(40)).max(here.span().start());
    let to = text.ceil_char_boundary(span.end() + 60).min(here.span().end());
    ByteSpan::new(from, to)
}
