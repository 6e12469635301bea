//! How much a character read back says that it was misread.

use super::charset::Charset;

/// Enough to be sure of a run, in weights.
pub(super) const PROOF: u32 = 2;

/// A run of characters outside ASCII with what stands around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) run: &'a [char],
    pub(super) before: Option<char>,
    /// What follows the run.
    pub(super) after: &'a [char],
}

/// What one decoded character says: [`PROOF`] is proof, 1 needs company, 0 is nothing.
///
/// Correct text survives because the few accented letters and marks that happen to form UTF-8 decode to characters that
/// nobody writes there.
pub(super) fn weight(charset: Charset, spelt: &[char], decoded: char, context: Context<'_>) -> u32 {
    // No text has control characters, whatever they decode to.
    if spelt.iter().any(|&c| is_c1_control(c)) && !decoded.is_control() {
        return PROOF;
    }
    match decoded {
        // Three or four bytes that make a punctuation mark, a sign or an emoji.
        '\u{2010}'..='\u{2044}'
        | '\u{20AC}'
        | '\u{2122}'
        | '\u{2190}'..='\u{2193}'
        | '\u{2212}'
        | '\u{FEFF}'
        | '\u{FB01}'
        | '\u{FB02}'
        | '\u{1F300}'..='\u{1FAFF}' => PROOF,
        // Two bytes: accented letters and signs.
        '\u{00A0}'..='\u{00FF}' => accent_weight(charset, context),
        // Among them those of Vietnamese, of three bytes, which stand between plain letters.
        '\u{0100}'..='\u{017F}' | '\u{1EA0}'..='\u{1EF9}' => 1 + u32::from(context.is_inside_word()),
        // Text in another alphabet shows as pair after pair.
        '\u{0370}'..='\u{1DFF}' | '\u{3040}'..='\u{D7A3}' | '\u{FF01}'..='\u{FF5E}' => {
            u32::from(decoded.is_alphanumeric() || matches!(decoded, '\u{FF01}'..='\u{FF5E}'))
        }
        _ => 0,
    }
}

/// "Ã©" and "Â°" are proof; but in "CAFÃ»" a capital before a closing mark may be what was meant, and the root of "√π" is
/// one.
fn accent_weight(charset: Charset, context: Context<'_>) -> u32 {
    let enough = match charset {
        Charset::Western | Charset::Latin1 => !context.may_be_meant(),
        Charset::Macintosh | Charset::CentralEuropean | Charset::Latin2 | Charset::Dos => context.touches_lower_case(),
        // A Cyrillic letter does not stand in a word of Latin ones.
        Charset::Cyrillic => context.touches_latin(),
    };
    if enough { PROOF } else { 0 }
}

impl Context<'_> {
    fn next(&self) -> Option<char> {
        self.after.first().copied()
    }

    fn touches_lower_case(&self) -> bool {
        self.before.is_some_and(char::is_lowercase) || self.next().is_some_and(char::is_lowercase)
    }

    fn touches_latin(&self) -> bool {
        self.before.is_some_and(|c| c.is_ascii_lowercase()) || self.next().is_some_and(|c| c.is_ascii_lowercase())
    }

    fn is_closed(&self) -> bool {
        self.run.get(1).is_some_and(|&c| is_closing(c))
    }

    /// Whether the run is more likely part of a word than a capital with a mark after it.
    fn is_inside_word(&self) -> bool {
        if self.is_closed() {
            self.before.is_some_and(char::is_lowercase) && self.next().is_some_and(char::is_lowercase)
        } else {
            self.touches_lower_case()
        }
    }

    /// Whether the run may be a capital and the mark after it: at the end of a word in capitals, or the name of the
    /// letter with an apostrophe and s.
    fn may_be_meant(&self) -> bool {
        let goes_on = self.next().is_some_and(char::is_alphabetic);
        let is_possessive = self.run.len() == 2
            && self.run[1] == '’'
            && !self.before.is_some_and(char::is_alphabetic)
            && matches!(self.after, ['s', rest @ ..] if !rest.first().is_some_and(|c| c.is_alphanumeric()));
        self.is_closed() && (is_possessive || (!goes_on && self.before.is_some_and(char::is_uppercase)))
    }
}

fn is_closing(c: char) -> bool {
    matches!(c, '»' | '”' | '’' | '…' | '™' | '®' | '—' | '–' | '\u{A0}' | '›' | '“')
}

/// The controls that bytes 80 to 9F become in ISO 8859-1, but for the line break of mainframes.
pub(super) fn is_c1_control(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{84}' | '\u{86}'..='\u{9F}')
}
