//! Filler instead of content.

use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::ByteSpan;

use super::reading::ChunkReading;
use crate::outline::BlockKind;
use crate::pattern::{exact_pattern, pattern};
use crate::{Finding, Rule};

/// The opening of the classic filler text, and what often follows it.
static LOREM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b lorem\s+ipsum\s+dolor\s+sit\b | \b consectetur\s+adipisc?ing\s+elit\b | \b sed\s+do\s+eiusmod\s+tempor\b",
    )
});

/// A paragraph that says only that something is still to be written.
static TO_BE_WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\s*_\[(<]* (?: to[\s-]?do | tbd | tba | fixme | wip | to\s+be\s+(?:written|done|added|completed|determined|announced|continued)
          | coming\s+soon | under\s+construction | work\s+in\s+progress
          | (?:insert|add|put|write|enter|your) \s+ (?:\w+\s+){0,3} (?:text|content|description|details|documentation|paragraph) \s* (?:goes|go)? \s* (?:here)?
          | (?:content|text|description|documentation) \s+ (?:goes|to\s+come|coming|will\s+go) \s+ (?:here|soon)
          | (?:this|the) \s+ (?:page|section|chapter|document) \s+ (?:is|has|will) \s+ (?:to\s+be\s+written | not\s+(?:yet\s+)?been\s+written(?:\s+yet)? | (?:still\s+)?empty | be\s+(?:written|added)(?:\s+(?:soon|later))? | under\s+construction | intentionally\s+left\s+blank)
          | placeholder(?:\s+(?:text|content|page))?
        ) [\s*_\])>.!…:]* $",
    )
});

/// Fields of a template that nobody filled: `[Insert name]`, `[SCHOOL NAME]`, `{{ customer.name }}`.
static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r"(?:\[(?:(?i:(?:insert|enter|add|type|your)\s[^\]\n]{1,40}|date|name|time|place|address|phone(?: number)?|job title|company(?: name)?)|[A-Z]{3,}(?: [A-Z]{2,}){1,3})\])|(?:\{\{ ?(?:[a-z_]+\.)?[a-z_]{2,}(?:\.[a-z_]+)* ?\}\})",
    )
});
/// Fewest different ones that make a page a template.
const FIELDS: usize = 2;

/// What was to be put in the place of these words.
static STAND_IN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:description|text|heading|title|content|caption|photo|picture|image|logo|name) \s+ (?:goes|to\s+go) \s+ here\b
        | [(\[] (?:photo|picture|image|screenshot|diagram|text|table) \s+ (?:here|to\s+(?:follow|come)) [)\]]
        | \btext\s+to\s+follow\b | \bblah\s+blah\b | \b(?:see|on)\s+page\s+(?:\#\#|xx)",
    )
});

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let reading = &here.reading;
    if let Some(found) =
        LOREM.find_iter(here.text()).find(|m| !reading.outline.in_code(here.span().start() + m.start()))
    {
        let at = here.span().start() + found.start();
        let block = reading.outline.block_at(at).map_or(found.end() - found.start(), |block| block.span.len());
        let quoted_in_passing = block > 0 && is_quoted(here.text(), found.start());
        if !quoted_in_passing {
            let span = ByteSpan::new(at, at + found.len());
            findings.push(reading.finding(
                Rule::Placeholder,
                "Filler text (\"lorem ipsum\") stands where content should.",
                span,
            ));
        }
    }
    let start = here.span().start();
    let in_prose = |at: usize| {
        let block = reading.outline.block_at(start + at).map(|block| block.kind);
        !reading.outline.in_code(start + at)
            && matches!(block, Some(BlockKind::Paragraph | BlockKind::Item | BlockKind::Heading(_) | BlockKind::Table))
    };
    if let Some(found) =
        STAND_IN.find_iter(here.text()).find(|m| in_prose(m.start()) && !is_quoted(here.text(), m.start()))
    {
        let message = "Words that stand in for what was to be written are still here.";
        findings.push(reading.finding(Rule::Placeholder, message, ByteSpan::from(found.range()).shifted(start)));
    }
    let is_link = |end: usize| here.text()[end..].starts_with(['(', ':', '[']);
    let mut fields: Vec<_> = FIELD
        .find_iter(here.text())
        .filter(|m| in_prose(m.start()) && !is_link(m.end()) && !m.as_str().contains('`'))
        .collect();
    fields.sort_by_key(regex::Match::as_str);
    fields.dedup_by_key(|field| field.as_str());
    if let Some(first) = fields.iter().min_by_key(|m| m.start()).filter(|_| fields.len() >= FIELDS) {
        let message = format!("{} fields of a template were never filled.", fields.len());
        findings.push(reading.finding(Rule::Placeholder, message, ByteSpan::from(first.range()).shifted(start)));
    }
    let alone = |block: &crate::outline::Block| matches!(block.kind, BlockKind::Paragraph) && block.span.len() < 120;
    for block in here.blocks().filter(alone) {
        if TO_BE_WRITTEN.is_match(reading.at(block.span)) {
            let message = "This section says only that it is still to be written.";
            findings.push(reading.finding(Rule::Placeholder, message, block.span));
        }
    }
}

/// Whether the text before `at` ends in an opening quotation mark.
fn is_quoted(text: &str, at: usize) -> bool {
    text.get(..at)
        .and_then(|before| before.chars().next_back())
        .is_some_and(|c| matches!(c, '"' | '“' | '‘' | '\'' | '«'))
}
