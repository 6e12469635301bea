//! The sentences of a paragraph or list item.

use tamis_ingest::ByteSpan;

/// Longest sentence that is read, in bytes; what is longer is no sentence.
const LONGEST: usize = 600;

/// The sentences of the block at `block` of `text`, in order, as spans of the text.
pub(super) fn sentences(text: &str, block: ByteSpan) -> Vec<ByteSpan> {
    let mut out = Vec::new();
    let Some(body) = block.of(text) else { return out };
    let mut start = 0;
    for (at, c) in body.char_indices() {
        let after = at + c.len_utf8();
        let ends = match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' => ends_sentence(&body[start..at], &body[after..], c),
            _ => false,
        };
        if ends {
            push(body, start, after, block.start(), &mut out);
            start = after;
        }
    }
    push(body, start, body.len(), block.start(), &mut out);
    out
}

/// Whether a full stop between `before` and `after` ends a sentence.
fn ends_sentence(before: &str, after: &str, stop: char) -> bool {
    let after = after.trim_start_matches(['"', '\'', ')', '*', '_', '”', '’']);
    let Some(space) = after.chars().next() else { return true };
    let next = after.trim_start().chars().find(|c| !matches!(c, '*' | '_' | '"' | '(' | '“' | '`' | '['));
    let opens = next.is_none_or(|c| !c.is_lowercase());
    space.is_whitespace() && opens && !(stop == '.' && ends_in_abbreviation(before))
}

/// Whether the text in front of a full stop ends in an abbreviation or an initial.
fn ends_in_abbreviation(before: &str) -> bool {
    const ABBREVIATIONS: [&str; 18] = [
        "e.g", "i.e", "etc", "vs", "no", "fig", "mr", "mrs", "ms", "dr", "prof", "inc", "ltd", "st", "approx", "cf",
        "sec", "vol",
    ];
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or(before);
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// Adds the sentence at `start..end` of `body` unless it is empty or endless.
fn push(body: &str, start: usize, end: usize, offset: usize, out: &mut Vec<ByteSpan>) {
    let raw = &body[start..end];
    let sentence = raw.trim();
    if !sentence.is_empty() && sentence.len() <= LONGEST {
        let from = offset + start + raw.len() - raw.trim_start().len();
        out.push(ByteSpan::new(from, from + sentence.len()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::blocks::{self, Shape};
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        let layout = blocks::read(text, &[]);
        let prose = layout.blocks.iter().filter(|block| matches!(block.shape, Shape::Prose | Shape::Item));
        prose.flat_map(|block| sentences(text, block.span)).map(|span| span.of(text).unwrap()).collect()
    }

    #[test]
    fn reads_prose_and_list_items() {
        for (text, expected) in [
            ("One here. Two there! Three?", vec!["One here.", "Two there!", "Three?"]),
            ("Wrapped\nover lines. Next.", vec!["Wrapped\nover lines.", "Next."]),
            ("Use e.g. Redis 5.0 here. It works.", vec!["Use e.g. Redis 5.0 here.", "It works."]),
            (
                "# Head\n\nText.\n\n- item one\n- item two\n  goes on\n",
                vec!["Text.", "item one", "item two\n  goes on"],
            ),
            ("Before.\n```\ncode. More.\n```\nAfter.", vec!["Before.", "After."]),
            ("Before.\n\n    code here\n\nAfter.", vec!["Before.", "After."]),
            ("| a | b |\n|---|---|\n| 1 | 2 |\n", vec![]),
            ("Title\n=====\nText.", vec!["Text."]),
            ("1. First step\n2) Second step", vec!["First step", "Second step"]),
            ("[ref]: https://example.org\n<div>x</div>", vec![]),
            ("これは一つ。これは二つ。", vec!["これは一つ。", "これは二つ。"]),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn spans_of_any_markdown_are_ordered_and_valid(
            text in "([-#>|`*.!? a-zA-Zé0-9\n]{0,12}(\\. |\n|```|    )){0,20}|\\PC{0,200}"
        ) {
            let read = read(&text);
            prop_assert!(read.iter().all(|sentence| !sentence.is_empty()));
            let at: Vec<usize> = read.iter().map(|sentence| sentence.as_ptr() as usize - text.as_ptr() as usize).collect();
            prop_assert!(at.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
