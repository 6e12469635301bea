//! Which alerts fire: pure functions of the figures over time.

use jiff::{Span, Timestamp};

use crate::config::{AlertRule, Figure};
use crate::ledger::{Alert, Firing, Health, Incident, SourceHealth};

/// What fires, given the snapshots, the newest first.
#[must_use]
pub fn firing(rules: &[AlertRule], snapshots: &[Health]) -> Vec<Firing> {
    let Some((now, before)) = snapshots.split_first() else { return Vec::new() };
    rules.iter().flat_map(|rule| fires(rule, now, before)).collect()
}

/// What fired before and goes on, because nothing is left that could tell: only a figure that is well ends an alert.
#[must_use]
pub fn going_on(rules: &[AlertRule], now: &Health, incidents: &[Incident]) -> Vec<Firing> {
    let unknown = rules.iter().filter(|rule| is_unknown(rule, now));
    unknown.flat_map(|rule| incidents.iter().flat_map(move |incident| fired(rule, incident))).collect()
}

/// Whether something that the rules watch is there and cannot be measured.
#[must_use]
pub fn leave_something_unknown(rules: &[AlertRule], now: &Health) -> bool {
    rules.iter().any(|rule| is_unknown(rule, now))
}

/// How many of the last snapshots the rules look at, the one of now included.
#[must_use]
pub fn look_back(rules: &[AlertRule]) -> u32 {
    1 + rules.iter().map(|rule| rule.window).max().unwrap_or_default()
}

/// Since when drops look back; none where no rule watches for one.
#[must_use]
pub fn drops_since(rules: &[AlertRule], now: Timestamp) -> Option<Timestamp> {
    let days = rules.iter().filter(|rule| rule.drop.is_some()).map(|rule| rule.within_days).max()?;
    Some(earliest(now, days))
}

/// Leaves out of figures what no rule watches: they are small then, however many sources and groups there are.
pub fn keep_watched(rules: &[AlertRule], health: &mut Health) {
    health.groups.clear();
    health.by_rule.clear();
    health.sources.retain(|source| rules.iter().any(|rule| rule.source.as_deref() == Some(source.name.as_str())));
}

fn fires(rule: &AlertRule, now: &Health, before: &[Health]) -> Vec<Firing> {
    let Some(value) = value(rule, now) else { return Vec::new() };
    // Three digits tell all there is to tell; zeros at the end tell nothing.
    let shown = |value: f64| (value * 1_000.0).round() / 1_000.0;
    let (figure, better) = (rule.figure.name(), rule.figure.more_is_better());
    let mut fired = Vec::new();
    let mut fire = |kind: &'static str, bound: f64, message: String| {
        let scope = rule.source.clone();
        fired.push(Firing { rule: rule.name.clone(), kind, scope, figure, value, bound, message });
    };
    if let Some(floor) = rule.floor.filter(|floor| value < *floor) {
        fire("floor", floor, format!("{figure} is {}, and should be at least {floor}", shown(value)));
    }
    if let Some(ceiling) = rule.ceiling.filter(|ceiling| value > *ceiling) {
        fire("ceiling", ceiling, format!("{figure} is {}, and should be at most {ceiling}", shown(value)));
    }
    // How much worse the figure is than another value of it.
    let worse_than = |other: f64| if better { other - value } else { value - other };
    if let Some(drop) = rule.drop {
        let since = earliest(now.at, rule.within_days);
        let recent = before.iter().take_while(|one| one.at >= since).filter_map(|one| self::value(rule, one));
        let best = recent.fold(value, |best, one| if better { best.max(one) } else { best.min(one) });
        if worse_than(best) > drop {
            let days = rule.within_days;
            fire("drop", drop, format!("{figure} went from {} to {} within {days} days", shown(best), shown(value)));
        }
    }
    if let Some(limit) = rule.z_score {
        let history: Vec<f64> =
            before.iter().take(rule.window as usize).filter_map(|one| self::value(rule, one)).collect();
        if history.len() >= rule.min_history as usize {
            let (mean, deviation) = moments(&history);
            let z = worse_than(mean) / deviation.max(least_deviation(rule.figure, mean));
            if z > limit {
                let count = history.len();
                fire(
                    "z_score",
                    limit,
                    format!(
                        "{figure} is {}, {z:.1} standard deviations worse than the mean {} of the last {count} figures",
                        shown(value),
                        shown(mean)
                    ),
                );
            }
        }
    }
    fired
}

