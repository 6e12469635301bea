//! The sentences of a chunk that can state something: prose and list items, without code, headings, tables and links'
//! definitions.

use tamis_ingest::ByteSpan;

/// Longest sentence that is read, in bytes; what is longer is no sentence.
const LONGEST: usize = 600;

/// The sentences of Markdown `text`, in order, as spans of it.
pub(super) fn sentences(text: &str) -> Vec<ByteSpan> {
    let mut out = Vec::new();
    for block in blocks(text) {
        split(text, block, &mut out);
    }
    out
}

/// Paragraphs and list items.
fn blocks(text: &str) -> Vec<ByteSpan> {
    let mut blocks = Blocks::default();
    let mut offset = 0;
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let content = line.trim();
        let marker = ["```", "~~~"].into_iter().find(|marker| content.starts_with(marker));
        if let Some(open) = fence {
            fence = (marker != Some(open)).then_some(open);
        } else if marker.is_some() {
            fence = marker;
            blocks.close();
        } else {
            blocks.line(line, start);
        }
    }
    blocks.close();
    blocks.done
}

/// Blocks as they are put together line by line.
#[derive(Default)]
struct Blocks {
    done: Vec<ByteSpan>,
    open: Option<(usize, usize)>,
    in_list: bool,
}

impl Blocks {
    /// Takes a line outside code fences, which starts at `start`.
    fn line(&mut self, line: &str, start: usize) {
        let content = line.trim();
        let from = start + line.len() - line.trim_start().len();
        let to = from + content.len();
        if content.is_empty() {
            self.close();
        } else if is_underline(content) {
            self.open = None;
        } else if self.is_indented_code(line) || is_no_prose(content) {
            self.close();
        } else if let Some(marker) = bullet(content) {
            self.close();
            self.in_list = true;
            self.open = Some((from + marker, to));
        } else if let Some((_, end)) = &mut self.open {
            *end = to;
        } else {
            self.in_list &= line.starts_with([' ', '\t']);
            self.open = Some((from, to));
        }
    }

    /// Ends the open block.
    fn close(&mut self) {
        self.done.extend(self.open.take().map(|(start, end)| ByteSpan::new(start, end)));
    }

    /// Whether an indented line is code: outside lists, and not continuing a paragraph.
    fn is_indented_code(&self, line: &str) -> bool {
        (line.starts_with("    ") || line.starts_with('\t')) && !self.in_list && self.open.is_none()
    }
}

/// Whether the line underlines a heading (or rules a page).
fn is_underline(line: &str) -> bool {
    line.len() >= 3 && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'))
}

/// Whether the line is a heading, table row, HTML or link definition.
fn is_no_prose(line: &str) -> bool {
    line.starts_with(['#', '|', '<'])
        || line.matches('|').count() >= 2
        || (line.starts_with('[') && line.contains("]: "))
        || line.starts_with("![")
        || line.starts_with("[![")
}

/// The length of a list item's marker with the space after it.
fn bullet(line: &str) -> Option<usize> {
    if line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ") || line.starts_with("> ") {
        return Some(2);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    ((1..=3).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") "))).then_some(digits + 2)
}

/// Splits a block into sentences.
fn split(text: &str, block: ByteSpan, out: &mut Vec<ByteSpan>) {
    let Some(body) = block.of(text) else { return };
    let mut start = 0;
    for (at, c) in body.char_indices() {
        let after = at + c.len_utf8();
        let ends = match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' => ends_sentence(&body[start..at], &body[after..], c),
            _ => false,
        };
        if ends {
            push(body, start, after, block.start(), out);
            start = after;
        }
    }
    push(body, start, body.len(), block.start(), out);
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

    use super::*;

    fn read(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|span| span.of(text).unwrap()).collect()
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
        fn spans_of_any_text_are_ordered_and_valid(text in any::<String>()) {
            let spans = sentences(&text);
            prop_assert!(spans.iter().all(|span| span.of(&text).is_some_and(|s| !s.is_empty())));
            prop_assert!(spans.windows(2).all(|pair| pair[0].end() <= pair[1].start()));
        }

        #[test]
        fn spans_of_any_markdown_are_valid(text in "([-#>|`*.!? a-zA-Zé0-9\n]{0,12}(\\. |\n|```|    )){0,20}") {
            prop_assert!(sentences(&text).iter().all(|span| span.of(&text).is_some()));
        }
    }
}
