//! Text decoded with the wrong character set.
//!
//! The test undoes the mistake: a stretch of characters is encoded in the character set it was probably read with, and
//! where the bytes are then valid UTF-8 for something plausible, the stretch is mojibake. Correct text survives because
//! the few accented letters and punctuation marks that happen to form valid UTF-8 decode to rare characters.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use tamis_ingest::{ByteSpan, NoticeKind};

use super::reading::ChunkReading;
use crate::{Finding, Rule, Severity};

/// Hits from which a chunk is beyond repair by reading.
const MANY: usize = 3;
/// A chunk with a hit in this many characters is damaged throughout.
const DENSE: usize = 250;

/// What text was probably misread as.
const MISREADINGS: [&Encoding; 4] = [WINDOWS_1252, WINDOWS_1251, MACINTOSH, WINDOWS_1250];

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let text = here.text();
    if text.is_ascii() {
        return;
    }
    let start = here.span().start();
    let outline = here.reading.outline;
    let reported = here.reading.document.notices.iter().any(|notice| notice.kind == NoticeKind::InvalidEncoding);
    let hits: Vec<ByteSpan> = hits(text)
        .into_iter()
        .filter(|&span| !(reported && span.of(text).is_some_and(|hit| hit.starts_with('\u{FFFD}'))))
        .map(|span| span.shifted(start))
        .filter(|span| !outline.in_code(span.start()))
        .collect();
    let Some(&first) = hits.first() else { return };
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

/// Where `text` is mojibake, in order.
fn hits(text: &str) -> Vec<ByteSpan> {
    let mut hits = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(|c: char| !c.is_ascii()) {
        let start = at + offset;
        let rest = &text[start..];
        // No-break and normal spaces belong to the run where they follow a lead byte; a run ends at other ASCII.
        let length = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        let run = &rest[..length];
        let before = text[..start].chars().next_back();
        let after = rest[length..].chars().next();
        hits.extend(in_run(run, before, after).map(|span| span.shifted(start)));
        at = start + length;
    }
    hits
}

/// The mojibake in a run of non-ASCII characters.
fn in_run(run: &str, before: Option<char>, after: Option<char>) -> Option<ByteSpan> {
    let lost = run.chars().filter(|&c| c == '\u{FFFD}').count();
    if lost > 0 {
        return Some(ByteSpan::new(0, run.len()));
    }
    if run.chars().any(is_c1_control) && run.chars().nth(1).is_some() {
        // C1 controls never stand in text; they are what bytes 80 to 9F become in Latin-1.
        return Some(ByteSpan::new(0, run.len()));
    }
    let mangled = MISREADINGS
        .iter()
        .any(|encoding| encode(run, encoding).is_some_and(|bytes| plausible(&bytes, run, encoding, before, after)));
    mangled.then(|| ByteSpan::new(0, run.len()))
}

/// The bytes `run` was before it was misread.
fn encode(run: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let (bytes, _, unmappable) = encoding.encode(run);
    (!unmappable).then(|| bytes.into_owned())
}

/// How sure it is that `bytes`, decoded as UTF-8 somewhere inside, are what was meant.
fn plausible(bytes: &[u8], run: &str, encoding: &'static Encoding, before: Option<char>, after: Option<char>) -> bool {
    let mut evidence = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars().filter(|c| !c.is_ascii()) {
            evidence += weight(c, encoding, before, after, run);
        }
    }
    evidence >= 2
}

/// What one decoded character says: 2 is proof, 1 needs company.
fn weight(c: char, encoding: &'static Encoding, before: Option<char>, after: Option<char>, run: &str) -> u32 {
    let western = encoding == WINDOWS_1252 || encoding == MACINTOSH;
    match c {
        // Three or four bytes that make a punctuation mark, a sign or an emoji.
        '\u{2010}'..='\u{2044}'
        | '\u{20AC}'
        | '\u{2122}'
        | '\u{2190}'..='\u{2193}'
        | '\u{2212}'
        | '\u{FEFF}'
        | '\u{FB01}'
        | '\u{FB02}' => 2,
        '\u{1F300}'..='\u{1FAFF}' => 2,
        // Two bytes: western letters and signs.
        '\u{00A0}'..='\u{00FF}' if western => accent_weight(run, before, after),
        '\u{0100}'..='\u{017F}' if western => 1 + u32::from(is_lower(before) && is_lower(after)),
        // Text in another alphabet shows as pair after pair.
        '\u{0390}'..='\u{03CE}' | '\u{0410}'..='\u{0451}' | '\u{05D0}'..='\u{05EA}' | '\u{0620}'..='\u{064A}' => 1,
        '\u{3040}'..='\u{30FF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{0E01}'..='\u{0E5B}'
        | '\u{FF01}'..='\u{FF5E}' => 1,
        _ => 0,
    }
}

/// "Ã©" and "Â°" are proof; but "CAFÃ»", a capital before a closing mark, may be what was meant.
fn accent_weight(run: &str, before: Option<char>, after: Option<char>) -> u32 {
    let mut characters = run.chars();
    let (lead, trail) = (characters.next(), characters.next());
    let shouted = before.is_some_and(char::is_uppercase);
    let closing =
        trail.is_some_and(|c| matches!(c, '»' | '”' | '’' | '…' | '™' | '®' | '—' | '–' | '\u{A0}' | '›' | '“'));
    match lead {
        Some('Ã' | 'Â') if shouted && closing && !is_lower(after) => 0,
        _ => 2,
    }
}

fn is_lower(c: Option<char>) -> bool {
    c.is_some_and(char::is_lowercase)
}

fn is_c1_control(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{84}' | '\u{86}'..='\u{9F}')
}
