//! Too much at once: chunks the model cuts off, paragraphs no one can read.

use tamis_ingest::TextShape;

use super::Reading;
use super::reading::ChunkReading;
use crate::excerpt::word_count;
use crate::outline::BlockKind;
use crate::policy::StructurePolicy;
use crate::{Finding, Rule};

/// Abstracts and letters without markup run longer before they are hard to read.
const PLAIN_TEXT_ALLOWANCE: f32 = 1.5;

pub(super) fn check_chunk(here: &ChunkReading<'_>, policy: StructurePolicy, findings: &mut Vec<Finding>) {
    let (tokens, most) = (here.chunk.tokens, policy.max_tokens);
    if tokens > most {
        findings.push(here.finding(Rule::TooLong, format!("{tokens} tokens, where the model reads {most}.")));
    }
}

pub(super) fn check_paragraphs(reading: &Reading<'_>, policy: StructurePolicy) -> Vec<Finding> {
    let most = match reading.document.media_type.text_shape() {
        TextShape::Written | TextShape::Converted => policy.max_paragraph_words as usize,
        TextShape::Plain => (policy.max_paragraph_words as f32 * PLAIN_TEXT_ALLOWANCE) as usize,
        TextShape::Printed => return Vec::new(),
    };
    let plain = reading.document.media_type.text_shape() == TextShape::Plain;
    let paragraphs = reading.outline.blocks.iter().filter(|block| block.kind == BlockKind::Paragraph);
    paragraphs
        .filter(|block| block.span.len() > most * 2)
        .filter_map(|block| {
            let text = reading.at(block.span);
            let words = word_count(text);
            let short_lines = text.lines().count() * 5 > words || (plain && is_listed(text));
            let message = if words > most {
                format!("A paragraph of {words} words without a break, more than {most}.")
            } else if words * 2 > most && runs_on(text, words) {
                format!("{words} words without a stop.")
            } else {
                return None;
            };
            (!short_lines).then(|| reading.finding(Rule::WallOfText, message, block.span))
        })
        .collect()
}

/// Fewest words to a stop or comma in a paragraph that runs on without any.
const RUN_ON: usize = 100;

/// Whether `text`, of so many words with spaces between them, hardly has a stop or comma.
fn runs_on(text: &str, words: usize) -> bool {
    let spaced = text.split_whitespace().count() * 10 >= words * 9;
    let letters = text.chars().filter(|c| c.is_alphabetic() || c.is_whitespace()).count();
    let stops = text.chars().filter(|c| matches!(c, '.' | '!' | '?' | ';' | ':' | ',' | '|' | '(' | '/' | '=')).count();
    spaced && letters * 10 >= text.chars().count() * 9 && stops * RUN_ON <= words
}

/// Fewest lines of a list without markup.
const FEWEST_LINES: usize = 8;

/// Whether the lines of a text without markup are items: many open with a mark, or they are as long as what they say,
/// where those of wrapped prose fill the width.
fn is_listed(text: &str) -> bool {
    let lengths: Vec<usize> = text.lines().map(|line| line.trim().chars().count()).collect();
    let widest = lengths.iter().copied().max().unwrap_or_default();
    let full = lengths.iter().filter(|length| **length * 10 >= widest * 7).count();
    let marked = text
        .lines()
        .filter(|line| ["- ", "* ", "+ ", "• ", "o "].iter().any(|mark| line.trim_start().starts_with(mark)))
        .count();
    lengths.len() >= FEWEST_LINES && (full * 10 < lengths.len() * 6 || marked * 5 > lengths.len())
}
