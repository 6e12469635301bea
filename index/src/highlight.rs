//! Which stretch of a hit's text to show, and what in it to mark.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::Correction;
use crate::analysis::{self, DEFAULT_LANGUAGE};
use crate::query::Part;

/// A stretch of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The stretch, with `…` where text was left out and white space as single spaces.
    pub text: String,
    /// What to mark: from and to, in characters (Unicode scalar values) of `text`, in order, apart from each other.
    pub highlights: Vec<(usize, usize)>,
}

/// Marks in a text what a query asked for.
#[derive(Debug, Clone, Default)]
pub struct Highlighter {
    stems: BTreeSet<String>,
    words: BTreeSet<String>,
    prefixes: Vec<String>,
}

/// A place in a text that the query asked for, in bytes.
struct Mark {
    start: usize,
    end: usize,
    term: String,
}

impl Highlighter {
    pub(crate) fn new(parts: &[Part], corrections: &[Correction]) -> Self {
        let mut highlighter = Self::default();
        for part in parts {
            match part {
                Part::Word(word) => highlighter.stems.extend(word.stems.iter().cloned()),
                Part::Phrase(lists) | Part::Glued(lists) => {
                    highlighter.stems.extend(lists.iter().flatten().map(|(_, term)| term.clone()));
                }
                Part::Prefix(prefix) => highlighter.prefixes.push(prefix.clone()),
            }
        }
        highlighter.words.extend(corrections.iter().flat_map(|correction| correction.searched.iter().cloned()));
        highlighter
    }

    /// The stretch of `text`, at most `length` bytes long, that has most of what the query asked for: different terms
    /// first, then often. The beginning where it has nothing. `language` is the text's (ISO 639-1).
    #[must_use]
    pub fn snippet(&self, text: &str, language: Option<&str>, length: usize) -> Snippet {
        let marks = self.marks(text, language.unwrap_or(DEFAULT_LANGUAGE));
        let best = best_stretch(&marks, length);
        let (start, end) = widened(text, best, length);
        shown(text, start, end, &marks)
    }

    fn marks(&self, text: &str, language: &str) -> Vec<Mark> {
        let stemmed = analysis::tokens(&mut analysis::analyzer(language), text);
        let plain = analysis::tokens(&mut analysis::plain_analyzer(), text);
        let wanted = |(stem, plain): (&tantivy::tokenizer::Token, &tantivy::tokenizer::Token)| {
            self.stems.contains(&stem.text)
                || self.words.contains(&plain.text)
                || self.prefixes.iter().any(|prefix| plain.text.starts_with(prefix.as_str()))
        };
        stemmed
            .iter()
            .zip(&plain)
            .filter(|&pair| wanted(pair))
            .map(|(stem, _)| Mark { start: stem.offset_from, end: stem.offset_to, term: stem.text.clone() })
            .collect()
    }
}

/// The marks, from and to, that stand within `length` bytes and are worth most.
fn best_stretch(marks: &[Mark], length: usize) -> (usize, usize) {
    let mut best = (0, 0, 0, 0);
    for (first, mark) in marks.iter().enumerate() {
        let within: Vec<&Mark> = marks[first..]
            .iter()
            .take_while(|other| other.start <= mark.start + length)
            .filter(|other| other.end <= mark.start + length)
            .collect();
        let terms: BTreeSet<&str> = within.iter().map(|mark| mark.term.as_str()).collect();
        let end = within.iter().map(|mark| mark.end).max().unwrap_or(mark.start);
        if (terms.len(), within.len()) > (best.0, best.1) {
            best = (terms.len(), within.len(), mark.start, end);
        }
    }
    (best.2, best.3)
}

/// The stretch with what stands around it, cut between words.
fn widened(text: &str, (start, end): (usize, usize), length: usize) -> (usize, usize) {
    let room = length.saturating_sub(end - start);
    // More after than before: what was asked for is mostly explained in what follows.
    let from = text.floor_char_boundary(start.saturating_sub(room / 3));
    let to = text.floor_char_boundary(text.len().min(from + length).max(end));
    let from = if from == 0 { 0 } else { text[from..start].find(char::is_whitespace).map_or(start, |gap| from + gap) };
    let to = if to == text.len() {
        to
    } else {
        text[end.min(to)..to].rfind(char::is_whitespace).map_or(to, |gap| end.min(to) + gap)
    };
    (from, to)
}

