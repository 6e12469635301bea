//! From bytes to characters.

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, UTF_8};

use super::wide::Wide;
use crate::{Notice, NoticeKind};

/// How much of a text is looked at to guess its encoding, in bytes.
const SAMPLE: usize = 256 << 10;

/// Decodes text: by its byte order mark, or as UTF-16 or UTF-32 where it is laid out as they are; as UTF-8 where it is valid; else in the encoding it claims, else in the one it
/// looks like. Line ends become `\n`, so that lines are the same everywhere.
pub(super) fn decode(bytes: &[u8], claimed: Option<&'static Encoding>) -> (String, Option<Notice>) {
    let (text, invalid) = decode_characters(bytes, claimed);
    let notice = (invalid > 0).then(|| Notice {
        kind: NoticeKind::InvalidEncoding,
        detail: format!("{invalid} byte sequences are not valid text and became U+FFFD"),
        span: None,
    });
    (unix_lines(text), notice)
}

/// The text, and how many U+FFFD stand in it for bytes that mean nothing.
fn decode_characters(bytes: &[u8], claimed: Option<&'static Encoding>) -> (String, usize) {
    if let Some(wide) = Wide::of(bytes) {
        return wide.decode(bytes);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, &bytes[mark..]);
    }
    // An escape says that a valid UTF-8 text may well be ISO-2022-JP, if it claims to be.
    let claimed = claimed.filter(|encoding| *encoding != UTF_8);
    if let Ok(text) = std::str::from_utf8(bytes)
        && !(claimed.is_some() && bytes.contains(&0x1B))
    {
        return (text.to_owned(), 0);
    }
    if let Some(encoding) = claimed {
        return decode_as(encoding, bytes);
    }
    if is_damaged_utf8(bytes) {
        return decode_as(UTF_8, bytes);
    }
    let mut detector = EncodingDetector::new();
    detector.feed(&bytes[..bytes.len().min(SAMPLE)], true);
    decode_as(detector.guess(None, false), bytes)
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> (String, usize) {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let invalid =
        if had_errors { count_replacements(&text).saturating_sub(genuine_replacements(encoding, bytes)) } else { 0 };
    (text.into_owned(), invalid)
}

fn count_replacements(text: &str) -> usize {
    text.matches(char::REPLACEMENT_CHARACTER).count()
}

/// U+FFFD that the bytes spell out themselves.
fn genuine_replacements(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    if encoding != UTF_8 {
        return 0;
    }
    bytes.windows(3).filter(|window| *window == b"\xEF\xBF\xBD").count()
}

/// Whether bytes that are not valid UTF-8 are so by damage rather than by being another encoding: most of what is not
/// ASCII decodes, or what does not is never a letter in a one-byte encoding people write prose in.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut invalid, mut letterlike) = (0_usize, 0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
        letterlike +=
            chunk.invalid().iter().filter(|b| !matches!(b, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D | 0xFE | 0xFF)).count();
    }
    valid >= 4 * invalid || letterlike == 0
}

/// Turns `\r\n` and lone `\r` into `\n`.
fn unix_lines(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], claimed: &str) -> (String, Option<String>) {
        let (text, notice) = decode(bytes, Encoding::for_label(claimed.as_bytes()));
        (text, notice.map(|notice| notice.detail))
    }

    #[test]
    fn encodings_are_told_apart() {
        let cases: [(&[u8], &str, &str); 9] = [
            (b"\xEF\xBB\xBFhi\r\nyou\rthere", "", "hi\nyou\nthere"),
            (b"\xFF\xFEh\x00\xE9\x00", "", "hé"),
            (b"\xFE\xFF\x00h\x00\xE9", "", "hé"),
            ("naïve café".as_bytes(), "", "naïve café"),
            ("naïve café".as_bytes(), "iso-8859-1", "naïve café"),
            (b"na\xEFve caf\xE9 \x93quoted\x94", "", "naïve café “quoted”"),
            (b"caf\xE9", "windows-1252", "café"),
            (b"\x1B$B$3$l\x1B(B", "iso-2022-jp", "これ"),
            (b"", "", ""),
        ];
        for (bytes, claimed, expected) in cases {
            assert_eq!(decoded(bytes, claimed), (expected.to_owned(), None), "{bytes:?}");
        }
    }

    #[test]
    fn damage_is_counted() {
        let (text, notice) = decoded("à la carte, très bien à\u{FFFD} ".as_bytes(), "");
        assert!(text.contains('\u{FFFD}') && notice.is_none());
        let mut bytes = "één, twee, drié, viér, vijf, zés".as_bytes().to_vec();
        bytes.push(0xE9);
        assert_eq!(decoded(&bytes, "").1.as_deref(), Some("1 byte sequences are not valid text and became U+FFFD"));
        let (text, notice) = decoded(b"hello \xFF\xFE world", "");
        assert_eq!(text, "hello \u{FFFD}\u{FFFD} world");
        assert!(notice.is_some_and(|detail| detail.starts_with("2 ")));
    }
}
