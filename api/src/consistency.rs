//! Whether both indexes hold exactly what the ledger says.

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;
use tamis_ingest::ChunkId;

use crate::service::Service;

/// The comparison, chunk by chunk.
#[derive(Debug, Serialize)]
pub struct Consistency {
    /// Whether all three agree.
    pub ok: bool,
    /// Searchable chunks in the ledger.
    pub ledger: usize,
    /// Chunks in LanceDB.
    pub lance: usize,
    /// Chunks in tantivy.
    pub tantivy: usize,
    /// Chunks an index holds and should not.
    pub orphans: PerIndex,
    /// Chunks an index should hold and does not.
    pub missing: PerIndex,
    /// Chunks that wait to be published: an ingest was cut short, or runs at the moment.
    pub unpublished: u64,
}

/// Chunk ids, by index.
#[derive(Debug, Serialize)]
pub struct PerIndex {
    /// LanceDB.
    pub lance: Vec<ChunkId>,
    /// tantivy.
    pub tantivy: Vec<ChunkId>,
}

/// Compares ledger and indexes.
///
/// # Errors
/// Where one of them cannot be read.
pub async fn compare(service: &Service) -> Result<Consistency> {
    let contents = service.corpus.contents().await?;
    let ledger: BTreeSet<ChunkId> = service.ledger.searchable_chunks().await?.into_iter().collect();
    let beyond = |index: &BTreeSet<ChunkId>| index.difference(&ledger).cloned().collect::<Vec<_>>();
    let lacking = |index: &BTreeSet<ChunkId>| ledger.difference(index).cloned().collect::<Vec<_>>();
    let orphans = PerIndex { lance: beyond(&contents.lance), tantivy: beyond(&contents.tantivy) };
    let missing = PerIndex { lance: lacking(&contents.lance), tantivy: lacking(&contents.tantivy) };
    let ok = [&orphans, &missing].iter().all(|one| one.lance.is_empty() && one.tantivy.is_empty());
    Ok(Consistency {
        ok,
        ledger: ledger.len(),
        lance: contents.lance.len(),
        tantivy: contents.tantivy.len(),
        orphans,
        missing,
        unpublished: service.ledger.unpublished().await?,
    })
}
