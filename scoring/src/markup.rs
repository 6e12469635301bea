//! What a reader is shown of a Markdown text: its words, without tags, comments, addresses and the targets of links.

/// `text` as it is shown. Badges and buttons are all markup: what is left of them is the words that stand for them.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in without_comments(text).lines() {
        if !defines_link(line) {
            push_line(&mut out, line);
        }
        out.push('\n');
    }
    out
}

/// The text without HTML comments; one that is never closed is none.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        let Some((_, left)) = after.split_once("-->") else { break };
        out.push_str(before);
        rest = left;
    }
    out.push_str(rest);
    out
}

/// Whether a line says where a link leads: `[label]: https://…`.
fn defines_link(line: &str) -> bool {
    let line = line.trim_start();
    let target = line.split_once("]: ").map(|(_, target)| target.trim());
    line.starts_with('[') && !line.starts_with("[^") && target.is_some_and(|target| !target.contains(' '))
}

/// Appends what is shown of a line.
fn push_line(out: &mut String, line: &str) {
    let mut rest = line;
    while let Some(at) = rest.find(['<', ']']) {
        let (before, tail) = rest.split_at(at);
        push_words(out, before);
        let taken = if tail.starts_with('<') { tag_length(tail) } else { 1 + target_length(&tail[1..]) };
        if taken > 0 && tail.starts_with('<') {
            out.push(' ');
        }
        if taken == 0 {
            out.push_str(&tail[..1]);
        }
        rest = &tail[taken.max(1)..];
    }
    push_words(out, rest);
}

/// Appends words, without addresses.
fn push_words(out: &mut String, text: &str) {
    for word in text.split_inclusive(char::is_whitespace) {
        if !word.contains("://") {
            out.push_str(word);
        }
    }
}

/// The length of a tag or an address in angle brackets at the start of `tail`; 0 where there is none.
fn tag_length(tail: &str) -> usize {
    let opens = tail[1..].starts_with(|c: char| c.is_ascii_lowercase() || c == '/');
    let end = tail.find('>').filter(|_| opens);
    let body = end.map_or("", |end| &tail[1..end]);
    let tag = body.starts_with('/') || body.contains([' ', '=', ':']) || body.ends_with('/') || body.len() <= 10;
    end.filter(|_| tag).map_or(0, |end| end + 1)
}

/// The length of a link's target after its text: `(url)` or `[label]`.
pub(crate) fn target_length(tail: &str) -> usize {
    let close = match tail.chars().next() {
        Some('(') => ')',
        Some('[') => ']',
        _ => return 0,
    };
    tail.find(close).map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_is_not_shown_and_words_are() {
        for (text, expected) in [
            ("# Oak [![build](https://ci.example/oak.svg)](https://ci.example/oak)", "# Oak !build"),
            ("[<img alt=\"github\" src=\"https://img.example/x?style=flat\">](https://g.example/x)", ""),
            ("See [the guide](guide.md) or <https://a.example/b>.", "See the guide or ."),
            ("<!-- licensed to us\nand others -->\nText.", "\nText."),
            ("[docs]: https://docs.example/oak\nText.", "\nText."),
            ("A list [1] of `Vec<String>` here", "A list 1 of `Vec<String>` here"),
            ("a < b and c > d", "a < b and c > d"),
        ] {
            let plain: String = shown(text).replace('[', "");
            assert_eq!(
                plain.split_whitespace().collect::<Vec<_>>(),
                expected.split_whitespace().collect::<Vec<_>>(),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_shown(text in any::<String>(), marked in "([a-zé<>!\\[\\]()/:=\"-]{0,6}[ \n]?){0,30}") {
            for text in [text, marked] {
                prop_assert!(shown(&text).len() <= text.len() + text.lines().count() + text.matches('<').count() + 1);
            }
        }
    }
}
