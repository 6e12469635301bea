//! How often people agree with each rule, and the change of the policy that their decisions suggest.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sqlx::Row;
use tamis_scoring::{Policy, Rule, Severity};
use utoipa::ToSchema;

use crate::ledger::{Error, Ledger, Result};

/// Fewest decisions (a batch counts once) from which a change is suggested.
const ENOUGH: usize = 8;
/// Standard normal quantile of the one-sided 95 % bound.
const Z: f64 = 1.645;

/// How often people agree with a rule.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RuleRate {
    /// The rule; null for chunks held back by their overall score alone.
    pub rule: Option<String>,
    /// Chunks that it held back and somebody decided about.
    pub decided: u64,
    /// Of these, let through as they were: the rule was wrong.
    pub released: u64,
    /// Of these, kept out or edited: the rule was right.
    pub confirmed: u64,
    /// `released` as a share of `decided`, 0..=1.
    pub release_rate: f64,
    /// Decisions it rests on: what was decided in one request counts once.
    pub decisions: u64,
    /// What these decisions suggest; null where there are too few, or they agree with the policy.
    pub suggestion: Option<Suggestion>,
}

/// A change of the policy that people's decisions suggest.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Suggestion {
    /// The setting, as in tamis.toml.
    pub setting: String,
    /// Its value now.
    pub from: String,
    /// The value that agrees better with the decisions.
    pub to: String,
    /// Why, with the figures.
    pub reason: String,
}

/// The decision in force about one chunk, with what the person saw.
struct Decided {
    released: bool,
    rules: Vec<String>,
    overall: f64,
    batch: String,
}

#[derive(Default)]
struct Tally {
    released: u64,
    confirmed: u64,
    /// Decisions that let through, and those that confirm.
    released_in: BTreeSet<String>,
    confirmed_in: BTreeSet<String>,
}

impl Ledger {
    /// How often people agree with each rule, the most decided about first. Only the last decision about a chunk counts,
    /// unless it was taken back; snoozes do not.
    ///
    /// A rule is suggested to be lowered from `error` to `warn` where the lower 95 % bound (Wilson's score interval) of
    /// the share of decisions that let through exceeds one half. The least acceptable score is suggested to be moved to
    /// where it would have been wrong about the fewest chunks.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn review_rates(&self, policy: &Policy) -> Result<Vec<RuleRate>> {
        let decided = self.decisions_in_force().await?;
        let mut tallies: BTreeMap<Option<&str>, Tally> = BTreeMap::new();
        for one in &decided {
            let rules: Vec<Option<&str>> = if one.rules.is_empty() {
                vec![None]
            } else {
                one.rules.iter().map(|rule| Some(rule.as_str())).collect()
            };
            for rule in rules {
                tallies.entry(rule).or_default().add(one);
            }
        }
        let mut rates: Vec<RuleRate> = tallies
            .into_iter()
            .map(|(rule, tally)| {
                let suggestion = match rule {
                    Some(rule) => lower_rule(rule, &tally, policy),
                    None => move_threshold(&decided, &tally, policy),
                };
                tally.rate(rule, suggestion)
            })
            .collect();
        rates.sort_by(|a, b| b.decided.cmp(&a.decided).then_with(|| a.rule.cmp(&b.rule)));
        Ok(rates)
    }

    async fn decisions_in_force(&self) -> Result<Vec<Decided>> {
        let rows = sqlx::query(
            "select h.id, h.action, h.reasons, h.overall, h.batch from review_history h
             where h.undone = 0 and h.verdict = 'quarantine' and h.action in ('release', 'reject', 'supersede', 'edit')
               and not exists (select 1 from review_history later where later.chunk_id = h.chunk_id and later.undone = 0
                   and later.action in ('release', 'reject', 'supersede', 'edit') and (later.at, later.id) > (h.at, h.id))",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let reasons: String = row.get("reasons");
                let (id, batch): (String, Option<String>) = (row.get("id"), row.get("batch"));
                Ok(Decided {
                    released: row.get::<&str, _>("action") == "release",
                    rules: serde_json::from_str(&reasons)
                        .map_err(|source| Error::Stored { what: "list of reasons", source })?,
                    overall: row.get::<Option<f64>, _>("overall").unwrap_or_default(),
                    batch: batch.unwrap_or(id),
                })
            })
            .collect()
    }
}

