//! What quality is asked for.

mod contradiction;
mod freshness;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::by_name::by_name;
use crate::{Dimension, Rule, Severity};

pub use contradiction::ContradictionPolicy;
pub use freshness::{FreshnessPolicy, HalfLives, KindRule, ReviewIntervals};

/// Thresholds, weights and rule severities. Every field has a default, and unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// A chunk whose overall score is below this is quarantined, 0..=1.
    pub accept_at_least: f32,
    /// What each dimension counts in the overall score; only their proportions matter.
    #[serde(deserialize_with = "by_name")]
    pub weights: Weights,
    /// How age becomes freshness.
    #[serde(deserialize_with = "by_name")]
    pub freshness: FreshnessPolicy,
    /// What well-formed text is measured against.
    #[serde(deserialize_with = "by_name")]
    pub structure: StructurePolicy,
    /// What counts as said elsewhere.
    #[serde(deserialize_with = "by_name")]
    pub duplication: DuplicationPolicy,
    /// Which of two contradicting statements stands.
    #[serde(deserialize_with = "by_name")]
    pub contradiction: ContradictionPolicy,
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

/// What well-formed text is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StructurePolicy {
    /// Most tokens of a chunk that the embedding model reads, its own special tokens not counted.
    pub max_tokens: u32,
    /// A paragraph of more words than this is a wall of text.
    pub max_paragraph_words: u32,
}

/// What counts as said elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DuplicationPolicy {
    /// From how many documents on a paragraph that stands in each of them is boilerplate; at least 2. The versions of
    /// one page count once.
    pub boilerplate_documents: u32,
    /// Fewest words of such a paragraph; one that asks the reader something may be as short as three.
    pub boilerplate_words: u32,
    /// Metadata that keeps equal texts apart, by name: what differs in one of these is no duplicate.
    pub apart_by: Vec<String>,
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
    /// Freshness counts so much that what is long past falls below 0.9 by age alone, and so little that it stays above
    /// 0.85: an old page may still be right.
    fn default() -> Self {
        Self { freshness: 1.5, duplication: 2.0, contradiction: 3.0, structure: 4.0 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            accept_at_least: 0.5,
            weights: Weights::default(),
            freshness: FreshnessPolicy::default(),
            structure: StructurePolicy::default(),
            duplication: DuplicationPolicy::default(),
            contradiction: ContradictionPolicy::default(),
            rules: BTreeMap::new(),
        }
    }
}

impl Default for StructurePolicy {
    /// 510 tokens: a model of 512 positions, less the two it spends on itself.
    fn default() -> Self {
        Self { max_tokens: 510, max_paragraph_words: 300 }
    }
}

impl Default for DuplicationPolicy {
    fn default() -> Self {
        let apart_by = [
            "acl",
            "access",
            "permissions",
            "roles",
            "groups",
            "visibility",
            "product",
            "lang",
            "language",
            "audience",
            "tenant",
        ];
        Self {
            boilerplate_documents: 6,
            boilerplate_words: 8,
            apart_by: apart_by.into_iter().map(str::to_owned).collect(),
        }
    }
}

impl Weights {
    /// The weight of one dimension; what is not a positive number counts as 0.
    #[must_use]
    pub fn get(&self, dimension: Dimension) -> f32 {
        let weight = match dimension {
            Dimension::Freshness => self.freshness,
            Dimension::Duplication => self.duplication,
            Dimension::Contradiction => self.contradiction,
            Dimension::Structure => self.structure,
        };
        if weight.is_finite() { weight.max(0.0) } else { 0.0 }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DocumentKind;

    #[test]
    fn an_empty_policy_is_the_default_and_unknown_fields_are_refused() {
        let parsed: Policy = serde_json::from_str("{}").unwrap();
        assert_eq!(parsed, Policy::default());
        let partial: Policy = serde_json::from_str(r#"{"freshness":{"half_life_days":{"news":90}}}"#).unwrap();
        assert_eq!(partial.freshness.half_life_days.of(DocumentKind::News), Some(90.0));
        assert_eq!(partial.freshness.half_life_days.of(DocumentKind::Tutorial), Some(730.0));
        for unknown in
            [r#"{"freshnes":{}}"#, r#"{"freshness":{"half_life":1}}"#, r#"{"rules":{"structure.nope":"off"}}"#]
        {
            assert!(serde_json::from_str::<Policy>(unknown).is_err(), "{unknown}");
        }
    }

    #[test]
    fn rules_change_severity() {
        let policy: Policy =
            serde_json::from_str(r#"{"rules":{"structure.empty":"off","freshness.stale":"error"}}"#).unwrap();
        assert_eq!(policy.severity(Rule::Empty, Severity::Error), None);
        assert_eq!(policy.severity(Rule::Stale, Severity::Warn), Some(Severity::Error));
        assert_eq!(policy.severity(Rule::Mojibake, Severity::Warn), Some(Severity::Warn));
    }
}
