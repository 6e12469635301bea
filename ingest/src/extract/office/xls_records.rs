//! The records of an Excel workbook of 1997 to 2003 (BIFF8, [MS-XLS]).

/// What tells the end of a substream.
pub(super) const EOF: u16 = 0x000A;
pub(super) const BOF: u16 = 0x0809;
const CONTINUE: u16 = 0x003C;

/// One record: its type and its data.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
    /// Where the next one starts.
    pub(super) end: usize,
}

/// The records from an offset on, up to one that is cut off.
pub(super) fn records(stream: &[u8], from: usize) -> impl Iterator<Item = Record<'_>> {
    let mut at = from;
    std::iter::from_fn(move || {
        let kind = number(stream, at, 2)? as u16;
        let length = number(stream, at + 2, 2)? as usize;
        let data = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some(Record { kind, data, end: at })
    })
}

/// The records that go on with the one that ends at `end`.
pub(super) fn continued<'a>(first: &'a [u8], stream: &'a [u8], end: usize) -> Vec<&'a [u8]> {
    let rest = records(stream, end).take_while(|record| record.kind == CONTINUE).map(|record| record.data);
    std::iter::once(first).chain(rest).collect()
}

/// An unsigned number of up to eight bytes, the lowest first.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

/// A double at an offset.
pub(super) fn double(bytes: &[u8], at: usize) -> Option<f64> {
    number(bytes, at, 8).map(f64::from_bits)
}

/// A number in the short form that most cells have: 30 bits of a double or of a whole number, maybe in hundredths.
pub(super) fn short_number(bits: u32) -> f64 {
    let value = if bits & 2 == 0 { f64::from_bits(u64::from(bits & !3) << 32) } else { f64::from((bits as i32) >> 2) };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

/// A string with a count of one or two bytes before it.
pub(super) fn string(data: &[u8], at: usize, count_bytes: usize) -> Option<String> {
    let count = number(data, at, count_bytes)? as usize;
    let mut cursor = Cursor { parts: vec![data], part: 0, at: at + count_bytes };
    let flags = cursor.byte()?;
    Some(cursor.characters(count, flags & 1 == 1))
}

/// The strings that cells share; those after a cut are missing.
pub(super) fn shared_strings(parts: Vec<&[u8]>) -> Vec<String> {
    let mut cursor = Cursor { parts, part: 0, at: 8 };
    let mut strings = Vec::new();
    while let Some(text) = shared_string(&mut cursor) {
        strings.push(text);
    }
    strings
}

fn shared_string(cursor: &mut Cursor<'_>) -> Option<String> {
    let count = cursor.number(2)? as usize;
    let flags = cursor.byte()?;
    let runs = if flags & 8 == 0 { 0 } else { cursor.number(2)? };
    let extra = if flags & 4 == 0 { 0 } else { cursor.number(4)? };
    let text = cursor.characters(count, flags & 1 == 1);
    cursor.skip(runs * 4 + extra);
    Some(text)
}

/// A place in data that goes on from record to record.
struct Cursor<'a> {
    parts: Vec<&'a [u8]>,
    part: usize,
    at: usize,
}

impl Cursor<'_> {
    fn byte(&mut self) -> Option<u8> {
        loop {
            let part = self.parts.get(self.part)?;
            if let Some(&byte) = part.get(self.at) {
                self.at += 1;
                return Some(byte);
            }
            self.part += 1;
            self.at = 0;
        }
    }

    fn number(&mut self, length: u32) -> Option<u64> {
        let mut number = 0;
        for place in 0..length {
            number |= u64::from(self.byte()?) << (8 * place);
        }
        Some(number)
    }

    fn skip(&mut self, mut count: u64) {
        while count > 0 {
            let Some(part) = self.parts.get(self.part) else { return };
            let here = (part.len().saturating_sub(self.at)) as u64;
            if here >= count {
                self.at += count as usize;
                return;
            }
            count -= here;
            self.part += 1;
            self.at = 0;
        }
    }

    /// So many characters, of two bytes each or of one. Where a record ends among them, the next begins with a byte that
    /// says which.
    fn characters(&mut self, count: usize, mut is_wide: bool) -> String {
        let mut units: Vec<u16> = Vec::new();
        for _ in 0..count {
            let Some(part) = self.parts.get(self.part) else { break };
            if self.at >= part.len() {
                self.part += 1;
                self.at = 0;
                let Some(flags) = self.byte() else { break };
                is_wide = flags & 1 == 1;
            }
            let Some(unit) = self.number(if is_wide { 2 } else { 1 }) else { break };
            units.push(unit as u16);
        }
        String::from_utf16_lossy(&units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers() {
        for (bits, expected) in [(0x3FF0_0000, 1.0), (0x0000_0012, 4.0), (0xFFFF_FFFE, -1.0), (0x0000_04D3, 3.08)] {
            assert!((short_number(bits) - expected).abs() < 1e-9, "{bits:x}");
        }
    }

    #[test]
    fn strings_go_on_in_the_next_record() {
        let first = [[1, 0, 0, 0, 1, 0, 0, 0].as_slice(), &[4, 0, 0, b'a', b'b']].concat();
        let second = [1, b'c', 0, 0xE9, 0];
        assert_eq!(shared_strings(vec![&first, &second]), ["abcé"]);
        assert_eq!(string(&[2, 0, 0, b'h', b'i'], 0, 2).as_deref(), Some("hi"));
        assert_eq!(string(&[200, 0, 0, b'h'], 0, 2).as_deref(), Some("h"));
    }
}
