//! Checking a whole set of passages against each other in memory, for `grade` and `check`.

mod boilerplate;
mod conflicts;
mod documents;
mod duplicates;
mod editions;
mod languages;
mod meeting_points;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;
use tamis_ingest::{ChunkId, DocumentId};

pub use conflicts::{Templates, conflict_findings, confront};
pub use documents::{COPIED, DocumentCluster, DocumentCopy};
pub use languages::{DocumentLanguage, Speaker, foreign_documents};

use crate::subject::Subject;
use crate::{DuplicateKind, Finding, Lineage, Passage, Policy};
use duplicates::{Link, Placing};

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
    /// Clusters of documents of which most stands in another, largest first.
    pub document_clusters: Vec<DocumentCluster>,
}

/// Checks `passages` against each other under the default policy; see [`cross_check_under`].
#[must_use]
pub fn cross_check(passages: &[Passage]) -> CrossReport {
    cross_check_under(&mut passages.to_vec(), &Policy::default())
}

/// Checks `passages` against each other: the same result in whatever order they come. Each is given its lineage among
/// the others first. Cost grows with the number of passages and of candidate pairs that share a key, never with all
/// pairs: equal passages are one for all further steps, and under one key only the first few in precedence are looked
/// at (see `duplicates` and `conflicts`).
#[must_use]
pub fn cross_check_under(passages: &mut [Passage], policy: &Policy) -> CrossReport {
    give_lineages(passages);
    let mut ordered: Vec<&Passage> = passages.iter().collect();
    ordered.sort_by(|a, b| b.standing.precedence(&a.standing).then_with(|| a.chunk.as_str().cmp(b.chunk.as_str())));
    let heads = duplicates::heads(&ordered);
    let boilerplate = boilerplate::among(&ordered, &heads, &policy.duplication);
    let mut subjects: Vec<Subject<'_>> = ordered.iter().map(|passage| Subject::amid(passage, &boilerplate)).collect();
    let Placing { links, reworded, parts, .. } = duplicates::links(&mut subjects, &heads);
    let mut findings: HashMap<ChunkId, Vec<Finding>> = HashMap::new();
    for (subject, link) in subjects.iter().zip(&links) {
        if let Some(link) = link {
            let canonical = subjects[link.canonical].passage;
            let finding = subject.passage.duplicate_finding(canonical, link.kind, link.similarity);
            findings.entry(subject.passage.chunk.clone()).or_default().push(finding);
        }
    }
    for (i, link) in reworded {
        let finding = subjects[i].passage.reworded_finding(subjects[link.canonical].passage, link.similarity);
        findings.entry(subjects[i].passage.chunk.clone()).or_default().push(finding);
    }
    let found = boilerplate::findings(&subjects, &links, &boilerplate, &policy.duplication)
        .into_iter()
        .chain(conflicts::findings(&subjects, &heads, &links, policy.contradiction))
        .chain(editions::findings(&subjects))
        .chain(languages::findings(passages));
    for (chunk, finding) in found {
        findings.entry(chunk).or_default().push(finding);
    }
    CrossReport {
        findings,
        clusters: clusters(&subjects, &links),
        document_clusters: documents::clusters(&subjects, &links, &parts),
    }
}

/// Gives each passage the lineage that its page has among all others.
fn give_lineages(passages: &mut [Passage]) {
    let mut pages: Vec<(&str, Option<Timestamp>)> = Vec::new();
    let mut known: HashMap<&DocumentId, usize> = HashMap::new();
    let mut page_of = Vec::with_capacity(passages.len());
    for passage in passages.iter() {
        let page = *known.entry(&passage.document).or_insert_with(|| {
            pages.push((&passage.uri, None));
            pages.len() - 1
        });
        pages[page].1 = passage.standing.effective_at.max(pages[page].1);
        page_of.push(page);
    }
    let lineages = Lineage::of(&pages);
    for (passage, page) in passages.iter_mut().zip(page_of) {
        passage.standing.lineage = lineages[page];
    }
}

/// The clusters that the links make, largest first, then in order of precedence.
fn clusters(subjects: &[Subject<'_>], links: &[Option<Link>]) -> Vec<Cluster> {
    let mut under: BTreeMap<usize, (DuplicateKind, Vec<usize>)> = BTreeMap::new();
    for (i, link) in links.iter().enumerate() {
        if let Some(link) = link {
            let (kind, members) = under.entry(link.canonical).or_insert((link.kind, vec![link.canonical]));
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
