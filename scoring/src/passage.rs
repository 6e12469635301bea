//! A chunk as the cross-checks see it, and how two of them relate.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tamis_ingest::{ByteSpan, ChunkId, DocumentId};

use crate::duplication::{Boilerplate, normalise};
use crate::subject::Subject;
use crate::{
    Agreement, Claim, ConflictGround, ConflictOutcome, ConflictRelation, ContradictionPolicy, Counterpart,
    DocumentLanguage, DuplicateKind, Finding, Fingerprint, Ground, Rule, Severity, Standing,
};

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
    /// The names of things of a program in the document's title and in the headings above, as [`named_above`] reads them:
    /// what the passage is about where it does not say so itself.
    ///
    /// [`named_above`]: crate::duplication::named_above
    pub named: Vec<String>,
    /// What language the document is in, where that is known.
    pub language: Option<DocumentLanguage>,
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
    /// The rule that saw it: `contradiction.number`, `.date`, `.version`, `.name`, `.list` or `.polarity`.
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

    /// Whether it is a conflict without anybody looking: what only the audit of vectors saw is a person's to confirm.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.rule != Rule::ContradictionParaphrase
    }
}

/// Compares two passages; symmetric but for the sides of the conflicts. Conflicts come first, the surest few of them.
/// A near copy or a contained one is a duplicate only where no figure was replaced, no heading names another thing and no
/// statement is of other circumstances; between pages of one version family such differences are what the newer page is for.
#[must_use]
pub fn relate(a: &Passage, b: &Passage) -> Relation {
    Subject::new(a).relate(&Subject::new(b))
}

/// Whether both texts are equal after normalisation and for the same readers.
pub(crate) fn equal(a: &Passage, b: &Passage) -> bool {
    a.fingerprint.exact == b.fingerprint.exact
        && a.chunk != b.chunk
        && a.fingerprint.is_comparable()
        && (a.text == b.text || normalise(&a.text) == normalise(&b.text))
}

