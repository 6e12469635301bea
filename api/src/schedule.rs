//! Times given by a cron expression in a time zone.
//!
//! Clock changes follow vixie-cron: a fixed time that the clock leaves out comes right after the gap, one that the clock
//! shows twice comes once; intervals such as `*/15` go by the time that passes.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;

use crate::config::nearest;

/// What can be wrong with a schedule, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The expression cannot be read.
    #[error(
        "{expression:?} is no cron expression: {problem}; expected minute, hour, day of month, month and day of week, such as \"30 2 * * mon-fri\""
    )]
    Expression {
        /// The expression.
        expression: String,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no such time zone.
    #[error("{name:?} is no time zone{}; expected an IANA name such as \"Europe/Berlin\" or \"UTC\"", hint(nearest.as_deref()))]
    TimeZone {
        /// The name.
        name: String,
        /// The known one most like it.
        nearest: Option<String>,
    },
}

/// A cron expression in a time zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    zone: Tz,
}

impl Schedule {
    /// Reads an expression of five fields (minute, hour, day of month, month, day of week; `@daily` and its like; `L`, `#`
    /// and `W` in days), and the IANA name of a time zone.
    ///
    /// # Errors
    /// [`ScheduleError`].
    pub fn parse(expression: &str, time_zone: &str) -> Result<Self, ScheduleError> {
        let zone = time_zone.parse().map_err(|_| {
            let known: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
            ScheduleError::TimeZone { name: time_zone.to_owned(), nearest: nearest(time_zone, &known) }
        })?;
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(expression).map_err(|problem| ScheduleError::Expression {
            expression: expression.to_owned(),
            problem: problem.to_string(),
        })?;
        Ok(Self { cron, zone })
    }

    /// The first time after `after`; `None` where none comes.
    #[must_use]
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let begin = DateTime::<Utc>::from_timestamp(after.as_second(), 0)?.with_timezone(&self.zone);
        let next = self.cron.find_next_occurrence(&begin, false).ok()?;
        Timestamp::from_second(next.timestamp()).ok()
    }

    /// The first time after `after`, put off by a share of `jitter_seconds` that is the same whenever it is asked for
    /// the same `source` and time: a restart changes nothing, and sources with one schedule spread out.
    #[must_use]
    pub fn next_with_jitter(&self, after: Timestamp, source: &str, jitter_seconds: u32) -> Option<Timestamp> {
        let planned = self.next_after(after)?;
        let hash = tamis_ingest::ContentHash::of(format!("{source}\0{}", planned.as_second()).as_bytes());
        let drawn = u64::from_str_radix(hash.as_str().get(..15).unwrap_or_default(), 16).unwrap_or_default();
        let delay = drawn % (u64::from(jitter_seconds) + 1);
        planned.checked_add(jiff::SignedDuration::from_secs(i64::try_from(delay).unwrap_or_default())).ok()
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|known| format!(": did you mean {known:?}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The next times after `after`, in UTC.
    fn times(cron: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(cron, zone).unwrap();
        let mut at: Timestamp = after.parse().unwrap();
        let mut times = Vec::new();
        while times.len() < count {
            at = schedule.next_after(at).unwrap();
            times.push(at.to_string());
        }
        times
    }

    #[test]
    fn clock_changes_lose_and_repeat_nothing() {
        for (what, cron, zone, after, expected) in [
            // Berlin's clock goes from 02:00 (+1) to 03:00 (+2) on 29 March 2026, and back from 03:00 on 25 October.
            (
                "a time left out comes right after the gap",
                "30 2 * * *",
                "Europe/Berlin",
                "2026-03-28T00:00:00Z",
                ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
            ),
            (
                "a time shown twice comes once",
                "30 2 * * *",
                "Europe/Berlin",
                "2026-10-24T00:00:00Z",
                ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
            ),
            (
                "every half hour goes on over the gap",
                "*/30 * * * *",
                "Europe/Berlin",
                "2026-03-29T00:15:00Z",
                ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"],
            ),
            (
                "every half hour goes on through the repeated hour",
                "*/30 * * * *",
                "Europe/Berlin",
                "2026-10-25T00:15:00Z",
                ["2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"],
            ),
            // New York's clock goes forward on 8 March 2026 at 02:00 (-5), back on 1 November at 02:00 (-4).
            (
                "midnight keeps its hour on both sides",
                "0 0 * * *",
                "America/New_York",
                "2026-03-07T12:00:00Z",
                ["2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", "2026-03-10T04:00:00Z"],
            ),
            (
                "half past one comes once on the long day",
                "30 1 * * *",
                "America/New_York",
                "2026-10-31T12:00:00Z",
                ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z", "2026-11-03T06:30:00Z"],
            ),
            // Lord Howe's clock moves by half an hour: from 02:00 (+10:30) to 02:30 (+11) on 4 October 2026.
            (
                "a change of half an hour",
                "15 2 * * *",
                "Australia/Lord_Howe",
                "2026-10-02T20:00:00Z",
                ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z", "2026-10-05T15:15:00Z"],
            ),
            // No clock change at all.
            (
                "half an hour off",
                "0 9 * * mon",
                "Asia/Kolkata",
                "2026-03-28T00:00:00Z",
                ["2026-03-30T03:30:00Z", "2026-04-06T03:30:00Z", "2026-04-13T03:30:00Z"],
            ),
            (
                "the last day of the month",
                "0 0 L * *",
                "UTC",
                "2028-01-31T12:00:00Z",
                ["2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z", "2028-04-30T00:00:00Z"],
            ),
        ] {
            assert_eq!(times(cron, zone, after, 3), expected, "{what}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_was_expected() {
        for (cron, zone, part) in [
            ("every day", "UTC", "expected minute"),
            ("0 25 * * *", "UTC", "expected minute"),
            ("0 0 3 * * *", "UTC", "expected minute"),
            ("", "UTC", "expected minute"),
            ("0 3 * * *", "Europe/Berlln", "\"Europe/Berlin\""),
            ("0 3 * * *", "", "IANA"),
        ] {
            let problem = Schedule::parse(cron, zone).unwrap_err().to_string();
            assert!(problem.contains(part), "{cron:?} in {zone:?}: {problem}");
        }
    }

    #[test]
    fn a_day_that_never_comes_gives_no_time() {
        let never = Schedule::parse("0 0 30 2 *", "UTC").unwrap();
        assert_eq!(never.next_after(Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn jitter_stays_within_its_bound_and_spreads_sources() {
        let schedule = Schedule::parse("0 3 * * *", "UTC").unwrap();
        let planned = schedule.next_after(Timestamp::UNIX_EPOCH).unwrap();
        let delay = |source: &str| {
            let due = schedule.next_with_jitter(Timestamp::UNIX_EPOCH, source, 600).unwrap();
            due.as_second() - planned.as_second()
        };
        let delays: Vec<i64> = (0..100).map(|i| delay(&format!("source-{i}"))).collect();
        assert!(delays.iter().all(|delay| (0..=600).contains(delay)), "{delays:?}");
        assert!(delays.iter().max().unwrap() - delays.iter().min().unwrap() > 300, "{delays:?}");
        assert_eq!(delay("handbook"), delay("handbook"));
        assert_eq!(schedule.next_with_jitter(Timestamp::UNIX_EPOCH, "handbook", 0), Some(planned));
    }
}
