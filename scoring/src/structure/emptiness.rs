//! Nothing there, or hardly anything: empty chunks, headings without text, a few stray words.

use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::{ByteSpan, NoticeKind};

use super::reading::ChunkReading;
use crate::excerpt::word_count;
use crate::outline::BlockKind;
use crate::pattern::pattern;
use crate::{Finding, Rule, Severity};

/// A document of fewer words than this answers nothing.
const FEWEST_WORDS: usize = 5;

/// What stands at the start of a text and shows nothing: spaces written as entities, breaks and comments.
static BLANK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?: &(?:nbsp|ensp|emsp|thinsp|zwnj|zwj|shy|\#0*160|\#x0*a0|\#0*32|\#x0*20|\#8203|\#x200b); | </?(?:br|p|div|span)\s*/?> | (?s:<!--.*?-->) )",
    )
});

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let text = here.text();
    // In a chunk of a longer document a comment may stand alone.
    let marked_up = here.reading.outline.marked_up && here.reading.chunks.len() == 1;
    if shows_nothing(text, marked_up) {
        if !explained_by_notice(here) {
            let what = match text.len() {
                0 => "no text".to_owned(),
                bytes if text.chars().any(is_visible) => format!("only markup that shows nothing ({bytes} bytes)"),
                bytes => format!("only white space ({bytes} bytes)"),
            };
            findings.push(here.finding(Rule::Empty, format!("There is {what} here.")));
        }
        return;
    }
    if let Some(headings) = empty_headings(here) {
        let whole = here.reading.chunks.len() == 1;
        let message = format!("{headings} heading{} with no text beneath.", if headings == 1 { "" } else { "s" });
        let finding = here.finding(Rule::HeadingOnly, message);
        findings.push(if whole { finding } else { finding.at(Severity::Warn) });
    }
}

/// Whether a reader sees nothing of `text`: white space, and in markup what makes white space or a comment.
fn shows_nothing(text: &str, marked_up: bool) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c| !is_visible(c));
        let blank = if marked_up { BLANK.find(rest) } else { None };
        match blank {
            Some(blank) => rest = &rest[blank.end()..],
            None => return rest.is_empty(),
        }
    }
}

/// Judged last: what is wrong in another way as well is not called short.
pub(super) fn check_short(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let prose = here.blocks().all(|block| !matches!(block.kind, BlockKind::Code | BlockKind::Table));
    if !findings.is_empty() || !prose || here.reading.chunks.len() > 1 {
        return;
    }
    let words = word_count(here.text());
    if words < FEWEST_WORDS {
        findings.push(here.finding(Rule::TooShort, format!("The whole document has {words} words.")));
    }
}

/// How many headings the chunk holds, where it holds nothing else and its last has no text in the next chunk either.
fn empty_headings(here: &ChunkReading<'_>) -> Option<usize> {
    let mut headings = 0;
    let mut deepest = 0;
    for block in here.blocks() {
        match block.kind {
            BlockKind::Heading(level) => {
                headings += 1;
                deepest = level;
            }
            BlockKind::Html if is_comment(here.reading.at(block.span)) => {}
            BlockKind::Paragraph | BlockKind::Item | BlockKind::Table | BlockKind::Code | BlockKind::Html => {
                return None;
            }
        }
    }
    let after = ByteSpan::new(here.span().end(), here.reading.text().len());
    let goes_on = match here.reading.outline.blocks_in(after).next().map(|block| block.kind) {
        Some(BlockKind::Heading(level)) => level > deepest,
        Some(BlockKind::Paragraph | BlockKind::Item | BlockKind::Table | BlockKind::Code | BlockKind::Html) => true,
        None => false,
    };
    (headings > 0 && !goes_on).then_some(headings)
}

fn is_comment(html: &str) -> bool {
    html.trim_start().starts_with("<!--")
}

/// An unreadable document is empty for a reason that has its own finding.
fn explained_by_notice(here: &ChunkReading<'_>) -> bool {
    here.reading
        .document
        .notices
        .iter()
        .any(|notice| matches!(notice.kind, NoticeKind::Encrypted | NoticeKind::NoTextLayer | NoticeKind::Malformed))
}

/// Whether `c` leaves a mark: neither white space nor a control, zero-width or byte-order character.
fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}
