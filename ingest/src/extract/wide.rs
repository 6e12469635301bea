//! Text whose characters take two or four bytes: UTF-16 and UTF-32, with a byte order mark or without.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};

/// How much of a text is looked at to tell that it is wide, in bytes.
const SAMPLE: usize = 4 << 10;

/// Fewer characters than this tell nothing without a mark.
const MIN_CHARACTERS: usize = 4;

/// At least one in so many characters is ASCII, as spaces and line ends are in any script that has a second byte.
const ASCII_AMONG: usize = 20;

/// How characters are laid out in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Utf16 { is_big: bool },
    Utf32 { is_big: bool },
}

/// Wide text: its layout, and how many bytes its mark takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wide {
    layout: Layout,
    mark: usize,
}

impl Wide {
    /// Tells wide text by its mark; without one, by every second byte (or three of four) being zero wherever a character is
    /// ASCII, and by nothing in it being a character that text does not have. None for anything else, as binary data.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        for (mark, layout) in [
            // Before UTF-16's, which it begins with: no text starts with a NUL.
            (b"\xFF\xFE\x00\x00".as_slice(), Layout::Utf32 { is_big: false }),
            (b"\x00\x00\xFE\xFF", Layout::Utf32 { is_big: true }),
            (b"\xFF\xFE", Layout::Utf16 { is_big: false }),
            (b"\xFE\xFF", Layout::Utf16 { is_big: true }),
        ] {
            if bytes.starts_with(mark) {
                return Some(Self { layout, mark: mark.len() });
            }
        }
        let sample = &bytes[..bytes.len().min(SAMPLE)];
        if !sample.contains(&0) {
            return None;
        }
        [true, false]
            .into_iter()
            .flat_map(|is_big| [Layout::Utf32 { is_big }, Layout::Utf16 { is_big }])
            .find(|&layout| is_text(layout, sample))
            .map(|layout| Self { layout, mark: 0 })
    }

    /// The characters, with U+FFFD for what is none, and how often that was.
    pub(crate) fn decode(self, bytes: &[u8]) -> (String, usize) {
        let body = bytes.get(self.mark..).unwrap_or_default();
        match self.layout {
            Layout::Utf16 { is_big } => {
                let encoding = if is_big { UTF_16BE } else { UTF_16LE };
                let (text, had_errors) = encoding.decode_without_bom_handling(body);
                let is_replacement = |c: &char| *c == char::REPLACEMENT_CHARACTER;
                let invalid = if had_errors { text.chars().filter(is_replacement).count() } else { 0 };
                (text.into_owned(), invalid)
            }
            Layout::Utf32 { is_big } => {
                let mut invalid = usize::from(!body.len().is_multiple_of(4));
                let text = body.chunks_exact(4).map(|unit| {
                    char_of(unit, is_big).unwrap_or_else(|| {
                        invalid += 1;
                        char::REPLACEMENT_CHARACTER
                    })
                });
                (text.collect(), invalid)
            }
        }
    }
}

/// The beginning of a file in UTF-8, if it is that of wide text; else as it is.
pub(crate) fn narrowed(head: &[u8]) -> Cow<'_, [u8]> {
    match Wide::of(head) {
        Some(wide) => Cow::Owned(wide.decode(head).0.into_bytes()),
        None => Cow::Borrowed(head),
    }
}

fn char_of(unit: &[u8], is_big: bool) -> Option<char> {
    let unit: [u8; 4] = unit.try_into().ok()?;
    char::from_u32(if is_big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) })
}

/// Whether bytes read in this layout are text and nothing else.
fn is_text(layout: Layout, sample: &[u8]) -> bool {
    let (mut characters, mut ascii) = (0_usize, 0_usize);
    let mut take = |c: char| {
        characters += 1;
        ascii += usize::from(c.is_ascii());
        is_of_text(c)
    };
    let all = match layout {
        Layout::Utf32 { is_big } => {
            sample.len().is_multiple_of(4)
                && sample.chunks_exact(4).all(|unit| char_of(unit, is_big).is_some_and(&mut take))
        }
        Layout::Utf16 { is_big } => {
            let unit = |unit: &[u8]| u16::from_be_bytes(if is_big { [unit[0], unit[1]] } else { [unit[1], unit[0]] });
            let mut units = char::decode_utf16(sample.chunks_exact(2).map(unit)).peekable();
            let mut all = sample.len().is_multiple_of(2);
            while let Some(next) = units.next().filter(|_| all) {
                // The sample may end within a pair.
                let is_cut = next.is_err() && units.peek().is_none() && sample.len() == SAMPLE;
                all = is_cut || next.is_ok_and(&mut take);
            }
            all
        }
    };
    // Words with a NUL between them read as Latin among ideographs.
    let enough = if is_narrow(sample) { ascii * 10 >= characters * 9 } else { ascii * ASCII_AMONG >= characters };
    all && enough && characters >= MIN_CHARACTERS
}

