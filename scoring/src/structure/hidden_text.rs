//! Text people cannot see and models can: tag characters, runs of zero-width characters, and words that they split, so
//! that no search and no filter finds them.

use tamis_ingest::ByteSpan;

use super::Reading;
use crate::{Finding, Rule};

/// Single zero-width characters join and split letters in many scripts and in emoji; a run of them carries a message.
const SHORTEST_RUN: usize = 4;
/// Single ones between the letters of Latin words mean nothing. Long names may have one or two, where a line may break.
const FEWEST_SPLITS: usize = 3;

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let text = reading.text();
    if !may_hide(text) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut run: Option<(usize, usize, usize)> = None;
    let mut before = '\0';
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        // Tag characters after a black flag are the flag of a region.
        let hidden = is_hidden(c) && !(run.is_none() && is_tag(c) && before == '\u{1F3F4}');
        match (&mut run, hidden) {
            (Some((_, stop, count)), true) => (*stop, *count) = (end, *count + 1),
            (None, true) => run = Some((at, end, 1)),
            (_, false) => findings.extend(run.take().and_then(|run| finding(reading, run))),
        }
        if !is_tag(c) || before != '\u{1F3F4}' {
            before = c;
        }
    }
    findings.extend(run.and_then(|run| finding(reading, run)));
    findings.extend(split_words(reading));
    findings
}

/// Words of small Latin letters with an invisible character in them, where there are several.
fn split_words(reading: &Reading<'_>) -> Option<Finding> {
    let text = reading.text();
    let mut spans: Vec<ByteSpan> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| splits(*c)) {
        let end = at + c.len_utf8();
        let before = text[..at].chars().next_back();
        let after = text[end..].chars().next();
        let within = before.is_some_and(|c| c.is_ascii_alphabetic()) && after.is_some_and(|c| c.is_ascii_lowercase());
        if within && !reading.outline.in_code(at) {
            spans.push(ByteSpan::new(at, end));
        }
    }
    let message =
        format!("{} words are split by invisible characters: people read them, and no search finds them.", spans.len());
    let quote = spans.first().map(|span| {
        let start = text[..span.start()].trim_end_matches(|c: char| !c.is_whitespace()).len();
        let end = text[span.end()..].find(char::is_whitespace).map_or(text.len(), |at| span.end() + at);
        let shown: String = text[start..end].chars().map(|c| if splits(c) { '·' } else { c }).collect();
        crate::excerpt::shorten(&shown)
    });
    (spans.len() >= FEWEST_SPLITS).then(|| {
        Finding::new(
            Rule::PromptInjection,
            message,
            spans.into_iter().take(MOST_SPANS).collect(),
            quote.unwrap_or_default(),
        )
    })
}

/// Zero-width space, joiners and the byte order mark. (A soft hyphen splits words too, and is ordinary.)
pub(super) fn splits(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Most places named as evidence.
const MOST_SPANS: usize = 8;

/// A quick look at the bytes: the first two of every hidden character's UTF-8, of which U+2010 to U+2027, the dashes and
/// curly quotes of ordinary text, are told apart by the third.
fn may_hide(text: &str) -> bool {
    text.as_bytes().windows(3).any(|bytes| match (bytes[0], bytes[1]) {
        (0xE2, 0x80) => !(0x90..=0xA7).contains(&bytes[2]),
        (0xE2, 0x81) | (0xEF, 0xBB) | (0xF3, 0xA0) => true,
        _ => false,
    })
}

fn finding(reading: &Reading<'_>, (start, end, count): (usize, usize, usize)) -> Option<Finding> {
    let span = ByteSpan::new(start, end);
    let spoken: String = reading.at(span).chars().filter_map(untag).collect();
    let quote =
        if spoken.is_empty() { format!("[{count} invisible characters]") } else { format!("[invisible] {spoken}") };
    let message = format!("{count} invisible characters in a row, unseen by people and read by models.");
    (count >= SHORTEST_RUN)
        .then(|| Finding::new(Rule::PromptInjection, message, vec![span], crate::excerpt::shorten(&quote)))
}

fn is_hidden(c: char) -> bool {
    is_tag(c)
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0000}'..='\u{E007F}')
}

/// The ASCII character a tag character stands for.
fn untag(c: char) -> Option<char> {
    let ascii = u32::from(c).checked_sub(0xE0000)?;
    u8::try_from(ascii).ok().map(char::from).filter(|c| c.is_ascii_graphic() || *c == ' ')
}
