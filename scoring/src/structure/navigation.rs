//! Menus, cookie banners and footers instead of content.
//!
//! A table of contents and a row of badges are dense with links too, so links alone condemn nothing: the labels must be
//! those of a site's furniture, and sentences must be few.

use std::collections::HashSet;

use super::furniture::{LABELS, PHRASES, SHARED_LABELS};
use super::reading::ChunkReading;
use crate::excerpt::word_count;
use crate::outline::BlockKind;
use crate::{Finding, Rule, Severity};

/// Longest label, in bytes.
const LONGEST_LABEL: usize = 40;

/// What a chunk's pieces of text are.
#[derive(Default)]
struct Tally<'a> {
    furniture: HashSet<&'a str>,
    labels: usize,
    phrases: usize,
    junk_words: usize,
    words: usize,
}

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let texts: Vec<_> = here.texts().map(|(_, text)| text).collect();
    let mut tally = Tally::default();
    let lowered: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    for text in &lowered {
        for piece in text.split(['|', '·', '»', '›', '•', '\n', '/', '→', '←', '>', '<', '«']) {
            tally.take(piece);
        }
    }
    let share = tally.junk_words as f32 / tally.words.max(1) as f32;
    let kinds = tally.furniture.len() + tally.phrases;
    let severity = match () {
        () if kinds >= 2 && tally.labels + 2 * tally.phrases >= 4 && share >= 0.5 => Severity::Error,
        // A few words, and all of them furniture.
        () if kinds >= 1 && tally.junk_words == tally.words && !under_heading(here) => Severity::Error,
        () if kinds >= 4 && share >= 0.3 => Severity::Warn,
        () => return,
    };
    let message = format!(
        "{} of {} words are labels or notices of a site's furniture (menus, cookie banners, footers).",
        tally.junk_words, tally.words
    );
    findings.push(here.finding(Rule::Navigation, message).at(severity));
}

/// Whether the chunk has a heading: below one, a single word may be an answer.
fn under_heading(here: &ChunkReading<'_>) -> bool {
    !here.chunk.heading_path.is_empty() || here.blocks().any(|block| matches!(block.kind, BlockKind::Heading(_)))
}

impl<'a> Tally<'a> {
    fn take(&mut self, piece: &'a str) {
        let words = word_count(piece);
        self.words += words;
        let label = piece.trim_matches(|c: char| !c.is_alphanumeric());
        if label.is_empty() {
            return;
        }
        let furniture = label.len() <= LONGEST_LABEL && LABELS.contains(label);
        if furniture || (label.len() <= LONGEST_LABEL && SHARED_LABELS.contains(label)) {
            self.labels += 1;
            self.junk_words += words;
            if furniture {
                self.furniture.insert(label);
            }
        } else if PHRASES.is_match(piece) {
            self.phrases += 1;
            self.junk_words += words;
        }
    }
}
