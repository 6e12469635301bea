//! Words of a page as Markdown that reads as these words again.

/// Appends words, one space for any run of space, with a backslash before what Markdown would take for a mark.
pub(in crate::extract) fn push(text: &mut String, words: &str) {
    let mut before = text.chars().next_back();
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            if before.is_some_and(|c| !c.is_whitespace()) {
                text.push(' ');
                before = Some(' ');
            }
            continue;
        }
        let next = chars.peek().copied();
        let ends_number =
            || matches!(c, '.' | ')') && next.is_none_or(char::is_whitespace) && ends_with_lone_number(text);
        if is_mark(c, before, next) || (is_line_mark(c, next) && starts_line(text)) || ends_number() {
            text.push('\\');
        }
        text.push(c);
        before = Some(c);
    }
}

/// Whether a character between these two would be read as a mark.
fn is_mark(c: char, before: Option<char>, next: Option<char>) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    match c {
        '`' => true,
        '*' | '~' => !(is_blank(before) && is_blank(next)),
        '_' => {
            let is_within_word = is_word(before) && is_word(next);
            !(is_within_word || is_blank(before) && is_blank(next))
        }
        '<' => next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        '&' => next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '#'),
        '\\' => next.is_none_or(|c| c.is_ascii_punctuation()),
        '[' => next == Some('^'),
        '(' | ':' => before == Some(']'),
        _ => false,
    }
}

/// Whether a character at the start of a line would begin a heading, quotation, list, rule or fence.
fn is_line_mark(c: char, next: Option<char>) -> bool {
    match c {
        '#' => next.is_none_or(|c| c == '#' || c.is_whitespace()),
        '>' | '=' | '~' => true,
        '-' | '+' | '*' => next.is_none_or(|next| next == c || next.is_whitespace()),
        _ => false,
    }
}

fn starts_line(text: &str) -> bool {
    text.is_empty() || text.ends_with('\n')
}

/// Whether the last line so far is a number and nothing else, as before an item of a list.
fn ends_with_lone_number(text: &str) -> bool {
    let digits = text.bytes().rev().take(10).take_while(u8::is_ascii_digit).count();
    (1..=9).contains(&digits) && starts_line(&text[..text.len() - digits])
}

/// The target of a link, as it can stand in parentheses; none for what leads nowhere.
pub(in crate::extract) fn target(href: &str) -> Option<String> {
    let href = href.trim();
    let scheme = href.split(['/', '?', '#']).next().and_then(|head| head.split_once(':')).map(|(scheme, _)| scheme);
    let leads = scheme.is_none_or(|scheme| {
        ["http", "https", "mailto", "ftp", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
    });
    if href.is_empty() || href == "#" || !leads || href.len() > MAX_TARGET {
        return None;
    }
    let mut target = String::with_capacity(href.len());
    for c in href.chars() {
        match c {
            '(' => target.push_str("%28"),
            ')' => target.push_str("%29"),
            '<' => target.push_str("%3C"),
            '>' => target.push_str("%3E"),
            '\\' => target.push_str("%5C"),
            c if c.is_whitespace() || c.is_control() => target.push_str("%20"),
            c => target.push(c),
        }
    }
    Some(target)
}

/// Longer targets carry data rather than an address, in bytes.
const MAX_TARGET: usize = 2_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plain_text;

    fn escaped(words: &str) -> String {
        let mut text = String::new();
        push(&mut text, words);
        text
    }

    #[test]
    fn words_without_marks_stay_as_they_are() {
        for words in ["snake_case", "2 * 3", "a - b", "C# and F#", "x < 3 & y", "see [1] (again)", "5.5 m", "e.g. this"]
        {
            assert_eq!(escaped(words), words);
        }
    }

    #[test]
    fn targets() {
        assert_eq!(target(" /a b(c) ").as_deref(), Some("/a%20b%28c%29"));
        assert_eq!(target("https://example.org/x?y#z").as_deref(), Some("https://example.org/x?y#z"));
        for href in ["", "#", "javascript:void(0)", "data:text/plain,x"] {
            assert_eq!(target(href), None, "{href}");
        }
    }

    proptest! {
        #[test]
        fn words_come_back(words in "[a-c1-3#*_~`<>&;:!\\[\\]()\\\\|=+. -]{1,30}") {
            let plain = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let read = plain_text(escaped(&plain).trim());
            prop_assert_eq!(read.split_whitespace().collect::<Vec<_>>().join(" "), plain);
        }
    }
}
