//! The character sets that UTF-8 is mistaken for, and UTF-8 read back out of them.

use std::sync::LazyLock;

use encoding_rs::{Encoding, ISO_8859_2, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

/// A character set of one byte a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Windows-1252.
    Western,
    /// ISO 8859-1, whose bytes 80 to 9F are control characters.
    Latin1,
    /// Windows-1250.
    CentralEuropean,
    /// ISO 8859-2.
    Latin2,
    /// Windows-1251.
    Cyrillic,
    Macintosh,
    /// Code page 437 of the IBM PC.
    Dos,
}

impl Charset {
    /// All of them, those more often mistaken for UTF-8 first.
    pub(super) const ALL: [Self; 7] =
        [Self::Western, Self::Latin1, Self::CentralEuropean, Self::Latin2, Self::Cyrillic, Self::Macintosh, Self::Dos];

    /// The byte of a character outside ASCII.
    pub(super) fn byte(self, c: char) -> Option<u8> {
        let byte = match c {
            // The Macintosh's logo and ligatures lie far from everything else.
            '\u{F8FF}' if self == Self::Macintosh => 0xF0,
            '\u{FB01}' if self == Self::Macintosh => 0xDE,
            '\u{FB02}' if self == Self::Macintosh => 0xDF,
            _ => TABLE.get(c as usize)?[self as usize],
        };
        (byte > 0).then_some(byte)
    }

    /// The encoding that has these bytes; none for what is worked out here.
    fn encoding(self) -> Option<&'static Encoding> {
        match self {
            Self::Western => Some(WINDOWS_1252),
            Self::CentralEuropean => Some(WINDOWS_1250),
            Self::Latin2 => Some(ISO_8859_2),
            Self::Cyrillic => Some(WINDOWS_1251),
            Self::Macintosh => Some(MACINTOSH),
            Self::Latin1 | Self::Dos => None,
        }
    }

    /// The character that a byte above 7F stands for.
    pub(super) fn character(self, byte: u8) -> Option<char> {
        match self {
            Self::Latin1 => Some(char::from(byte)),
            Self::Dos => DOS.chars().nth(usize::from(byte).checked_sub(0x80)?),
            Self::Western | Self::CentralEuropean | Self::Latin2 | Self::Cyrillic | Self::Macintosh => {
                let (text, _) = self.encoding()?.decode_without_bom_handling(std::slice::from_ref(&byte));
                text.chars().next().filter(|c| *c != char::REPLACEMENT_CHARACTER)
            }
        }
    }
}

/// No character of these sets lies at or above this, but for three of the Macintosh's.
const TABLE_END: usize = 0x2600;

/// For each character its byte in each set; 0 where it has none.
static TABLE: LazyLock<Vec<[u8; Charset::ALL.len()]>> = LazyLock::new(|| {
    let mut table = vec![[0; Charset::ALL.len()]; TABLE_END];
    for charset in Charset::ALL {
        for byte in 0x80..=0xFF {
            if let Some(row) = charset.character(byte).and_then(|c| table.get_mut(c as usize)) {
                row[charset as usize] = byte;
            }
        }
    }
    table
});

/// The sets in which a character can stand as the first byte of a sequence, and those in which it can follow, as bits.
pub(super) fn places(c: char) -> (u8, u8) {
    match c {
        '\u{F8FF}' | '\u{FB01}' | '\u{FB02}' => (1 << Charset::Macintosh as u8, 0),
        _ => PLACES.get(c as usize).copied().unwrap_or_default(),
    }
}

static PLACES: LazyLock<Vec<(u8, u8)>> = LazyLock::new(|| {
    let sets = |row: &[u8; Charset::ALL.len()], bytes: std::ops::RangeInclusive<u8>| -> u8 {
        Charset::ALL.into_iter().filter(|&set| bytes.contains(&row[set as usize])).map(|set| 1 << set as u8).sum()
    };
    TABLE.iter().map(|row| (sets(row, 0xC2..=0xF4), sets(row, 0x80..=0xBF))).collect()
});

/// A character read back: as many of the text's as it took, and itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sequence {
    pub(super) taken: usize,
    pub(super) decoded: char,
}

/// The character that the bytes at the start of `text` make as UTF-8, if they do. With `lenient`, a space stands for the
/// no-break space it was made from (byte A0) where bytes must follow.
pub(super) fn sequence(charset: Charset, text: &[char], lenient: bool) -> Option<Sequence> {
    let (code, taken) = code_point(charset, text, lenient)?;
    if !(0xD800..0xE000).contains(&code) {
        return char::from_u32(code).map(|decoded| Sequence { taken, decoded });
    }
    // CESU-8: each half of a UTF-16 pair as three bytes.
    let (low, more) = code_point(charset, text.get(taken..)?, lenient)?;
    if !((0xD800..0xDC00).contains(&code) && (0xDC00..0xE000).contains(&low)) {
        return None;
    }
    let pair = char::from_u32(0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00))?;
    Some(Sequence { taken: taken + more, decoded: pair })
}

/// The number that one sequence of UTF-8 stands for, and how many characters spelt it; overlong forms are none.
fn code_point(charset: Charset, text: &[char], lenient: bool) -> Option<(u32, usize)> {
    let lead = charset.byte(*text.first()?)?;
    let (following, mut code, least) = match lead {
        0xC2..=0xDF => (1, u32::from(lead & 0x1F), 0x80),
        0xE0..=0xEF => (2, u32::from(lead & 0x0F), 0x800),
        0xF0..=0xF4 => (3, u32::from(lead & 0x07), 0x1_0000),
        _ => return None,
    };
    for &c in text.get(1..=following)? {
        let byte = if lenient && c == ' ' { 0xA0 } else { charset.byte(c)? };
        if !(0x80..=0xBF).contains(&byte) {
            return None;
        }
        code = code << 6 | u32::from(byte & 0x3F);
    }
    (code >= least).then_some((code, following + 1))
}

/// Bytes 80 to FF of code page 437.
const DOS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(charset: Charset, text: &str) -> Option<(char, usize)> {
        let text: Vec<char> = text.chars().collect();
        sequence(charset, &text, false).map(|found| (found.decoded, found.taken))
    }

    #[test]
    fn utf_8_is_read_back() {
        for charset in Charset::ALL {
            for c in ['é', 'ş', 'ř', 'Ж', 'ế', '“', '☺', '😀'] {
                let misread: Option<String> =
                    c.to_string().into_bytes().into_iter().map(|byte| charset.character(byte)).collect();
                let Some(misread) = misread else { continue };
                let length = misread.chars().count();
                assert_eq!(read(charset, &misread), Some((c, length)), "{charset:?} {misread:?}");
            }
        }
    }

    #[test]
    fn no_utf_8() {
        for text in ["", "é", "Ã", "Ãa", "ÀÀ", "Â€€", "â€", "í\u{A0}½"] {
            let expected = (text == "Â€€").then_some(('\u{80}', 2));
            assert_eq!(read(Charset::Western, text), expected, "{text:?}");
        }
        assert_eq!(read(Charset::Latin1, "í\u{A0}½í¸\u{8D}"), Some(('😍', 6)));
    }
}