fn earliest(now: Timestamp, days: u32) -> Timestamp {
    now.checked_sub(Span::new().hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

/// Least standard deviation that counts, in the unit of the figure: a corpus that never moved must not cry at a rounding,
/// nor at what nobody would notice. That is a point of score, a hundredth of a share, and one of what is counted, or a
/// twentieth where it is many.
fn least_deviation(figure: Figure, mean: f64) -> f64 {
    match figure {
        Figure::Score => 1.0,
        Figure::Freshness
        | Figure::Duplication
        | Figure::Contradiction
        | Figure::Structure
        | Figure::Coverage
        | Figure::Stale
        | Figure::Duplicate
        | Figure::Contradicted
        | Figure::Malformed
        | Figure::Quarantined => 0.01,
        Figure::Failed | Figure::Pending | Figure::OldestDays => (0.05 * mean).max(1.0),
    }
}

/// Whether what a rule watches is there and holds nothing to measure. A source that was deleted is not there.
fn is_unknown(rule: &AlertRule, health: &Health) -> bool {
    let is_there = rule.source.as_ref().is_none_or(|name| health.sources.iter().any(|source| source.name == *name));
    is_there && value(rule, health).is_none()
}

/// What of an incident fired by a rule, as the rule is now, and never ceased.
fn fired(rule: &AlertRule, incident: &Incident) -> Vec<Firing> {
    if incident.source != rule.source {
        return Vec::new();
    }
    let bounds = [("floor", rule.floor), ("ceiling", rule.ceiling), ("drop", rule.drop), ("z_score", rule.z_score)];
    let one = |(kind, bound): (&'static str, Option<f64>)| {
        let bound = bound?;
        let fires = |alert: &&Alert| alert.rule == rule.name && alert.kind == kind && alert.cleared_at.is_none();
        let alert = incident.alerts.iter().find(fires)?;
        Some(Firing {
            rule: rule.name.clone(),
            kind,
            scope: rule.source.clone(),
            figure: rule.figure.name(),
            value: alert.value,
            bound,
            message: alert.message.clone(),
        })
    };
    bounds.into_iter().filter_map(one).collect()
}

/// The figure that a rule watches; none where its source is not there, or nothing is there to measure.
fn value(rule: &AlertRule, health: &Health) -> Option<f64> {
    match &rule.source {
        Some(name) => of_source(rule.figure, health.sources.iter().find(|source| source.name == *name)?),
        None => of_corpus(rule.figure, health),
    }
}

fn of_source(figure: Figure, source: &SourceHealth) -> Option<f64> {
    if source.chunks == 0 {
        return None;
    }
    match figure {
        Figure::Score => Some(source.score),
        Figure::Stale => Some(source.rates.stale),
        Figure::Duplicate => Some(source.rates.duplicate),
        Figure::Contradicted => Some(source.rates.contradicted),
        Figure::Malformed => Some(source.rates.malformed),
        Figure::Quarantined => Some(share(source.quarantined, source.chunks)),
        Figure::Freshness
        | Figure::Duplication
        | Figure::Contradiction
        | Figure::Structure
        | Figure::Coverage
        | Figure::Failed
        | Figure::Pending
        | Figure::OldestDays => None,
    }
}

fn of_corpus(figure: Figure, health: &Health) -> Option<f64> {
    // Without chunks scores are perfect and nothing is wrong, which says nothing.
    let of_chunks = |value: f64| (health.chunks > 0).then_some(value);
    match figure {
        Figure::Score => of_chunks(health.score),
        Figure::Freshness | Figure::Duplication | Figure::Contradiction | Figure::Structure => {
            health.dimensions.get(figure.name()).and_then(|one| of_chunks(one.mean))
        }
        // Where no document could be read it is 0, and only where there is none is there nothing to cover.
        Figure::Coverage => (health.documents + health.failed_documents > 0).then_some(health.coverage),
        Figure::Stale => of_chunks(health.rates.stale),
        Figure::Duplicate => of_chunks(health.rates.duplicate),
        Figure::Contradicted => of_chunks(health.rates.contradicted),
        Figure::Malformed => of_chunks(health.rates.malformed),
        Figure::Quarantined => of_chunks(share(health.quarantined, health.chunks)),
        Figure::Failed => Some(health.failed_documents as f64),
        Figure::Pending => Some(health.review.pending as f64),
        Figure::OldestDays => Some(health.review.oldest_days),
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ledger::{Rates, ReviewHealth};

    /// Scores, the newest first, a day apart.
    fn history(scores: &[f64]) -> Vec<Health> {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let at = |day: usize| now - Span::new().hours(24 * day as i64);
        let health = |(day, score): (usize, &f64)| Health {
            at: at(day),
            score: *score,
            documents: 1,
            failed_documents: 0,
            chunks: 10,
            accepted: 8,
            quarantined: 2,
            coverage: 1.0,
            rates: Rates::default(),
            dimensions: BTreeMap::new(),
            by_rule: BTreeMap::new(),
            sources: Vec::new(),
            groups: BTreeMap::new(),
            review: ReviewHealth { pending: 3, oldest_days: 1.0 },
        };
        scores.iter().enumerate().map(health).collect()
    }

    fn rule(settings: &str) -> AlertRule {
        toml::from_str(&format!("name = \"test\"\n{settings}")).unwrap()
    }

    fn kinds(settings: &str, scores: &[f64]) -> Vec<&'static str> {
        firing(&[rule(settings)], &history(scores)).into_iter().map(|one| one.kind).collect()
    }

    #[test]
    fn each_kind_fires_beyond_its_bound_only() {
        let score = |settings: &str| format!("figure = \"score\"\n{settings}");
        for (settings, scores, expected) in [
            (score("floor = 80"), vec![79.9], vec!["floor"]),
            (score("floor = 80"), vec![80.0], vec![]),
            (score("drop = 5"), vec![84.0, 90.0], vec!["drop"]),
            (score("drop = 5"), vec![85.0, 90.0], vec![]),
            (score("drop = 5"), vec![96.0, 90.0], vec![]),
            // It still is down from its best, until that is too long ago.
            (score("drop = 5\nwithin_days = 3"), vec![84.0, 84.0, 84.0, 90.0], vec!["drop"]),
            (score("drop = 5\nwithin_days = 2"), vec![84.0, 84.0, 84.0, 90.0], vec![]),
            ("figure = \"quarantined\"\nceiling = 0.1".to_owned(), vec![90.0], vec!["ceiling"]),
            ("figure = \"pending\"\nceiling = 3".to_owned(), vec![90.0], vec![]),
            ("figure = \"score\"\nsource = \"gone\"\nfloor = 99".to_owned(), vec![90.0], vec![]),
        ] {
            assert_eq!(kinds(&settings, &scores), expected, "{settings} {scores:?}");
        }
    }

    #[test]
    fn a_z_score_needs_history_and_looks_at_the_bad_side() {
        let settings = "figure = \"score\"\nz_score = 3\nmin_history = 10";
        let wave = |now: f64, days: usize| -> Vec<f64> {
            std::iter::once(now).chain((0..days).map(|day| if day % 2 == 0 { 89.0 } else { 91.0 })).collect()
        };
        assert_eq!(kinds(settings, &wave(80.0, 10)), ["z_score"]);
        assert!(kinds(settings, &wave(80.0, 9)).is_empty(), "too short a history");
        assert!(kinds(settings, &wave(88.0, 10)).is_empty(), "two deviations");
        assert!(kinds(settings, &wave(99.0, 10)).is_empty(), "better is no alarm");
        let fired = firing(&[rule(settings)], &history(&wave(80.0, 10))).remove(0);
        let message = "score is 80, 10.0 standard deviations worse than the mean 90 of the last 10 figures";
        assert_eq!((fired.message.as_str(), fired.value, fired.bound), (message, 80.0, 3.0));
    }

    /// What a z-score rule says of a figure after a history of eleven that alternate between two values.
    fn z_scores(figure: &str, history: [f64; 2], now: f64) -> Vec<&'static str> {
        let rule = rule(&format!("figure = \"{figure}\"\nz_score = 3\nmin_history = 10"));
        let values = std::iter::once(now).chain((0..11).map(|step| history[step % 2]));
        let snapshots: Vec<Health> = values
            .zip(self::history(&[100.0; 12]))
            .map(|(value, health)| match rule.figure {
                Figure::Score => Health { score: value, ..health },
                Figure::Coverage => Health { coverage: value, ..health },
                Figure::Stale => Health { rates: Rates { stale: value, ..Rates::default() }, ..health },
                Figure::Pending => {
                    Health { review: ReviewHealth { pending: value as u64, oldest_days: 0.0 }, ..health }
                }
                _ => Health { failed_documents: value as u64, ..health },
            })
            .collect();
        firing(&[rule], &snapshots).into_iter().map(|one| one.kind).collect()
    }

    #[test]
    fn a_z_score_is_silent_at_a_rounding_and_fires_at_a_fall_after_a_flat_history() {
        for (figure, flat, silent, fires) in [
            ("score", [98.1, 98.1], 98.0, 92.0),
            ("score", [98.1, 98.0], 97.9, 92.0),
            ("coverage", [1.0, 1.0], 0.999, 0.9),
            ("stale", [0.02, 0.021], 0.022, 0.1),
            ("failed", [0.0, 0.0], 1.0, 9.0),
            ("pending", [3.0, 3.0], 4.0, 9.0),
            // A twentieth of many comes and goes.
            ("pending", [2_000.0, 2_000.0], 2_100.0, 2_500.0),
        ] {
            assert!(z_scores(figure, flat, silent).is_empty(), "{figure} {flat:?} {silent}");
            assert_eq!(z_scores(figure, flat, fires), ["z_score"], "{figure} {flat:?} {fires}");
        }
    }

    #[test]
    fn alerts_go_by_what_can_be_known_without_chunks() {
        let now = history(&[100.0]).remove(0);
        let source = SourceHealth { name: "docs".into(), score: 100.0, ..SourceHealth::default() };
        let empty = Health { chunks: 0, documents: 0, quarantined: 0, sources: vec![source], ..now };
        let broken = Health { failed_documents: 7, coverage: 0.0, ..empty.clone() };
        for (settings, of_empty, of_broken) in [
            ("figure = \"failed\"\nceiling = 5", Some(0.0), Some(7.0)),
            ("figure = \"coverage\"\nfloor = 0.5", None, Some(0.0)),
            ("figure = \"pending\"\nceiling = 5", Some(3.0), Some(3.0)),
            ("figure = \"oldest_days\"\nceiling = 5", Some(1.0), Some(1.0)),
            ("figure = \"score\"\nfloor = 5", None, None),
            ("figure = \"freshness\"\nfloor = 0.5", None, None),
            ("figure = \"stale\"\nceiling = 0.5", None, None),
            ("figure = \"quarantined\"\nceiling = 0.5", None, None),
            ("figure = \"score\"\nsource = \"docs\"\nfloor = 5", None, None),
        ] {
            let rule = rule(settings);
            assert_eq!((value(&rule, &empty), value(&rule, &broken)), (of_empty, of_broken), "{settings}");
            assert_eq!(is_unknown(&rule, &empty), of_empty.is_none(), "{settings}");
        }
        assert!(!is_unknown(&rule("figure = \"score\"\nsource = \"gone\"\nfloor = 5"), &empty), "it was deleted");
    }

    #[test]
    fn a_drop_does_not_look_at_an_empty_corpus() {
        let mut snapshots = history(&[84.0, 100.0, 86.0]);
        snapshots[1].chunks = 0;
        assert!(firing(&[rule("figure = \"score\"\ndrop = 5")], &snapshots).is_empty());
    }

    #[test]
    fn drops_look_back_as_many_days_as_the_longest_of_them() {
        let now: Timestamp = "2026-06-11T00:00:00Z".parse().unwrap();
        let drop = |days: u32| rule(&format!("figure = \"score\"\ndrop = 5\nwithin_days = {days}"));
        let floor = rule("figure = \"score\"\nfloor = 5\nwithin_days = 90");
        assert_eq!(drops_since(std::slice::from_ref(&floor), now), None);
        let since = drops_since(&[drop(10), floor, drop(2)], now);
        assert_eq!(since, Some("2026-06-01T00:00:00Z".parse().unwrap()));
    }
}
