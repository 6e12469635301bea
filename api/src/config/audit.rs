//! Settings of the audit of vectors.

use serde::Deserialize;

use super::{Error, Result};

/// The audit: published chunks against their neighbours by vector.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSettings {
    /// Hours from one audit to the next; 0 for none.
    pub every_hours: u32,
    /// Most chunks looked at in one audit.
    pub most_chunks: u32,
    /// Most seconds of one audit.
    pub seconds: u64,
    /// Neighbours in other documents that a chunk is held against.
    pub neighbours: usize,
    /// Least cosine similarity of a neighbour, 0 to 1.
    pub near_at_least: f32,
    /// Cosine similarity from which two passages may say the same, 0 to 1.
    pub same_at_least: f32,
    /// Least probability of a contradiction that is recorded, 0 to 1.
    pub contradiction_at_least: f32,
}

/// The second opinion of the audit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NliSettings {
    /// A folder, or a model of the Hugging Face hub; empty for none.
    pub model: String,
    /// Most pairs of statements it is asked about in one audit.
    pub most_pairs: u32,
    /// From which probability of the judge on it is asked, 0 to 1.
    pub ask_at_least: f32,
    /// Least probability of a contradiction, by both together, that is recorded, 0 to 1.
    pub contradiction_at_least: f32,
}

impl AuditSettings {
    /// Checks that every share is one.
    pub(super) fn check(&self, nli: &NliSettings) -> Result<()> {
        let shares = [
            ("audit.near_at_least", self.near_at_least),
            ("audit.same_at_least", self.same_at_least),
            ("audit.contradiction_at_least", self.contradiction_at_least),
            ("nli.ask_at_least", nli.ask_at_least),
            ("nli.contradiction_at_least", nli.contradiction_at_least),
        ];
        match shares.iter().find(|(_, share)| !(0.0..=1.0).contains(share)) {
            Some((key, _)) => {
                Err(Error::Value { key: (*key).to_owned(), problem: "must be between 0 and 1".to_owned() })
            }
            None => Ok(()),
        }
    }
}
