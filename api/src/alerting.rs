//! Which alerts fire: pure functions of the figures over time.

use jiff::{Span, Timestamp};

use crate::config::{AlertRule, Figure};
use crate::ledger::{Firing, Health};

/// Least standard deviation that counts: figures are rounded, and a corpus that never moved must not cry at a rounding.
const LEAST_DEVIATION: f64 = 1e-3;

/// What fires, given the snapshots, the newest first.
#[must_use]
pub fn firing(rules: &[AlertRule], snapshots: &[Health]) -> Vec<Firing> {
    let Some((now, before)) = snapshots.split_first() else { return Vec::new() };
    rules.iter().flat_map(|rule| fires(rule, now, before)).collect()
}

/// How many snapshots the rules look back, the one of now included.
#[must_use]
pub fn look_back(rules: &[AlertRule]) -> u32 {
    // Drops look back by days: as many as hourly runs make in a week, at most.
    let most = |rule: &AlertRule| {
        if rule.drop.is_some() { rule.window.max(rule.within_days.min(7) * 24) } else { rule.window }
    };
    1 + rules.iter().map(most).max().unwrap_or_default()
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
            let z = worse_than(mean) / deviation.max(LEAST_DEVIATION);
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

/// The figure that a rule watches; none where the source, or all of the corpus, is not there.
fn value(rule: &AlertRule, health: &Health) -> Option<f64> {
    if health.chunks == 0 {
        return None;
    }
    if let Some(name) = &rule.source {
        let source = health.sources.iter().find(|source| source.name == *name)?;
        return match rule.figure {
            Figure::Score => Some(source.score),
            Figure::Stale => Some(source.rates.stale),
            Figure::Duplicate => Some(source.rates.duplicate),
            Figure::Contradicted => Some(source.rates.contradicted),
            Figure::Malformed => Some(source.rates.malformed),
            Figure::Quarantined => Some(share(source.quarantined, source.chunks)),
            _ => None,
        };
    }
    let mean = |dimension: &str| health.dimensions.get(dimension).map(|one| one.mean);
    match rule.figure {
        Figure::Score => Some(health.score),
        Figure::Freshness | Figure::Duplication | Figure::Contradiction | Figure::Structure => mean(rule.figure.name()),
        Figure::Coverage => Some(health.coverage),
        Figure::Stale => Some(health.rates.stale),
        Figure::Duplicate => Some(health.rates.duplicate),
        Figure::Contradicted => Some(health.rates.contradicted),
        Figure::Malformed => Some(health.rates.malformed),
        Figure::Quarantined => Some(share(health.quarantined, health.chunks)),
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
    }
}
