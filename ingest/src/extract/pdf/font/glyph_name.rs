//! What glyph names and the codes of the standard encodings stand for.

use std::sync::LazyLock;

use lopdf::{Dictionary, Document, Object, dictionary};

/// 256 codes, each with its character.
pub(super) type CodeTable = [Option<char>; 256];

pub(super) static STANDARD: LazyLock<CodeTable> = LazyLock::new(|| named_table("StandardEncoding"));
pub(super) static WIN_ANSI: LazyLock<CodeTable> = LazyLock::new(|| named_table("WinAnsiEncoding"));
pub(super) static MAC_ROMAN: LazyLock<CodeTable> = LazyLock::new(|| named_table("MacRomanEncoding"));
pub(super) static MAC_EXPERT: LazyLock<CodeTable> = LazyLock::new(|| named_table("MacExpertEncoding"));
pub(super) static SYMBOL: LazyLock<CodeTable> = LazyLock::new(symbol_table);
pub(super) static DINGBATS: LazyLock<CodeTable> = LazyLock::new(dingbats_table);

/// The encoding of that name (ISO 32000-1, annex D).
pub(super) fn encoding(name: &[u8]) -> Option<&'static CodeTable> {
    match name {
        b"StandardEncoding" => Some(&STANDARD),
        b"WinAnsiEncoding" => Some(&WIN_ANSI),
        b"MacRomanEncoding" => Some(&MAC_ROMAN),
        b"MacExpertEncoding" => Some(&MAC_EXPERT),
        _ => None,
    }
}

/// lopdf's table of that name.
fn named_table(name: &'static str) -> CodeTable {
    let font = dictionary! { "Type" => "Font", "Encoding" => name };
    let mut table = [None; 256];
    for (code, c) in table.iter_mut().enumerate() {
        *c = decoded(&font, code as u8);
    }
    // What cannot be seen: a hard space is a space, a soft hyphen stays.
    table[0xA0] = if name == "WinAnsiEncoding" { Some(' ') } else { table[0xA0] };
    table
}

fn decoded(font: &Dictionary, code: u8) -> Option<char> {
    let document = Document::new();
    let text = font.get_font_encoding(&document).ok()?.bytes_to_string(&[code]).ok()?;
    text.chars().next().filter(|c| !c.is_control())
}

/// The characters of a glyph name, by Adobe's rules: a name of its list, `uni` or `u` and hexadecimal digits, parts
/// joined by `_`, a variant behind a dot.
pub(super) fn text(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let name = if name.starts_with('.') { return None } else { name.split('.').next()? };
    if let Some(text) = part(name) {
        return Some(text);
    }
    name.contains('_').then(|| name.split('_').map(part).collect::<Option<String>>()).flatten()
}

fn part(name: &str) -> Option<String> {
    listed(name).map(String::from).or_else(|| {
        let hexadecimal = |digits: &str| {
            let is_code = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_code.then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)).flatten()
        };
        if let Some(digits) = name.strip_prefix("uni")
            && digits.len() >= 4
            && digits.is_ascii()
        {
            return digits.as_bytes().chunks(4).map(|four| hexadecimal(std::str::from_utf8(four).ok()?)).collect();
        }
        let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
        hexadecimal(digits).map(String::from)
    })
}

/// A name of Adobe's glyph list, which lopdf holds.
fn listed(name: &str) -> Option<char> {
    // TeX's names for what the list calls otherwise.
    match name {
        "dotlessj" => return Some('ȷ'),
        "nbspace" | "nonbreakingspace" => return Some(' '),
        "sfthyphen" => return Some('\u{AD}'),
        "ff" => return Some('ﬀ'),
        "ffi" => return Some('ﬃ'),
        "ffl" => return Some('ﬄ'),
        "Delta" => return Some('Δ'),
        "Omega" => return Some('Ω'),
        "mu" => return Some('µ'),
        _ => {}
    }
    let name = Object::Name(name.as_bytes().to_vec());
    let font = dictionary! {
        "Type" => "Font",
        "Encoding" => dictionary! { "Differences" => vec![Object::Integer(0), name] },
    };
    decoded(&font, 0)
}

/// The Symbol font's own encoding (ISO 32000-1, D.5).
fn symbol_table() -> CodeTable {
    let mut table = [None; 256];
    let low = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼";
    let high = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪";
    let end = "〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭";
    for (first, characters) in [(0x20, low), (0xA0, high), (0xF1, end)] {
        for (place, c) in table[first..].iter_mut().zip(characters.chars()) {
            *place = Some(c);
        }
    }
    table
}

/// The Zapf Dingbats font's own encoding (ISO 32000-1, D.6): Unicode's dingbats in the same order, but for those that
/// Unicode already had elsewhere.
fn dingbats_table() -> CodeTable {
    let mut table = [None; 256];
    table[0x20] = Some(' ');
    for (first, last, character) in
        [(0x21, 0x7E, 0x2701), (0xA1, 0xA7, 0x2761), (0xAC, 0xB5, 0x2460), (0xB6, 0xD4, 0x2776), (0xD8, 0xFE, 0x2798)]
    {
        for (code, character) in (first..=last).zip(character..) {
            table[code] = char::from_u32(character);
        }
    }
    let elsewhere = [
        (0x25, '☎'),
        (0x2A, '☛'),
        (0x2B, '☞'),
        (0x48, '★'),
        (0x6C, '●'),
        (0x6E, '■'),
        (0x73, '▲'),
        (0x74, '▼'),
        (0x75, '◆'),
        (0x77, '◗'),
        (0xA8, '♣'),
        (0xA9, '♦'),
        (0xAA, '♥'),
        (0xAB, '♠'),
        (0xD5, '→'),
        (0xD6, '↔'),
        (0xD7, '↕'),
    ];
    for (code, c) in elsewhere {
        table[code] = Some(c);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("A", Some("A")),
            ("eacute", Some("é")),
            ("Euro", Some("€")),
            ("uni20AC", Some("€")),
            ("uni00410042", Some("AB")),
            ("u1F600", Some("\u{1F600}")),
            ("A.small", Some("A")),
            ("f_i", Some("ﬁ")),
            ("T_h", Some("Th")),
            ("quoteright", Some("’")),
            (".notdef", None),
            ("g17", None),
            ("union", Some("∪")),
        ] {
            assert_eq!(text(name.as_bytes()).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn tables() {
        assert_eq!((STANDARD[b'A' as usize], STANDARD[0xAE]), (Some('A'), Some('ﬁ')));
        assert_eq!((WIN_ANSI[0x80], MAC_ROMAN[0x8E]), (Some('€'), Some('é')));
        assert_eq!(
            (SYMBOL[0x61], SYMBOL[0xE5], SYMBOL[0xFE], SYMBOL[0xEF]),
            (Some('α'), Some('∑'), Some('⎭'), Some('⎪'))
        );
        assert_eq!((DINGBATS[0x34], DINGBATS[0x6C], DINGBATS[0xC0]), (Some('✔'), Some('●'), Some('➀')));
    }
}
