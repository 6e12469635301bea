//! Content streams, operation by operation (ISO 32000-1, 7.8.2).
//!
//! lopdf has a decoder of its own, which ends at the first thing it cannot read and makes a copy of every name and
//! string. Here damage is stepped over, as readers on screens do, and what need not be copied is borrowed.

use std::borrow::Cow;

/// The most operands kept of one operation; `TJ` and character maps have long lists, others six at most.
const MAX_OPERANDS: usize = 1 << 17;

/// How deep arrays and dictionaries may lie in one another.
const MAX_DEPTH: usize = 16;

/// What an operator works on.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand<'a> {
    Number(f32),
    Name(Cow<'a, [u8]>),
    Text(Cow<'a, [u8]>),
    Array(Vec<Operand<'a>>),
    /// Keys and values in turn.
    Dictionary(Vec<Operand<'a>>),
}

impl Operand<'_> {
    pub(super) fn number(&self) -> Option<f32> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn text(&self) -> Option<&[u8]> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The value under a key of a dictionary.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Self> {
        let Self::Dictionary(entries) = self else { return None };
        entries.chunks_exact(2).find(|entry| entry[0].name() == Some(key)).map(|entry| &entry[1])
    }
}

/// Reads a content stream, or a character map, from its start.
pub(super) struct Operations<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether a picture was met that never ends: no search for another end need be made.
    is_endless: bool,
}

impl<'a> Operations<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, is_endless: false }
    }

    /// The next operator, its operands in `operands`; none at the end.
    pub(super) fn next(&mut self, operands: &mut Vec<Operand<'a>>) -> Option<&'a [u8]> {
        operands.clear();
        loop {
            self.skip_space();
            let byte = *self.bytes.get(self.at)?;
            if is_regular(byte) && !starts_number(byte) {
                let operator = self.word();
                match operator {
                    b"true" | b"false" | b"null" => operands.push(Operand::Number(0.0)),
                    b"BI" => self.skip_image(),
                    _ => return Some(operator),
                }
            } else if let Some(operand) = self.operand(0)
                && operands.len() < MAX_OPERANDS
            {
                operands.push(operand);
            }
        }
    }

    /// The operand at hand; none, one byte further, where there is none.
    fn operand(&mut self, depth: usize) -> Option<Operand<'a>> {
        let byte = *self.bytes.get(self.at)?;
        match byte {
            b'/' => {
                self.at += 1;
                Some(Operand::Name(unescaped(self.word())))
            }
            b'(' => Some(Operand::Text(self.literal())),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                Some(Operand::Dictionary(self.list(depth + 1, b'>')))
            }
            b'<' => Some(Operand::Text(Cow::Owned(self.hexadecimal()))),
            b'[' => {
                self.at += 1;
                Some(Operand::Array(self.list(depth + 1, b']')))
            }
            _ if starts_number(byte) => Some(Operand::Number(self.number())),
            _ => {
                self.at += 1;
                None
            }
        }
    }

    /// What stands before the closing bracket.
    fn list(&mut self, depth: usize, close: u8) -> Vec<Operand<'a>> {
        let mut list = Vec::new();
        loop {
            self.skip_space();
            let Some(&byte) = self.bytes.get(self.at) else { return list };
            if byte == close {
                self.at += 1;
                if close == b'>' && self.bytes.get(self.at) == Some(&b'>') {
                    self.at += 1;
                }
                return list;
            }
            if depth > MAX_DEPTH || list.len() > MAX_OPERANDS {
                self.at += 1;
            } else if is_regular(byte) && !starts_number(byte) {
                // `true`, `null`, or an operator that shows that the bracket was forgotten.
                let before = self.at;
                if matches!(self.word(), b"ET" | b"BT" | b"Tj" | b"TJ" | b"Tf" | b"Td" | b"Tm" | b"EMC" | b"BDC") {
                    self.at = before;
                    return list;
                }
                list.push(Operand::Number(0.0));
            } else if let Some(operand) = self.operand(depth) {
                list.push(operand);
            }
        }
    }

    fn skip_space(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b'%' {
                while self.bytes.get(self.at).is_some_and(|&byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    fn word(&mut self) -> &'a [u8] {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|&byte| is_regular(byte)) {
            self.at += 1;
        }
        &self.bytes[start..self.at]
    }

    /// A number as writers write it, rightly or not: `1`, `-.5`, `--3`, `1.2.3`, `4-5`.
    fn number(&mut self) -> f32 {
        let mut negative = false;
        while let Some(sign @ (b'-' | b'+')) = self.bytes.get(self.at) {
            negative |= *sign == b'-';
            self.at += 1;
        }
        let (mut value, mut place) = (0.0_f64, 0.0_f64);
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'0'..=b'9' if place == 0.0 => value = value * 10.0 + f64::from(byte - b'0'),
                b'0'..=b'9' => {
                    value += f64::from(byte - b'0') * place;
                    place /= 10.0;
                }
                b'.' if place == 0.0 => place = 0.1,
                b'.' | b'-' => place = f64::MIN_POSITIVE,
                _ => break,
            }
            self.at += 1;
        }
        (if negative { -value } else { value }) as f32
    }

    /// `(…)` with its escapes; brackets that pair need none.
    fn literal(&mut self) -> Cow<'a, [u8]> {
        self.at += 1;
        let start = self.at;
        let mut owned: Option<Vec<u8>> = None;
        let mut depth = 0_usize;
        while let Some(&byte) = self.bytes.get(self.at) {
            let here = self.at;
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => {
                    return owned.map_or(Cow::Borrowed(&self.bytes[start..here]), Cow::Owned);
                }
                b')' => depth -= 1,
                b'\\' => {
                    let text = owned.get_or_insert_with(|| self.bytes[start..here].to_vec());
                    let escaped = self.bytes.get(self.at).copied();
                    self.at += 1;
                    match escaped {
                        Some(b'n') => text.push(b'\n'),
                        Some(b'r') => text.push(b'\r'),
                        Some(b't') => text.push(b'\t'),
                        Some(b'b') => text.push(8),
                        Some(b'f') => text.push(12),
                        Some(b'\r') => self.at += usize::from(self.bytes.get(self.at) == Some(&b'\n')),
                        Some(b'\n') | None => {}
                        Some(digit @ b'0'..=b'7') => {
                            let mut code = u32::from(digit - b'0');
                            for _ in 0..2 {
                                let Some(digit @ b'0'..=b'7') = self.bytes.get(self.at) else { break };
                                code = code * 8 + u32::from(digit - b'0');
                                self.at += 1;
                            }
                            text.push(code as u8);
                        }
                        Some(other) => text.push(other),
                    }
                    continue;
                }
                _ => {}
            }
            if let Some(text) = &mut owned {
                text.push(byte);
            }
        }
        let end = self.bytes.len();
        owned.map_or(Cow::Borrowed(&self.bytes[start.min(end)..end]), Cow::Owned)
    }

    /// `<…>`; an odd last digit counts as if a zero followed.
    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut bytes = Vec::new();
        let mut half = None;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = char::from(byte).to_digit(16) else { continue };
            match half.take() {
                Some(high) => bytes.push((high << 4 | digit) as u8),
                None => half = Some(digit),
            }
        }
        bytes.extend(half.map(|high| (high << 4) as u8));
        bytes
    }

    /// Steps over a picture within the stream, to behind its `EI`: `BI` was read.
    fn skip_image(&mut self) {
        if self.is_endless {
            return;
        }
        let rest = &self.bytes[self.at..];
        let Some(data) = rest.windows(2).position(|pair| pair == b"ID").map(|at| at + 2) else {
            self.is_endless = true;
            return;
        };
        // `EI` may stand among the picture's own bytes by chance; what follows the true one reads as content.
        let ends = |at: usize| {
            let before = rest.get(at.wrapping_sub(1)).is_some_and(|&byte| is_space(byte));
            let after = &rest[at + 2..rest.len().min(at + 12)];
            before
                && after.first().is_none_or(|&byte| is_space(byte))
                && after.iter().all(|&byte| is_space(byte) || (b' '..=b'~').contains(&byte))
        };
        let end = rest[data..].windows(2).enumerate().find(|(i, pair)| *pair == b"EI" && ends(data + i));
        self.is_endless = end.is_none();
        self.at += end.map_or(data, |(i, _)| data + i + 2);
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn starts_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.')
}

