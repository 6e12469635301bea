//! The fonts of a PDF: what their codes stand for, and how wide they are.

mod cmap;
mod composite;
mod glyph_name;
mod metrics;
mod program;
mod simple;

use lopdf::{Dictionary, Document, Object};

use cmap::CharacterMap;
use composite::Composite;
use simple::Simple;

/// A space where the font has none, in parts of the font size.
const USUAL_SPACE: f32 = 0.25;

/// A font as far as reading needs it.
pub(super) struct Font {
    codes: Codes,
    /// How high a line of it is, in parts of the font size: 1 but for fonts that draw on a scale of their own.
    pub(super) em: f32,
    /// How wide a space is, in parts of the font size.
    pub(super) space: f32,
    pub(super) is_bold: bool,
    /// Whether all its letters are as wide as each other, as in code.
    pub(super) is_monospaced: bool,
    /// Whether its lines run down the page.
    pub(super) is_vertical: bool,
}

enum Codes {
    /// One byte a code.
    Simple(Box<Simple>),
    /// Codes of up to four bytes.
    Composite(Box<Composite>),
}

/// What one code shows.
pub(super) struct Shown<'a> {
    /// The characters; U+FFFD where nothing tells.
    pub(super) text: &'a str,
    /// How far the pen moves, in parts of the font size.
    pub(super) width: f32,
    /// Whether word spacing is added to it: the single byte 32.
    pub(super) is_space_code: bool,
}

impl Font {
    /// Reads a font dictionary, damaged or not; no stream of it may unfold to more than `max_stream` bytes.
    pub(super) fn of(font: &Dictionary, document: &Document, max_stream: usize) -> Self {
        let name = |key: &[u8]| font.get_deref(key, document).and_then(Object::as_name).unwrap_or_default();
        let descendant = descendant(font, document);
        let descriptor =
            descendant.unwrap_or(font).get_deref(b"FontDescriptor", document).and_then(Object::as_dict).ok();
        let base_name = String::from_utf8_lossy(name(b"BaseFont")).to_lowercase();
        let flags =
            descriptor.and_then(|font| font.get_deref(b"Flags", document).and_then(Object::as_i64).ok()).unwrap_or(0);
        let unicode = to_unicode(font, document, max_stream);
        let (codes, space, is_vertical) = if name(b"Subtype") == b"Type0" {
            let composite = Composite::of(font, descendant, descriptor, unicode, document, max_stream);
            let (space, vertical) = (composite.space(), composite.is_vertical());
            (Codes::Composite(Box::new(composite)), space, vertical)
        } else {
            let simple = Simple::of(font, descriptor, &unicode, &base_name, document, max_stream);
            let space = simple.space();
            (Codes::Simple(Box::new(simple)), space, false)
        };
        Self {
            codes,
            em: type3_em(font, document),
            space: space.filter(|space| (0.1..1.0).contains(space)).unwrap_or(USUAL_SPACE),
            is_bold: flags & 1 << 18 != 0 || ["bold", "black", "heavy"].iter().any(|mark| base_name.contains(mark)),
            is_monospaced: flags & 1 != 0 || ["courier", "mono", "consol"].iter().any(|mark| base_name.contains(mark)),
            is_vertical,
        }
    }

    /// Goes through what a string shows, code by code.
    pub(super) fn show(&self, bytes: &[u8], mut show: impl FnMut(Shown<'_>)) {
        match &self.codes {
            Codes::Simple(simple) => {
                for &code in bytes {
                    let (text, width) = simple.get(code);
                    show(Shown { text, width, is_space_code: code == b' ' });
                }
            }
            Codes::Composite(composite) => composite.show(bytes, show),
        }
    }
}

/// The height of a Type 3 font's glyphs, in parts of the font size; 1 for any other font.
fn type3_em(font: &Dictionary, document: &Document) -> f32 {
    let numbers = |key: &[u8]| -> Option<Vec<f32>> {
        let array = font.get_deref(key, document).and_then(Object::as_array).ok()?;
        array.iter().map(|number| document.dereference(number).ok()?.1.as_float().ok()).collect()
    };
    let height = || {
        let (matrix, bounds, widths) = (numbers(b"FontMatrix")?, numbers(b"FontBBox")?, numbers(b"Widths")?);
        let drawn: Vec<f32> = widths.into_iter().filter(|width| *width > 0.0).collect();
        let mean = drawn.iter().sum::<f32>() / drawn.len().max(1) as f32;
        // Some state a box of no size; letters are about half as wide as high.
        Some((matrix.get(3)? * (bounds.get(3)? - bounds.get(1)?).abs().max(1.8 * mean)).abs())
    };
    let is_type3 = font.get_deref(b"Subtype", document).and_then(Object::as_name).is_ok_and(|name| name == b"Type3");
    height().filter(|em| is_type3 && em.is_normal()).unwrap_or(1.0)
}

/// The font that does the drawing for a composite one.
fn descendant<'a>(font: &'a Dictionary, document: &'a Document) -> Option<&'a Dictionary> {
    let fonts = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array).ok()?;
    document.dereference(fonts.first()?).ok()?.1.as_dict().ok()
}

/// What `ToUnicode` says.
enum ToUnicode {
    Nothing,
    /// Codes are characters.
    Identity,
    Map(CharacterMap),
}

impl ToUnicode {
    fn text(&self, code: u32) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Identity => char::from_u32(code).filter(|c| !c.is_control()).map(String::from),
            Self::Map(map) => map.text(code),
        }
    }
}

fn to_unicode(font: &Dictionary, document: &Document, max_stream: usize) -> ToUnicode {
    match font.get_deref(b"ToUnicode", document) {
        Ok(Object::Stream(stream)) => {
            let Ok(bytes) = stream.get_plain_content_with_limit(max_stream) else { return ToUnicode::Nothing };
            let map = CharacterMap::parse(&bytes);
            if map.has_texts() {
                ToUnicode::Map(map)
            } else if bytes.windows(10).any(|word| word == b"Identity-H") {
                // A copy of the map that leaves codes as they are.
                ToUnicode::Identity
            } else {
                ToUnicode::Nothing
            }
        }
        Ok(Object::Name(name)) if name.starts_with(b"Identity") => ToUnicode::Identity,
        Ok(_) | Err(_) => ToUnicode::Nothing,
    }
}

/// Whether characters are ones a person reads; private ones only the font knows.
fn is_readable(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| !c.is_control() && c != '\u{FFFD}' && !matches!(c, '\u{E000}'..='\u{F8FF}'))
}
