//! What quality is asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Rule, Severity};

/// Thresholds, weights and rule severities. Every field has a default, and unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// A chunk whose overall score is below this is quarantined, 0..=1.
    pub accept_at_least: f32,
    /// What each dimension counts in the overall score; only their proportions matter.
    pub weights: Weights,
    /// Severity of single rules, overriding their defaults; `off` silences a rule.
    pub rules: BTreeMap<Rule, RuleLevel>,
}

/// What each dimension counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Weight of freshness.
    pub freshness: f32,
    /// Weight of duplication.
    pub duplication: f32,
    /// Weight of contradiction.
    pub contradiction: f32,
    /// Weight of structure.
    pub structure: f32,
}

/// What a policy makes of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleLevel {
    /// Never reported.
    Off,
    /// Reported, costs nothing.
    Info,
    /// Costs score.
    Warn,
    /// Quarantines.
    Error,
}

impl Default for Weights {
    fn default() -> Self {
        Self { freshness: 1.0, duplication: 2.0, contradiction: 3.0, structure: 4.0 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { accept_at_least: 0.5, weights: Weights::default(), rules: BTreeMap::new() }
    }
}

impl Policy {
    /// The severity of a finding of `rule` that was found at `found`, or `None` where the rule is off.
    #[must_use]
    pub fn severity(&self, rule: Rule, found: Severity) -> Option<Severity> {
        match self.rules.get(&rule) {
            None => Some(found),
            Some(RuleLevel::Off) => None,
            Some(RuleLevel::Info) => Some(Severity::Info),
            Some(RuleLevel::Warn) => Some(Severity::Warn),
            Some(RuleLevel::Error) => Some(Severity::Error),
        }
    }
}
