//! Things that a page describes and that are at an end: "The `export` command is deprecated as of release 3.1."
//!
//! The page may be right about them, so this is a note wherever it stands. What "will be removed in version 5", and
//! nothing more, is not at an end yet.

use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::ByteSpan;

use super::DocumentKind;
use super::dates::DATE_FORMS;
use super::outdated::is_hedged;
use crate::pattern::pattern;
use crate::structure::ChunkReading;
use crate::{Finding, Rule, Severity};

/// What is said of such a thing. Since when it is deprecated, that it goes, when its life ended and who gave it up make
/// it a fact; "is deprecated" alone is as often said of what to do with such things.
static AT_AN_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?: (?:is|are|was|were|has\s+been|have\s+been)\s+(?:now\s+|already\s+|\w+ly\s+)?deprecated\s+
                (?: (?:as\s+of|since|starting\s+(?:in|on|with|from))\s+\w | and\s+(?:will|is\s+(?:going|planned|scheduled)\s+to|are\s+(?:going|planned|scheduled)\s+to)\s+be\s+removed\b )
            | reached\s+(?:its\s+|their\s+|the\s+)?end[\s-]of[\s-](?:life|support|service|maintenance)\s+(?:in\s+|on\s+|at\s+|\(\s*)(?:the\s+end\s+of\s+)?{DATE_FORMS}\b
            | (?:is|are)\s+no\s+longer\s+(?:being\s+)?(?:\w+ly\s+)?(?:supported|maintained|developed)\s+by\s+(?:its|their|the)\s+(?:\w+\s+)?(?:makers?|vendors?|manufacturers?|publishers?|authors?|developers?|suppliers?|producers?|maintainers?)\b )"
    ))
});

/// What a sentence starts after.
const SENTENCE_STARTS: [&str; 9] = [". ", ".\n", "! ", "? ", ": ", "\n\n", "\n- ", "\n* ", "# "];

/// The notes about things at an end in a chunk, but for those that are `told` already. A log of changes tells what
/// was announced then.
pub(super) fn check(here: &ChunkReading<'_>, kind: DocumentKind, told: impl Fn(ByteSpan) -> bool) -> Vec<Finding> {
    let log = |heading: &String| DocumentKind::from_names(heading) == Some(DocumentKind::Changelog);
    if matches!(kind, DocumentKind::Changelog | DocumentKind::News) || here.chunk.heading_path.iter().any(log) {
        return Vec::new();
    }
    let text = here.text();
    let start = here.span().start();
    let found = AT_AN_END.find_iter(text).filter_map(|found| {
        let from = sentence_start(&text[..found.start()]);
        let span = ByteSpan::new(from, found.end()).shifted(start);
        let hedged = is_hedged(text, found.start()) || is_of_any_or_quoted(&text[from..found.start()]);
        let counts = !hedged && !here.reading.outline.in_code(start + found.start()) && !told(span);
        let message = "It describes something that is deprecated.";
        counts.then(|| here.reading.finding(Rule::Deprecated, message, span).at(Severity::Info))
    });
    found.collect()
}

/// Where the sentence starts that `before` ends in.
fn sentence_start(before: &str) -> usize {
    let starts = SENTENCE_STARTS.iter().filter_map(|mark| before.rfind(mark).map(|at| at + mark.len()));
    starts.max().unwrap_or_default()
}

/// Whether a sentence that goes on from `before` speaks of anything "that is deprecated", or stands in quotation marks.
fn is_of_any_or_quoted(before: &str) -> bool {
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let quoted = before.matches('"').count() % 2 == 1 || before.matches('“').count() > before.matches('”').count();
    quoted || ["that", "what", "whatever"].iter().any(|word| last.eq_ignore_ascii_case(word))
}
