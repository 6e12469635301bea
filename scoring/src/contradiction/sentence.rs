//! The sentences of a paragraph or list item, compound ones in their clauses.

use tamis_ingest::ByteSpan;

use super::lexicon::{self, Role};

/// Longest sentence that is read, in bytes; what is longer is no sentence.
const LONGEST: usize = 600;
/// Fewest words in front of a comma that can be a clause.
const SHORTEST_CLAUSE: usize = 4;

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
            ',' => ends_clause(&body[start..at], &body[after..]),
            _ => false,
        };
        if ends {
            let end = if c == ',' { after } else { after + closers(&body[after..]) };
            push(body, start, end, block.start(), &mut out);
            start = end;
        }
    }
    push(body, start, body.len(), block.start(), &mut out);
    out
}

/// Whether a comma between `before` and `after` ends a clause that says something by itself: a conjunction and the subject
/// of the next one follow, and no condition opened it, which could hold for both.
fn ends_clause(before: &str, after: &str) -> bool {
    const SUBJECTS: [&str; 8] = ["there", "it", "they", "you", "we", "he", "she", "i"];
    let mut next = after.split_whitespace().map(str::to_lowercase);
    let joined = next.next().is_some_and(|word| matches!(word.as_str(), "and" | "but" | "so"));
    joined
        && next.next().is_some_and(|word| SUBJECTS.contains(&word.as_str()))
        && before.split_whitespace().count() >= SHORTEST_CLAUSE
        && !before.split_whitespace().any(|word| lexicon::role(&word.to_lowercase()) == Some(Role::Condition))
}

/// Whether a full stop between `before` and `after` ends a sentence.
fn ends_sentence(before: &str, after: &str, stop: char) -> bool {
    let after = &after[closers(after)..];
    let Some(space) = after.chars().next() else { return true };
    let next = after.trim_start().chars().find(|c| !matches!(c, '*' | '_' | '"' | '(' | '“' | '`' | '['));
    let opens = next.is_none_or(|c| !c.is_lowercase());
    // A list that is left open ends most sentences that it stands in.
    let open_list = before.to_lowercase().ends_with("etc") && next.is_some_and(char::is_uppercase);
    space.is_whitespace() && opens && (open_list || !(stop == '.' && ends_in_abbreviation(before)))
}

/// How many bytes of what comes behind a full stop close something that was opened before it, and belong to its sentence.
fn closers(after: &str) -> usize {
    after.len() - after.trim_start_matches(['"', '\'', ')', '*', '_', '”', '’']).len()
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
    let sentence = raw.trim().trim_end_matches(',');
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
            (
                "A file may have 25 MB, and there is no limit to their number. If it has, and it is old, so be it.",
                vec![
                    "A file may have 25 MB",
                    "and there is no limit to their number.",
                    "If it has, and it is old, so be it.",
                ],
            ),
            (
                "Tea, and it is hot. Bread, butter, and jam are here.",
                vec!["Tea, and it is hot.", "Bread, butter, and jam are here."],
            ),
            ("**How much?** Ten (or \"so.\") More.", vec!["**How much?**", "Ten (or \"so.\")", "More."]),
            ("Plums, pears, etc. The rest is sold.", vec!["Plums, pears, etc.", "The rest is sold."]),
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
