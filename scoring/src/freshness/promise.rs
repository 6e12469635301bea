//! Announcements for a day that has passed.

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;

use super::DocumentKind;
use super::dates::{DATE_FORMS, last_day, utc_day};
use crate::pattern::pattern;
use crate::structure::ChunkReading;
use crate::{Finding, Rule};

/// Words about the future, a short way, and a date; or right before a date, that support ends.
static PROMISE: LazyLock<Regex> = LazyLock::new(|| {
    let future = r"\b(?:coming | (?:is|are|be)\s+(?:expected|planned|scheduled|slated) | (?:expected|planned|scheduled|slated|due)\s+(?:for|in|by|on)\b | (?:is|are)\s+set\s+to
        | will\s+(?:\w+\s+)?(?:be\s+)?(?:\w+ly\s+)?(?:released?|available|removed?|launch(?:ed)?|ship(?:ped)?|land|arrive|end|added?|supported?|published?|introduced?|completed?|ready|discontinued?|retired?|shut\s+down|stop|begin|start|switch|move|migrated?|drop(?:ped)?|open|replaced?|deprecated?|enforced?|required?|take\s+effect|happen|reach|expire|cease)
        | (?:plan|plans|planning|aim|hope|intend|expect)\s+(?:\w+\s+)?to\s+\w+ | (?:going|about)\s+to\s+\w+ | stay\s+tuned | upcoming | eta\b | starting | roadmap\s+for
        | (?:is|are|remains?)\s+(?:only\s+)?valid\s+(?:only\s+)?(?:until|till|through)\b | (?:offer|promotion|discount|registration|enrol?ment)\s+(?:ends?|expires?|closes?)\b )";
    let support_ends = r"\b(?:support|maintenance|(?:security|bug)\s+(?:updates|fixes|patches))\s+(?:for\s+(?:[\w.+-]+\s+){1,5}?)?(?:ends?|expires?|ceases?|stops?|runs?\s+out)\s*";
    pattern(&format!(
        r"(?: {future} [^.!?;\n|]{{0,60}}? (?:\n[^.!?;\n|]{{0,60}}?)? | {support_ends} ) (?:\b(?:in|by|on|for|during|until|before|of|the|around|at|as\s+of)\s+|[\s(:,]) (?P<when>{DATE_FORMS}) \b
        | \b(?:from|as\s+of|with\s+effect\s+from|starting(?:\s+(?:from|on|in))?|beginning(?:\s+(?:from|on|in))?) \s+ (?P<from>{DATE_FORMS}) \b (?:\s+on(?:wards)?)? [^.!?;\n|]{{0,60}}? (?:\n[^.!?;\n|]{{0,60}}?)? \b(?:will|shall)\b"
    ))
});

/// What stands before a year that is a time and not a name.
const BEFORE_A_YEAR: [&str; 8] = ["in", "by", "during", "for", "until", "before", "around", "of"];
/// What stands right after a year that is part of a version or a name.
const NAME_GOES_ON: [char; 6] = ['.', '-', '/', '_', ':', '+'];

pub(super) fn check(here: &ChunkReading<'_>, kind: DocumentKind, now: Timestamp) -> Vec<Finding> {
    match kind {
        // They tell what was announced then.
        DocumentKind::Changelog | DocumentKind::News => return Vec::new(),
        DocumentKind::Reference
        | DocumentKind::Tutorial
        | DocumentKind::Policy
        | DocumentKind::Evergreen
        | DocumentKind::Unknown => {}
    }
    let text = here.text();
    let start = here.span().start();
    let today = utc_day(now);
    PROMISE
        .captures_iter(text)
        .filter_map(|captures| Some((captures.get(0)?, captures.name("when").or_else(|| captures.name("from"))?)))
        .filter(|(found, _)| !here.reading.outline.in_code(start + found.start()))
        .filter(|(found, when)| !is_name(text, when.start(), when.end()) && !is_quoted(text, found.start()))
        .filter_map(|(found, when)| {
            let day = last_day(when.as_str()).filter(|day| *day < today)?;
            let message = format!("It announces something for {}, which ended on {day}.", when.as_str());
            let span = tamis_ingest::ByteSpan::from(found.range()).shifted(start);
            Some(here.reading.finding(Rule::ExpiredPromise, message, span))
        })
        .collect()
}

/// Whether the words at `start` stand right behind a mark that opens a quotation.
fn is_quoted(text: &str, start: usize) -> bool {
    text[..start].trim_end_matches(' ').ends_with(['"', '“', '„', '«', '‘'])
}

/// Whether what looks like a date is part of a version or a name: "2021.1", "the 2021 edition".
pub(super) fn is_name(text: &str, start: usize, end: usize) -> bool {
    let mut after = text[end..].chars();
    let goes_on =
        after.next().is_some_and(|c| NAME_GOES_ON.contains(&c)) && after.next().is_some_and(char::is_alphanumeric);
    let bare_year = end - start == 4;
    let before = text[..start].split_whitespace().next_back().unwrap_or_default();
    let in_time = BEFORE_A_YEAR.iter().any(|word| before.eq_ignore_ascii_case(word));
    let noun_follows = text[end..].trim_start().starts_with("edition");
    goes_on || (bare_year && (!in_time || noun_follows))
}
