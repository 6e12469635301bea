//! Vectors for chunks: those known, and the rest from the model.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use tamis_index::{Embedder, IndexEntry, Vector};
use tamis_ingest::ContentHash;

use crate::embedding_cache::EmbeddingCache;

/// Chunks embedded between two reports of progress, and two writes of the cache.
const PROGRESS_EVERY: usize = 32;

/// Vectors by the hash of the text they were made from.
pub(crate) struct Embedded {
    pub(crate) vectors: HashMap<String, Vector>,
    /// How many texts the model read.
    pub(crate) texts: u64,
}

/// The hash of what the model reads of a chunk.
pub(crate) fn embedding_hash(entry: &IndexEntry) -> String {
    ContentHash::of(entry.embedding_text().as_bytes()).to_string()
}

/// The vectors of `entries`, given with their [`embedding_hash`]. Each text is read once, and none that is in the cache
/// or in `known`. What is made goes into the cache at once, so that what a crash cuts short is not made again.
pub(crate) async fn embed(
    embedder: &Embedder,
    cache: &EmbeddingCache,
    entries: &[(&IndexEntry, &str)],
    known: HashMap<String, Vector>,
    progress: impl Fn(u64),
) -> Result<Embedded> {
    let hashes: Vec<String> = entries.iter().map(|(_, hash)| (*hash).to_owned()).collect();
    let mut vectors = known;
    vectors.extend(cache.get(&hashes).await?);
    let mut seen = HashSet::new();
    let missing: Vec<&(&IndexEntry, &str)> =
        entries.iter().filter(|(_, hash)| !vectors.contains_key(*hash) && seen.insert(*hash)).collect();
    for slice in missing.chunks(PROGRESS_EVERY) {
        let texts = slice.iter().map(|(entry, _)| entry.embedding_text()).collect();
        let made = embedder.embed(texts).await?;
        cache.put(slice.iter().map(|(_, hash)| *hash).zip(&made)).await?;
        vectors.extend(slice.iter().map(|(_, hash)| (*hash).to_owned()).zip(made));
        progress(slice.len() as u64);
        tracing::debug!(chunks = slice.len(), "embedded");
    }
    Ok(Embedded { vectors, texts: missing.len() as u64 })
}
