//! Both indexes as one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tamis_ingest::{ChunkId, DocumentId};
use tokio::sync::Mutex;

use crate::fusion::{self, Leg};
use crate::lexical::{Found, Lexical};
use crate::memory::Memory;
use crate::search::Ranked;
use crate::vectors::Vectors;
use crate::{
    Error, IndexEntry, ModelFingerprint, Result, SearchFilter, SearchMode, SearchRequest, SearchResults, Vector,
    binding,
};

/// Candidates each index gives to a hybrid search, at least, and for each hit wanted. A chunk that is among those of one
/// index alone counts as nothing in the other, so few candidates punish what both would have found.
const CANDIDATES: usize = 300;
const CANDIDATES_PER_HIT: usize = 4;

/// The most hits a search gives.
const MAX_LIMIT: usize = 20_000;

/// Age from which versions of the vector index go that no new search reads. No search takes as long.
const KEEP_VERSIONS: Duration = Duration::from_mins(10);

/// The lexical and the vector index of one model, in one folder. Any number of processes may search it; one at a time
/// may publish.
pub struct Corpus {
    dir: PathBuf,
    lexical: Arc<Lexical>,
    vectors: Arc<Vectors>,
    memory: Arc<Memory>,
    /// Held by a publish to its very end, even where its caller has gone.
    publishing: Arc<Mutex<()>>,
}

/// What a publish wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The caller's sequence number, kept in tantivy's commit payload.
    pub sequence: u64,
    /// Lance's version after the write.
    pub lance_version: u64,
    /// tantivy's opstamp after the commit.
    pub tantivy_opstamp: u64,
}

/// The chunk ids each index holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// In Lance.
    pub lance: BTreeSet<ChunkId>,
    /// In tantivy.
    pub tantivy: BTreeSet<ChunkId>,
}

impl Corpus {
    /// Opens the indexes in `dir`, making them where there are none.
    ///
    /// # Errors
    /// [`crate::Error::OtherModel`] where the folder was written with another model, [`crate::Error::Format`] by
    /// another version of tamis, [`crate::Error::Damaged`] where its files are not what was written; others where it
    /// cannot be read.
    pub async fn open(dir: &Path, model: &ModelFingerprint) -> Result<Self> {
        let folder = dir.to_owned();
        let fingerprint = model.clone();
        let lexical = blocking(dir, move || {
            let lexical = folder.join("lexical");
            let is_new = !lexical.exists() && !vectors_dir(&folder).exists();
            std::fs::create_dir_all(&folder).map_err(|source| Error::Folder { dir: folder.clone(), source })?;
            binding::bind(&folder, &fingerprint, is_new)?;
            Lexical::open(&lexical)
        })
        .await?;
        let vectors = Arc::new(Vectors::open(&vectors_dir(dir), model.dimension).await?);
        let (lexical, memory, publishing) = (Arc::new(lexical), Arc::default(), Arc::default());
        Ok(Self { dir: dir.to_owned(), lexical, vectors, memory, publishing })
    }

