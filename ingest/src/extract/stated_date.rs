//! Dates a text states about itself, as in "Last updated: 1 March 2024".

use std::sync::LazyLock;

use regex::Regex;

use super::date::{self, Event, StatedDate};
use super::prose;
use crate::{ByteSpan, DateSource};

/// How much of the head and of the tail of a text is looked at, in bytes: such lines stand at either end.
const REACH: usize = 3_000;

/// What may stand between the words and the date.
const BETWEEN: &str = r"(?:</?\w[^<>\n]{0,40}>|[\s:*_`|(\[\x{2013}\x{2014}\x{FF1A}-]|(?-u:\b)on(?-u:\b)|(?-u:\b)at(?-u:\b)|(?-u:\b)as\sof(?-u:\b)|(?-u:\b)date(?-u:\b)|(?-u:\b)(?:am|vom|le|el|em|il|op)(?-u:\b)){1,8}";

/// How a line begins, whatever marks its words.
const LINE_START: &str = r"^[\s>*_\#(\[|-]*(?:<\w[^<>\n]{0,40}>)?[*_(\[]*";

/// The words before the date of a change. "Updated" alone says it only at the start of a line; elsewhere it is a story.
static CHANGED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?imx)
        (?: (?P<strong>(?:(?:(?-u:\b)|_)(?:page\s+|document\s+)?(?:last|latest|most\s+recently)[\s-]+(?:updated?|modified|modification|revised|revision|changed?|edited)
               |(?-u:\b)(?:date\s+(?:modified|updated|revised)|revision\s+date|update\s+date))(?-u:\b)
               |(?-u:\b)zuletzt\s+(?:aktualisiert|geändert|bearbeitet|überarbeitet)
               |(?-u:\b)letzte\s+(?:aktualisierung|änderung|bearbeitung)
               |(?-u:\b)dernière\s+(?:mise\s+à\s+jour|modification|révision)
               |(?:ú|(?-u:\b)u)ltim[ao]\s+(?:actualización|modificación|atualização|modificação|aggiornamento|modifica)
               |(?-u:\b)laatst\s+(?:bijgewerkt|gewijzigd)
               |(?-u:\b)(?:ostatnia\s+(?:aktualizacja|zmiana)|ostatnio\s+zaktualizowano)
               |последнее\s+обновление
               |最終更新日?|最后更新|更新日期)
          | {LINE_START}(?P<weak>(?:updated|modified|revised|revision)(?-u:\b)
               |stand|aktualisiert|mise?\s+à\s+jour|actualizado|atualizado|aggiornato|bijgewerkt|zaktualizowano|обновлено))
        {BETWEEN}"
    ))
    .ok()
});

/// "Published:" at the start of a line.
static PUBLISHED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?imx){LINE_START}(?P<words>(?:first\s+)?published|veröffentlicht|publié|publicado|pubblicato)(?:\s+(?:on|am|le|el|em|il))?[*_]*:{BETWEEN}")).ok()
});

/// The dates of change that the ends of `text` state, or else those in the words `beside` it on the page; then the date of
/// publication that its head states.
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
    // The first: others below are those of what is told of.
    let head = ends(text).first().map_or("", |(_, head)| head);
    found.extend(statements(&PUBLISHED, Event::Published, &prose::without_code(head)).into_iter().next());
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
    statements(&CHANGED, Event::Modified, text)
}

/// The dates that follow these words.
fn statements(words: &LazyLock<Option<Regex>>, event: Event, text: &str) -> Vec<StatedDate> {
    let Some(words) = words.as_ref() else { return Vec::new() };
    words
        .captures_iter(text)
        .filter_map(|found| {
            let words = found.get(0)?;
            let rest = &text[words.end()..];
            let (at, length) = date::parse_prefix(rest)?;
            let said = ["strong", "weak", "words"].iter().find_map(|name| found.name(name))?;
            Some(StatedDate {
                event,
                source: DateSource::Text,
                field: said.as_str().trim_start_matches('_').to_owned(),
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
    fn dates_in_other_languages() {
        for text in [
            "Stand: 6. Mai 2024",
            "Text.\n\n*Stand: 06.05.2024*",
            "Mis à jour le 6 mai 2024",
            "**Dernière mise à jour :** 6 mai 2024",
            "Text.\n\n---\nZuletzt aktualisiert am 6. Mai 2024",
            "Última actualización: 6 de mayo de 2024",
            "Ultimo aggiornamento: 6 maggio 2024",
            "Laatst bijgewerkt op 6 mei 2024",
            "最終更新日：2024年5月6日",
        ] {
            assert_eq!(dates(text), ["2024-05-06"], "{text}");
            assert_eq!(find(text, None)[0].event, Event::Modified, "{text}");
        }
        for text in ["Der Stand 6 mal 2024", "Am Stand: 6. Mai 2024 um acht", "Stand der Technik", "Stand: 2024"] {
            assert_eq!(dates(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn dates_of_publication() {
        for text in [
            "Published: 6 May 2024",
            "**Published:** May 6, 2024",
            "Intro.\n\n_Published on: 2024-05-06_\n\n\
             Published: 2020-01-01",
            "Veröffentlicht am: 6. Mai 2024",
        ] {
            assert_eq!(dates(text), ["2024-05-06"], "{text}");
            assert_eq!(find(text, None)[0].event, Event::Published, "{text}");
        }
        for text in ["Published 6 May 2024 by the board, it was read.", "It was published: 6 May 2024"] {
            assert_eq!(dates(text), [""; 0], "{text}");
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
