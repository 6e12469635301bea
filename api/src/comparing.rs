//! How two passages relate, as the command line and the HTTP API tell it.

use serde::{Deserialize, Serialize};
use tamis_ingest::ByteSpan;
use tamis_scoring::inference::{self, Difference, Entailment};
use tamis_scoring::{Dimension, Severity};
use utoipa::ToSchema;

/// Longest passage that is compared, in bytes: longer texts are documents, for `tamis check`.
pub(crate) const MAX_PASSAGE: usize = 65_536;

/// Two passages.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    /// Comes back with the answer.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// The first passage, at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536)]
    pub(crate) a: String,
    /// The second passage, at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536)]
    pub(crate) b: String,
}

/// How two passages relate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Comparison {
    /// As in the request.
    pub(crate) id: Option<String>,
    /// The likeliest relation.
    pub(crate) relation: Relation,
    /// How likely each relation is, 0 to 1; they sum to 1.
    pub(crate) probabilities: Probabilities,
    /// What stands against what; empty where the relation is no contradiction.
    pub(crate) findings: Vec<PairFinding>,
}

/// A relation of two passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Relation {
    /// They cannot both be true.
    Contradiction,
    /// They say the same.
    Duplicate,
    /// One says part of what the other says.
    Overlap,
    /// They are about different things, or both may be true.
    Neutral,
}

/// A probability for each relation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Probabilities {
    pub(crate) contradiction: f64,
    pub(crate) duplicate: f64,
    pub(crate) overlap: f64,
    pub(crate) neutral: f64,
}

/// A sentence of the first passage that one of the second stands against.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PairFinding {
    /// The rule, such as `contradiction.number`.
    rule: &'static str,
    #[schema(value_type = String)]
    dimension: Dimension,
    #[schema(value_type = String)]
    severity: Severity,
    /// What differs, in one sentence.
    pub(crate) message: String,
    /// The sentence, as half-open byte offsets into the first passage.
    #[schema(value_type = Vec<[usize; 2]>)]
    spans: Vec<ByteSpan>,
    /// The sentence itself.
    pub(crate) quote: String,
    pub(crate) counterpart: OtherSide,
}

/// The second passage's side of a finding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OtherSide {
    /// Always `b`.
    document: &'static str,
    /// Always empty: the passage came with the request.
    uri: &'static str,
    /// Always null, for the same reason.
    chunk: Option<String>,
    #[schema(value_type = Vec<[usize; 2]>)]
    spans: Vec<ByteSpan>,
    pub(crate) quote: String,
}

/// Judges two passages; the error says what is wrong with them.
pub(crate) fn compare(pair: Pair) -> Result<Comparison, String> {
    for (name, text) in [("a", &pair.a), ("b", &pair.b)] {
        if text.trim().is_empty() || text.len() > MAX_PASSAGE {
            return Err(format!("{name} must hold 1 to {MAX_PASSAGE} bytes of text and has {}", text.len()));
        }
    }
    let found = inference::judge(&pair.a, &pair.b);
    let findings = found.differences.iter().map(|difference| told(difference, &pair)).collect();
    let probabilities = Probabilities {
        contradiction: found.probabilities.contradiction,
        duplicate: found.probabilities.duplicate,
        overlap: found.probabilities.overlap,
        neutral: found.probabilities.neutral,
    };
    Ok(Comparison { id: pair.id, relation: found.relation.into(), probabilities, findings })
}

fn told(difference: &Difference, pair: &Pair) -> PairFinding {
    let quote = |text: &str, span: ByteSpan| span.of(text).unwrap_or_default().to_owned();
    PairFinding {
        rule: difference.rule.id(),
        dimension: difference.rule.dimension(),
        severity: difference.rule.severity(),
        message: difference.message.clone(),
        spans: vec![difference.a],
        quote: quote(&pair.a, difference.a),
        counterpart: OtherSide {
            document: "b",
            uri: "",
            chunk: None,
            spans: vec![difference.b],
            quote: quote(&pair.b, difference.b),
        },
    }
}

impl From<Entailment> for Relation {
    fn from(relation: Entailment) -> Self {
        match relation {
            Entailment::Contradiction => Self::Contradiction,
            Entailment::Duplicate => Self::Duplicate,
            Entailment::Overlap => Self::Overlap,
            Entailment::Neutral => Self::Neutral,
        }
    }
}
