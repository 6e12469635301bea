//! Words as they stand on the page, made of the glyphs drawn.

use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;

use super::bidi;

/// A gap of less than this part of a space does not part words.
const SPACE_PART: f32 = 0.5;

/// The most words kept of a page.
const MAX_WORDS: usize = 200_000;

/// The most text kept of a page, in bytes.
const MAX_LENGTH: usize = 4 << 20;

/// How far back a glyph may be set (kerning) and still go on with its word, in parts of the font size.
const MAX_BACK: f32 = 0.3;

/// Characters without a space between them. Places are in points along and across the direction the text runs in.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    /// Where it starts and ends along its direction.
    pub(super) start: f32,
    pub(super) end: f32,
    /// The height of its baseline.
    pub(super) height: f32,
    /// The font size as seen, in points.
    pub(super) size: f32,
    /// The gap that parts words here, in points.
    pub(super) space: f32,
    pub(super) style: Style,
    /// Whether a space was drawn before it.
    pub(super) is_spaced: bool,
    /// Where its link leads.
    pub(super) link: Option<Rc<str>>,
}

/// What the glyphs of a word have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// The direction it runs in, in degrees against the clock.
    pub(super) angle: i16,
    pub(super) is_bold: bool,
    pub(super) is_monospaced: bool,
    /// Whether the file says that it is page furniture.
    pub(super) is_artifact: bool,
}

/// A drawn glyph.
pub(super) struct Glyph<'a> {
    pub(super) text: &'a str,
    pub(super) start: f32,
    pub(super) end: f32,
    pub(super) height: f32,
    pub(super) size: f32,
    /// The width of a space in its font, in points.
    pub(super) space: f32,
    pub(super) style: Style,
}

/// Puts glyphs together as they are drawn.
#[derive(Debug, Default)]
pub(super) struct Words {
    done: Vec<Word>,
    is_open: bool,
    is_spaced: bool,
    /// Bytes of text so far.
    length: usize,
}

impl Words {
    pub(super) fn draw(&mut self, glyph: &Glyph<'_>) {
        if glyph.text.chars().all(char::is_whitespace) {
            self.is_open = false;
            self.is_spaced = true;
            return;
        }
        let places = [glyph.start, glyph.end, glyph.height, glyph.size];
        if self.is_full() || !places.iter().all(|place| place.is_finite() && place.abs() < 1e6) {
            return;
        }
        self.length += glyph.text.len();
        let space = glyph.space * SPACE_PART;
        if self.is_open
            && let Some(word) = self.done.last_mut()
            && word.style == glyph.style
            && (word.height - glyph.height).abs() < 0.05 * word.size
            && (word.size - glyph.size).abs() < 0.1 * word.size
            && (-MAX_BACK * word.size..space).contains(&(glyph.start - word.end))
            // A glyph drawn anew on the one before only makes it bolder.
            && !(glyph.start - word.end < 0.0 && word.start + 0.1 * word.size > glyph.start)
        {
            push(&mut word.text, glyph.text);
            word.end = word.end.max(glyph.end);
            return;
        }
        let mut text = String::with_capacity(12);
        push(&mut text, glyph.text);
        self.done.push(Word {
            text,
            start: glyph.start,
            end: glyph.end.max(glyph.start),
            height: glyph.height,
            size: glyph.size,
            space,
            style: glyph.style,
            is_spaced: self.is_spaced,
            link: None,
        });
        self.is_open = true;
        self.is_spaced = false;
    }

    /// Whether the page has more words than any page a person reads.
    pub(super) fn is_full(&self) -> bool {
        self.done.len() >= MAX_WORDS || self.length >= MAX_LENGTH
    }

    pub(super) fn finish(self) -> Vec<Word> {
        self.done
    }
}

/// Appends what a glyph shows, in characters that can be searched: ligatures taken apart, Arabic letters without the
/// shape they have within a word.
fn push(text: &mut String, shown: &str) {
    // One glyph of several letters: what is read from right to left is kept in the order seen, and turned around with
    // its line.
    if shown.chars().nth(1).is_some() && shown.starts_with(bidi::is_right_to_left) {
        bidi::push_reversed(text, &shown.nfkc().collect::<Vec<_>>());
        return;
    }
    for c in shown.chars() {
        match c {
            '\u{FB00}'..='\u{FB06}' => text.extend(c.nfkd()),
            '\u{FB13}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => {
                let letters: Vec<char> = c.nfkc().collect();
                bidi::push_reversed(text, &letters);
            }
            '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' => text.push(' '),
            c if c.is_control() || matches!(c, '\u{200B}' | '\u{FEFF}') => {}
            c => text.push(c),
        }
    }
}
