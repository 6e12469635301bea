//! The day of publication as the page shows it, where its time stamp in UTC falls on the day before or after.

use jiff::{SignedDuration, Timestamp};

use super::super::date::{Event, StatedDate};
use crate::DateSource;

/// Fields that do not say what they are the date of.
const VAGUE: [&str; 3] = ["date", "dc.date", "dcterms.date"];

/// Clocks are at most this far behind UTC, and this far ahead of it.
const BEHIND: SignedDuration = SignedDuration::from_hours(12);
const AHEAD: SignedDuration = SignedDuration::from_hours(14);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Takes the day that the page shows, in its address or near its heading, for that of a time stamp that can be on it
/// somewhere on earth: people date a page by what it shows them. It also goes before a later date of no stated meaning.
pub(super) fn prefer(dates: &mut [StatedDate]) {
    let is_shown = |date: &StatedDate| date.source == DateSource::Text || date.field == super::dateline::ADDRESS;
    let shown: Vec<Timestamp> = dates
        .iter()
        .filter(|date| date.event == Event::Published && is_shown(date))
        .filter_map(|date| date.at)
        .collect();
    let Some(day) = shown.first().copied().filter(|day| shown.iter().all(|other| other == day)) else { return };
    for date in dates.iter_mut().filter(|date| date.event == Event::Published && !is_shown(date)) {
        // A field called "date" and no more may be that of the last change.
        let is_later = |at| VAGUE.contains(&date.field.as_str()) && at > day;
        if date.at.is_some_and(|at| is_neighbour(at, day) || is_later(at)) {
            date.at = Some(day);
        }
    }
}

/// Whether a time is not on a day in UTC but may be on it elsewhere.
fn is_neighbour(at: Timestamp, day: Timestamp) -> bool {
    let past = at.duration_since(day);
    (past.is_negative() && past >= -AHEAD) || (past >= DAY && past < DAY + BEHIND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours() {
        let day: Timestamp = "2024-03-02T00:00:00Z".parse().unwrap();
        for (at, expected) in [
            ("2024-03-01T23:00:00Z", true),
            ("2024-03-03T02:25:00Z", true),
            ("2024-03-02T10:00:00Z", false),
            ("2024-03-01T09:00:00Z", false),
            ("2024-03-03T12:00:00Z", false),
        ] {
            assert_eq!(is_neighbour(at.parse().unwrap(), day), expected, "{at}");
        }
    }
}