impl Tally {
    fn add(&mut self, one: &Decided) {
        if one.released {
            self.released += 1;
            self.released_in.insert(one.batch.clone());
        } else {
            self.confirmed += 1;
            self.confirmed_in.insert(one.batch.clone());
        }
    }

    fn decisions(&self) -> usize {
        self.released_in.len() + self.confirmed_in.len()
    }

    fn rate(&self, rule: Option<&str>, suggestion: Option<Suggestion>) -> RuleRate {
        let decided = self.released + self.confirmed;
        RuleRate {
            rule: rule.map(str::to_owned),
            decided,
            released: self.released,
            confirmed: self.confirmed,
            release_rate: (self.released as f64 / decided.max(1) as f64 * 1_000.0).round() / 1_000.0,
            decisions: self.decisions() as u64,
            suggestion,
        }
    }
}

fn lower_rule(id: &str, tally: &Tally, policy: &Policy) -> Option<Suggestion> {
    let rule = Rule::ALL.iter().copied().find(|rule| rule.id() == id)?;
    let (let_through, all) = (tally.released_in.len(), tally.decisions());
    let holds_back = policy.severity(rule, Severity::Error) == Some(Severity::Error);
    if all < ENOUGH || !holds_back || wilson_lower(let_through, all) <= 0.5 {
        return None;
    }
    Some(Suggestion {
        setting: format!("policy.rules.\"{id}\""),
        from: "error".to_owned(),
        to: "warn".to_owned(),
        reason: format!("{let_through} of {all} decisions let through what it held back"),
    })
}

/// The threshold that is wrong about the fewest chunks that no rule held back: what was released should lie above it,
/// what was kept out below.
fn move_threshold(decided: &[Decided], tally: &Tally, policy: &Policy) -> Option<Suggestion> {
    if tally.decisions() < ENOUGH {
        return None;
    }
    let by_score: Vec<&Decided> = decided.iter().filter(|one| one.rules.is_empty()).collect();
    let errors = |at: f64| by_score.iter().filter(|one| (one.overall >= at) != one.released).count();
    let now = f64::from(policy.accept_at_least);
    let (mut best, mut fewest) = (now, errors(now));
    let mut scores: Vec<f64> = by_score.iter().map(|one| (one.overall * 100.0).floor() / 100.0).collect();
    scores.sort_by(f64::total_cmp);
    // The highest of equally good thresholds changes the least.
    for at in scores.into_iter().rev() {
        if errors(at) < fewest {
            (best, fewest) = (at, errors(at));
        }
    }
    (best < now).then(|| Suggestion {
        setting: "policy.accept_at_least".to_owned(),
        from: format!("{now:.2}"),
        to: format!("{best:.2}"),
        reason: format!("would be wrong about {fewest} of {} chunks, not {}", by_score.len(), errors(now)),
    })
}

/// Lower bound of Wilson's score interval for a share (E. B. Wilson, 1927).
fn wilson_lower(successes: usize, trials: usize) -> f64 {
    if trials == 0 {
        return 0.0;
    }
    let (n, p) = (trials as f64, successes as f64 / trials as f64);
    let centre = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    (centre - spread) / (1.0 + Z * Z / n)
}

#[cfg(test)]
mod tests {
    use super::wilson_lower;

    #[test]
    fn a_bound_is_below_its_share_and_tightens_with_trials() {
        assert!(wilson_lower(0, 0).abs() < 1e-9);
        assert!(wilson_lower(9, 10) < 0.9 && wilson_lower(9, 10) > 0.5);
        assert!(wilson_lower(90, 100) > wilson_lower(9, 10));
        // Published figure for 5 of 10 at this quantile: 0.2693 (computed by hand from the formula).
        assert!((wilson_lower(5, 10) - 0.2693).abs() < 1e-3);
    }
}
