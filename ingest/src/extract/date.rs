//! Reading dates as people and programs write them.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use regex::Regex;

use crate::{ByteSpan, DateSource};

/// A date a document states, as found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StatedDate {
    /// What it dates.
    pub(crate) event: Event,
    /// Where it stands.
    pub(crate) source: DateSource,
    /// The name of the field or the words before it, for messages.
    pub(crate) field: String,
    /// As written.
    pub(crate) written: String,
    /// As read; none where no calendar has such a date.
    pub(crate) at: Option<Timestamp>,
    /// Where in the text, if there.
    pub(crate) span: Option<ByteSpan>,
}

/// What a date is the date of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// First publication.
    Published,
    /// Last change.
    Modified,
}

/// Reads RFC 3339 and its relatives: `2024-03-01`, `2024-03-01T10:00:00Z`, `2024-03-01 10:00`. Without an offset it is
/// UTC, without a time midnight.
pub(crate) fn parse_iso(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    // Offsets without a colon or after a space, as `2024-03-01 10:00:00 +0100`.
    for format in [
        "%Y-%m-%d %H:%M:%S %z",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%dT%H:%M:%S%.f%z",
        "%Y-%m-%dT%H:%M%:z",
        "%Y-%m-%dT%H:%M%z",
    ] {
        if let Ok(at) = Timestamp::strptime(format, text) {
            return Some(at);
        }
    }
    let local = text.strip_suffix(['Z', 'z']).or_else(|| text.strip_suffix(" UTC")).unwrap_or(text);
    if let Ok(at) = local.parse::<civil::DateTime>() {
        return TimeZone::UTC.to_timestamp(at).ok();
    }
    if text.len() == 10 { text.parse::<Date>().ok().and_then(midnight) } else { None }
}

/// Reads any date that can mean one day only, and nothing after it; a month alone means its first day.
/// `03/04/2024` is two days, so it is none.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    parse_iso(text).or_else(|| rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())).or_else(|| {
        let (at, end) = parse_prefix(text)?;
        let rest = text[end..].trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ')'));
        // A time of day may follow; the day is enough.
        let is_time = rest.chars().next().is_none_or(|c| c.is_ascii_digit() || c == 'T' || rest.starts_with("at "));
        (is_time && rest.len() < 40).then_some(at)
    })
}

/// Reads a date and keeps the day on which it was where it was written: `2024-03-02T00:00:00+01:00` is the second of
/// March, not the last hour of the first. A time that falls on another day in UTC is left out.
pub(crate) fn parse_on_its_day(text: &str) -> Option<Timestamp> {
    let at = parse(text)?;
    let written = text.trim().get(..10).and_then(|day| day.parse::<Date>().ok());
    match written {
        Some(day) if TimeZone::UTC.to_datetime(at).date() != day => midnight(day),
        Some(_) | None => Some(at),
    }
}

/// Day and month by name or number, in the ways that leave no doubt; days also with the months of other languages.
static WRITTEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let month = "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
    let weekday = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s+)?";
    Regex::new(
        &format!(
            r"(?ix)^(?:
            (?P<y1>\d{{4}})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?
          | (?P<d2>\d{{1,2}})\.\s?(?P<m2>\d{{1,2}})\.\s?(?P<y2>\d{{4}})
          | (?P<a3>\d{{1,2}})[-/](?P<b3>\d{{1,2}})[-/](?P<y3>\d{{4}})
          | (?P<words>{weekday}(?:
                (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+(?:of\s+)?MONTH1\.?,?[\s-]+(?P<y4>\d{{4}})
              | MONTH2\.?\s+(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y5>\d{{4}})
              | MONTH3\.?,?\s+(?P<y6>\d{{4}})
            ))
          | (?P<d8>\d{{1,2}})(?:\.|º|°|er)?\s+(?:de\s+)?(?P<n8>\p{{L}}{{3,12}})\.?,?\s+(?:de\s+|del\s+)?(?P<y8>\d{{4}})
          | (?P<y9>\d{{4}})\s?[年년]\s?(?P<m9>\d{{1,2}})\s?[月월]\s?(?P<d9>\d{{1,2}})\s?[日일]
          | (?P<y7>\d{{4}})-(?P<m7>\d{{2}})
        )"
        )
        .replace("MONTH1", &month.replace("month", "n4"))
        .replace("MONTH2", &month.replace("month", "n5"))
        .replace("MONTH3", &month.replace("month", "n6")),
    )
    .ok()
});

