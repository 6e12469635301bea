//! Dates a text states about itself, as in "Last updated: 1 March 2024".

use std::sync::LazyLock;

use regex::Regex;

use super::date::{self, Event, StatedDate};
use super::prose;
use crate::{ByteSpan, DateSource};

/// How much of the head and of the tail of a text is looked at, in bytes: such lines stand at either end.
const REACH: usize = 3_000;

/// The words before such a date. "Updated" alone says it only at the start of a line; elsewhere it is a story.
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let between = r"(?:</?\w[^<>\n]{0,40}>|[\s:*_`|(\[\x{2013}\x{2014}-]|(?-u:\b)on(?-u:\b)|(?-u:\b)at(?-u:\b)|(?-u:\b)as\sof(?-u:\b)|(?-u:\b)date(?-u:\b)){1,8}";
    Regex::new(&format!(
        r"(?imx)
        (?: (?P<strong>(?:(?-u:\b)|_)(?:page\s+|document\s+)?(?:last|latest|most\s+recently)[\s-]+(?:updated?|modified|modification|revised|revision|changed?|edited)
               |(?-u:\b)(?:date\s+(?:modified|updated|revised)|revision\s+date|update\s+date))(?-u:\b)
          | ^[\s>*_\#(\[|-]*(?:<\w[^<>\n]{{0,40}}>)?[*_(\[]*(?P<weak>updated|modified|revised|revision)(?-u:\b) )
        {between}"
    ))
    .ok()
});

/// The dates of change that the ends of `text` state, then those in the words `beside` it on the page.
pub(super) fn find(text: &str, beside: Option<&str>) -> Vec<StatedDate> {
    let mut found = Vec::new();
    for (start, window) in ends(text) {
        for mut date in find_in(&prose::without_code(window)) {
            date.span = date.span.map(|span| span.shifted(start));
            found.push(date);
        }
    }
    if found.is_empty() {
        for (_, window) in beside.map(ends).unwrap_or_default() {
            found.extend(find_in(window).into_iter().map(|date| StatedDate { span: None, ..date }));
        }
    }
    // Notes of several revisions: the last one is meant, whichever end it stands at.
    found.sort_by_key(|date| std::cmp::Reverse(date.at));
    found
}

/// The head and the tail of a text with where they start; short texts in one.
fn ends(text: &str) -> Vec<(usize, &str)> {
    if text.len() <= 2 * REACH {
        return vec![(0, text)];
    }
    let head = text.floor_char_boundary(REACH);
    let tail = text.ceil_char_boundary(text.len() - REACH);
    vec![(0, &text[..head]), (tail, &text[tail..])]
}

fn find_in(text: &str) -> Vec<StatedDate> {
    let Some(words) = WORDS.as_ref() else { return Vec::new() };
    words
        .captures_iter(text)
        .filter_map(|found| {
            let words = found.get(0)?;
            let rest = &text[words.end()..];
            let (at, length) = date::parse_prefix(rest)?;
            let field =
                found.name("strong").or_else(|| found.name("weak"))?.as_str().trim_start_matches('_').to_owned();
            Some(StatedDate {
                event: Event::Modified,
                source: DateSource::Text,
                field,
                written: rest[..length].to_owned(),
                at: Some(at),
                span: Some(ByteSpan::new(words.start(), words.end() + length)),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(text: &str) -> Vec<String> {
        find(text, None).iter().filter_map(|d| d.at).map(|at| at.to_string()[..10].to_owned()).collect()
    }

    #[test]
    fn dates_in_text() {
        let cases = [
            "Last updated: 2024-03-01",
            "**Last updated:** March 1, 2024",
            "_Last modified on March 1, 2024_",
            "Intro.\n\nUpdated 1 March 2024",
            "*Updated: 2024-03-01*",
            "Revised: Mar 1, 2024",
            "| Last updated | 2024-03-01 |",
            "<sub>Last update: <b>2024-03-01</b></sub>",
            "This page was last edited on 1 March 2024, at 10:00.",
            "Last Revision Date: 2024/03/01",
            "(last modified 2024-03-01T10:00:00Z)",
        ];
        for text in cases {
            assert_eq!(dates(text), ["2024-03-01"], "{text}");
        }
    }

    #[test]
    fn stories_are_no_statements() {
        for text in [
            "The rules were updated on March 1, 2024 by the board.",
            "Last updated: 03/04/2024",
            "Last updated: soon",
            "```\nLast updated: 2024-03-01\n```",
            "Released 2024-03-01",
        ] {
            assert_eq!(dates(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn spans_point_at_the_statement() {
        let text = format!("{}\n\nLast updated: 2024-03-01\n", "é word ".repeat(2_000));
        let found = find(&text, None);
        assert_eq!(found[0].span.and_then(|span| span.of(&text)), Some("Last updated: 2024-03-01"));
    }
}
