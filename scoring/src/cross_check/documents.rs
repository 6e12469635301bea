//! Copies at the level of documents: pages of which most stands in another page.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use tamis_ingest::DocumentId;

use super::duplicates::Link;
use crate::Passage;
use crate::passage::Subject;

/// Least share of a document's words that another one has, for the document to be a copy of it.
pub const COPIED: f64 = 0.5;

/// A document and those of which most stands in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentCluster {
    /// The document whose passages stand.
    pub canonical: String,
    /// Its copies, the fullest first.
    pub members: Vec<DocumentCopy>,
}

/// A document of which most stands in another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentCopy {
    /// Its name.
    pub document: String,
    /// The share of its words in passages that give way to passages of the other, 0..=1.
    pub share: f64,
    /// Whether both are editions of one page, such as `v1.2/install` and `v1.3/install`.
    pub edition: bool,
}

/// The clusters of documents that the links of their passages make, largest first. What several documents hold together
/// counts for the one that holds most.
pub(super) fn clusters(subjects: &[Subject<'_>], links: &[Option<Link>]) -> Vec<DocumentCluster> {
    let mut words: HashMap<&DocumentId, u64> = HashMap::new();
    let mut shared: HashMap<&DocumentId, BTreeMap<&DocumentId, (u64, &Passage, &Passage)>> = HashMap::new();
    for (subject, link) in subjects.iter().zip(links) {
        let passage = subject.passage;
        let length = u64::from(passage.standing.words);
        *words.entry(&passage.document).or_default() += length;
        let Some(canonical) = link.as_ref().and_then(|link| subjects.get(link.canonical)) else { continue };
        if canonical.passage.document != passage.document {
            let others = shared.entry(&passage.document).or_default();
            others.entry(&canonical.passage.document).or_insert((0, passage, canonical.passage)).0 += length;
        }
    }
    let mut clusters: HashMap<&DocumentId, DocumentCluster> = HashMap::new();
    for (document, others) in shared {
        let Some((other, (length, passage, canonical))) = others.into_iter().max_by_key(|(_, (length, ..))| *length)
        else {
            continue;
        };
        let total = words.get(document).copied().unwrap_or_default().max(1);
        let share = length as f64 / total as f64;
        if share >= COPIED {
            let copy = DocumentCopy {
                document: passage.document_name.clone(),
                share,
                edition: passage.standing.same_family(&canonical.standing),
            };
            let cluster = clusters
                .entry(other)
                .or_insert_with(|| DocumentCluster { canonical: canonical.document_name.clone(), members: Vec::new() });
            cluster.members.push(copy);
        }
    }
    let mut clusters: Vec<DocumentCluster> = clusters.into_values().collect();
    for cluster in &mut clusters {
        cluster.members.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.document.cmp(&b.document)));
    }
    clusters.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then_with(|| a.canonical.cmp(&b.canonical)));
    clusters
}