/// Reads the date `text` starts with, and how many bytes it takes. The time is there only in a full ISO form.
pub(crate) fn parse_prefix(text: &str) -> Option<(Timestamp, usize)> {
    let found = WRITTEN.as_ref()?.captures(text)?;
    let whole = found.get(0)?;
    if text[whole.end()..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    if let Some(at) = parse_iso(whole.as_str()) {
        return Some((at, whole.end()));
    }
    let number = |name: &str| found.name(name).and_then(|part| part.as_str().parse::<i16>().ok());
    let named = |name: &str| found.name(name).and_then(|part| month_by_name(part.as_str()));
    let date = if let (Some(y), Some(m), Some(d)) = (number("y1"), number("m1"), number("d1")) {
        day(y, m, d)
    } else if let (Some(d), Some(m), Some(y)) = (number("d2"), number("m2"), number("y2")) {
        day(y, m, d)
    } else if let (Some(a), Some(b), Some(y)) = (number("a3"), number("b3"), number("y3")) {
        unambiguous(y, a, b)
    } else if let (Some(d), Some(m), Some(y)) = (number("d4"), named("n4"), number("y4")) {
        day(y, m, d)
    } else if let (Some(m), Some(d), Some(y)) = (named("n5"), number("d5"), number("y5")) {
        day(y, m, d)
    } else if let (Some(m), Some(y)) = (named("n6"), number("y6")) {
        day(y, m, 1)
    } else if let (Some(d), Some(m), Some(y)) = (number("d8"), named("n8"), number("y8")) {
        day(y, m, d)
    } else if let (Some(y), Some(m), Some(d)) = (number("y9"), number("m9"), number("d9")) {
        day(y, m, d)
    } else {
        day(number("y7")?, number("m7")?, 1)
    };
    Some((midnight(date?)?, whole.end()))
}

/// Reads the date of a PDF, `D:YYYYMMDDHHmmSSOHH'mm'`, everything after the year being optional (ISO 32000-1, 7.9.4).
pub(crate) fn parse_pdf(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits: String = text.chars().take_while(char::is_ascii_digit).take(14).collect();
    let part = |from: usize, to: usize, missing: i16| match digits.get(from..to) {
        Some(part) => part.parse::<i16>().ok(),
        None => Some(missing),
    };
    let date = day(digits.get(..4)?.parse().ok()?, part(4, 6, 1)?, part(6, 8, 1)?)?;
    let [hour, minute, second] = [part(8, 10, 0)?, part(10, 12, 0)?, part(12, 14, 0)?].map(|part| part as i8);
    let time = civil::Time::new(hour, minute, second.min(59), 0).ok()?;
    let zone = pdf_offset(text.get(digits.len()..)?);
    zone.to_timestamp(date.to_datetime(time)).ok()
}

/// The offset behind a PDF date; UTC where there is none that can be read.
fn pdf_offset(text: &str) -> TimeZone {
    let sign = match text.chars().next() {
        Some('+') => 1,
        Some('-') => -1,
        Some(_) | None => return TimeZone::UTC,
    };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i32>().ok()).unwrap_or(0);
    jiff::tz::Offset::from_seconds(sign * (part(0, 2) * 3600 + part(2, 4) * 60)).map_or(TimeZone::UTC, TimeZone::fixed)
}

/// Whether a value that is no date was meant to be one, as `2024-02-31` or `0000-00-00`.
pub(crate) fn looks_like_date(written: &str) -> bool {
    let mut parts = written.split(['-', 'T', ' ']);
    let mut digits =
        |length: usize| parts.next().is_some_and(|p| p.len() == length && p.bytes().all(|b| b.is_ascii_digit()));
    digits(4) && digits(2) && digits(2)
}

/// `a/b/year` where only one of the two can be the month, or both are the same.
fn unambiguous(year: i16, a: i16, b: i16) -> Option<Date> {
    match (a > 12, b > 12) {
        (true, false) => day(year, b, a),
        (false, true) => day(year, a, b),
        (false, false) if a == b => day(year, a, b),
        (false, false) | (true, true) => None,
    }
}

fn day(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn midnight(date: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(date.to_datetime(civil::Time::midnight())).ok()
}

/// The first letters of the months in English, German, French, Spanish, Portuguese, Italian, Dutch, Polish and Russian.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen", "sty", "янв"],
    &["feb", "fév", "fev", "lut", "фев"],
    &["mar", "mär", "maa", "mrt", "мар"],
    &["apr", "avr", "abr", "kwi", "апр"],
    &["may", "mai", "mag", "mei", "maj", "мая"],
    &["jun", "juin", "giu", "cze", "июн"],
    &["jul", "juil", "lug", "lip", "июл"],
    &["aug", "aoû", "aou", "ago", "sie", "авг"],
    &["sep", "set", "wrz", "сен"],
    &["oct", "okt", "out", "ott", "paź", "окт"],
    &["nov", "lis", "ноя"],
    &["dec", "dez", "déc", "dic", "gru", "дек"],
];

