//! Percent-encoding undone.

/// The text that a percent-encoded path or fragment stands for (RFC 3986, section 2.1); `None` where the bytes are no
/// UTF-8. A percent sign without two hexadecimal digits stands for itself.
#[must_use]
pub fn percent_decoded(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let (decoded, left) = match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => (decoded, &after[2..]),
            None => (byte, after),
        };
        bytes.push(decoded);
        rest = left;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn bytes_become_text() {
        for (encoded, decoded) in [
            ("plain.md", Some("plain.md")),
            ("two%20words.md", Some("two words.md")),
            ("%C3%A9t%c3%a9", Some("été")),
            ("100%", Some("100%")),
            ("%zz", Some("%zz")),
            ("%FF", None),
        ] {
            assert_eq!(percent_decoded(encoded).as_deref(), decoded, "{encoded}");
        }
    }
}
