//! What was measured about a chunk.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tamis_ingest::{Chunk, ChunkId, Document};

use crate::outline::Outline;
use crate::{Dimension, Finding, Policy, Rule, Score, Weights, freshness, score, structure};

/// One named measurement, kept so that policies can change without reading the document again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Stable name, such as `alphabetic_share`.
    pub name: String,
    /// The value; unit and range are the signal's own.
    pub value: f64,
}

/// What a chunk shows by itself, before it meets others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Named measurements.
    pub signals: Vec<Signal>,
    /// Freshness from age alone, before findings.
    pub freshness: Option<Score>,
    /// Whether it is kept as a record of its time, or for those who still run its version: newer editions beside it
    /// take nothing from it.
    #[serde(default)]
    pub kept: bool,
    /// Whether the document says by itself that a look at it is overdue, so that its age says nothing more.
    #[serde(default)]
    pub outspoken: bool,
    /// Structure and freshness findings.
    pub findings: Vec<Finding>,
}

/// Least share of a chunk's text that is code where the chunk is a listing: the rest is no more than its heading.
const LISTING: f64 = 0.9;

impl Measurement {
    /// Whether the chunk is a listing, or a piece of one, and hardly anything else.
    #[must_use]
    pub fn is_listing(&self) -> bool {
        self.signals.iter().any(|signal| signal.name == structure::CODE_SHARE && signal.value >= LISTING)
    }
}

/// A chunk's four scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Is it still true?
    pub freshness: Score,
    /// Is it said elsewhere?
    pub duplication: Score,
    /// Does something else deny it?
    pub contradiction: Score,
    /// Is it well-formed?
    pub structure: Score,
}

impl Scores {
    /// The score of one dimension.
    #[must_use]
    pub fn get(&self, dimension: Dimension) -> Score {
        match dimension {
            Dimension::Freshness => self.freshness,
            Dimension::Duplication => self.duplication,
            Dimension::Contradiction => self.contradiction,
            Dimension::Structure => self.structure,
        }
    }

    /// The score of one dimension, to change it.
    pub(crate) fn get_mut(&mut self, dimension: Dimension) -> &mut Score {
        match dimension {
            Dimension::Freshness => &mut self.freshness,
            Dimension::Duplication => &mut self.duplication,
            Dimension::Contradiction => &mut self.contradiction,
            Dimension::Structure => &mut self.structure,
        }
    }
}

/// A chunk's scores and findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// Version of the scoring that made it; a newer one grades again.
    pub version: u32,
    /// The chunk.
    pub chunk: ChunkId,
    /// Its scores.
    pub scores: Scores,
    /// Its findings, those that cost most points first.
    pub findings: Vec<Finding>,
}

impl QualityReport {
    /// The scoring's version.
    pub const VERSION: u32 = 5;

    /// Puts together what a chunk shows by itself and what it shows beside others. A dimension's score starts at 1
    /// (freshness: at its age score) and every finding takes its rule's share of what is left: all of it at the rule's
    /// own severity, less at a lower one, and half as much with every repeat of the rule. One more defect never raises
    /// a score.
    #[must_use]
    pub fn compose(chunk: ChunkId, measurement: &Measurement, cross: Vec<Finding>) -> Self {
        let mut findings = measurement.findings.clone();
        findings.extend(cross.into_iter().filter(|f| !(measurement.kept && f.dimension == Dimension::Freshness)));
        let kept = score::kept(findings.iter().map(|finding| (finding.rule, finding.severity)));
        let age = measurement.freshness.unwrap_or(Score::GOOD);
        let scores = Scores { freshness: Score::new(age.get() * kept.freshness.get()), ..kept };
        Self { version: Self::VERSION, chunk, scores, findings: by_points(findings, age) }
    }
}

/// Those that cost most points first, where the dimensions count as they do by default: every repeat of a rule costs half
/// as much as the one before it, and being old what age took. Ties by rule and place, so that the order never depends on
/// who looked first.
fn by_points(mut findings: Vec<Finding>, age: Score) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.rule.cmp(&b.rule))
            .then_with(|| a.spans.cmp(&b.spans))
            .then_with(|| a.message.cmp(&b.message))
    });
    let weights = Weights::default();
    let mut repeats: BTreeMap<Rule, i32> = BTreeMap::new();
    let points = |finding: Finding| {
        let repeat = repeats.entry(finding.rule).or_default();
        let share = score::loss(finding.rule, finding.severity, age.get()) / 2.0_f32.powi(*repeat);
        *repeat += 1;
        (share * weights.get(finding.dimension), finding)
    };
    let mut findings: Vec<(f32, Finding)> = findings.into_iter().map(points).collect();
    findings.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// Measures a document's chunks by themselves; one measurement a chunk, in order. `now` is the time against which age
/// and dates are judged.
#[must_use]
pub fn measure(document: &Document, chunks: &[Chunk], policy: &Policy, now: Timestamp) -> Vec<Measurement> {
    let outline = Outline::of(document);
    let mut measurements = structure::examine(document, &outline, chunks, policy.structure);
    freshness::examine(document, &outline, chunks, &policy.freshness, now, &mut measurements);
    measurements
}
