//! Fonts with codes of more than one byte (ISO 32000-1, 9.7).

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use encoding_rs::Encoding;
use lopdf::{Dictionary, Document, Object};

use super::cmap::CharacterMap;
use super::program::Program;
use super::{Shown, ToUnicode, is_readable};

/// The most widths read: each glyph's several times over.
const MAX_WIDTHS: usize = 1 << 18;

/// A composite font.
pub(super) struct Composite {
    codec: Codec,
    unicode: ToUnicode,
    /// Widths by glyph, in parts of the font size.
    widths: BTreeMap<u32, f32>,
    /// The width of any other glyph.
    otherwise: f32,
    /// What glyphs stand for by the embedded font; read once it is needed.
    glyph_texts: OnceCell<HashMap<u16, String>>,
    program: Option<Program>,
    /// `CIDToGIDMap`: the glyph in the font file, two bytes each.
    glyph_map: Option<Vec<u8>>,
}

/// How the bytes of a string make codes.
enum Codec {
    /// Two bytes each; the code is the glyph.
    TwoBytes {
        is_vertical: bool,
    },
    Map(CharacterMap),
    /// An encoding of characters that was there before Unicode, or Unicode itself: what a code stands for is known,
    /// its glyph is not.
    Characters {
        encoding: &'static Encoding,
        is_vertical: bool,
    },
}

impl Composite {
    pub(super) fn of(
        font: &Dictionary,
        descendant: Option<&Dictionary>,
        descriptor: Option<&Dictionary>,
        unicode: ToUnicode,
        document: &Document,
        max_stream: usize,
    ) -> Self {
        let (widths, otherwise) = descendant.map_or_else(|| (BTreeMap::new(), 1.0), |font| widths(font, document));
        let glyph_map = descendant.and_then(|font| {
            let stream = font.get_deref(b"CIDToGIDMap", document).and_then(Object::as_stream).ok()?;
            stream.get_plain_content_with_limit(max_stream).ok()
        });
        Self {
            codec: codec(font, document, max_stream),
            unicode,
            widths,
            otherwise,
            glyph_texts: OnceCell::new(),
            program: descriptor.and_then(|font| Program::of(font, document, max_stream)),
            glyph_map,
        }
    }

    pub(super) fn is_vertical(&self) -> bool {
        match &self.codec {
            Codec::TwoBytes { is_vertical } | Codec::Characters { is_vertical, .. } => *is_vertical,
            Codec::Map(map) => map.is_vertical,
        }
    }

    /// The width of the space where `ToUnicode` says which code it is by the usual number.
    pub(super) fn space(&self) -> Option<f32> {
        let code = [3, 32, 1].into_iter().find(|&code| self.unicode.text(code).as_deref() == Some(" "))?;
        self.widths.get(&code).copied()
    }

