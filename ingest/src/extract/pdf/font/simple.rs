//! Fonts with one byte a code: Type 1, TrueType and Type 3 (ISO 32000-1, 9.6).

use lopdf::{Dictionary, Document, Object};

use super::glyph_name::{self, CodeTable};
use super::program::Program;
use super::{ToUnicode, is_readable, metrics};

/// What each code stands for, and how wide it is in parts of the font size.
pub(super) struct Simple {
    codes: [(Box<str>, f32); 256],
}

impl Simple {
    pub(super) fn of(
        font: &Dictionary,
        descriptor: Option<&Dictionary>,
        unicode: &ToUnicode,
        base_name: &str,
        document: &Document,
        max_stream: usize,
    ) -> Self {
        let mut texts = encoded(font, descriptor, unicode, base_name, document, max_stream);
        for (code, text) in texts.iter_mut().enumerate() {
            let said = unicode.text(code as u32);
            // A map that leads to private characters knows less than the names of the glyphs.
            if let Some(said) =
                said.filter(|said| is_readable(said) || text.as_deref().is_none_or(|text| !is_readable(text)))
            {
                *text = Some(said);
            }
        }
        let widths = widths(font, descriptor, base_name, document, &texts);
        let mut codes = std::array::from_fn(|_| (Box::from("\u{FFFD}"), 0.0));
        for ((place, text), width) in codes.iter_mut().zip(texts).zip(widths) {
            *place = (text.map_or(Box::from("\u{FFFD}"), String::into_boxed_str), width);
        }
        Self { codes }
    }

    pub(super) fn get(&self, code: u8) -> (&str, f32) {
        let (text, width) = &self.codes[code as usize];
        (text, *width)
    }

    /// The width of the space, if there is one.
    pub(super) fn space(&self) -> Option<f32> {
        self.codes.iter().find(|(text, width)| &**text == " " && *width > 0.0).map(|(_, width)| *width)
    }
}

/// What the codes stand for by `Encoding`, or by the font itself.
fn encoded(
    font: &Dictionary,
    descriptor: Option<&Dictionary>,
    unicode: &ToUnicode,
    base_name: &str,
    document: &Document,
    max_stream: usize,
) -> Vec<Option<String>> {
    let encoding = font.get_deref(b"Encoding", document).ok();
    let dictionary = encoding.and_then(|encoding| encoding.as_dict().ok());
    let name = match encoding {
        Some(Object::Name(name)) => Some(name.as_slice()),
        _ => {
            dictionary.and_then(|encoding| encoding.get_deref(b"BaseEncoding", document).and_then(Object::as_name).ok())
        }
    };
    let of_table = |table: &CodeTable| table.iter().map(|c| c.map(String::from)).collect::<Vec<_>>();
    let mut texts = match name.and_then(glyph_name::encoding) {
        Some(table) => of_table(table),
        None if base_name.contains("dingbats") => of_table(&glyph_name::DINGBATS),
        None if base_name.ends_with("symbol") || base_name.contains("symbolmt") => of_table(&glyph_name::SYMBOL),
        None => {
            let is_true_type =
                font.get_deref(b"Subtype", document).and_then(Object::as_name).is_ok_and(|n| n == b"TrueType");
            let mut texts = of_table(if is_true_type { &glyph_name::WIN_ANSI } else { &glyph_name::STANDARD });
            let program = descriptor
                .filter(|_| matches!(unicode, ToUnicode::Nothing))
                .and_then(|descriptor| Program::of(descriptor, document, max_stream));
            for (code, text) in program.iter().flat_map(Program::code_texts) {
                texts[code as usize] = Some(text);
            }
            texts
        }
    };
    let differences =
        dictionary.and_then(|encoding| encoding.get_deref(b"Differences", document).and_then(Object::as_array).ok());
    let mut code = 0_usize;
    for entry in differences.into_iter().flatten() {
        match document.dereference(entry).map(|(_, entry)| entry) {
            Ok(Object::Name(name)) => {
                if let Some(text) = texts.get_mut(code) {
                    *text = glyph_name::text(name).or_else(|| numbered(name, code));
                }
                code += 1;
            }
            Ok(entry) => code = entry.as_i64().ok().and_then(|code| usize::try_from(code).ok()).unwrap_or(code),
            Err(_) => {}
        }
    }
    texts
}

/// What a name that only counts glyphs (`a65`, `c65`, `G41`) may stand for: the character with that number, as fonts
/// made from bitmaps have it.
fn numbered(name: &[u8], code: usize) -> Option<String> {
    if name == b".notdef" {
        return None;
    }
    let digits = std::str::from_utf8(name).ok()?.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let number = digits.parse().ok().filter(|_| digits.len() < name.len()).unwrap_or(code);
    let in_table = |code: usize| glyph_name::WIN_ANSI.get(code).copied().flatten();
    in_table(number).or_else(|| in_table(code)).map(String::from)
}

/// `Widths`, else those of the standard font of that name (ISO 32000-1, 9.6.2), in parts of the font size.
fn widths(
    font: &Dictionary,
    descriptor: Option<&Dictionary>,
    base_name: &str,
    document: &Document,
    texts: &[Option<String>],
) -> Vec<f32> {
    let number =
        |dictionary: &Dictionary, key: &[u8]| dictionary.get_deref(key, document).and_then(Object::as_float).ok();
    let matrix = font.get_deref(b"FontMatrix", document).and_then(Object::as_array).ok();
    let scale =
        matrix.and_then(|matrix| matrix.first()?.as_float().ok()).filter(|a| a.is_normal()).map_or(0.001, f32::abs);
    let stated = font.get_deref(b"Widths", document).and_then(Object::as_array).ok();
    let missing = descriptor.and_then(|font| number(font, b"MissingWidth")).filter(|width| *width > 0.0);
    let first = number(font, b"FirstChar").unwrap_or(0.0) as usize;
    texts
        .iter()
        .enumerate()
        .map(|(code, text)| {
            let width = code
                .checked_sub(first)
                .and_then(|place| stated?.get(place))
                .and_then(|width| document.dereference(width).ok()?.1.as_float().ok().filter(|width| *width >= 0.0));
            let usual = || {
                let c = text.as_deref().and_then(|text| text.chars().next());
                c.map_or(metrics::USUAL, |c| metrics::width(base_name, c))
            };
            match (width, stated) {
                (Some(width), _) => width * scale,
                (None, Some(_)) => missing.unwrap_or(0.0) * scale,
                (None, None) => missing.unwrap_or_else(usual) * 0.001,
            }
        })
        .collect()
}
