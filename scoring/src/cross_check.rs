//! Checking a whole set of passages against each other in memory, for `grade` and `check`.

mod conflicts;
mod duplicates;
mod editions;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use tamis_ingest::ChunkId;

pub use conflicts::{Templates, conflict_findings, confront};

use crate::passage::Subject;
use crate::{DuplicateKind, Finding, Passage};
use duplicates::Link;

/// What kind of copies a cluster holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterKind {
    /// All equal after normalisation.
    Exact,
    /// At least one member is a near copy.
    Near,
    /// At least one member stands inside the canonical passage.
    Containment,
}

/// A passage and those that give way to it, as document names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// What kind of copies it holds.
    pub kind: ClusterKind,
    /// The document whose passage stands.
    pub canonical: String,
    /// All documents with a passage in the cluster, the canonical one first, without repeats.
    pub members: Vec<String>,
    /// The chunks, the canonical one first.
    pub chunks: Vec<ChunkId>,
}

/// What checking a set of passages against each other found.
#[derive(Debug, Clone, Default)]
pub struct CrossReport {
    /// Findings by chunk.
    pub findings: HashMap<ChunkId, Vec<Finding>>,
    /// Duplicate clusters, largest first.
    pub clusters: Vec<Cluster>,
}

/// Checks `passages` against each other: the same result in whatever order they come. Cost grows with the number of
/// passages and of candidate pairs that share a key, never with all pairs: equal passages are one for all further
/// steps, and under one key only the first few in precedence are looked at (see `duplicates` and `conflicts`).
#[must_use]
pub fn cross_check(passages: &[Passage]) -> CrossReport {
    let mut subjects: Vec<Subject<'_>> = passages.iter().map(Subject::new).collect();
    subjects.sort_by(|a, b| {
        let (a, b) = (a.passage, b.passage);
        b.standing.precedence(&a.standing).then_with(|| a.chunk.as_str().cmp(b.chunk.as_str()))
    });
    let heads = duplicates::heads(&subjects);
    let links = duplicates::links(&subjects, &heads);
    let mut findings: HashMap<ChunkId, Vec<Finding>> = HashMap::new();
    for (subject, link) in subjects.iter().zip(&links) {
        if let Some(link) = link {
            let canonical = subjects[link.canonical].passage;
            let finding = subject.passage.duplicate_finding(canonical, link.kind, link.similarity);
            findings.entry(subject.passage.chunk.clone()).or_default().push(finding);
        }
    }
    let conflicts = conflicts::findings(&subjects, &heads);
    for (chunk, finding) in conflicts.into_iter().chain(editions::findings(&subjects)) {
        findings.entry(chunk).or_default().push(finding);
    }
    CrossReport { findings, clusters: clusters(&subjects, &links) }
}

/// The clusters that the links make, largest first, then in order of precedence.
fn clusters(subjects: &[Subject<'_>], links: &[Option<Link>]) -> Vec<Cluster> {
    let mut under: BTreeMap<usize, (DuplicateKind, Vec<usize>)> = BTreeMap::new();
    for (i, link) in links.iter().enumerate() {
        if let Some(link) = link {
            // What equals a passage that gives way is in the cluster of the one that stands.
            let canonical = links[link.canonical].as_ref().map_or(link.canonical, |above| above.canonical);
            let (kind, members) = under.entry(canonical).or_insert((link.kind, vec![canonical]));
            *kind = link.kind.max(*kind);
            members.push(i);
        }
    }
    let mut clusters: Vec<Cluster> =
        under.into_values().map(|(kind, members)| cluster(subjects, kind, &members)).collect();
    clusters.sort_by_key(|cluster| Reverse(cluster.chunks.len()));
    clusters
}

/// The cluster of `members`, the canonical one first.
fn cluster(subjects: &[Subject<'_>], kind: DuplicateKind, members: &[usize]) -> Cluster {
    let passages = || members.iter().map(|i| subjects[*i].passage);
    let mut seen = HashSet::new();
    let names: Vec<String> =
        passages().map(|passage| &passage.document_name).filter(|name| seen.insert(*name)).cloned().collect();
    Cluster {
        kind: match kind {
            DuplicateKind::Exact => ClusterKind::Exact,
            DuplicateKind::Near => ClusterKind::Near,
            DuplicateKind::Containment => ClusterKind::Containment,
        },
        canonical: names.first().cloned().unwrap_or_default(),
        members: names,
        chunks: passages().map(|passage| passage.chunk.clone()).collect(),
    }
}