impl Passage {
    /// The keys to be found by in a corpus with this boilerplate: those of the whole passage and, where it holds
    /// boilerplate, of what it says of its own.
    #[must_use]
    pub fn keys_amid(&self, boilerplate: &Boilerplate) -> Cow<'_, [i64]> {
        let whole = &self.fingerprint;
        let Cow::Owned(text) = boilerplate.without(&self.text) else { return Cow::Borrowed(&whole.bands) };
        let own = Fingerprint::of(&text).within(whole.scope(&self.text));
        let mut keys: Vec<i64> = whole.bands.iter().copied().chain(own.bands).collect();
        keys.sort_unstable();
        keys.dedup();
        Cow::Owned(keys)
    }

    /// The finding of a duplicate: this passage gives way to `canonical`. The message says why that one stands.
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
                format!("{share} % of this passage stand word by word in {name}, as a part of something longer."),
            ),
        };
        let message = format!("{message} {}", self.why_canonical(canonical, kind));
        let span = self.span();
        Finding::new(rule, message, vec![span], self.quote(span)).against(canonical.as_counterpart())
    }

    /// The finding that `other` says much the same in other words. Both stay searchable.
    #[must_use]
    pub fn reworded_finding(&self, other: &Self, similarity: f32) -> Finding {
        let message = format!(
            "{} says much the same in other words: {} % of the words that carry meaning agree.",
            other.document_name,
            (similarity * 100.0).floor()
        );
        self.finding(Rule::Reworded, message).against(other.as_counterpart())
    }

    /// The finding that `canonical` says the same in other words; `similarity` is the cosine of both vectors.
    #[must_use]
    pub fn paraphrase_finding(&self, canonical: &Self, similarity: f32) -> Finding {
        let name = &canonical.document_name;
        let message = format!("{name} says the same in other words: the vectors of both agree to {similarity:.2}.");
        self.finding(Rule::DuplicateParaphrase, message).against(canonical.as_counterpart())
    }

    /// Why `canonical` stands and this passage gives way to it, in one sentence.
    fn why_canonical(&self, canonical: &Self, kind: DuplicateKind) -> String {
        let (here, there) = (&self.standing, &canonical.standing);
        if kind == DuplicateKind::Containment {
            return "That one is kept: it says more.".to_owned();
        }
        match (there.ground(here), here.lineage.fresh_at, there.lineage.fresh_at) {
            (Ground::Authority, ..) => {
                format!("That one is kept: it has more authority ({} against {}).", there.authority, here.authority)
            }
            (Ground::Version, ..) if !here.same_family(there) => {
                "That one is kept: older versions of its page are known, and fewer or none of this one.".to_owned()
            }
            (Ground::Version, ..) => "That one is kept: it is of a newer version.".to_owned(),
            (Ground::Date, Some(here), Some(there)) => {
                format!("That one is kept: it is newer ({} against {}).", day(there), day(here))
            }
            (Ground::Date, ..) => "That one is kept: it is dated and this one is not.".to_owned(),
            (Ground::Completeness, ..) if there.words > here.words => {
                format!("That one is kept: it says more ({} words against {}).", there.words, here.words)
            }
            (Ground::Completeness, ..) => format!(
                "That one is kept: its document is longer ({} words against {}).",
                there.document_words, here.document_words
            ),
            (Ground::Order, ..) => {
                "That one is kept: nothing tells them apart, and it comes first by address and position.".to_owned()
            }
        }
    }

    /// Whether this passage or `other` stands in a conflict, and why. Of what the audit saw it says which one would stand
    /// if a person agreed that they exclude each other; that hides neither ([`Conflict::is_certain`]).
    #[must_use]
    pub fn outcome(&self, other: &Self, agreement: Agreement, policy: ContradictionPolicy) -> ConflictOutcome {
        ConflictOutcome::between(&self.standing, &other.standing, agreement, policy.lead as usize)
    }

    /// The finding of a conflict with `other`, as this side is to carry it: `error` where `other` stands by authority,
    /// version or date or because more documents agree with it, `info` where this passage stands, `warn` (both stay
    /// searchable, marked) where nothing decides, or where the conflict itself is a person's to confirm.
    #[must_use]
    pub fn conflict_finding(
        &self,
        other: &Self,
        conflict: &Conflict,
        agreement: Agreement,
        policy: ContradictionPolicy,
    ) -> Finding {
        let ConflictOutcome { relation, ground } = self.outcome(other, agreement, policy);
        let certain = conflict.is_certain();
        let (severity, standing) = match relation {
            ConflictRelation::SupersededBy if certain => (Severity::Error, "that one stands"),
            ConflictRelation::Supersedes if certain => (Severity::Info, "this one stands"),
            ConflictRelation::ConflictsWith if certain => (Severity::Warn, "nothing says which one stands"),
            ConflictRelation::SupersededBy => (Severity::Warn, "if they exclude each other, that one stands"),
            ConflictRelation::Supersedes => (Severity::Warn, "if they exclude each other, this one stands"),
            ConflictRelation::ConflictsWith => (Severity::Warn, "somebody should look at both"),
        };
        let Agreement { here, there } = agreement;
        let counted = match relation {
            _ if ground != Some(ConflictGround::Agreement) => String::new(),
            ConflictRelation::SupersededBy => format!(", as {there} documents say so against {here}"),
            _ => format!(", as {here} documents say so against {there}"),
        };
        let message = format!("{} The other place is {}; {standing}{counted}.", conflict.message, other.document_name);
        Finding::new(conflict.rule, message, vec![conflict.here], self.quote(conflict.here))
            .against(other.counterpart(conflict.there))
            .at(severity)
    }

    /// A finding about the whole passage.
    #[must_use]
    pub fn finding(&self, rule: Rule, message: String) -> Finding {
        let span = self.span();
        Finding::new(rule, message, vec![span], self.quote(span))
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

    /// The text at a span of the document's text; empty where the span is not inside this passage.
    #[must_use]
    pub fn words_at(&self, span: ByteSpan) -> &str {
        let inside = span.start().checked_sub(self.offset).zip(span.end().checked_sub(self.offset));
        inside.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// The text at a span of the document's text, on one line, shortened to [`QUOTE`] characters. Empty where the span
    /// is not inside this passage.
    pub(crate) fn quote(&self, span: ByteSpan) -> String {
        let text = self.words_at(span);
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

/// The day of a time, as people write it.
fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// Longest quote, in characters.
const QUOTE: usize = 160;