    /// Writes `entries` with their vectors and takes `removals` away, in both indexes. A chunk that is in both goes; of
    /// a chunk given twice the last counts. Doing it again with the same arguments changes nothing. When it returns,
    /// searches see the result.
    ///
    /// # Errors
    /// [`crate::Error::Busy`] where another process publishes, [`crate::Error::BadVector`] where a vector is none of
    /// this model's, [`crate::Error::BadId`] where an id is none: then nothing has been written. Others where a write
    /// fails: then nothing, or only one index, may have been written, and the same call mends it.
    pub async fn publish(
        &self,
        sequence: u64,
        entries: &[(IndexEntry, Vector)],
        removals: &[ChunkId],
    ) -> Result<Receipt> {
        let mut latest: BTreeMap<&ChunkId, (&IndexEntry, &Vector)> = BTreeMap::new();
        for (entry, vector) in entries {
            self.vectors.check(entry.chunk.as_str(), vector)?;
            latest.insert(&entry.chunk, (entry, vector));
        }
        for chunk in removals {
            latest.remove(chunk);
        }
        let latest: Vec<(&IndexEntry, &Vector)> = latest.into_values().collect();
        let changes = self.lexical.prepare(latest.iter().map(|(entry, _)| *entry), removals)?;
        let publishing = Arc::clone(&self.publishing).lock_owned().await;

        // The lexical index has the only lock, so it is taken before Lance is touched.
        let committed = self.with_lexical(|lexical| lexical.lock().and_then(|()| lexical.vectors())).await?;
        // Vectors first: the sequence stands in the lexical commit, so whoever reads it knows both are written.
        let lance_version = self.vectors.publish(&latest, removals).await?;
        self.memory.apply(committed, lance_version, &latest, removals);
        let tantivy_opstamp = self
            .with_lexical(move |lexical| {
                let _until_written = publishing;
                lexical.publish(sequence, lance_version, changes)
            })
            .await?;
        tokio::spawn(cut_into_cells(Arc::clone(&self.memory)));
        Ok(Receipt { sequence, lance_version, tantivy_opstamp })
    }

    /// Searches. `vector` is the embedded query, needed unless the mode is lexical. At most 20,000 hits, best first.
    ///
    /// # Errors
    /// [`crate::Error::NoVector`] or [`crate::Error::BadVector`] where the vector does not serve; others where an index
    /// cannot answer.
    pub async fn search(&self, request: &SearchRequest, vector: Option<&Vector>) -> Result<SearchResults> {
        let limit = request.limit.min(MAX_LIMIT);
        let filter = &request.filter;
        // More than asked for, also where one index answers: equal scores at the end of its list are cut as they come.
        let candidates = if limit == 0 { 0 } else { CANDIDATES.max(limit * CANDIDATES_PER_HIT) };
        let (found, hits) = match request.mode {
            SearchMode::Lexical => {
                let found = self.search_lexical(&request.query, filter, candidates).await?;
                let hits = fusion::single(&found.ranked, Leg::Lexical, limit);
                (found, hits)
            }
            SearchMode::Vector => {
                let vector = self.needed(vector, "vector")?;
                // No candidates: only what to mark in the hits' texts.
                let found = self.search_lexical(&request.query, filter, 0).await?;
                let near = self.search_vectors(vector, filter, candidates).await?;
                (found, fusion::single(&near, Leg::Vector, limit))
            }
            SearchMode::Hybrid => {
                let vector = self.needed(vector, "hybrid")?;
                let lexical = self.search_lexical(&request.query, filter, candidates);
                let (found, near) = tokio::try_join!(lexical, self.search_vectors(vector, filter, candidates))?;
                let hits = fusion::fuse(&found.ranked, &near, fusion::lexical_weight(found.has_identifier), limit);
                (found, hits)
            }
        };
        Ok(SearchResults { hits, corrections: found.corrections, highlighter: found.highlighter })
    }

    /// The ids both indexes hold.
    ///
    /// # Errors
    /// Where an index cannot be read.
    pub async fn contents(&self) -> Result<Contents> {
        let (lance, tantivy) = tokio::try_join!(self.vectors.contents(), self.with_lexical(Lexical::contents))?;
        Ok(Contents { lance, tantivy })
    }

    /// The vectors stored for `chunks`, those there are: so that a rebuild need not embed again.
    ///
    /// # Errors
    /// Where the vector index cannot be read.
    pub async fn vectors(&self, chunks: &[ChunkId]) -> Result<Vec<(ChunkId, Vector)>> {
        self.vectors.vectors(chunks).await
    }

    /// The `limit` chunks nearest to a vector, each with its document and the cosine of both vectors, the nearest first.
    ///
    /// # Errors
    /// [`crate::Error::BadVector`] where the vector is none of this model's; others where an index cannot be read.
    pub async fn neighbours(&self, vector: &Vector, limit: usize) -> Result<Vec<(ChunkId, DocumentId, f32)>> {
        self.vectors.check("the query", vector)?;
        let near = self.search_vectors(vector, &SearchFilter::default(), limit.min(MAX_LIMIT)).await?;
        let ids = |hit: Ranked| (ChunkId::from_bits(hit.chunk), DocumentId::from_bits(hit.document), hit.score);
        Ok(near.into_iter().map(ids).collect())
    }

