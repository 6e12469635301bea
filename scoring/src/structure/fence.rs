//! Code fences that are never closed.

use super::Reading;
use crate::{Finding, Rule};

/// Finds fenced code blocks that end without a closing fence (`CommonMark` 0.31, section 4.5).
pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let unclosed = |text: &str| !is_closed(text) && text.lines().count() > 1;
    reading
        .outline
        .fences
        .iter()
        .filter(|span| unclosed(reading.at(**span)))
        .map(|&span| {
            let lines = reading.at(span).lines().count();
            let message = format!("The code fence opened here is never closed; it takes {lines} lines with it.");
            reading.finding(Rule::UnclosedFence, message, span)
        })
        .collect()
}

/// Whether the last line of a fenced block is a fence at least as long as the first.
fn is_closed(block: &str) -> bool {
    let mut lines = block.lines();
    let (Some(first), Some(last)) = (lines.next(), lines.next_back()) else { return false };
    let Some(mark) = first.chars().find(|c| matches!(c, '`' | '~')) else { return false };
    let opening = first.trim_start().chars().take_while(|&c| c == mark).count();
    let bare = last.trim_start_matches(|c: char| c == '>' || c.is_whitespace()).trim_end();
    !bare.is_empty() && bare.chars().all(|c| c == mark) && bare.len() >= opening
}
