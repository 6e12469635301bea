//! The text that is compared: what a reader sees, without how it is set.

use unicode_normalization::UnicodeNormalization;

/// Normalised text: NFKC, lower case, Markdown decoration (headings, quotes, bullets, emphasis, code marks, rules and
/// table bars) left out, white space collapsed to single spaces. Punctuation inside and after words stays, for `1.5` is not `15`.
pub(crate) fn normalise(text: &str) -> String {
    collapse(&fold(text))
}

/// NFKC and lower case.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    // No character composes with a space or is put in order across one, so that each token is folded by itself, and
    // those in ASCII, nearly all of most texts, cost next to nothing.
    for token in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
        if token.is_ascii() {
            let start = out.len();
            out.push_str(token);
            out[start..].make_ascii_lowercase();
        } else {
            out.extend(token.nfkc().flat_map(char::to_lowercase));
        }
    }
    out
}

/// The words of folded text: runs of letters and digits, and single characters of scripts that write no spaces.
/// Decoration holds neither, so the words of a text are those of its normalised form.
pub(crate) fn words(folded: &str) -> impl Iterator<Item = &str> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        let word = &rest[word_start(rest)?..];
        let end = word_end(word);
        rest = &word[end..];
        Some(&word[..end])
    })
}

/// Where the first word of `text` starts.
fn word_start(text: &str) -> Option<usize> {
    let ascii = text.bytes().position(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())?;
    let rest = &text[ascii..];
    if rest.as_bytes().first().is_some_and(u8::is_ascii) {
        Some(ascii)
    } else {
        Some(ascii + rest.find(char::is_alphanumeric)?)
    }
}

/// Where the word at the start of `text`, which is a letter or digit, ends.
fn word_end(text: &str) -> usize {
    let ascii = text.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(text.len());
    let mut chars = text[ascii..].char_indices();
    match chars.next() {
        None => ascii,
        Some((_, first)) if first.is_ascii() => ascii,
        Some((_, first)) if is_unspaced(first) => {
            if ascii == 0 {
                first.len_utf8()
            } else {
                ascii
            }
        }
        Some((_, first)) if !first.is_alphanumeric() => ascii,
        Some(_) => {
            let rest = &text[ascii..];
            ascii + chars.find(|&(_, c)| !c.is_alphanumeric() || is_unspaced(c)).map_or(rest.len(), |(at, _)| at)
        }
    }
}

/// Whether `c` belongs to a script written without spaces (Han, kana, Thai, Lao, Khmer, Burmese).
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FA1F}')
}

/// Folded text without decoration, what is left joined with single spaces.
pub(super) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        for token in strip_markers(line).split_whitespace() {
            push_token(&mut out, token);
        }
    }
    out
}

/// The line without its quote marks, heading marks and bullet.
fn strip_markers(line: &str) -> &str {
    let line = line.trim_start().trim_start_matches(['>', '#', ' ']);
    ["- ", "* ", "+ "].iter().find_map(|bullet| line.strip_prefix(bullet)).unwrap_or(line)
}

/// Appends a token without the decoration around its word; a token that is nothing else vanishes.
fn push_token(out: &mut String, token: &str) {
    if token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token);
        return;
    }
    if is_rule(token) {
        return;
    }
    let first = token.find(char::is_alphanumeric).unwrap_or(token.len());
    let last = token.char_indices().rev().find(|(_, c)| c.is_alphanumeric()).map_or(first, |(at, c)| at + c.len_utf8());
    let mark = out.len();
    if mark > 0 {
        out.push(' ');
    }
    let start = out.len();
    out.extend(token[..first].chars().filter(|&c| !is_decoration(c)));
    out.push_str(&token[first..last]);
    out.extend(token[last..].chars().filter(|&c| !is_decoration(c)));
    if out.len() == start {
        out.truncate(mark);
    }
}

/// Whether the token is a horizontal rule, a table rule or an underlined heading's line.
fn is_rule(token: &str) -> bool {
    token.len() >= 3 && token.bytes().all(|b| matches!(b, b'-' | b'=' | b'|' | b':' | b'+' | b'*' | b'_'))
}

/// Whether `c` decorates the word it touches.
fn is_decoration(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '~' | '|' | '#')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn leaves_what_a_reader_sees() {
        for (raw, normal) in [
            ("  Hello,\n\tWORLD! ", "hello, world!"),
            ("## Heading\n\n- **Bold** item.", "heading bold item."),
            ("> quoted `code()`.", "quoted code()."),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
            ("ﬁne \u{00a0}ＡＢＣ", "fine abc"),
            ("snake_case stays, 1.5 too", "snake_case stays, 1.5 too"),
            ("***", ""),
            ("", ""),
            ("Title\n=====\nText", "title text"),
        ] {
            assert_eq!(normalise(raw), normal, "{raw:?}");
        }
    }

    #[test]
    fn splits_words_of_spaced_and_unspaced_scripts() {
        let words = |text| words(text).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words("a-b, c1"), ["a", "b", "c1"]);
        assert_eq!(words("数据v2库"), ["数", "据", "v2", "库"]);
    }

    proptest! {
        #[test]
        fn folding_by_token_is_folding_the_whole(text in "[a-zA-Z \\n´¨ﬁＡ\u{301}\u{308}\u{327}éÅ가ᄀ\u{1161}\u{a0}ǅΣ0-9.]{0,60}") {
            prop_assert_eq!(fold(&text), text.nfkc().flat_map(char::to_lowercase).collect::<String>());
        }

        #[test]
        fn decoration_holds_no_word(text in any::<String>(), prose in "[a-z#>*_|`~. \\n-]{0,60}") {
            for text in [text, prose] {
                let (folded, normal) = (fold(&text), normalise(&text));
                prop_assert_eq!(words(&folded).collect::<Vec<_>>(), words(&normal).collect::<Vec<_>>());
            }
        }

        #[test]
        fn normalising_ascii_prose_twice_changes_nothing(text in "[a-zA-Z0-9 .,\n]{0,200}") {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn any_text_can_be_read(text in any::<String>()) {
            let normal = normalise(&text);
            prop_assert!(!normal.starts_with(' ') && !normal.ends_with(' '));
            prop_assert!(words(&normal).all(|word| !word.is_empty()));
        }
    }
}
