//! Quoting evidence and counting words.

use tamis_ingest::ByteSpan;

/// Longest quote, in characters, the ellipsis included.
const LONGEST: usize = 160;

/// The text at `span`, white space collapsed, cut to 160 characters with an ellipsis.
pub(crate) fn quote(text: &str, span: ByteSpan) -> String {
    shorten(span.of(text).unwrap_or_default())
}

/// `text` on one line, cut to 160 characters with an ellipsis.
pub(crate) fn shorten(text: &str) -> String {
    let mut short = String::new();
    let mut length = 0;
    let mut gap = false;
    for c in text.trim().chars() {
        if c.is_whitespace() || c.is_control() {
            gap = true;
            continue;
        }
        let width = 1 + usize::from(gap);
        if length + width > LONGEST - 1 {
            short.push('…');
            break;
        }
        if gap {
            short.push(' ');
        }
        short.push(c);
        length += width;
        gap = false;
    }
    short
}

/// How many words `text` holds. Scripts written without spaces count two characters a word.
pub(crate) fn word_count(text: &str) -> usize {
    text.split_whitespace()
        .map(|word| {
            if word.is_ascii() {
                return usize::from(word.bytes().any(|b| b.is_ascii_alphanumeric()));
            }
            let unspaced = word.chars().filter(|&c| is_unspaced(c)).count();
            if unspaced > 0 { unspaced.div_ceil(2) } else { usize::from(word.chars().any(char::is_alphanumeric)) }
        })
        .sum()
}

/// Whether `c` belongs to a script written without spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_counted_in_any_script() {
        for (text, words) in
            [("", 0), ("two words", 2), ("-- | ##", 0), ("a-b c's", 2), ("naïve café", 2), ("日本語の文章", 3)]
        {
            assert_eq!(word_count(text), words, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn quotes_are_short_and_on_one_line(text in "(?s).{0,400}") {
            let short = shorten(&text);
            prop_assert!(short.chars().count() <= LONGEST);
            prop_assert!(!short.contains('\n'));
        }
    }
}
