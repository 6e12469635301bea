//! Numbers between bad and good.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Rule, Scores, Severity};

/// The four things a chunk is graded on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Is it still true?
    Freshness,
    /// Is it said elsewhere?
    Duplication,
    /// Does something else deny it?
    Contradiction,
    /// Is it well-formed, readable text?
    Structure,
}

impl Dimension {
    /// All four, in the order people see them.
    pub const ALL: [Self; 4] = [Self::Freshness, Self::Duplication, Self::Contradiction, Self::Structure];

    /// The name used in JSON and on screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Freshness => "freshness",
            Self::Duplication => "duplication",
            Self::Contradiction => "contradiction",
            Self::Structure => "structure",
        }
    }
}

/// A number in 0..=1; 1 is good.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "f32", into = "f32")]
pub struct Score(f32);

impl Score {
    /// Nothing wrong.
    pub const GOOD: Self = Self(1.0);
    /// Nothing right.
    pub const BAD: Self = Self(0.0);

    /// `value` brought into 0..=1; not a number counts as 0.
    #[must_use]
    pub fn new(value: f32) -> Self {
        if value.is_nan() { Self::BAD } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f32 {
        self.0
    }
}

impl From<f32> for Score {
    fn from(value: f32) -> Self {
        Self::new(value)
    }
}

impl From<Score> for f32 {
    fn from(score: Score) -> Self {
        score.0
    }
}

/// The most an `info` finding takes of its dimension.
const INFO_COSTS_AT_MOST: f32 = 0.05;

/// The share of its dimension's score that a finding of `rule` takes when found at `severity`: the rule's penalty at
/// its own severity or above, half of it one step below, and never more than 0.05 for `info`.
#[must_use]
pub(crate) fn cost(rule: Rule, severity: Severity) -> f32 {
    match severity {
        Severity::Info => rule.penalty().min(INFO_COSTS_AT_MOST),
        Severity::Warn if rule.severity() == Severity::Error => rule.penalty() / 2.0,
        Severity::Warn | Severity::Error => rule.penalty(),
    }
}

/// The share of its dimension's score that stands behind a finding of `rule` at `severity` where age alone made `age` of
/// freshness: what it takes, and of the findings about age, which take nothing, what age took.
#[must_use]
pub(crate) fn loss(rule: Rule, severity: Severity, age: f32) -> f32 {
    let about_age = matches!(rule, Rule::Stale | Rule::Undated);
    if about_age { cost(rule, severity).max(1.0 - age) } else { cost(rule, severity) }
}

/// What findings leave of each dimension. Of several findings of one rule the costliest counts in full, the next half,
/// then a quarter: ten broken tables are worse than one, and no chunk is worth less than nothing.
///
/// Adding a finding never raises a share: it moves the sorted costs of its rule up, position by position.
pub(crate) fn kept(findings: impl Iterator<Item = (Rule, Severity)>) -> Scores {
    let mut costs: BTreeMap<Rule, Vec<f32>> = BTreeMap::new();
    for (rule, severity) in findings {
        costs.entry(rule).or_default().push(cost(rule, severity));
    }
    let mut scores =
        Scores { freshness: Score::GOOD, duplication: Score::GOOD, contradiction: Score::GOOD, structure: Score::GOOD };
    for (rule, mut costs) in costs {
        costs.sort_by(|a, b| b.total_cmp(a));
        let mut weight = 1.0;
        let mut left = 1.0;
        for cost in costs {
            left *= 1.0 - cost * weight;
            weight /= 2.0;
        }
        let score = scores.get_mut(rule.dimension());
        *score = Score::new(score.get() * left);
    }
    scores
}
