//! The same line again and again.

use std::collections::HashMap;

use tamis_ingest::{ByteSpan, TextShape};

use super::reading::ChunkReading;
use crate::outline::BlockKind;
use crate::{Finding, Rule, Severity};

/// Shorter lines repeat by nature: "Returns", "Yes", "v1.2".
const FEWEST_LETTERS: usize = 8;
/// A line that stands this often and makes up [`MOST_REPEATED`] of the text is an error.
const MANY: usize = 4;
/// A line that stands this often in a row is worth a warning.
const IN_A_ROW: usize = 3;
/// The share of the text's letters that copies of one line may make up.
const MOST_REPEATED: f32 = 0.4;
/// A line of several words that stands this often and makes up [`NOTICEABLE`] of the text is a header or footer of pages.
const PAGES: usize = 8;
const NOTICEABLE: f32 = 0.15;
const FEWEST_WORDS: usize = 3;
/// A row of a table that stands this often in a row was written again and again.
const ROWS: usize = 5;

/// A line or sentence and where it was seen.
struct Seen {
    spans: Vec<ByteSpan>,
    run: usize,
    longest_run: usize,
    last: usize,
}

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let mut seen: HashMap<&str, Seen> = HashMap::new();
    let mut letters = 0;
    for (index, (span, line)) in lines(here).into_iter().enumerate() {
        letters += line.len();
        let entry =
            seen.entry(line).or_insert_with(|| Seen { spans: Vec::new(), run: 0, longest_run: 0, last: usize::MAX });
        entry.run = if entry.last.wrapping_add(1) == index && !entry.spans.is_empty() { entry.run + 1 } else { 1 };
        entry.longest_run = entry.longest_run.max(entry.run);
        entry.last = index;
        entry.spans.push(span);
    }
    // Readers of pages and print take running headers out; what repeats there is an index.
    let paged = matches!(here.reading.document.media_type.text_shape(), TextShape::Plain | TextShape::Written);
    let Some((line, worst, severity)) = seen
        .into_iter()
        .filter(|(line, _)| line.chars().filter(|c| c.is_alphabetic()).count() >= FEWEST_LETTERS)
        .filter_map(|(line, seen)| severity(line, &seen, letters, paged).map(|severity| (line, seen, severity)))
        .max_by_key(|(line, seen, severity)| {
            (*severity, seen.spans.len() * line.len(), std::cmp::Reverse(seen.spans[0].start()))
        })
    else {
        return;
    };
    let count = worst.spans.len();
    let share = copied(line, &worst, letters) * 100.0;
    let message = format!("The same line stands here {count} times; the copies are {share:.0} % of the text.");
    let mut finding = here.reading.finding(Rule::RepeatedLines, message, worst.spans[0]).at(severity);
    finding.spans.extend(worst.spans.iter().skip(1).take(7));
    findings.push(finding);
}

/// A row of a table that stands there several times in a row.
pub(super) fn check_rows(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    for block in here.blocks().filter(|block| block.kind == BlockKind::Table) {
        let mut at = block.span.start();
        let mut run: Option<(&str, ByteSpan, usize)> = None;
        let mut longest: Option<(ByteSpan, usize)> = None;
        for line in here.reading.at(block.span).split_inclusive('\n') {
            let row = line.trim();
            let span = ByteSpan::new(at, at + line.trim_end().len());
            at += line.len();
            run = match run {
                Some((same, first, count)) if same == row => Some((same, first, count + 1)),
                _ => Some((row, span, 1)),
            };
            let says = row.chars().filter(|c| c.is_alphanumeric()).count() >= FEWEST_LETTERS;
            longest = run
                .filter(|(.., count)| says && *count > longest.map_or(0, |(_, most)| most))
                .map(|(_, first, count)| (first, count))
                .or(longest);
        }
        if let Some((first, count)) = longest.filter(|(_, count)| *count >= ROWS) {
            let message = format!("The same row of a table stands here {count} times, one after the other.");
            findings.push(here.reading.finding(Rule::RepeatedLines, message, first).at(Severity::Warn));
        }
    }
}

/// The share of the text that copies of `line` make up.
fn copied(line: &str, seen: &Seen, letters: usize) -> f32 {
    ((seen.spans.len() - 1) * line.len()) as f32 / letters.max(1) as f32
}

/// How bad it is that `line` was seen this often, if it is bad.
fn severity(line: &str, seen: &Seen, letters: usize, paged: bool) -> Option<Severity> {
    if seen.spans.len() >= MANY && copied(line, seen, letters) >= MOST_REPEATED {
        Some(Severity::Error)
    } else {
        let furniture = paged
            && seen.spans.len() >= PAGES
            && !line.starts_with('[')
            && copied(line, seen, letters) >= NOTICEABLE
            && line.split_whitespace().count() >= FEWEST_WORDS;
        (furniture || seen.longest_run >= IN_A_ROW).then_some(Severity::Warn)
    }
}

/// The chunk's lines of prose, without markers of lists and quotes; a line of several sentences counts as several.
fn lines<'a>(here: &ChunkReading<'a>) -> Vec<(ByteSpan, &'a str)> {
    let mut lines = Vec::new();
    for block in here.blocks() {
        if !matches!(block.kind, BlockKind::Paragraph | BlockKind::Item) {
            // Whatever stands between two lines means that they do not follow each other.
            lines.push((block.span, ""));
            continue;
        }
        let text = here.reading.at(block.span);
        let mut at = block.span.start();
        for line in text.split_inclusive('\n') {
            if is_literal(line) {
                lines.push((ByteSpan::new(at, at + line.len()), ""));
                at += line.len();
                continue;
            }
            for piece in sentences(line) {
                let bare = piece.trim_matches(is_marker);
                if !bare.is_empty() {
                    let lead = piece.len() - piece.trim_start_matches(is_marker).len();
                    lines.push((ByteSpan::new(at + lead, at + lead + bare.len()), bare));
                }
                at += piece.len();
            }
        }
    }
    lines
}

/// Whether a line is a string of a program, which says again what it says on purpose.
fn is_literal(line: &str) -> bool {
    let line = line.trim().trim_end_matches([',', ';', '+', ')', '\\']).trim_end();
    line.len() > 1 && ['"', '\''].iter().any(|quote| line.starts_with(*quote) && line.ends_with(*quote))
}

/// The sentences of a line; dots that follow no word end none.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let stop =
            rest.match_indices(". ").find(|(at, _)| rest[..*at].ends_with(|c: char| c.is_alphanumeric() || c == ')'));
        let end = stop.map_or(rest.len(), |(at, stop)| at + stop.len());
        let (sentence, left) = rest.split_at(end);
        rest = left;
        (!sentence.is_empty()).then_some(sentence)
    })
}

/// What may stand around a line without being part of what it says.
fn is_marker(c: char) -> bool {
    c.is_whitespace() || matches!(c, '>' | '-' | '*' | '+' | '.')
}
