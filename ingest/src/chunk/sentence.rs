//! Where sentences end.

/// Words that end with a full stop without ending a sentence, in lower case and in order.
const ABBREVIATIONS: [&str; 36] = [
    "al", "approx", "ca", "cf", "ch", "co", "corp", "dept", "dr", "e.g", "ed", "eds", "eq", "esp", "etc", "fig",
    "figs", "gov", "i.e", "inc", "jr", "ltd", "mr", "mrs", "ms", "mt", "p", "pp", "prof", "sec", "sr", "st", "u.s",
    "viz", "vol", "vs",
];

/// The offsets at which the sentences of `text` end, white space after them included; the last is the end of the text.
///
/// A sentence ends at `.`, `!` or `?` (and closing quotes, brackets and Markdown marks after it) before white space,
/// unless the stop belongs to an abbreviation, an initial or a list number, or a small letter follows; at the full-width
/// stops of Chinese and Japanese; and at a blank line.
pub fn sentence_ends(text: &str) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        if from == text.len() {
            return None;
        }
        from = next_end(text, from);
        Some(from)
    })
}

/// The end of the sentence that starts at `from`.
fn next_end(text: &str, from: usize) -> usize {
    let mut search = from;
    while let Some(found) = text[search..].find(['.', '!', '?', '…', '。', '！', '？', '\n']) {
        let stop = search + found;
        let Some(mark) = text[stop..].chars().next() else { break };
        if mark == '\n' {
            let end = stop + leading(&text[stop..], char::is_whitespace);
            if text[stop + 1..end].contains('\n') {
                return end;
            }
            search = end;
            continue;
        }
        let after_mark = stop + mark.len_utf8();
        let closed = after_mark + leading(&text[after_mark..], |c| is_closer(c) || is_stop(c));
        let end = closed + leading(&text[closed..], char::is_whitespace);
        let is_end = match mark {
            '。' | '！' | '？' => true,
            _ if end == closed || begins_small(&text[end..]) => false,
            '.' => !is_abbreviation(&text[from..stop]),
            _ => true,
        };
        if is_end {
            return end;
        }
        search = closed;
    }
    text.len()
}

/// The length in bytes of the longest beginning of `text` whose characters all are `wanted`.
fn leading(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

/// Whether `c` may stand between a stop and the white space after it.
fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '}' | '*' | '_' | '`' | '”' | '’' | '»' | '」' | '』' | '）')
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

fn begins_small(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_lowercase)
}

/// Whether the last word of `text`, which a full stop follows, is one that takes a stop in mid-sentence.
fn is_abbreviation(text: &str) -> bool {
    let word = text.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '*' | '_' | '"' | '“')).next();
    let word = word.unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let is_list_number = word.len() == text.trim_start().len() && word.len() <= 3 && word.parse::<u16>().is_ok();
    is_initial || is_list_number || ABBREVIATIONS.binary_search(&word.to_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        let mut from = 0;
        let cut = |to| text[std::mem::replace(&mut from, to)..to].trim_end();
        sentence_ends(text).map(cut).collect()
    }

    #[test]
    fn abbreviations_are_in_order() {
        assert!(ABBREVIATIONS.is_sorted());
    }

    #[test]
    fn ends_of_sentences() {
        let table: [(&str, &[&str]); 12] = [
            ("", &[]),
            ("No stop", &["No stop"]),
            ("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]),
            ("It costs 3.5 euros. See a.b.c now.", &["It costs 3.5 euros.", "See a.b.c now."]),
            ("See https://example.org/a.html. Then go.", &["See https://example.org/a.html.", "Then go."]),
            ("Dr. Fox met J. Doe, i.e. Jane. They ran.", &["Dr. Fox met J. Doe, i.e. Jane.", "They ran."]),
            ("Wait... what? Yes.", &["Wait... what?", "Yes."]),
            ("\"Stop!\" he said. (\"Why?\") Off.", &["\"Stop!\" he said.", "(\"Why?\")", "Off."]),
            ("**Bold.** _Next._ `code.` Last.", &["**Bold.**", "_Next._", "`code.`", "Last."]),
            ("一。二！三？四", &["一。", "二！", "三？", "四"]),
            ("1. First one. 2. Second", &["1. First one.", "2. Second"]),
            ("no stop\nhere\n\nnor here", &["no stop\nhere", "nor here"]),
        ];
        for (text, expected) in table {
            assert_eq!(sentences(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn ends_ascend_to_the_end(text in "(?s).{0,80}|[.!?a \n\u{3002}\"*]{0,80}") {
            let ends: Vec<usize> = sentence_ends(&text).collect();
            prop_assert!(ends.is_sorted_by(|a, b| a < b));
            prop_assert!(ends.iter().all(|&end| end > 0 && text.is_char_boundary(end)));
            prop_assert_eq!(ends.last().copied().unwrap_or(0), text.len());
        }
    }
}
