//! Symbols instead of words.

use super::reading::ChunkReading;
use crate::outline::BlockKind;
use crate::{Finding, Rule};

/// Below this share of letters and digits among visible characters, prose is symbol soup. English prose has about .97,
/// a page of URLs .8.
const LEAST_ALPHANUMERIC: f32 = 0.4;
/// Fewer characters than this say nothing about a share.
const FEWEST_CHARACTERS: usize = 30;
/// Fewest characters where none of them is a letter or digit.
const FEWEST_WITHOUT_ANY: usize = 6;

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let code_or_table = |kind| matches!(kind, BlockKind::Code | BlockKind::Table | BlockKind::Html);
    if here.blocks().any(|block| code_or_table(block.kind)) {
        return;
    }
    let outline = here.reading.outline;
    let (mut visible, mut alphanumeric, mut drawn) = (0_usize, 0_usize, 0_usize);
    let mut before = '\0';
    for (at, c) in here.text().char_indices() {
        // A rule or leader ("-----", ". . . .") is one mark, however long.
        let again = c == before || c.is_whitespace();
        if !c.is_whitespace() {
            before = c;
        }
        if c.is_alphanumeric() {
            visible += 1;
            alphanumeric += 1;
        } else if !again && is_drawing(c) {
            drawn += 1;
        } else if !again && !outline.in_code(here.span().start() + at) {
            visible += 1;
        }
    }
    let share = alphanumeric as f32 / visible.max(1) as f32;
    let none = alphanumeric == 0 && visible + drawn >= FEWEST_WITHOUT_ANY;
    if none || (visible >= FEWEST_CHARACTERS && share < LEAST_ALPHANUMERIC) {
        let message = format!("{:.0} % of the characters are letters or digits.", share * 100.0);
        findings.push(here.finding(Rule::SymbolSoup, message));
    }
}

/// Box drawing and emoji: diagrams and lists of icons are not soup.
fn is_drawing(c: char) -> bool {
    matches!(c, '\u{2500}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}' | '\u{200D}')
}
