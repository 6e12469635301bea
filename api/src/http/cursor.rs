//! Where a page of a list ends.

use super::{Code, Problem};

/// A place in a list as clients carry it: opaque, safe in URLs.
pub(crate) fn encode(place: &str) -> String {
    use std::fmt::Write;
    place.bytes().fold(String::with_capacity(2 * place.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The place a client carried.
pub(crate) fn decode(cursor: &str) -> Result<String, Problem> {
    let invalid = || Problem::new(Code::InvalidRequest, "cursor must be the next_cursor of an earlier answer");
    let digits = cursor.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(invalid());
    }
    let bytes: Option<Vec<u8>> = digits
        .chunks_exact(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn a_cursor_comes_back_and_junk_is_refused() {
        for place in ["", "1docs/ä b.md", "0x/y#z"] {
            assert_eq!(decode(&encode(place)).unwrap(), place);
        }
        for junk in ["0", "zz", "ff", "+1"] {
            assert!(decode(junk).is_err(), "{junk}");
        }
    }
}
