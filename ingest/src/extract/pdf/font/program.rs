//! What the codes and glyphs of an embedded font stand for, by the font itself.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object};
use ttf_parser::{Face, GlyphId, PlatformId, cff};

use super::glyph_name::{self, MAC_ROMAN};

/// Where symbol fonts keep their codes in Unicode's private area.
const SYMBOL_AREA: u32 = 0xF000;

/// An embedded font file.
pub(super) enum Program {
    /// Type 1: its encoding is PostScript that can be read.
    Type1(Vec<u8>),
    /// The compact form of Type 1.
    Compact(Vec<u8>),
    /// TrueType or OpenType.
    TrueType(Vec<u8>),
}

impl Program {
    /// The font file of a font descriptor.
    pub(super) fn of(descriptor: &Dictionary, document: &Document, max_stream: usize) -> Option<Self> {
        [b"FontFile".as_slice(), b"FontFile2", b"FontFile3"].iter().find_map(|key| {
            let stream = descriptor.get_deref(key, document).and_then(Object::as_stream).ok()?;
            let bytes = stream.get_plain_content_with_limit(max_stream).ok()?;
            Some(match bytes.as_slice() {
                [0, 1, 0, 0, ..] | [b'O', b'T', b'T', b'O', ..] | [b't', b'r', b'u', b'e', ..] => Self::TrueType(bytes),
                [1, 0, ..] => Self::Compact(bytes),
                _ => Self::Type1(bytes),
            })
        })
    }

    /// What single-byte codes stand for.
    pub(super) fn code_texts(&self) -> Vec<(u8, String)> {
        match self {
            Self::Type1(bytes) => type1_encoding(bytes),
            Self::Compact(bytes) => {
                let Some(font) = cff::Table::parse(bytes) else { return Vec::new() };
                let text = |code| glyph_name::text(font.glyph_name(font.glyph_index(code)?)?.as_bytes());
                (0..=255).filter_map(|code| Some((code, text(code)?))).collect()
            }
            Self::TrueType(bytes) => {
                let Ok(face) = Face::parse(bytes, 0) else { return Vec::new() };
                let texts = face_texts(&face);
                (0..=255).filter_map(|code| Some((code, face_code_text(&face, &texts, code)?))).collect()
            }
        }
    }

    /// What glyphs stand for, by their number in the font.
    pub(super) fn glyph_texts(&self) -> HashMap<u16, String> {
        match self {
            Self::Type1(_) => HashMap::new(),
            Self::Compact(bytes) => {
                let Some(font) = cff::Table::parse(bytes) else { return HashMap::new() };
                let text = |glyph| glyph_name::text(font.glyph_name(GlyphId(glyph))?.as_bytes());
                (0..font.number_of_glyphs()).filter_map(|glyph| Some((glyph, text(glyph)?))).collect()
            }
            Self::TrueType(bytes) => Face::parse(bytes, 0).map(|face| face_texts(&face)).unwrap_or_default(),
        }
    }
}

/// Glyphs by the font's map from Unicode, read backwards, and by their names.
fn face_texts(face: &Face<'_>) -> HashMap<u16, String> {
    let mut texts = HashMap::new();
    for subtable in face.tables().cmap.iter().flat_map(|cmap| cmap.subtables) {
        if subtable.is_unicode() {
            subtable.codepoints(|code| {
                let c = char::from_u32(code).filter(|c| !c.is_control() && !matches!(c, '\u{E000}'..='\u{F8FF}'));
                if let (Some(c), Some(glyph)) = (c, subtable.glyph_index(code)) {
                    // Of two characters with one glyph the lower is the common one: a space, not a hard space.
                    texts.entry(glyph.0).or_insert_with(|| c.to_string());
                }
            });
        }
    }
    for glyph in 0..face.number_of_glyphs() {
        if let Some(text) = face.glyph_name(GlyphId(glyph)).and_then(|name| glyph_name::text(name.as_bytes())) {
            texts.entry(glyph).or_insert(text);
        }
    }
    texts
}

/// What a code of a TrueType font without an encoding stands for (ISO 32000-1, 9.6.6.4).
fn face_code_text(face: &Face<'_>, texts: &HashMap<u16, String>, code: u8) -> Option<String> {
    let subtables = face.tables().cmap?.subtables;
    for subtable in subtables {
        let symbol = subtable.platform_id == PlatformId::Windows && subtable.encoding_id == 0;
        let macintosh = subtable.platform_id == PlatformId::Macintosh;
        if !symbol && !macintosh {
            continue;
        }
        let wide = u32::from(code);
        let glyph = subtable.glyph_index(wide).or_else(|| subtable.glyph_index(SYMBOL_AREA + wide));
        let Some(glyph) = glyph.filter(|glyph| glyph.0 != 0) else { continue };
        if let Some(text) = texts.get(&glyph.0) {
            return Some(text.clone());
        }
        if let Some(c) = MAC_ROMAN[code as usize].filter(|_| macintosh || code.is_ascii_graphic()) {
            return Some(c.to_string());
        }
    }
    None
}

/// `dup 65 /A put` for each code, in the part of the font that is not encrypted.
fn type1_encoding(bytes: &[u8]) -> Vec<(u8, String)> {
    let clear = bytes.windows(5).position(|word| word == b"eexec").map_or(bytes, |end| &bytes[..end]);
    let Some(start) = clear.windows(9).position(|word| word == b"/Encoding") else { return Vec::new() };
    let clear = String::from_utf8_lossy(&clear[start + 9..]);
    if clear.trim_start().starts_with("StandardEncoding") {
        let table = glyph_name::STANDARD.iter().enumerate();
        return table.filter_map(|(code, c)| Some((code as u8, (*c)?.to_string()))).collect();
    }
    let spaced = clear.replace('/', " /");
    let words: Vec<&str> = spaced.split_whitespace().take_while(|word| *word != "readonly" && *word != "def").collect();
    let entry = |four: &[&str]| {
        let [dup, code, name, _] = four else { return None };
        let text = glyph_name::text(name.strip_prefix('/')?.as_bytes())?;
        (*dup == "dup").then_some((code.parse().ok()?, text))
    };
    words.windows(4).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type1_encodings() {
        let font = b"/FontName /X def /Encoding 256 array 0 1 255 {1 index exch /.notdef put} for\n\
                     dup 65/B put\ndup 66 /uni20AC put readonly def currentfile eexec dup 67 /C put";
        assert_eq!(type1_encoding(font), [(65, "B".to_owned()), (66, "€".to_owned())]);
        let standard = type1_encoding(b"/Encoding StandardEncoding def eexec");
        assert!(standard.contains(&(65, "A".to_owned())));
        assert_eq!(type1_encoding(b"nothing"), []);
    }

    #[test]
    fn damaged_fonts_say_nothing() {
        for bytes in [b"\0\x01\0\0 no font".to_vec(), b"\x01\0\x04\x01 no font".to_vec(), Vec::new()] {
            let program = if bytes.first() == Some(&1) { Program::Compact(bytes) } else { Program::TrueType(bytes) };
            assert!(program.code_texts().is_empty() && program.glyph_texts().is_empty());
        }
    }
}