    pub(super) fn show(&self, bytes: &[u8], mut show: impl FnMut(Shown<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (code, length) = match &self.codec {
                Codec::TwoBytes { .. } => (number(&rest[..rest.len().min(2)]), 2),
                Codec::Map(map) => map.next_code(rest),
                Codec::Characters { encoding, .. } => character_code(encoding, rest),
            };
            let (this, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            let glyph = if let Codec::Map(map) = &self.codec { map.glyph(code).unwrap_or(code) } else { code };
            let text = self.text(code, glyph, this);
            let width = match &self.codec {
                // Their glyph numbers are not known; Latin letters are half as wide as the others.
                Codec::Characters { .. } if text.is_ascii() => 0.5 * self.otherwise,
                Codec::Characters { .. } => self.otherwise,
                Codec::TwoBytes { .. } | Codec::Map(_) => self.widths.get(&glyph).copied().unwrap_or(self.otherwise),
            };
            show(Shown { text: &text, width, is_space_code: this == b" " });
        }
    }

    fn text(&self, code: u32, glyph: u32, bytes: &[u8]) -> String {
        if let Some(text) = self.unicode.text(code).filter(|text| is_readable(text)) {
            return text;
        }
        if let Codec::Characters { encoding, .. } = &self.codec {
            return encoding.decode_without_bom_handling(bytes).0.into_owned();
        }
        let glyph = match &self.glyph_map {
            Some(map) => {
                let at = 2 * glyph as usize;
                map.get(at..at + 2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            }
            None => u16::try_from(glyph).ok(),
        };
        let texts =
            self.glyph_texts.get_or_init(|| self.program.as_ref().map(Program::glyph_texts).unwrap_or_default());
        let known = glyph.and_then(|glyph| texts.get(&glyph)).cloned();
        known.or_else(|| self.unicode.text(code)).unwrap_or_else(|| "\u{FFFD}".to_owned())
    }
}

/// Reads `Encoding`: a map in the file, or the name of a known one.
fn codec(font: &Dictionary, document: &Document, max_stream: usize) -> Codec {
    let name = match font.get_deref(b"Encoding", document) {
        Ok(Object::Stream(stream)) => {
            let map = stream.get_plain_content_with_limit(max_stream).map(|bytes| CharacterMap::parse(&bytes));
            return map.map_or(Codec::TwoBytes { is_vertical: false }, Codec::Map);
        }
        Ok(Object::Name(name)) => name.as_slice(),
        Ok(_) | Err(_) => b"Identity-H",
    };
    let is_vertical = name.ends_with(b"-V") || name == b"V";
    match predefined(name) {
        Some(encoding) => Codec::Characters { encoding, is_vertical },
        None => Codec::TwoBytes { is_vertical },
    }
}

/// The encoding behind a predefined map (ISO 32000-1, table 118).
fn predefined(name: &[u8]) -> Option<&'static Encoding> {
    let name = std::str::from_utf8(name).ok()?;
    let holds = |part: &str| name.contains(part);
    if name.starts_with("Identity") {
        None
    } else if holds("UTF8") {
        Some(encoding_rs::UTF_8)
    } else if holds("UCS2") || holds("UTF16") {
        Some(encoding_rs::UTF_16BE)
    } else if holds("RKSJ") {
        Some(encoding_rs::SHIFT_JIS)
    } else if holds("GBK") || holds("GB-EUC") || holds("GBpc") || holds("GBT-EUC") {
        Some(encoding_rs::GB18030)
    } else if holds("B5") || holds("ETen") || holds("HKscs") {
        Some(encoding_rs::BIG5)
    } else if holds("KSC") {
        Some(encoding_rs::EUC_KR)
    } else if name.starts_with("EUC-") {
        Some(encoding_rs::EUC_JP)
    } else {
        None
    }
}

/// The code at the start of a string and how many bytes it takes.
fn character_code(encoding: &'static Encoding, bytes: &[u8]) -> (u32, usize) {
    let first = bytes[0];
    let length = if encoding == encoding_rs::UTF_16BE {
        if (0xD8..0xDC).contains(&first) { 4 } else { 2 }
    } else if encoding == encoding_rs::UTF_8 {
        match first {
            0..0xC0 => 1,
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            0xF0.. => 4,
        }
    } else if first < 0x81 || (encoding == encoding_rs::SHIFT_JIS && (0xA0..0xE0).contains(&first)) {
        1
    } else if encoding == encoding_rs::EUC_JP && first == 0x8F {
        3
    } else {
        2
    };
    let length = length.min(bytes.len());
    (number(&bytes[..length]), length)
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

/// `W` and `DW`: `first [width…]` or `first last width` (ISO 32000-1, 9.7.4.3), in parts of the font size.
fn widths(font: &Dictionary, document: &Document) -> (BTreeMap<u32, f32>, f32) {
    let mut widths = BTreeMap::new();
    let otherwise = font.get_deref(b"DW", document).and_then(Object::as_float).unwrap_or(1000.0) / 1000.0;
    let Ok(entries) = font.get_deref(b"W", document).and_then(Object::as_array) else { return (widths, otherwise) };
    let mut entries = entries.iter().filter_map(|entry| Some(document.dereference(entry).ok()?.1));
    let mut read = 0;
    let code =
        |object: &Object| object.as_float().ok().filter(|code| (0.0..=65_535.0).contains(code)).map(|code| code as u32);
    while let Some(first) = entries.next() {
        let Some(first) = code(first) else { continue };
        match entries.next() {
            Some(Object::Array(list)) => {
                read += list.len();
                let width = |width| document.dereference(width).ok()?.1.as_float().ok();
                widths.extend((first..).zip(list).filter_map(|(glyph, object)| Some((glyph, width(object)? / 1000.0))));
            }
            Some(last) => {
                let width = entries.next().and_then(|width| width.as_float().ok());
                if let (Some(last), Some(width)) = (code(last), width) {
                    read += last.saturating_sub(first) as usize;
                    widths.extend((first..=last).map(|glyph| (glyph, width / 1000.0)));
                }
            }
            None => break,
        }
        if read > MAX_WIDTHS {
            break;
        }
    }
    (widths, otherwise)
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn shown(encoding: &str, bytes: &[u8]) -> String {
        let font = dictionary! { "Type" => "Font", "Subtype" => "Type0", "Encoding" => encoding };
        let font = Composite::of(&font, None, None, ToUnicode::Nothing, &Document::new(), 1 << 20);
        let mut text = String::new();
        font.show(bytes, |shown| text.push_str(shown.text));
        text
    }

    #[test]
    fn predefined_maps() {
        assert_eq!(shown("UniJIS-UTF16-H", b"\x65\xE5\x67\x2C"), "日本");
        assert_eq!(shown("90ms-RKSJ-H", b"\x93\xFA\x96\x7BA"), "日本A");
        assert_eq!(shown("GBK-EUC-H", b"\xD6\xD0\xCE\xC4"), "中文");
        assert_eq!(shown("ETen-B5-V", b"\xA4\xA4\xA4\xE5"), "中文");
        assert_eq!(shown("KSCms-UHC-H", b"\xC7\xD1"), "한");
    }

    #[test]
    fn what_cannot_be_told_is_marked() {
        assert_eq!(shown("Identity-H", b"\0\x05\0\x06\0"), "\u{FFFD}\u{FFFD}\u{FFFD}");
    }
}
