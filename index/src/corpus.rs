//! Both indexes as one.

use std::collections::BTreeSet;
use std::path::Path;

use tamis_ingest::ChunkId;

use crate::{IndexEntry, ModelFingerprint, Result, SearchHit, SearchRequest, Vector};

/// The lexical and the vector index of one model, in one folder. Any number of processes may search it; one at a time
/// may publish.
pub struct Corpus {}

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
    /// In LanceDB.
    pub lance: BTreeSet<ChunkId>,
    /// In tantivy.
    pub tantivy: BTreeSet<ChunkId>,
}

impl Corpus {
    /// Opens the indexes in `dir`, making them where there are none.
    ///
    /// # Errors
    /// [`crate::Error::OtherModel`] where the folder was written with another model; others where it cannot be read.
    pub async fn open(dir: &Path, model: &ModelFingerprint) -> Result<Self> {
        let _ = (dir, model);
        todo!()
    }

    /// Writes `entries` with their vectors and takes `removals` away, in both indexes. Doing it again with the same
    /// arguments changes nothing. When it returns, searches see the result.
    ///
    /// # Errors
    /// [`crate::Error::Busy`] where another process publishes; others where a write fails: then nothing, or only one
    /// index, may have been written, and the same call mends it.
    pub async fn publish(
        &self,
        sequence: u64,
        entries: &[(IndexEntry, Vector)],
        removals: &[ChunkId],
    ) -> Result<Receipt> {
        let _ = (sequence, entries, removals);
        todo!()
    }

    /// Searches. `vector` is the embedded query, needed unless the mode is lexical.
    ///
    /// # Errors
    /// Errors where an index cannot answer.
    pub async fn search(&self, request: &SearchRequest, vector: Option<&Vector>) -> Result<Vec<SearchHit>> {
        let _ = (request, vector);
        todo!()
    }

    /// The ids both indexes hold.
    ///
    /// # Errors
    /// Where an index cannot be read.
    pub async fn contents(&self) -> Result<Contents> {
        todo!()
    }

    /// The vectors stored for `chunks`, those there are: so that a rebuild need not embed again.
    ///
    /// # Errors
    /// Where the vector index cannot be read.
    pub async fn vectors(&self, chunks: &[ChunkId]) -> Result<Vec<(ChunkId, Vector)>> {
        let _ = chunks;
        todo!()
    }

    /// Sequence number of the last publish that both indexes hold.
    ///
    /// # Errors
    /// Where tantivy's metadata cannot be read.
    pub fn sequence(&self) -> Result<Option<u64>> {
        todo!()
    }

    /// Compacts both indexes and prunes Lance versions older than an hour.
    ///
    /// # Errors
    /// Where an index cannot be written.
    pub async fn optimize(&self) -> Result<()> {
        todo!()
    }
}
