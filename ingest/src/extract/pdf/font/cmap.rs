//! Character maps: what the codes of a string are, and what they stand for (ISO 32000-1, 9.7.5 and 9.10.3).

use super::super::content::{Operand, Operations};

/// The most code lengths and their ranges; the maps of Asian encodings have about ten.
const MAX_CODE_SPACES: usize = 64;

/// The longest text one code stands for, in UTF-16 units; longer ones are no ligature.
const MAX_TEXT: usize = 64;

/// The most ranges kept of one map.
const MAX_RANGES: usize = 1 << 17;

/// A map from codes to characters (`ToUnicode`) or to the glyphs of a font (`Encoding`).
#[derive(Debug, Default)]
pub(super) struct CharacterMap {
    /// Code lengths in bytes, each with the first and last code of that length.
    code_spaces: Vec<(usize, u32, u32)>,
    /// By first code.
    texts: Vec<TextRange>,
    /// First code, last code, first glyph; by first code.
    glyphs: Vec<(u32, u32, u32)>,
    /// Whether lines run down the page.
    pub(super) is_vertical: bool,
}

/// Codes in a row whose characters are in a row.
#[derive(Debug)]
struct TextRange {
    first: u32,
    last: u32,
    /// What the first code stands for.
    text: String,
}

impl CharacterMap {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut map = Self::default();
        let mut operations = Operations::new(bytes);
        let mut operands = Vec::new();
        while let Some(operator) = operations.next(&mut operands) {
            match operator {
                b"endcodespacerange" => {
                    for pair in operands.chunks_exact(2) {
                        if let (Some(first), Some(last)) = (pair[0].text(), pair[1].text())
                            && (1..=4).contains(&first.len())
                            && map.code_spaces.len() < MAX_CODE_SPACES
                        {
                            map.code_spaces.push((first.len(), number(first), number(last)));
                        }
                    }
                }
                b"endbfchar" => {
                    for pair in operands.chunks_exact(2) {
                        if let (Some(code), Some(text)) = (pair[0].text(), pair[1].text()) {
                            map.add_text(number(code), number(code), utf16(text));
                        }
                    }
                }
                b"endbfrange" => operands.chunks_exact(3).for_each(|range| map.add_text_range(range)),
                b"endcidchar" => {
                    for pair in operands.chunks_exact(2) {
                        if let (Some(code), Some(glyph)) = (pair[0].text(), pair[1].number()) {
                            map.add_glyphs(number(code), number(code), glyph as u32);
                        }
                    }
                }
                b"endcidrange" => {
                    for range in operands.chunks_exact(3) {
                        if let (Some(first), Some(last), Some(glyph)) =
                            (range[0].text(), range[1].text(), range[2].number())
                        {
                            map.add_glyphs(number(first), number(last), glyph as u32);
                        }
                    }
                }
                b"def" => {
                    if let [.., key, value] = operands.as_slice()
                        && key.name() == Some(b"WMode")
                    {
                        map.is_vertical = value.number() == Some(1.0);
                    }
                }
                _ => {}
            }
        }
        // Stable, so that of two for the same code the later one stands behind and wins.
        map.texts.sort_by_key(|range| range.first);
        map.glyphs.sort_by_key(|range| range.0);
        map
    }

    fn add_text(&mut self, first: u32, last: u32, text: String) {
        if self.texts.len() < MAX_RANGES && first <= last {
            self.texts.push(TextRange { first, last, text });
        }
    }

    fn add_text_range(&mut self, range: &[Operand<'_>]) {
        let (Some(first), Some(last)) = (range[0].text(), range[1].text()) else { return };
        let (first, last) = (number(first), number(last));
        match &range[2] {
            Operand::Text(text) => self.add_text(first, last, utf16(text)),
            Operand::Array(texts) => {
                for (code, text) in (first..=last).zip(texts) {
                    self.add_text(code, code, text.text().map(utf16).unwrap_or_default());
                }
            }
            Operand::Number(_) | Operand::Name(_) | Operand::Dictionary(_) => {}
        }
    }

    fn add_glyphs(&mut self, first: u32, last: u32, glyph: u32) {
        if self.glyphs.len() < MAX_RANGES && first <= last {
            self.glyphs.push((first, last, glyph));
        }
    }

    pub(super) fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// What a code stands for; none where the map does not say, or says nothing that can be read.
    pub(super) fn text(&self, code: u32) -> Option<String> {
        let behind = self.texts.partition_point(|range| range.first <= code);
        // A longer range may stand before a single code within it.
        let range = self.texts[..behind].iter().rev().take(4).find(|range| code <= range.last)?;
        let ahead = code - range.first;
        let mut text = range.text.clone();
        if ahead > 0 {
            let last = text.pop()?;
            text.push(char::from_u32(u32::from(last) + ahead)?);
        }
        let says = text.chars().any(|c| !c.is_control() && c != '\u{FFFD}' && c != '\u{FFFF}');
        says.then_some(text)
    }

    /// The glyph of a code.
    pub(super) fn glyph(&self, code: u32) -> Option<u32> {
        let behind = self.glyphs.partition_point(|range| range.0 <= code);
        let (first, last, glyph) = self.glyphs[..behind].last()?;
        (code <= *last).then(|| glyph.saturating_add(code - first))
    }

    /// The code at the start of a string and how many bytes it takes; two where the map does not say.
    pub(super) fn next_code(&self, bytes: &[u8]) -> (u32, usize) {
        for length in 1..=bytes.len().min(4) {
            let code = number(&bytes[..length]);
            let fits = |first: u32, last: u32| {
                (0..length).all(|i| {
                    let byte = |code: u32| code >> (8 * i) & 0xFF;
                    (byte(first)..=byte(last)).contains(&byte(code))
                })
            };
            if self.code_spaces.iter().any(|&(bytes, first, last)| bytes == length && fits(first, last)) {
                return (code, length);
            }
        }
        let shortest = self.code_spaces.iter().map(|space| space.0).min().unwrap_or(2).min(bytes.len());
        (number(&bytes[..shortest]), shortest.max(1))
    }
}

