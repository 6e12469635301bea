//! A sentence as pieces: words, inline code and numbers, without Markdown, link targets, tags and URLs.

use std::borrow::Cow;

use crate::markup::target_length;

/// A word or a stretch of inline code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// What is written, without quotes and punctuation around it.
    pub(super) text: &'a str,
    /// The same in lower case, with straight apostrophes.
    pub(super) lower: Cow<'a, str>,
    /// Whether it is inline code.
    pub(super) code: bool,
    /// Whether a comma, colon, bracket or dash ends a clause after it.
    pub(super) breaks: bool,
    /// Where `text` starts in the sentence, in bytes.
    pub(super) at: usize,
}

impl Piece<'_> {
    /// The word in lower case; empty for code, which is no word.
    pub(super) fn word(&self) -> &str {
        if self.code { "" } else { &self.lower }
    }
}

/// The pieces of a sentence.
pub(super) fn pieces(sentence: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = 0;
    while let Some(next) = sentence[rest..].chars().next() {
        let tail = &sentence[rest..];
        rest += match next {
            '`' => read_code(tail, rest, &mut out),
            '<' => tag_length(tail).unwrap_or(1),
            ']' => 1 + target_length(&tail[1..]),
            '[' => citation_length(tail).unwrap_or(1),
            c if c.is_whitespace() => c.len_utf8(),
            _ => read_word(tail, rest, &mut out),
        };
    }
    out
}

/// Reads inline code at the start of `tail`; returns the bytes taken.
fn read_code<'a>(tail: &'a str, at: usize, out: &mut Vec<Piece<'a>>) -> usize {
    let ticks = tail.bytes().take_while(|b| *b == b'`').count();
    let Some(length) = tail[ticks..].find(&tail[..ticks]) else { return ticks };
    let content = &tail[ticks..ticks + length];
    let text = content.trim();
    let taken = 2 * ticks + length;
    if !text.is_empty() {
        let breaks = tail[taken..].starts_with([',', ';', ':', ')']);
        let at = at + ticks + content.len() - content.trim_start().len();
        out.push(Piece { text, lower: lowered(text), code: true, breaks, at });
    }
    taken
}

/// Reads a word at the start of `tail`; returns the bytes taken.
fn read_word<'a>(tail: &'a str, at: usize, out: &mut Vec<Piece<'a>>) -> usize {
    let end = tail.find(|c: char| c.is_whitespace() || matches!(c, '`' | '[' | ']' | '<' | '—')).unwrap_or(tail.len());
    let end = end.max(tail.chars().next().map_or(1, char::len_utf8));
    let raw = &tail[..end];
    if raw.contains("://") || raw.starts_with("www.") {
        return end;
    }
    let opened = raw.trim_start_matches(|c: char| {
        !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '¥' | '-' | '#' | '~' | '%' | '§' | '°')
    });
    let text = opened.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '%' | '+' | '°' | '#'));
    if text.chars().any(char::is_alphanumeric) || text == "%" {
        let closing = &opened[text.len()..];
        let breaks = closing.contains([',', ';', ':', ')']) || tail[end..].starts_with('—');
        out.push(Piece { text, lower: lowered(text), code: false, breaks, at: at + raw.len() - opened.len() });
    } else if let Some(last) = out.last_mut() {
        last.breaks |= raw.contains([',', ';', ':', '-', '–', '—']);
    }
    end
}

/// A word in lower case, with straight apostrophes; most words are already.
fn lowered(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let lower = text.to_lowercase();
    Cow::Owned(if lower.contains('’') { lower.replace('’', "'") } else { lower })
}

/// The length of an HTML tag or autolink at the start of `tail`.
fn tag_length(tail: &str) -> Option<usize> {
    let opens = tail[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    tail.find('>').filter(|_| opens).map(|end| end + 1)
}

/// The length of a citation such as `[12]` at the start of `tail`.
fn citation_length(tail: &str) -> Option<usize> {
    let end = tail.find(']')?;
    let inner = &tail[1..end];
    let cites = !inner.is_empty() && inner.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | ' ' | '-' | '^'));
    cites.then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_words_code_and_nothing_else() {
        for (sentence, expected) in [
            ("The **default** port, is `8080`.", vec!["The", "default", "port", "is", "8080"]),
            ("See [the guide](http://x.y/z 1) for 3 tips [12].", vec!["See", "the", "guide", "for", "3", "tips"]),
            ("Visit https://a.b/c?x=5 or <b>call</b> $20.", vec!["Visit", "or", "call", "$20"]),
            ("about 50% - v1.2+ (or --flag)", vec!["about", "50%", "v1.2+", "or", "--flag"]),
            ("an `unclosed tick", vec!["an", "unclosed", "tick"]),
        ] {
            let read: Vec<&str> = pieces(sentence).iter().map(|piece| piece.text).collect();
            assert_eq!(read, expected, "{sentence}");
        }
    }

    proptest! {
        #[test]
        fn pieces_lie_where_they_say(sentence in "([a-z0-9`\\[\\]()<>.,é$%—*]{0,6} ?){0,30}") {
            for piece in pieces(&sentence) {
                prop_assert_eq!(&sentence[piece.at..piece.at + piece.text.len()], piece.text);
            }
        }

        #[test]
        fn any_text_can_be_read(sentence in any::<String>()) {
            prop_assert!(pieces(&sentence).iter().all(|piece| !piece.text.is_empty()));
        }
    }
}
