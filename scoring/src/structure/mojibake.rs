//! Text decoded with the wrong character set.
//!
//! The test undoes the mistake: a stretch of characters is encoded in the character set it was probably read with, and
//! where the bytes are then valid UTF-8 for something plausible, the stretch is mojibake. Correct text survives because
//! the few accented letters and punctuation marks that happen to form valid UTF-8 decode to rare characters.

use encoding_rs::{MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use tamis_ingest::{ByteSpan, NoticeKind};

use super::reading::ChunkReading;
use crate::{Finding, Rule, Severity};

/// Hits from which a chunk is beyond repair by reading.
const MANY: usize = 3;
/// A chunk with a hit in this many characters is damaged throughout.
const DENSE: usize = 250;

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

/// The mojibake in a run of non-ASCII characters: all of the run or nothing.
fn in_run(run: &str, before: Option<char>, after: Option<char>) -> Option<ByteSpan> {
    // C1 controls never stand in text; they are what bytes 80 to 9F become in Latin-1.
    let damaged = run.chars().any(|c| c == '\u{FFFD}' || is_c1_control(c));
    let cut_short = run == "Ã" && is_lower(before) && !after.is_some_and(char::is_alphabetic);
    let context = Context { run, before, after };
    let mangled = || Misreading::ALL.iter().any(|misreading| misreading.explains(&context));
    (damaged || cut_short || mangled()).then(|| ByteSpan::new(0, run.len()))
}

/// A run with the characters around it.
struct Context<'a> {
    run: &'a str,
    before: Option<char>,
    after: Option<char>,
}

/// The character set that UTF-8 was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Misreading {
    Western,
    Cyrillic,
    Macintosh,
    CentralEuropean,
    /// Code page 437 of the IBM PC.
    Dos,
}

impl Misreading {
    const ALL: [Self; 5] = [Self::Western, Self::Cyrillic, Self::Macintosh, Self::CentralEuropean, Self::Dos];

    /// Whether undoing this misreading gives something more likely than what stands there.
    fn explains(self, context: &Context<'_>) -> bool {
        let Some(bytes) = self.bytes(context.run) else { return false };
        let decoded = bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(|c| !c.is_ascii());
        decoded.map(|c| self.weight(c, context)).sum::<u32>() >= 2
    }

    /// The bytes `run` was before it was misread.
    fn bytes(self, run: &str) -> Option<Vec<u8>> {
        let encoding = match self {
            Self::Western => WINDOWS_1252,
            Self::Cyrillic => WINDOWS_1251,
            Self::Macintosh => MACINTOSH,
            Self::CentralEuropean => WINDOWS_1250,
            Self::Dos => return run.chars().map(dos_byte).collect(),
        };
        let (bytes, _, unmappable) = encoding.encode(run);
        (!unmappable).then(|| bytes.into_owned())
    }

    /// What one decoded character says: 2 is proof, 1 needs company.
    fn weight(self, c: char, context: &Context<'_>) -> u32 {
        match c {
            // Three or four bytes that make a punctuation mark, a sign or an emoji.
            '\u{2010}'..='\u{2044}'
            | '\u{20AC}'
            | '\u{2122}'
            | '\u{2190}'..='\u{2193}'
            | '\u{2212}'
            | '\u{FEFF}'
            | '\u{FB01}'
            | '\u{FB02}'
            | '\u{1F300}'..='\u{1FAFF}' => 2,
            // Two bytes: accented letters and signs.
            '\u{00A0}'..='\u{00FF}' => self.accent_weight(context),
            // Among them those of Vietnamese, of three bytes, which stand between plain letters.
            '\u{0100}'..='\u{017F}' | '\u{1EA0}'..='\u{1EF9}' => 1 + u32::from(context.is_inside_word()),
            // Text in another alphabet shows as pair after pair.
            '\u{0390}'..='\u{03CE}'
            | '\u{0410}'..='\u{0451}'
            | '\u{05D0}'..='\u{05EA}'
            | '\u{0620}'..='\u{064A}'
            | '\u{0E01}'..='\u{0E5B}'
            | '\u{3040}'..='\u{30FF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7A3}'
            | '\u{FF01}'..='\u{FF5E}' => 1,
            _ => 0,
        }
    }

    /// "Ã©" and "Â°" are proof; but in "CAFÃ»" a capital before a closing mark may be what was meant, and the root of
    /// "√π" is one.
    fn accent_weight(self, context: &Context<'_>) -> u32 {
        match self {
            Self::Western if context.may_close_a_word_in_capitals() => 0,
            Self::Western => 2,
            Self::Macintosh | Self::CentralEuropean | Self::Dos => 2 * u32::from(context.touches_lower_case()),
            // A Cyrillic letter does not stand in a word of Latin ones.
            Self::Cyrillic => 2 * u32::from(context.touches_latin()),
        }
    }
}

impl Context<'_> {
    fn touches_lower_case(&self) -> bool {
        is_lower(self.before) || is_lower(self.after)
    }

    fn touches_latin(&self) -> bool {
        self.before.is_some_and(|c| c.is_ascii_lowercase()) || self.after.is_some_and(|c| c.is_ascii_lowercase())
    }

    /// Whether the run is more likely part of a word than a capital with a mark after it.
    fn is_inside_word(&self) -> bool {
        let closing = self.run.chars().nth(1).is_some_and(is_closing);
        if closing { is_lower(self.before) && is_lower(self.after) } else { self.touches_lower_case() }
    }

    fn may_close_a_word_in_capitals(&self) -> bool {
        let closing = self.run.chars().nth(1).is_some_and(is_closing);
        let goes_on = self.after.is_some_and(char::is_alphabetic);
        closing && !goes_on && self.before.is_some_and(char::is_uppercase)
    }
}

fn is_closing(c: char) -> bool {
    matches!(c, '»' | '”' | '’' | '…' | '™' | '®' | '—' | '–' | '\u{A0}' | '›' | '“')
}

fn is_lower(c: Option<char>) -> bool {
    c.is_some_and(char::is_lowercase)
}

fn is_c1_control(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{84}' | '\u{86}'..='\u{9F}')
}

/// The byte of a non-ASCII character in code page 437.
fn dos_byte(c: char) -> Option<u8> {
    let place = DOS.chars().position(|other| other == c)?;
    u8::try_from(place + 0x80).ok()
}

/// Bytes 80 to FF of code page 437.
const DOS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
