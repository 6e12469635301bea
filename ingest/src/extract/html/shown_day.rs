//! The day of publication as the page shows it, where its time stamps say another.

use jiff::{SignedDuration, Timestamp};

use super::super::date::{self, Event, StatedDate};
use super::dateline::{ADDRESS, NEAR};
use crate::DateSource;

/// Fields that do not say what they are the date of.
const VAGUE: [&str; 3] = ["date", "dc.date", "dcterms.date"];

/// Clocks are at most this far behind UTC, and this far ahead of it.
const BEHIND: SignedDuration = SignedDuration::from_hours(12);
const AHEAD: SignedDuration = SignedDuration::from_hours(14);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Takes the day that the page shows, in its address or near its heading, for that of a time stamp that can be on it
/// somewhere on earth: people date a page by what it shows them.
///
/// A day near the heading also goes before dates that do not say what they are the date of, and before any where a second
/// witness of the page names it: editors and their programs disagree, and what two of them say stands.
pub(super) fn prefer(dates: &mut [StatedDate]) {
    let is_near = |date: &StatedDate| date.source == DateSource::Text && date.field == NEAR;
    let is_shown = |date: &StatedDate| date.source == DateSource::Text || date.field == ADDRESS;
    let shown: Vec<Timestamp> = dates
        .iter()
        .filter(|date| date.event == Event::Published && is_shown(date))
        .filter_map(|date| date.at)
        .collect();
    let Some(day) = shown.first().copied().filter(|day| shown.iter().all(|other| other == day)) else { return };
    let is_near_heading = dates.iter().any(is_near);
    let is_confirmed = is_near_heading
        && dates
            .iter()
            .any(|date| !is_shown(date) && !is_vague(date) && instant(date).is_some_and(|at| can_be_on(at, day)));
    for date in dates.iter_mut().filter(|date| date.event == Event::Published && !is_shown(date)) {
        let Some(at) = instant(date) else { continue };
        // A field called "date" and no more may be that of the last change.
        let yields = is_vague(date) && (is_near_heading || at > day);
        let is_elsewhere = !date.at.is_some_and(|at| (SignedDuration::ZERO..DAY).contains(&at.duration_since(day)));
        if is_elsewhere && (can_be_on(at, day) || yields || is_confirmed) {
            date.at = Some(day);
        }
    }
}

fn is_vague(date: &StatedDate) -> bool {
    VAGUE.contains(&date.field.as_str())
}

/// The moment a time stamp names, where the day it was written on was kept of it.
fn instant(date: &StatedDate) -> Option<Timestamp> {
    date::parse(&date.written).or(date.at)
}

/// Whether a time may be on a day somewhere on earth.
fn can_be_on(at: Timestamp, day: Timestamp) -> bool {
    let past = at.duration_since(day);
    past >= -AHEAD && past < DAY + BEHIND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_on_earth() {
        let day: Timestamp = "2024-03-02T00:00:00Z".parse().unwrap();
        for (at, expected) in [
            ("2024-03-01T23:00:00Z", true),
            ("2024-03-03T02:25:00Z", true),
            ("2024-03-02T10:00:00Z", true),
            ("2024-03-01T09:00:00Z", false),
            ("2024-03-03T12:00:00Z", false),
        ] {
            assert_eq!(can_be_on(at.parse().unwrap(), day), expected, "{at}");
        }
    }

    fn stated(event: Event, source: DateSource, field: &str, written: &str) -> StatedDate {
        let (at, field) = (date::parse_on_its_day(written), field.to_owned());
        StatedDate { event, source, field, written: written.to_owned(), at, span: None }
    }

    #[test]
    fn the_shown_day_goes_before() {
        use DateSource::{PageMetadata, Text};
        use Event::{Modified, Published};
        let near = || stated(Published, Text, NEAR, "2024-03-02");
        let cases = [
            // Of a stamp on the day before or after, wherever its clock stands.
            (vec![stated(Published, PageMetadata, "datePublished", "2024-03-01T21:00:00-05:00"), near()], "2024-03-02"),
            (vec![stated(Published, PageMetadata, "datePublished", "2024-02-20"), near()], "2024-02-20"),
            // Of what says only "date".
            (vec![stated(Published, PageMetadata, "date", "2024-02-20"), near()], "2024-03-02"),
            // With a second witness, of another publication or of the last change.
            (
                vec![
                    stated(Published, PageMetadata, "datePublished", "2024-02-20"),
                    stated(Published, PageMetadata, "article:published_time", "2024-03-02T08:00:00Z"),
                    near(),
                ],
                "2024-03-02",
            ),
            (
                vec![
                    stated(Published, PageMetadata, "datePublished", "2024-02-20"),
                    stated(Modified, PageMetadata, "dateModified", "2024-03-02T08:00:00Z"),
                    near(),
                ],
                "2024-03-02",
            ),
            // Not what the page itself calls a change.
            (
                vec![
                    stated(Published, PageMetadata, "datePublished", "2024-02-20"),
                    stated(Modified, PageMetadata, "dateModified", "2024-03-02T08:00:00Z"),
                    stated(Published, Text, "date of change near the heading", "2024-03-02"),
                ],
                "2024-02-20",
            ),
        ];
        for (mut dates, expected) in cases {
            prefer(&mut dates);
            assert_eq!(dates[0].at.map(|at| at.to_string()[..10].to_owned()).as_deref(), Some(expected), "{dates:?}");
        }
    }
}