fn shown(text: &str, start: usize, end: usize, marks: &[Mark]) -> Snippet {
    let mut snippet = Snippet::default();
    let mut length = 0;
    let mut push = |snippet: &mut Snippet, char: char| {
        snippet.text.push(char);
        length += 1;
        length
    };
    if start > 0 && !text[..start].trim().is_empty() {
        push(&mut snippet, '…');
    }
    let mut marks = marks.iter().filter(|mark| mark.start >= start && mark.end <= end).peekable();
    let mut open: Option<(usize, usize)> = None;
    for (at, char) in text[start..end].char_indices() {
        let at = start + at;
        if char.is_whitespace() && (snippet.text.is_empty() || snippet.text.ends_with([' ', '…'])) {
            continue;
        }
        let length = push(&mut snippet, if char.is_whitespace() { ' ' } else { char });
        // An identifier as a whole comes before its parts, which it holds.
        while let Some(mark) = marks.next_if(|mark| mark.start <= at) {
            let (_, to) = open.get_or_insert((length - 1, mark.end));
            *to = mark.end.max(*to);
        }
        if let Some((from, to)) = open
            && at + char.len_utf8() >= to
        {
            snippet.highlights.push((from, length));
            open = None;
        }
    }
    snippet.text.truncate(snippet.text.trim_end().len());
    if !text[end..].trim().is_empty() {
        snippet.text.push('…');
    }
    snippet
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::{Analyzers, parse};

    fn highlighter(query: &str) -> Highlighter {
        Highlighter::new(&parse(query, &mut Analyzers::new(["en", "de"])), &[])
    }

    fn marked(snippet: &Snippet) -> Vec<String> {
        let chars: Vec<char> = snippet.text.chars().collect();
        snippet.highlights.iter().map(|&(from, to)| chars[from..to].iter().collect()).collect()
    }

    #[test]
    fn what_was_asked_for_is_marked() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("sieve", "Drum sieves,\n\n  and a Sieve.", &["sieves", "Sieve"]),
            ("conn*", "connect to conn_max", &["connect", "conn_max"]),
            ("StdMap", "use StdMap or std", &["StdMap", "std"]),
            ("\"open source\"", "open the source", &["open", "source"]),
            ("nothing", "else here", &[]),
            ("café", "der Café – naïve", &["Café"]),
        ];
        for (query, text, expected) in cases {
            let snippet = highlighter(query).snippet(text, Some("en"), 200);
            assert_eq!(marked(&snippet), expected, "{query}: {snippet:?}");
        }
        assert_eq!(highlighter("Haus").snippet("die Häuser", Some("de"), 99).highlights, [(4, 10)]);
    }

    #[test]
    fn the_stretch_with_most_is_shown() {
        let text =
            format!("{} sieve {} drum sieve mesh {}", "word ".repeat(40), "other ".repeat(40), "more ".repeat(40));
        let snippet = highlighter("drum sieve").snippet(&text, None, 80);
        assert!(snippet.text.contains("drum sieve mesh"), "{snippet:?}");
        assert!(snippet.text.starts_with('…') && snippet.text.ends_with('…'), "{snippet:?}");
        assert!(snippet.text.len() <= 80 + 2 * '…'.len_utf8(), "{snippet:?}");
        let nothing = highlighter("absent").snippet(&text, None, 20);
        assert_eq!(nothing.text, "word word word word…");
    }

    proptest! {
        #[test]
        fn any_text_is_shown_and_marks_stand_apart(text in any::<String>(), query in "[a-zA-Z_* ]{0,9}", length in 0..99_usize) {
            let snippet = highlighter(&query).snippet(&text, None, length);
            let chars = snippet.text.chars().count();
            prop_assert!(snippet.highlights.iter().all(|&(from, to)| from < to && to <= chars));
            prop_assert!(snippet.highlights.is_sorted_by(|a, b| a.1 <= b.0));
        }
    }
}
