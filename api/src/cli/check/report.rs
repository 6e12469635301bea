//! What a check found, summed up.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use tamis_scoring::{Cluster, Dimension, DocumentCluster, Finding, Policy, Verdict};

use super::baseline::{Baseline, Comparison};
use crate::assessment::{AssessedDocument, Assessment};
use crate::jobs::Failure;
use crate::ledger::{DimensionHealth, distribution};

/// What a check found.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct CheckReport<'a> {
    pub(super) score: f64,
    pub(super) documents: usize,
    pub(super) chunks: usize,
    pub(super) accepted: usize,
    pub(super) quarantined: usize,
    pub(super) by_dimension: BTreeMap<&'static str, DimensionHealth>,
    pub(super) by_rule: BTreeMap<&'static str, usize>,
    pub(super) findings: Vec<Found<'a>>,
    clusters: &'a [Cluster],
    document_clusters: &'a [DocumentCluster],
    unsupported: &'a BTreeMap<String, u64>,
    pub(super) failures: &'a [Failure],
    /// Where a baseline was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline: Option<Comparison>,
    /// Quarantined chunks with a finding the baseline does not know; all, where there is none.
    #[serde(skip)]
    pub(super) newly_quarantined: usize,
    pub(super) passed: bool,
    #[serde(skip)]
    uris: Vec<&'a str>,
}

/// A finding with its place.
#[derive(Debug, Serialize)]
pub(super) struct Found<'a> {
    #[serde(flatten)]
    pub(super) finding: &'a Finding,
    document: &'a str,
    pub(super) uri: &'a str,
    chunk: &'a str,
    /// The line of the document, from 1, where text lines are file lines.
    pub(super) line: Option<usize>,
    /// Whether the baseline does not know it; true where there is none.
    pub(super) new: bool,
    /// The file it stands in, as a path from where the check ran.
    #[serde(skip)]
    pub(super) file: String,
    /// The line of that file: of a JSONL file, the document's.
    #[serde(skip)]
    pub(super) file_line: Option<usize>,
}

impl Found<'_> {
    /// What there is to say, on one line: the message and the words of both sides.
    pub(super) fn told(&self) -> String {
        let finding = self.finding;
        let mut text = finding.message.clone();
        if !finding.quote.is_empty() {
            text.push_str(" | ");
            text.push_str(&one_line(&finding.quote));
        }
        if let Some(other) = &finding.counterpart {
            text.push_str(" | ");
            text.push_str(&other.uri);
            text.push_str(": ");
            text.push_str(&one_line(&other.quote));
        }
        text
    }
}

impl<'a> CheckReport<'a> {
    /// Sums an assessment up; it passes until gates say otherwise.
    pub(in crate::cli) fn new(
        assessment: &'a Assessment,
        policy: &Policy,
        mut baseline: Option<&mut Baseline>,
    ) -> Self {
        let chunks: Vec<_> = assessment.documents.iter().flat_map(|document| &document.chunks).collect();
        let weight = |tokens: u32| f64::from(tokens.max(1));
        let total: f64 = chunks.iter().map(|one| weight(one.chunk.tokens)).sum();
        let points: f64 =
            chunks.iter().map(|one| weight(one.chunk.tokens) * f64::from(one.decision.overall.get())).sum();
        let score = if chunks.is_empty() { 100.0 } else { (1_000.0 * points / total).round() / 10.0 };
        let held_back: HashSet<&str> = chunks
            .iter()
            .filter(|one| one.decision.verdict != Verdict::Accept)
            .map(|one| one.chunk.id.as_str())
            .collect();
        let scores: Vec<_> = chunks.iter().map(|one| (one.report.scores, 1)).collect();
        let findings: Vec<Found<'a>> =
            assessment.documents.iter().flat_map(|document| found(document, policy, baseline.as_deref_mut())).collect();
        let mut by_rule = BTreeMap::new();
        for one in &findings {
            *by_rule.entry(one.finding.rule.id()).or_default() += 1;
        }
        let new: HashSet<&str> = findings.iter().filter(|one| one.new).map(|one| one.chunk).collect();
        let known = findings.iter().filter(|one| !one.new).count();
        let comparison =
            baseline.map(|left| Comparison { known, new: findings.len() - known, fixed: left.unmatched() });
        Self {
            score,
            documents: assessment.documents.len(),
            chunks: chunks.len(),
            accepted: chunks.len() - held_back.len(),
            quarantined: held_back.len(),
            by_dimension: Dimension::ALL.iter().map(|one| (one.name(), distribution(&scores, *one))).collect(),
            by_rule,
            findings,
            clusters: &assessment.clusters,
            document_clusters: &assessment.document_clusters,
            unsupported: &assessment.unsupported,
            failures: &assessment.failures,
            newly_quarantined: match comparison {
                Some(_) => held_back.intersection(&new).count(),
                None => held_back.len(),
            },
            baseline: comparison,
            passed: true,
            uris: assessment.documents.iter().map(|document| document.document.uri.as_str()).collect(),
        }
    }

    /// Rules by how often they found something, most first.
    pub(super) fn rules_by_count(&self) -> Vec<(&'static str, usize)> {
        let mut rules: Vec<_> = self.by_rule.iter().map(|(rule, count)| (*rule, *count)).collect();
        rules.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        rules
    }

    /// The documents in input order, each with what was found in it.
    pub(super) fn by_document(&self) -> impl Iterator<Item = (&'a str, &[Found<'a>])> {
        let mut rest = self.findings.as_slice();
        self.uris.iter().map(move |uri| {
            let own = rest.iter().take_while(|found| found.uri == *uri).count();
            let (found, others) = rest.split_at(own);
            rest = others;
            (*uri, found)
        })
    }
}

/// The findings of a document that the policy cares about. One about the whole document stands on each of its chunks,
/// and is told once.
fn found<'a>(document: &'a AssessedDocument, policy: &Policy, mut baseline: Option<&mut Baseline>) -> Vec<Found<'a>> {
    let mut told = HashSet::new();
    let mut all = Vec::new();
    let location = &document.location;
    let uri = document.document.uri.as_str();
    for one in &document.chunks {
        for finding in &one.report.findings {
            let is_new = told.insert((finding.rule, &finding.spans, &finding.message));
            if is_new && policy.severity(finding.rule, finding.severity).is_some() {
                let line = finding.spans.first().and_then(|span| line_of(document, span.start()));
                all.push(Found {
                    finding,
                    document: &document.name,
                    uri,
                    chunk: one.chunk.id.as_str(),
                    line,
                    new: baseline.as_mut().is_none_or(|baseline| !baseline.knows(uri, finding)),
                    file: location.path.to_string_lossy().replace('\\', "/"),
                    file_line: location.line.map(|line| line.number).or(line),
                });
            }
        }
    }
    all
}

/// The line of the file that holds a byte of the text, where the text is the file's own.
fn line_of(document: &AssessedDocument, offset: usize) -> Option<usize> {
    let before = document.document.line_offset?;
    let text = document.document.text.get(..offset)?;
    Some(before + text.matches('\n').count() + 1)
}

/// Text on one line.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
