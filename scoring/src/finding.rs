//! Evidence: what is wrong, where, and against what.

use serde::{Deserialize, Serialize};
use tamis_ingest::{ByteSpan, ChunkId};

use crate::{Dimension, Rule};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Costs score.
    Warn,
    /// Quarantines the chunk.
    Error,
}

/// One thing found about a chunk, with the evidence a person needs to check it by looking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule found it.
    pub rule: Rule,
    /// The dimension the rule belongs to.
    pub dimension: Dimension,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence: what is wrong, with the measured value.
    pub message: String,
    /// What was read, as spans of the document's text.
    pub spans: Vec<ByteSpan>,
    /// The text at the first span, shortened; personal data and secrets redacted.
    pub quote: String,
    /// The other passage, for findings about two.
    pub counterpart: Option<Counterpart>,
}

/// The other side of a finding about two passages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterpart {
    /// The document's public name: the id its source gave it, else its URI.
    pub document: String,
    /// Where the document is.
    pub uri: String,
    /// The chunk.
    pub chunk: ChunkId,
    /// What was read there, as spans of that document's text.
    pub spans: Vec<ByteSpan>,
    /// The text at the first span, shortened.
    pub quote: String,
}

impl Finding {
    /// A finding at the rule's own severity.
    #[must_use]
    pub fn new(rule: Rule, message: impl Into<String>, spans: Vec<ByteSpan>, quote: impl Into<String>) -> Self {
        Self {
            rule,
            dimension: rule.dimension(),
            severity: rule.severity(),
            message: message.into(),
            spans,
            quote: quote.into(),
            counterpart: None,
        }
    }

    /// The same finding about two passages.
    #[must_use]
    pub fn against(mut self, counterpart: Counterpart) -> Self {
        self.counterpart = Some(counterpart);
        self
    }

    /// The same finding at another severity.
    #[must_use]
    pub fn at(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}
