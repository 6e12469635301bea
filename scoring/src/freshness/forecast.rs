//! When time alone will have made a chunk too bad.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use tamis_ingest::{DateSource, Document};

use super::age::{Dated, stale};
use super::{DocumentKind, age_score};
use crate::verdict::overall_at_age;
use crate::{Measurement, Policy, QualityReport, Rule, Score};

/// How far ahead a forecast looks, in days: a hundred years.
const HORIZON: i32 = 36_525;

/// What makes a document age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ageing {
    /// The kind of document.
    pub kind: DocumentKind,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// What that rests on.
    pub source: Option<DateSource>,
}

impl Ageing {
    /// What makes `document` age under a policy: the same as [`crate::measure`] goes by.
    #[must_use]
    pub fn of(document: &Document, policy: &Policy) -> Self {
        let dated = Dated::of(document);
        let kind = DocumentKind::under(&policy.freshness, document);
        Self { kind, modified_at: dated.at, source: dated.source }
    }

    /// Brings what `measurement` says of age to `now`: the score from age alone, and whether it is stale. Everything
    /// else stays as it was measured.
    pub fn renew(&self, measurement: &mut Measurement, policy: &Policy, now: Timestamp) {
        measurement.freshness = Some(self.score(policy, now));
        if !measurement.outspoken {
            measurement.findings.retain(|finding| finding.rule != Rule::Stale);
            let dated = Dated { at: self.modified_at, source: self.source };
            measurement.findings.extend(stale(self.kind, dated, &policy.freshness, now));
        }
    }

    /// What age alone makes of freshness at `now`.
    #[must_use]
    pub fn score(&self, policy: &Policy, now: Timestamp) -> Score {
        age_score(self.kind, self.modified_at, self.source, &policy.freshness, now)
    }
}

/// The first day, in UTC and from `now` on, on which the overall score of `report` lies below `threshold` if nothing but
/// the clock changes, or `None` where that never comes within a hundred years: a kind that never ages, no date, or a
/// floor above it. It grades each day the way [`crate::decide`] does, and as age never makes fresher, the day is found
/// by halving.
#[must_use]
pub fn falls_below(
    report: &QualityReport,
    ageing: &Ageing,
    policy: &Policy,
    threshold: Score,
    now: Timestamp,
) -> Option<Date> {
    let today = TimeZone::UTC.to_datetime(now).date();
    let below = |days: i32| {
        let at = now.checked_add((i64::from(days) * 24).hours()).unwrap_or(Timestamp::MAX);
        overall_at_age(report, policy, ageing.score(policy, at)) < threshold
    };
    if !below(HORIZON) {
        return None;
    }
    let (mut too_early, mut late_enough) = (-1, HORIZON);
    while late_enough - too_early > 1 {
        let middle = too_early + (late_enough - too_early) / 2;
        if below(middle) { late_enough = middle } else { too_early = middle }
    }
    today.checked_add(late_enough.days()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measure;
    use crate::testing::{chunks_at, document, measured, now};
    use crate::{Finding, decide};

    fn page(days_ago: i64) -> (QualityReport, Ageing) {
        let mut page = document("page.md", tamis_ingest::MediaType::Markdown, "The cache keeps every answer for long.");
        page.modified_at = Some(now() - (days_ago * 24).hours());
        let report =
            QualityReport::compose(tamis_ingest::ChunkId::from_stored("c".to_owned()), &measured(&page), Vec::new());
        (report, Ageing::of(&page, &Policy::default()))
    }

    #[test]
    fn a_page_falls_below_on_the_day_its_age_says() {
        // A document of unknown kind has halved after 730 days.
        let (report, ageing) = page(0);
        let policy = Policy::default();
        let at_half = overall_at_age(&report, &policy, Score::new(0.5));
        let day = falls_below(&report, &ageing, &policy, at_half, now()).unwrap();
        let days = day.since(TimeZone::UTC.to_datetime(now()).date()).unwrap().get_days();
        assert!((730..=732).contains(&days), "{days}");
    }

    #[test]
    fn renewing_is_measuring_at_another_time() {
        let mut page = document("page.md", tamis_ingest::MediaType::Markdown, "The cache keeps every answer for long.");
        let policy = Policy::default();
        for days_ago in [0, 100, 2_000, 20_000] {
            page.modified_at = Some(now() - (days_ago * 24).hours());
            let chunks = chunks_at(&page, &[]);
            let mut renewed = measure(&page, &chunks, &policy, page.modified_at.unwrap()).remove(0);
            Ageing::of(&page, &policy).renew(&mut renewed, &policy, now());
            assert_eq!(renewed, measured(&page), "{days_ago}");
        }
    }

    #[test]
    fn what_never_ages_never_falls() {
        let (report, ageing) = page(0);
        let policy = Policy::default();
        for kind in [DocumentKind::Changelog, DocumentKind::Evergreen] {
            assert_eq!(falls_below(&report, &Ageing { kind, ..ageing }, &policy, Score::new(0.99), now()), None);
        }
        let undated = Ageing { modified_at: None, source: None, ..ageing };
        assert_eq!(falls_below(&report, &undated, &policy, Score::new(0.9), now()), None);
        assert_eq!(falls_below(&report, &ageing, &policy, Score::BAD, now()), None);
    }

    #[test]
    fn what_is_below_already_falls_today() {
        let (mut report, ageing) = page(10);
        let today = Some(TimeZone::UTC.to_datetime(now()).date());
        assert_eq!(falls_below(&report, &ageing, &Policy::default(), Score::GOOD, now()), today);
        report.findings.push(Finding::new(Rule::Mojibake, "m", Vec::new(), "q"));
        assert_eq!(falls_below(&report, &ageing, &Policy::default(), Score::new(0.7), now()), today);
    }

    proptest! {
        #[test]
        fn a_lower_threshold_is_reached_later(days in 0i64..3_000, a in 0.5f32..1.0, b in 0.5f32..1.0) {
            let (report, ageing) = page(days);
            let day = |t: f32| falls_below(&report, &ageing, &Policy::default(), Score::new(t), now());
            let (low, high) = (day(a.min(b)), day(a.max(b)));
            prop_assert!(low.is_none() || high.is_some_and(|high| high <= low.unwrap()));
        }

        #[test]
        fn the_day_does_not_move_as_it_comes_nearer(days in 0i64..1_000, later in 0i64..1_000, threshold in 0.8f32..1.0) {
            let (report, ageing) = page(days);
            let policy = Policy::default();
            let at = |now| falls_below(&report, &ageing, &policy, Score::new(threshold), now);
            let waited = now() + (later * 24).hours();
            let today = TimeZone::UTC.to_datetime(waited).date();
            prop_assert_eq!(at(waited), at(now()).map(|day| day.max(today)));
        }

        #[test]
        fn the_forecast_is_what_deciding_says_on_that_day(days in 0i64..2_000, threshold in 0.5f32..1.0) {
            let (mut report, ageing) = page(days);
            let policy = Policy::default();
            if let Some(day) = falls_below(&report, &ageing, &policy, Score::new(threshold), now()) {
                let wait = day.since(TimeZone::UTC.to_datetime(now()).date()).unwrap().get_days();
                report.scores.freshness = ageing.score(&policy, now() + (i64::from(wait) * 24).hours());
                prop_assert!(decide(&report, &policy).overall.get() <= threshold + 1e-5);
            }
        }
    }
}
