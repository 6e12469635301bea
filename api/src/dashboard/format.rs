//! Numbers, times and names as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::plural::plural;

/// A count with a thin space between thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A count of things, in the singular where it is one.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), plural(number, one, many))
}

/// A share of a whole in percent; never 0 or 100 where it only nearly is.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0 %".to_owned();
    }
    let share = part as f64 / whole as f64 * 100.0;
    match share {
        share if share < 1.0 => "< 1 %".to_owned(),
        share if part < whole && share > 99.0 => "> 99 %".to_owned(),
        share => format!("{share:.0} %"),
    }
}

/// A day, in UTC.
pub(super) fn day(time: Timestamp) -> String {
    TimeZone::UTC.to_datetime(time).strftime("%-d %b %Y").to_string()
}

/// A day and a minute, in UTC.
pub(super) fn minute(time: Timestamp) -> String {
    TimeZone::UTC.to_datetime(time).strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// Two times, told apart: as days, or to the minute where they are of one day.
pub(super) fn apart(first: Timestamp, second: Timestamp) -> (String, String) {
    if day(first) == day(second) { (clock(first), clock(second)) } else { (day(first), day(second)) }
}

fn clock(time: Timestamp) -> String {
    TimeZone::UTC.to_datetime(time).strftime("%H:%M UTC").to_string()
}

/// How long ago something was, in its largest unit.
pub(super) fn ago(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - time.as_second();
    let Ok(seconds) = u64::try_from(seconds) else { return day(time) };
    match seconds {
        0..60 => "just now".to_owned(),
        60..3_600 => format!("{} ago", counted(seconds / 60, "minute", "minutes")),
        3_600..86_400 => format!("{} ago", counted(seconds / 3_600, "hour", "hours")),
        86_400..2_592_000 => format!("{} ago", counted(seconds / 86_400, "day", "days")),
        _ => day(time),
    }
}

/// How long something took.
pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 10.0 => format!("{seconds:.1} s"),
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7_200.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3_600.0),
    }
}

/// A corpus score, 0 to 100.
pub(super) fn score(value: f64) -> String {
    format!("{value:.1}")
}

/// A change of a corpus score, with its sign; nothing where it would show as none.
pub(super) fn change(value: f64) -> String {
    match format!("{value:+.1}") {
        none if none == "+0.0" || none == "-0.0" => String::new(),
        // A true minus sign is as wide as the plus.
        some => some.replace('-', "\u{2212}"),
    }
}

/// How good a score of 0 to 100 is: the words the style sheet has colours for, and the same bounds as in the terminal.
pub(super) fn grade(value: f64) -> &'static str {
    match value {
        value if value >= 85.0 => "good",
        value if value >= 60.0 => "fair",
        _ => "poor",
    }
}

/// Where a passage stands: the document's title, then its headings, each once.
pub(super) fn place(title: Option<&str>, uri: &str, headings: &[String]) -> String {
    let mut parts: Vec<&str> = vec![title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| file_name(uri))];
    for heading in headings {
        if !heading.trim().is_empty() && parts.last() != Some(&heading.as_str()) {
            parts.push(heading);
        }
    }
    parts.join(" › ")
}

fn file_name(uri: &str) -> &str {
    uri.rsplit('/').find(|part| !part.is_empty()).unwrap_or(uri)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(counted(1, "chunk", "chunks"), "1 chunk");
        assert_eq!(percent(1, 1_000), "< 1 %");
        assert_eq!(percent(999, 1_000), "> 99 %");
        assert_eq!(percent(1_000, 1_000), "100 %");
        assert_eq!(percent(3, 0), "0 %");
        assert_eq!(change(-0.04), "");
        assert_eq!(change(-1.25), "\u{2212}1.2");
        assert_eq!(change(3.0), "+3.0");
    }

    #[test]
    fn times_read_well() {
        let now: Timestamp = "2026-03-05T12:00:00Z".parse().unwrap();
        let before = |span: jiff::Span| ago(now.checked_sub(span).unwrap(), now);
        assert_eq!(before(5.seconds()), "just now");
        assert_eq!(before(1.minutes()), "1 minute ago");
        assert_eq!(before(50.hours()), "2 days ago");
        assert_eq!(before(2_400.hours()), "25 Nov 2025");
        assert_eq!(apart(now, now + 61.minutes()), ("12:00 UTC".to_owned(), "13:01 UTC".to_owned()));
        assert_eq!(apart(now, now + 24.hours()), ("5 Mar 2026".to_owned(), "6 Mar 2026".to_owned()));
        assert_eq!(ago(now + 48.hours(), now), "7 Mar 2026");
    }

    #[test]
    fn a_place_names_each_heading_once() {
        let headings = ["Masts".to_owned(), "Oak".to_owned()];
        assert_eq!(place(Some("Masts"), "docs/masts.md", &headings), "Masts › Oak");
        assert_eq!(place(None, "docs/masts.md", &headings), "masts.md › Masts › Oak");
        assert_eq!(place(Some(" "), "docs/a/", &[]), "a");
    }
}
