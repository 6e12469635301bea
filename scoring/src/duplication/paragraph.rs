//! The paragraphs of a passage, each known by its words.

use tamis_ingest::ByteSpan;

use super::normalise::{fold, words};
use super::shingle::{combine, word_hashes};
use crate::markup::shown;

/// A paragraph or list item of running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paragraph {
    /// Where it stands in the text it was read from.
    pub span: ByteSpan,
    /// How many words of it a reader sees: those of tags, comments and link targets left out.
    pub words: usize,
    /// Hash of its words (64 bits, stored as a signed integer): equal for paragraphs that differ in case, white space,
    /// punctuation and decoration only.
    pub hash: i64,
}

/// The paragraphs and list items of Markdown or plain text, in order: what stands between blank lines, headings, rules,
/// tables and code blocks. Read line by line rather than by a full parser, for every passage of a corpus is read, and
/// what this may take for a paragraph has to be equal in many documents before it counts.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut reader = Reader { text, found: Vec::new(), open: None, fence: None, in_table: false };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        reader.read(line, at);
        at += line.len();
    }
    reader.close();
    reader.found
}

struct Reader<'a> {
    text: &'a str,
    found: Vec<Paragraph>,
    /// The paragraph being read.
    open: Option<(usize, usize)>,
    /// The mark that closes the code block being read.
    fence: Option<&'static str>,
    in_table: bool,
}

impl Reader<'_> {
    fn read(&mut self, line: &str, at: usize) {
        let content = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        let fence = ["```", "~~~"].into_iter().find(|fence| content.starts_with(fence));
        if self.fence.is_some() || fence.is_some() {
            self.close();
            self.fence = match self.fence {
                Some(open) if fence == Some(open) => None,
                Some(open) => Some(open),
                None => fence,
            };
        } else if content.is_empty() {
            self.close();
            self.in_table = false;
        } else if is_rule(content) {
            // What stood above it was a heading or a table's first row.
            self.open = None;
            self.in_table = content.contains('|');
        } else if self.in_table || content.starts_with('|') || is_heading(content) {
            self.close();
        } else if self.open.is_none() && (line.starts_with("    ") || line.starts_with('\t')) && !is_item(content) {
            // Indented code.
        } else {
            if is_item(content) {
                self.close();
            }
            let start = self.open.map_or(start, |(start, _)| start);
            self.open = Some((start, at + line.trim_end().len()));
        }
    }

    fn close(&mut self) {
        let Some((start, end)) = self.open.take() else { return };
        let text = fold(&self.text[start..end]);
        let hashes = word_hashes(&text);
        if !hashes.is_empty() {
            let hash = combine(&hashes) as i64;
            let words = if text.contains(['<', ']']) { words(&shown(&text)).count() } else { hashes.len() };
            self.found.push(Paragraph { span: ByteSpan::new(start, end), words, hash });
        }
    }
}

fn is_heading(line: &str) -> bool {
    let marks = line.bytes().take_while(|byte| *byte == b'#').count();
    (1..=6).contains(&marks) && line[marks..].starts_with([' ', '\t'])
}

/// Whether the line underlines a heading or a table's first row, or divides the page.
fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'|' | b':' | b'+' | b'*' | b'_' | b' '))
}

fn is_item(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && (line[digits..].starts_with(". ") || line[digits..].starts_with(") "));
    numbered || ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<&str> {
        paragraphs(text).iter().map(|paragraph| paragraph.span.of(text).unwrap()).collect()
    }

    #[test]
    fn headings_code_and_tables_are_none() {
        let text = "# Title of it\nRight under.\nStill.\n\nOld title\n=====\n\n```sh\nlet x;\n\ny\n```\nAfter code.\n\n\
            | a | b |\n|---|---|\n| 1 | 2 |\n\nx | y\n--|--\n1 | 2\n\n    indented code\n\n- one item\n- another\n  goes on\n\
            \n7. numbered\n\n---\n\n  Last one.";
        let expected =
            ["Right under.\nStill.", "After code.", "- one item", "- another\n  goes on", "7. numbered", "Last one."];
        assert_eq!(read(text), expected);
    }

    #[test]
    fn setting_does_not_matter_and_words_do() {
        let hash = |text| paragraphs(text)[0].hash;
        assert_eq!(hash("Was this **page** helpful?"), hash("was this\npage helpful"));
        assert_ne!(hash("Was this page helpful?"), hash("Was that page helpful?"));
        assert_ne!(hash("Keep it 14 days."), hash("Keep it 30 days."));
    }

    #[test]
    fn only_words_that_a_reader_sees_count() {
        let words = |text| paragraphs(text)[0].words;
        assert_eq!(words("<span class=\"filename\">Filename: src/main.rs</span>"), 4);
        assert_eq!(words("<!-- Old headings. Do not remove or links may break. -->"), 0);
        assert_eq!(words("See [the guide](https://example.org/a/b/c) if 1 < 2 or a[0] > b."), 10);
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "[a-z#|`~ =*1.<>!/()\\[\\]\n\té-]{0,120}") {
            let mut end = 0;
            for paragraph in paragraphs(&text) {
                prop_assert!(paragraph.span.start() >= end && paragraph.span.of(&text).is_some());
                end = paragraph.span.end();
            }
        }
    }
}
