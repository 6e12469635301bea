//! Reading days and periods as people write them.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use regex::Regex;

use crate::pattern::pattern;

/// The forms of a date in running text, for use inside other patterns. Months are English.
pub(super) const DATE_FORMS: &str = r"(?:
      \d{4}-\d{2}-\d{2}
    | Q[1-4] [\s,/-]* (?:of\s+)? (?:19|20)\d{2}
    | (?:19|20)\d{2} [\s,/-]* Q[1-4]
    | H[12] \s* (?:of\s+)? (?:19|20)\d{2}
    | (?:\d{1,2}(?:st|nd|rd|th)? \s+ (?:of\s+)?)? (?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? (?:\s+\d{1,2}(?:st|nd|rd|th)?,?)? ,? \s+ (?:19|20)\d{2}
    | (?:(?:early|mid|late|spring|summer|autumn|fall|winter|christmas|easter|(?:the\s+)?(?:first|second|third|fourth|last)\s+(?:half|quarter)|(?:the\s+)?(?:end|beginning|start|middle))[\s-]+(?:of\s+|in\s+)?)? (?:19|20)\d{2}
  )";

static ISO: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"));
static QUARTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"Q(?P<q>[1-4])"));
static HALF: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bH(?P<h>[12])\b"));
static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:19|20)\d{2}"));
static MONTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?P<before>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:\s+(?P<after>\d{1,2})\b)?",
    )
});

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The last day of the period that `text` names in one of the [`DATE_FORMS`], or in RFC 3339.
pub(super) fn last_day(text: &str) -> Option<Date> {
    if let Some(parts) = ISO.captures(text) {
        return Date::new(parts["y"].parse().ok()?, parts["m"].parse().ok()?, parts["d"].parse().ok()?).ok();
    }
    let year: i16 = YEAR.find(text)?.as_str().parse().ok()?;
    if let Some(quarter) = QUARTER.captures(text) {
        return end_of_month(year, quarter["q"].parse::<i8>().ok()? * 3);
    }
    if let Some(half) = HALF.captures(text) {
        return end_of_month(year, half["h"].parse::<i8>().ok()? * 6);
    }
    if let Some(parts) = MONTH.captures(text) {
        let name = parts["m"].to_lowercase();
        let month = MONTHS.iter().position(|month| *month == name)? as i8 + 1;
        let day = parts.name("before").or_else(|| parts.name("after")).and_then(|day| day.as_str().parse().ok());
        return day.and_then(|day| Date::new(year, month, day).ok()).or_else(|| end_of_month(year, month));
    }
    end_of_month(year, 12)
}

/// The day of a time, in UTC.
pub(super) fn utc_day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

fn end_of_month(year: i16, month: i8) -> Option<Date> {
    Date::new(year, month, 1).ok().map(Date::last_of_month)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn periods_end_on_their_last_day() {
        for (text, expected) in [
            ("2021-03-04", "2021-03-04"),
            ("2021-03-04T10:00:00Z", "2021-03-04"),
            ("Q3 2021", "2021-09-30"),
            ("2021 Q1", "2021-03-31"),
            ("H1 2020", "2020-06-30"),
            ("March 2020", "2020-03-31"),
            ("Feb. 2024", "2024-02-29"),
            ("March 5, 2020", "2020-03-05"),
            ("5th of March 2020", "2020-03-05"),
            ("late 2019", "2019-12-31"),
            ("2019", "2019-12-31"),
        ] {
            assert_eq!(last_day(text).map(|date| date.to_string()).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(last_day("soon"), None);
        assert_eq!(last_day("2021-13-40"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(?s)[0-9QH a-zé.-]{0,40}") {
            let _ = last_day(&text);
        }
    }
}