/// Whether a sample, NULs left aside, may as well be text of single bytes or UTF-8.
fn is_narrow(sample: &[u8]) -> bool {
    let text = match std::str::from_utf8(sample) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&sample[..error.valid_up_to()]).unwrap_or(""),
        Err(_) => return false,
    };
    text.chars().all(|c| c == '\0' || !c.is_control() || matches!(c, '\t' | '\n' | '\r'))
}

/// Whether text has such characters: no controls but those of lines and tables, nothing private or never assigned.
fn is_of_text(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | '\u{C}' => true,
        c if c.is_control() => false,
        // Letters, digits and spaces of any script; the marks, signs and punctuation that stand between them; emoji.
        c => {
            c.is_alphanumeric()
                || c.is_whitespace()
                || c.is_ascii_punctuation()
                || matches!(c, '\u{A1}'..='\u{BF}' | '\u{D7}' | '\u{F7}' | '\u{2B0}'..='\u{36F}' | '\u{483}'..='\u{489}')
                || matches!(c, '\u{55A}'..='\u{61B}' | '\u{64B}'..='\u{66D}' | '\u{900}'..='\u{E4F}')
                || matches!(c, '\u{200B}'..='\u{2BFF}' | '\u{3000}'..='\u{303F}' | '\u{FE0F}' | '\u{FEFF}')
                || matches!(c, '\u{FF01}'..='\u{FF65}' | '\u{1F000}'..='\u{1FAFF}')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, is_big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn utf32(text: &str, is_big: bool) -> Vec<u8> {
        let unit = |c: char| if is_big { u32::from(c).to_be_bytes() } else { u32::from(c).to_le_bytes() };
        text.chars().flat_map(unit).collect()
    }

    const TEXTS: [&str; 6] = [
        "# Sieves\r\n\r\nFine “flour” – 1 €.\r\n",
        "Über Mühlen:\nfein\n",
        "Сито пропускает муку.\n",
        "篩は粉を通す。\nそれから\n",
        "طحين ناعم، جيد.\n",
        "ok 🙂 done\n",
    ];

    #[test]
    fn wide_text_is_told_with_a_mark_and_without() {
        for text in TEXTS {
            for is_big in [true, false] {
                for (bytes, marked) in [
                    (utf16(text, is_big), utf16(&format!("\u{FEFF}{text}"), is_big)),
                    (utf32(text, is_big), utf32(&format!("\u{FEFF}{text}"), is_big)),
                ] {
                    for bytes in [bytes, marked] {
                        let wide = Wide::of(&bytes).unwrap_or_else(|| panic!("{text:?} {is_big}"));
                        assert_eq!(wide.decode(&bytes), (text.to_owned(), 0), "{is_big}");
                    }
                }
            }
        }
        // Longer than what is looked at, which ends within a pair.
        let long = format!("x{}", "🙂 ".repeat(4_000));
        assert_eq!(Wide::of(&utf16(&long, true)).map(|wide| wide.decode(&utf16(&long, true)).0), Some(long));
    }

    #[test]
    fn binary_data_is_not_wide_text() {
        let counts: Vec<u8> = (0..2_000_u16).flat_map(u16::to_le_bytes).collect();
        let samples: Vec<u8> =
            (0..2_000).flat_map(|n| (((f64::from(n) / 9.0).sin() * 12_000.0) as i16).to_le_bytes()).collect();
        let mut mixed = utf16(TEXTS[0], false);
        mixed.extend([0, 0, 1, 0]);
        let cases: [&[u8]; 11] = [
            b"",
            b"plain text",
            b"a\0b",
            b"a\0b\0",
            b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
            b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR",
            b"name\0value\0others\0thing\0",
            "name\0wört\0others\0thing\0".as_bytes(),
            &counts,
            &samples,
            &mixed,
        ];
        for bytes in cases {
            assert_eq!(Wide::of(bytes), None, "{:?}", &bytes[..bytes.len().min(20)]);
        }
    }

    #[test]
    fn what_is_no_character_is_counted() {
        let mut bytes = utf32("\u{FEFF}sieve", false);
        bytes.extend([0, 0xD8, 0, 0, 0x41]);
        assert_eq!(Wide::of(&bytes).map(|wide| wide.decode(&bytes)), Some(("sieve\u{FFFD}".to_owned(), 2)));
        let mut bytes = utf16("\u{FEFF}sieve", true);
        bytes.extend([0xD8, 0]);
        assert_eq!(Wide::of(&bytes).map(|wide| wide.decode(&bytes).1), Some(1));
    }
}
