//! A chunk as the cross-checks see it, and how two of them relate.

use serde::{Deserialize, Serialize};
use tamis_ingest::{ByteSpan, ChunkId, DocumentId};

use crate::{Claim, DuplicateKind, Finding, Fingerprint, Standing};

/// A chunk with all that comparing it to another needs.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// The document's public name: the id its source gave it, else its URI.
    pub document_name: String,
    /// Where the document is.
    pub uri: String,
    /// The chunk's text.
    pub text: String,
    /// Where the chunk starts in the document's text; added to spans inside the chunk.
    pub offset: usize,
    /// What decides when this passage and another cannot both stand.
    pub standing: Standing,
    /// For duplicates.
    pub fingerprint: Fingerprint,
    /// For contradictions.
    pub claims: Vec<Claim>,
}

/// How one passage relates to another. A pair that disagrees is never called a duplicate as well.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Relation {
    /// They say the same.
    pub duplicate: Option<(DuplicateKind, f32)>,
    /// They cannot both be true.
    pub conflicts: Vec<Conflict>,
}

/// Two statements that cannot both be true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The rule that saw it: `contradiction.number`, `.date`, `.version` or `.polarity`.
    pub rule: crate::Rule,
    /// What differs, in one sentence naming both values.
    pub message: String,
    /// The statement on the first side, as a span of its document's text.
    pub here: ByteSpan,
    /// The statement on the second side, as a span of its document's text.
    pub there: ByteSpan,
    /// How sure, 0..=1.
    pub confidence: f32,
}

impl Conflict {
    /// The same conflict seen from the other side.
    #[must_use]
    pub fn turned(&self) -> Self {
        Self { here: self.there, there: self.here, ..self.clone() }
    }
}

/// Compares two passages.
#[must_use]
pub fn relate(a: &Passage, b: &Passage) -> Relation {
    let _ = (a, b);
    todo!()
}

impl Passage {
    /// The finding of a duplicate: this passage gives way to `canonical`.
    #[must_use]
    pub fn duplicate_finding(&self, canonical: &Self, kind: DuplicateKind, similarity: f32) -> Finding {
        let _ = (canonical, kind, similarity);
        todo!()
    }

    /// The finding of a conflict with `other`, as this side is to carry it: `error` where `other` stands by authority
    /// or date, `info` where this passage stands, `warn` (both stay searchable, marked) where nothing decides.
    #[must_use]
    pub fn conflict_finding(&self, other: &Self, conflict: &Conflict) -> Finding {
        let _ = (other, conflict);
        todo!()
    }
}
