//! From measurements to a decision.

use serde::{Deserialize, Serialize};

use crate::{Policy, QualityReport, Rule, Score};

/// Whether a chunk may be searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may.
    Accept,
    /// It waits for a person, for these reasons, the weightiest first. Empty where only the overall score is too low.
    Quarantine(Vec<Rule>),
}

/// A verdict with the overall score it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The weighted mean of the four scores.
    pub overall: Score,
    /// Whether the chunk may be searched.
    pub verdict: Verdict,
}

/// Decides. Pure: the same report and policy always give the same decision.
#[must_use]
pub fn decide(report: &QualityReport, policy: &Policy) -> Decision {
    let _ = (report, policy);
    todo!()
}
