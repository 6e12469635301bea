//! A chunk as the cross-checks see it, and how two of them relate.

use std::cell::OnceCell;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use tamis_ingest::{ByteSpan, ChunkId, DocumentId};

use crate::contradiction::{self, Comparison};
use crate::duplication::{self, Overlap, Shingles, normalise};
use crate::{Claim, Counterpart, DuplicateKind, Finding, Fingerprint, Rule, Severity, Standing};

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
    pub rule: Rule,
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

/// Compares two passages; symmetric but for the sides of the conflicts. Conflicts come first, the surest three of them.
/// A near copy or a contained one is a duplicate only where no figure was replaced and no statement is of other
/// circumstances; between pages of one version family such differences are what the newer page is for.
#[must_use]
pub fn relate(a: &Passage, b: &Passage) -> Relation {
    Subject::new(a).relate(&Subject::new(b))
}

/// A passage under comparison, with what is read of it at most once.
pub(crate) struct Subject<'a> {
    pub(crate) passage: &'a Passage,
    shingles: OnceCell<Shingles>,
}

/// Least share of the shorter passage's shingles that passages about the same thing have in common.
const SAME_TOPIC: f32 = 0.6;
/// Least number of them: more than two statements that are compared can share by themselves.
const SAME_TOPIC_SHINGLES: usize = 25;

impl<'a> Subject<'a> {
    pub(crate) fn new(passage: &'a Passage) -> Self {
        Self { passage, shingles: OnceCell::new() }
    }

    /// See [`relate`].
    pub(crate) fn relate(&self, other: &Self) -> Relation {
        if self.passage.chunk == other.passage.chunk {
            return Relation::default();
        }
        if self.equals(other) {
            return Relation { duplicate: Some((DuplicateKind::Exact, 1.0)), conflicts: Vec::new() };
        }
        let comparison = self.compare_claims(other);
        let duplicate = if comparison.conflicts.is_empty() { self.duplicate_of(other, &comparison) } else { None };
        Relation { duplicate, conflicts: comparison.conflicts }
    }

    /// Whether both texts are equal after normalisation.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        let (a, b) = (self.passage, other.passage);
        a.fingerprint.exact == b.fingerprint.exact
            && a.fingerprint.is_comparable()
            && (a.text == b.text || normalise(&a.text) == normalise(&b.text))
    }

    /// What the two passages' statements are to each other.
    pub(crate) fn compare_claims(&self, other: &Self) -> Comparison {
        let much_shared = || {
            let overlap = self.overlap(other);
            overlap.containment >= SAME_TOPIC && overlap.shared >= SAME_TOPIC_SHINGLES
        };
        let same_topic = || self.same_family(other) || much_shared();
        contradiction::compare(self.passage, other.passage, same_topic)
    }

    fn duplicate_of(&self, other: &Self, comparison: &Comparison) -> Option<(DuplicateKind, f32)> {
        let verified = duplication::judge(self.overlap(other))?;
        let replaced = || contradiction::replaced(&self.passage.text, &other.passage.text);
        (self.same_family(other) || !(comparison.apart || replaced())).then_some(verified)
    }

    fn overlap(&self, other: &Self) -> Overlap {
        self.shingles().overlap(other.shingles())
    }

    fn shingles(&self) -> &Shingles {
        self.shingles.get_or_init(|| Shingles::of(&self.passage.text))
    }

    fn same_family(&self, other: &Self) -> bool {
        self.passage.standing.same_family(&other.passage.standing)
    }
}

impl Passage {
    /// The finding of a duplicate: this passage gives way to `canonical`.
    #[must_use]
    pub fn duplicate_finding(&self, canonical: &Self, kind: DuplicateKind, similarity: f32) -> Finding {
        let name = &canonical.document_name;
        let share = (similarity * 100.0).floor();
        let (rule, message) = match kind {
            DuplicateKind::Exact => (Rule::DuplicateExact, format!("The same passage stands in {name}.")),
            DuplicateKind::Near => (
                Rule::DuplicateNear,
                format!("Almost the same passage stands in {name}: {share} % of both agree word by word."),
            ),
            DuplicateKind::Containment => (
                Rule::DuplicateContained,
                format!("{share} % of this passage stand word by word inside a longer one in {name}."),
            ),
        };
        let span = self.span();
        Finding::new(rule, message, vec![span], self.quote(span)).against(canonical.as_counterpart())
    }

    /// The finding of a conflict with `other`, as this side is to carry it: `error` where `other` stands by authority,
    /// version or date, `info` where this passage stands, `warn` (both stay searchable, marked) where nothing decides.
    #[must_use]
    pub fn conflict_finding(&self, other: &Self, conflict: &Conflict) -> Finding {
        let (severity, standing) = match self.standing.substantive(&other.standing) {
            Some(Ordering::Less) => (Severity::Error, "that one stands"),
            Some(Ordering::Greater) => (Severity::Info, "this one stands"),
            Some(Ordering::Equal) | None => (Severity::Warn, "nothing says which one stands"),
        };
        let message = format!("{} The other place is {}; {standing}.", conflict.message, other.document_name);
        Finding::new(conflict.rule, message, vec![conflict.here], self.quote(conflict.here))
            .against(other.counterpart(conflict.there))
            .at(severity)
    }

    /// The whole passage as a span of its document's text.
    fn span(&self) -> ByteSpan {
        ByteSpan::new(0, self.text.len()).shifted(self.offset)
    }

    /// The whole passage as the other side of a finding.
    pub(crate) fn as_counterpart(&self) -> Counterpart {
        self.counterpart(self.span())
    }

    /// This passage as the other side of a finding.
    fn counterpart(&self, span: ByteSpan) -> Counterpart {
        Counterpart {
            document: self.document_name.clone(),
            uri: self.uri.clone(),
            chunk: self.chunk.clone(),
            spans: vec![span],
            quote: self.quote(span),
        }
    }

    /// The text at a span of the document's text, on one line, shortened to [`QUOTE`] characters. Empty where the span
    /// is not inside this passage.
    fn quote(&self, span: ByteSpan) -> String {
        let inside = span.start().checked_sub(self.offset).zip(span.end().checked_sub(self.offset));
        let text = inside.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default();
        // A character is at most four bytes, and white space may collapse; so much is enough to fill a quote.
        let words = text.split_whitespace().scan(0, |length, word| {
            let fits = *length <= 4 * QUOTE;
            *length += word.len() + 1;
            fits.then_some(word)
        });
        let line = words.collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(QUOTE) {
            None => line,
            Some(_) => line.chars().take(QUOTE - 1).chain(['…']).collect(),
        }
    }
}

/// Longest quote, in characters.
const QUOTE: usize = 160;
