//! The fonts of a PDF: what their codes mean, and how wide they are.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Encoding, Object};

/// Width where the font does not say, in thousandths of its size.
const USUAL_WIDTH: f32 = 500.0;

/// The most codes of one font whose widths are kept.
const MAX_WIDTHS: usize = 1 << 16;

/// A font as far as reading needs it.
pub(super) struct Font<'a> {
    encoding: Encoding<'a>,
    /// Widths by code, in thousandths of the font size.
    widths: BTreeMap<u32, f32>,
    /// The width of any other code.
    otherwise: f32,
    /// Bytes a code.
    code_bytes: usize,
}

impl<'a> Font<'a> {
    /// Reads a font dictionary; none where its encoding cannot be read.
    pub(super) fn of(font: &'a Dictionary, document: &'a Document, max_stream: usize) -> Option<Self> {
        let encoding = font.get_font_encoding_with_limit(document, max_stream).ok()?;
        let composite =
            font.get_deref(b"Subtype", document).and_then(Object::as_name).is_ok_and(|name| name == b"Type0");
        let (widths, otherwise) =
            if composite { composite_widths(font, document) } else { (simple_widths(font, document), USUAL_WIDTH) };
        Some(Self { encoding, widths, otherwise, code_bytes: if composite { 2 } else { 1 } })
    }

    /// The characters a string shows.
    pub(super) fn decode(&self, bytes: &[u8]) -> Option<String> {
        Document::decode_text(&self.encoding, bytes).ok()
    }

    /// How far a string moves the pen, in parts of the font size.
    pub(super) fn width(&self, bytes: &[u8]) -> f32 {
        let code = |bytes: &[u8]| bytes.iter().fold(0_u32, |code, &byte| (code << 8) | u32::from(byte));
        let width = |bytes: &[u8]| self.widths.get(&code(bytes)).copied().unwrap_or(self.otherwise);
        bytes.chunks(self.code_bytes).map(width).sum::<f32>() / 1000.0
    }
}

/// `FirstChar` and `Widths` (ISO 32000-1, 9.6.2).
fn simple_widths(font: &Dictionary, document: &Document) -> BTreeMap<u32, f32> {
    let first = font.get_deref(b"FirstChar", document).ok().and_then(code_of);
    let widths = font.get_deref(b"Widths", document).and_then(Object::as_array);
    match (first, widths) {
        (Some(first), Ok(widths)) => {
            let positive = |width: &Object| width.as_float().ok().filter(|&width| width > 0.0);
            (first..).zip(widths).take(256).filter_map(|(code, width)| Some((code, positive(width)?))).collect()
        }
        (None | Some(_), Ok(_) | Err(_)) => BTreeMap::new(),
    }
}

/// `W` and `DW` of the descendant font: `code [width…]` or `first last width` (ISO 32000-1, 9.7.4.3).
fn composite_widths(font: &Dictionary, document: &Document) -> (BTreeMap<u32, f32>, f32) {
    let mut widths = BTreeMap::new();
    let descendant = font
        .get_deref(b"DescendantFonts", document)
        .and_then(Object::as_array)
        .ok()
        .and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
    let Some(descendant) = descendant else { return (widths, USUAL_WIDTH) };
    let otherwise = descendant.get_deref(b"DW", document).and_then(Object::as_float).unwrap_or(1000.0);
    let Ok(entries) = descendant.get_deref(b"W", document).and_then(Object::as_array) else {
        return (widths, otherwise);
    };
    let code = |object: Option<&Object>| object.and_then(code_of);
    let mut entries = entries.iter();
    while let Some(first) = code(entries.next()) {
        match entries.next().and_then(|entry| document.dereference(entry).ok()) {
            Some((_, Object::Array(list))) => {
                widths.extend((first..).zip(list).filter_map(|(code, width)| Some((code, width.as_float().ok()?))));
            }
            Some((_, last)) => {
                let width = entries.next().and_then(|width| width.as_float().ok());
                if let (Some(last), Some(width)) = (code(Some(last)), width) {
                    widths.extend((first..=last).take(MAX_WIDTHS).map(|code| (code, width)));
                }
            }
            None => break,
        }
        if widths.len() > MAX_WIDTHS {
            break;
        }
    }
    (widths, otherwise)
}

/// A character code of one or two bytes.
fn code_of(object: &Object) -> Option<u32> {
    object.as_i64().ok().and_then(|code| u16::try_from(code).ok()).map(u32::from)
}
