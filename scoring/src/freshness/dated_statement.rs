//! How things stood on a day long past: "As of March 2018, Windows is not supported.", "The list was last updated in
//! 2009 and may contain errors."

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::{Captures, Regex};
use tamis_ingest::{ByteSpan, DateSource};

use super::DocumentKind;
use super::age::Dated;
use super::dates::{DATE_FORMS, last_day, utc_day};
use super::promise::is_name;
use crate::pattern::pattern;
use crate::policy::FreshnessPolicy;
use crate::structure::ChunkReading;
use crate::{Finding, Rule};

/// A day at the head of a sentence or in brackets, and in the same sentence something that *is*. "Deprecated as of
/// 2018" tells since when, which stays true, and so does "as of 2018 all staff must".
static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?: (?:^|[.!?:]\s+|\n[\s>*-]*) (?:as\s+of|at\s+the\s+time\s+of\s+(?:this\s+)?writing,?\s*\(?\s*(?:in\s+)?)\s*
            | \b(?:currently|at\s+present|today|now),?\s*\(\s*(?:as\s+of\s+)? | [(,]\s*(?:as\s+of|at\s+the\s+time\s+of\s+(?:this\s+)?writing,?\s*(?:in\s+)?)\s* )
          (?P<when>{DATE_FORMS})\b (?P<rest>[^.!?\n|]{{0,120}}(?:\n[^.!?\n|]{{0,120}})?)"
    ))
});
/// It is so.
static STATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:is|are|has|have|does|do|isn't|aren't|doesn't|don't|supports?|cannot|can|remains?|there's)\b")
});
/// It is a rule from that day on, or tells what happened by then.
static LASTING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:must|shall|should|will|may\s+no|required?|requires|was|were|had|did|been|deprecated|removed|effective|in\s+force|appl(?:y|ies)|no\s+longer)\b",
    )
});
/// Something was last looked at on a day, and the same sentence doubts it.
static DOUBT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b last \s+ (?:updated?|revised|reviewed|checked|changed|modified|verified) \s+ (?:in|on|around)? \s* (?P<when>{DATE_FORMS})\b
          (?P<rest> [^.!?\n|]{{0,60}}?(?:\n[^.!?\n|]{{0,60}}?)?
            \b(?:may|might|could|can)\s+(?:\w+\s+){{0,2}}?(?:errors?|mistakes?|inaccura\w+|incorrect|inaccurate|wrong|out[\s-]?dated|out[\s-]of[\s-]date|incomplete|obsolete|stale)\b )"
    ))
});

/// A document that changed this many days after such a day had the chance to say what is true now.
const CHANCE_DAYS: i32 = 365;

pub(super) fn check(
    here: &ChunkReading<'_>,
    kind: DocumentKind,
    dated: Dated,
    policy: &FreshnessPolicy,
    now: Timestamp,
) -> Vec<Finding> {
    let limit = match kind {
        // What they say they say of their day.
        DocumentKind::Changelog | DocumentKind::News | DocumentKind::Evergreen => None,
        DocumentKind::Reference | DocumentKind::Tutorial | DocumentKind::Policy | DocumentKind::Unknown => {
            policy.stale_after_days(kind)
        }
    };
    let Some(limit) = limit else { return Vec::new() };
    let text = here.text();
    let start = here.span().start();
    let today = utc_day(now);
    let changed = dated.at.filter(|_| dated.source != Some(DateSource::FileTime)).map(utc_day);
    let statements = STATEMENT.captures_iter(text).filter(|captures| is_about_now(text, captures));
    let found = statements.chain(DOUBT.captures_iter(text)).filter_map(|captures| {
        let (when, rest) = (captures.name("when")?, captures.name("rest")?);
        if is_name(text, when.start(), when.end()) {
            return None;
        }
        let day = last_day(when.as_str()).filter(|day| day.year() >= 2000)?;
        let days = |later: jiff::civil::Date| later.since(day).map_or(0, |span| span.get_days());
        // A page as old as its statement is judged by its age.
        let had_the_chance = changed.is_none_or(|changed| days(changed) > CHANCE_DAYS);
        if (days(today) as f32) <= limit || !had_the_chance || here.reading.outline.in_code(start + when.start()) {
            return None;
        }
        let message =
            format!("It says how things stood in {}; that is {} years ago.", when.as_str(), days(today) / 365);
        let span = ByteSpan::new(when.start(), rest.end()).shifted(start);
        Some(here.reading.finding(Rule::DatedStatement, message, span))
    });
    found.collect()
}

/// Whether what is said of a day is that something is so, and not that it is a rule from then on.
fn is_about_now(text: &str, captures: &Captures<'_>) -> bool {
    let (Some(found), Some(when), Some(rest)) = (captures.get(0), captures.name("when"), captures.name("rest")) else {
        return false;
    };
    let about_now = STATE.is_match(rest.as_str()) || text[found.start()..when.start()].contains('(');
    about_now && !LASTING.is_match(rest.as_str())
}