/// The number of the month of this name.
pub(crate) fn month_by_name(name: &str) -> Option<i16> {
    let name = name.to_lowercase();
    MONTHS.iter().position(|starts| starts.iter().any(|start| name.starts_with(start))).map(|at| at as i16 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_as_written() {
        let cases = [
            ("2024-03-01", "2024-03-01T00:00:00Z"),
            ("2024-03-01T10:20:30Z", "2024-03-01T10:20:30Z"),
            ("2024-03-01T10:20:30+01:00", "2024-03-01T09:20:30Z"),
            ("2024-03-01T10:20:30.5+0100", "2024-03-01T09:20:30.5Z"),
            ("2024-03-01 10:20:30 +0100", "2024-03-01T09:20:30Z"),
            ("2024-03-01 10:20", "2024-03-01T10:20:00Z"),
            ("2024-03-01 10:20:30 UTC", "2024-03-01T10:20:30Z"),
            ("Fri, 01 Mar 2024 10:00:00 GMT", "2024-03-01T10:00:00Z"),
            ("March 1, 2024", "2024-03-01T00:00:00Z"),
            ("Mar. 1st 2024", "2024-03-01T00:00:00Z"),
            ("Friday, 1 March 2024", "2024-03-01T00:00:00Z"),
            ("1st of March, 2024", "2024-03-01T00:00:00Z"),
            ("01-Mar-2024", "2024-03-01T00:00:00Z"),
            ("March 1, 2024 at 10:00 PM", "2024-03-01T00:00:00Z"),
            ("March 2024", "2024-03-01T00:00:00Z"),
            ("2024-03", "2024-03-01T00:00:00Z"),
            ("2024/3/1", "2024-03-01T00:00:00Z"),
            ("1.3.2024", "2024-03-01T00:00:00Z"),
            ("13/03/2024", "2024-03-13T00:00:00Z"),
            ("03/13/2024", "2024-03-13T00:00:00Z"),
            ("6. Mai 2024", "2024-05-06T00:00:00Z"),
            ("6 mai 2024", "2024-05-06T00:00:00Z"),
            ("1er mars 2024", "2024-03-01T00:00:00Z"),
            ("6 de mayo de 2024", "2024-05-06T00:00:00Z"),
            ("6 мая 2024", "2024-05-06T00:00:00Z"),
            ("2024年5月6日", "2024-05-06T00:00:00Z"),
        ];
        for (written, expected) in cases {
            assert_eq!(parse(written).map(|at| at.to_string()).as_deref(), Some(expected), "{written}");
        }
    }

    #[test]
    fn a_day_stays_where_it_was_written() {
        for (written, expected) in [
            ("2024-03-02T00:00:00+01:00", "2024-03-02T00:00:00Z"),
            ("2024-03-02T23:30:00-05:00", "2024-03-02T00:00:00Z"),
            ("2024-03-02T10:00:00+01:00", "2024-03-02T09:00:00Z"),
            ("2024-03-02", "2024-03-02T00:00:00Z"),
            ("Fri, 01 Mar 2024 23:00:00 GMT", "2024-03-01T23:00:00Z"),
        ] {
            assert_eq!(parse_on_its_day(written).map(|at| at.to_string()).as_deref(), Some(expected), "{written}");
        }
    }

    #[test]
    fn no_dates() {
        for written in [
            "",
            "2024",
            "03/04/2024",
            "31/31/2024",
            "2024-02-30",
            "March",
            "soon",
            "1.2.3",
            "2024-03-01x",
            "v2024.1",
            "6 Zeilen 2024",
        ] {
            assert_eq!(parse(written), None, "{written}");
        }
    }

    #[test]
    fn pdf_dates() {
        let cases = [
            ("D:20240301102030Z", Some("2024-03-01T10:20:30Z")),
            ("D:20240301102030+01'00'", Some("2024-03-01T09:20:30Z")),
            ("D:20240301102030-0530", Some("2024-03-01T15:50:30Z")),
            ("20240301", Some("2024-03-01T00:00:00Z")),
            ("D:2024", Some("2024-01-01T00:00:00Z")),
            ("D:20241301", None),
            ("yesterday", None),
        ];
        for (written, expected) in cases {
            assert_eq!(parse_pdf(written).map(|at| at.to_string()).as_deref(), expected, "{written}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,60}", digits in "[0-9T:+'/. -]{0,30}") {
            let _ = (parse(&text), parse_pdf(&text), parse(&digits), parse_pdf(&digits));
        }
    }
}