/// Bytes as one number, the first one highest; of more than four the last four.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

/// UTF-16 in big-endian bytes; a lone byte is a character of its own.
fn utf16(bytes: &[u8]) -> String {
    if let [byte] = bytes {
        return char::from(*byte).to_string();
    }
    let units = bytes.chunks_exact(2).take(MAX_TEXT).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_to_text() {
        let map = CharacterMap::parse(
            b"1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar <01> <00660069> <02> <D83DDE00> endbfchar \
              2 beginbfrange <10> <12> <0041> <20> <21> [<0058> <0059>] endbfrange",
        );
        let texts: Vec<_> = [1, 2, 0x10, 0x12, 0x21, 0x30].iter().map(|&code| map.text(code)).collect();
        let expected = [Some("fi"), Some("\u{1F600}"), Some("A"), Some("C"), Some("Y"), None];
        assert_eq!(texts.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
        assert_eq!(map.next_code(b"\x10\x11"), (0x10, 1));
    }

    #[test]
    fn codes_of_two_lengths() {
        let map = CharacterMap::parse(
            b"begincodespacerange <00> <80> <8140> <9FFC> endcodespacerange begincidrange <8140> <817E> 633 endcidrange",
        );
        assert_eq!(map.next_code(b"\x81\x41"), (0x8141, 2));
        assert_eq!(map.next_code(b"\x41\x41"), (0x41, 1));
        assert_eq!((map.glyph(0x8141), map.glyph(0x41)), (Some(634), None));
        // A byte that fits nowhere is a code all the same: reading goes on.
        assert_eq!(map.next_code(b"\xFF"), (0xFF, 1));
    }

    #[test]
    fn a_range_beyond_characters_says_nothing() {
        let map = CharacterMap::parse(b"beginbfrange <0000> <FFFF> <D7FF> endbfrange");
        assert_eq!((map.text(0).as_deref(), map.text(1)), (Some("\u{D7FF}"), None));
    }
}
