//! What the audit of vectors has looked at, and what it found.

use std::collections::{BTreeSet, HashMap};

use tamis_ingest::ChunkId;
use tamis_scoring::{Conflict, Passage, Policy};

use super::{Ledger, Result, conflicts, findings, paraphrases, passages};

/// What the audit found of two chunks.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditFinding {
    /// The first chunk.
    pub chunk: ChunkId,
    /// The second.
    pub other: ChunkId,
    /// What it is.
    pub kind: AuditKind,
}

/// What two chunks can be to each other that only vectors see.
#[derive(Debug, Clone, PartialEq)]
pub enum AuditKind {
    /// Statements that exclude each other in other words, seen from the first chunk.
    Contradiction(Vec<Conflict>),
    /// Both say the same in other words; the cosine of their vectors.
    Paraphrase(f32),
}

/// How many findings of an audit are new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NewFindings {
    /// Contradictions in other words.
    pub contradictions: u64,
    /// Repetitions in other words.
    pub paraphrases: u64,
}

impl Ledger {
    /// Published chunks that the audit has not looked at under the settings that `mark` stands for, at most `limit`.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn chunks_to_audit(&self, mark: &str, limit: u32) -> Result<Vec<ChunkId>> {
        let ids: Vec<String> = sqlx::query_scalar(
            "select id from chunks where searchable = 1 and retired = 0 and index_state = 2
             and (audited is null or audited <> $1) order by id limit $2",
        )
        .bind(mark)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().map(ChunkId::from_stored).collect())
    }

    /// How many chunks [`Self::chunks_to_audit`] has still to give.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn waiting_for_audit(&self, mark: &str) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from chunks where searchable = 1 and retired = 0 and index_state = 2
             and (audited is null or audited <> $1)",
        )
        .bind(mark)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The passages of these chunks, those there are.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn passages(&self, chunks: &[ChunkId]) -> Result<HashMap<ChunkId, Passage>> {
        let mut connection = self.pool.acquire().await?;
        let mut found = HashMap::with_capacity(chunks.len());
        for some in chunks.chunks(PASSAGES_AT_ONCE) {
            let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
            let loaded = passages::load(&mut connection, &ids).await?;
            found.extend(loaded.into_iter().map(|passage| (passage.chunk.clone(), passage)));
        }
        Ok(found)
    }

    /// Records that the audit looked at `chunks`, and what it found, and grades again what that is about. A pair whose
    /// statements are known to clash keeps what is known, and a pair of which a chunk is searched no more is left out.
    /// Returns how many of the findings are new.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn record_audit(
        &self,
        mark: &str,
        chunks: &[ChunkId],
        found: &[AuditFinding],
        policy: &Policy,
    ) -> Result<NewFindings> {
        let mut write = self.write_in_background().await?;
        let mut touched: BTreeSet<&ChunkId> = BTreeSet::new();
        let mut new = NewFindings::default();
        for AuditFinding { chunk, other, kind } in found {
            let (first, second) = if chunk < other { (chunk, other) } else { (other, chunk) };
            let stands: i64 = sqlx::query_scalar(
                "select (select count(*) from chunks where id in ($1, $2) and retired = 0 and searchable = 1
                         and shadowed_by is null and coalesce(reworded_by, '') not in ($1, $2)) = 2
                 and not exists (select 1 from conflicts where chunk_id = $1 and other_id = $2)
                 and not exists (select 1 from paraphrases where chunk_id = $1 and other_id = $2)",
            )
            .bind(first.as_str())
            .bind(second.as_str())
            .fetch_one(&mut *write.tx)
            .await?;
            if stands == 0 {
                continue;
            }
            match kind {
                AuditKind::Contradiction(disagreements) => {
                    conflicts::insert(&mut write.tx, chunk, other, disagreements).await?;
                    new.contradictions += 1;
                }
                AuditKind::Paraphrase(similarity) => {
                    paraphrases::insert(&mut write.tx, chunk, other, *similarity).await?;
                    new.paraphrases += 1;
                }
            }
            touched.extend([chunk, other]);
        }
        for chunk in chunks {
            sqlx::query("update chunks set audited = $2 where id = $1")
                .bind(chunk.as_str())
                .bind(mark)
                .execute(&mut *write.tx)
                .await?;
        }
        for chunk in touched {
            findings::regrade(&mut write.tx, chunk.as_str(), policy).await?;
        }
        write.commit().await?;
        Ok(new)
    }
}

/// Chunks in one query: SQLite limits the values of a statement.
const PASSAGES_AT_ONCE: usize = 500;
