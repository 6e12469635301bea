//! Checking a whole set of passages against each other in memory, for `grade` and `check`.

use std::collections::HashMap;

use serde::Serialize;
use tamis_ingest::ChunkId;

use crate::{Finding, Passage};

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
/// passages and of candidate pairs that share a key, never with all pairs.
#[must_use]
pub fn cross_check(passages: &[Passage]) -> CrossReport {
    let _ = passages;
    todo!()
}