    /// Sequence number of the last publish that both indexes hold.
    ///
    /// # Errors
    /// Where tantivy's metadata cannot be read.
    pub fn sequence(&self) -> Result<Option<u64>> {
        self.lexical.sequence()
    }

    /// Compacts both indexes and removes what only searches begun more than ten minutes ago still read.
    ///
    /// # Errors
    /// [`crate::Error::Busy`] where another process publishes; others where an index cannot be written.
    pub async fn optimize(&self) -> Result<()> {
        self.optimize_keeping(KEEP_VERSIONS).await
    }

    async fn optimize_keeping(&self, keep: Duration) -> Result<()> {
        let publishing = Arc::clone(&self.publishing).lock_owned().await;
        self.with_lexical(Lexical::lock).await?;
        self.vectors.optimize(keep).await?;
        self.with_lexical(move |lexical| {
            let _until_done = publishing;
            lexical.optimize()
        })
        .await
    }

    fn needed<'a>(&self, vector: Option<&'a Vector>, mode: &'static str) -> Result<&'a Vector> {
        let vector = vector.ok_or(Error::NoVector { mode })?;
        self.vectors.check("the query", vector)?;
        Ok(vector)
    }

    async fn search_lexical(&self, query: &str, filter: &SearchFilter, limit: usize) -> Result<Found> {
        let (query, filter) = (query.to_owned(), filter.clone());
        self.with_lexical(move |lexical| lexical.search(&query, &filter, limit)).await
    }

    /// From the copy in memory where there is one that is up to date, else from Lance.
    async fn search_vectors(&self, vector: &Vector, filter: &SearchFilter, limit: usize) -> Result<Vec<Ranked>> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let (memory, wanted, allowed) = (Arc::clone(&self.memory), vector.clone(), filter.clone());
        let found =
            self.with_lexical(move |lexical| Ok(memory.search(lexical.vectors()?, &wanted, &allowed, limit))).await?;
        if let Some(found) = found {
            return Ok(found);
        }
        if self.memory.wants_copy() {
            let (memory, vectors) = (Arc::clone(&self.memory), Arc::clone(&self.vectors));
            tokio::spawn(async move {
                if let Err(error) = keep_in_memory(memory, &vectors).await {
                    tracing::warn!(%error, "cannot keep vectors in memory: Lance answers each search");
                }
            });
        }
        self.vectors.search(vector, filter, limit).await
    }

    /// Has searches of this process answered from memory where they can be. A process that searches more than a few
    /// times does so by itself; this waits until it is done.
    ///
    /// # Errors
    /// Where the vector index cannot be read.
    pub async fn keep_in_memory(&self) -> Result<()> {
        keep_in_memory(Arc::clone(&self.memory), &self.vectors).await
    }

    async fn with_lexical<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Lexical) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let lexical = Arc::clone(&self.lexical);
        blocking(&self.dir, move || work(&lexical)).await
    }
}

async fn keep_in_memory(memory: Arc<Memory>, vectors: &Vectors) -> Result<()> {
    memory.make(vectors).await?;
    cut_into_cells(memory).await;
    Ok(())
}

/// Where cells would pay, and none are being made.
async fn cut_into_cells(memory: Arc<Memory>) {
    if memory.wants_cells() {
        // Where it panics, the copy stays as it was.
        tokio::task::spawn_blocking(move || memory.cut()).await.ok();
    }
}

fn vectors_dir(dir: &Path) -> PathBuf {
    dir.join("vectors")
}

/// Runs `work` where it may block. Where it panics, files it read were not what they should be.
async fn blocking<T: Send + 'static>(dir: &Path, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::Damaged { dir: dir.to_owned(), problem: error.to_string() }))
}

#[cfg(test)]
mod tests;
