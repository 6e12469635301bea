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
    let paragraphs = reading.outline.blocks.iter().filter(|block| block.kind == BlockKind::Paragraph);
    paragraphs
        .filter(|block| block.span.len() > most * 2)
        .filter_map(|block| {
            let text = reading.at(block.span);
            let words = word_count(text);
            let short_lines = text.lines().count() * 5 > words;
            let message = || format!("A paragraph of {words} words without a break, more than {most}.");
            (words > most && !short_lines).then(|| reading.finding(Rule::WallOfText, message(), block.span))
        })
        .collect()
}