/// A name with its `#xx` undone.
fn unescaped(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'#') {
        return Cow::Borrowed(name);
    }
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        if let (b'#', Some(high), Some(low)) = (byte, digit(0), digit(1)) {
            bytes.push((high << 4 | low) as u8);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Vec<String> {
        let mut operations = Operations::new(content.as_bytes());
        let mut operands = Vec::new();
        let mut read = Vec::new();
        while let Some(operator) = operations.next(&mut operands) {
            let shown: Vec<String> = operands.iter().map(show).collect();
            read.push(format!("{} {}", shown.join(" "), String::from_utf8_lossy(operator)).trim().to_owned());
        }
        read
    }

    fn show(operand: &Operand<'_>) -> String {
        let all = |list: &[Operand<'_>]| list.iter().map(show).collect::<Vec<_>>().join(" ");
        match operand {
            Operand::Number(number) => number.to_string(),
            Operand::Name(name) => format!("/{}", String::from_utf8_lossy(name)),
            Operand::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
            Operand::Array(list) => format!("[{}]", all(list)),
            Operand::Dictionary(list) => format!("<{}>", all(list)),
        }
    }

    #[test]
    fn operations_are_read() {
        assert_eq!(read("/F1 12 Tf (a\\(b\\051(c)\\n) Tj"), ["/F1 12 Tf", "\"a(b)(c)\\n\" Tj"]);
        assert_eq!(read("[<4142> -.5 (c)] TJ % end\nET"), ["[\"AB\" -0.5 \"c\"] TJ", "ET"]);
        assert_eq!(read("/Sp#61n << /A [1 2] /B true >> BDC"), ["/Span </A [1 2] /B 0> BDC"]);
    }

    #[test]
    fn damage_is_stepped_over() {
        assert_eq!(read("--5 1.2.3 Td ) > } (x) Tj"), ["-5 1.2 Td", "\"x\" Tj"]);
        assert_eq!(read("[(a) Tj ET"), ["[\"a\"] Tj", "ET"]);
        assert_eq!(read("(never closed Tj"), Vec::<String>::new());
        assert_eq!(read(&"[".repeat(100_000)), Vec::<String>::new());
    }

    #[test]
    fn pictures_are_stepped_over() {
        assert_eq!(read("q BI /W 1 /H 1 ID \u{1}EI\u{2} EI Q (t) Tj"), ["q", "Q", "\"t\" Tj"]);
    }
}
