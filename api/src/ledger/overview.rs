//! What people look at first: what is waiting for them.

use super::{Ledger, Result};

/// What is waiting for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Chunks held back that nobody has decided about.
    pub reviews: u64,
    /// Pairs of chunks that cannot both be true.
    pub conflicts: u64,
    /// Documents that could not be read.
    pub failed_documents: u64,
}

impl Ledger {
    /// What is waiting for people.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn waiting(&self) -> Result<Waiting> {
        let (reviews, conflicts, failed): (i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from chunks c where c.verdict = 'quarantine' and c.retired = 0
                        and not exists (select 1 from reviews r where r.chunk_id = c.id)),
                    (select count(*) from conflicts),
                    (select count(*) from documents where status = 'failed')",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Waiting {
            reviews: reviews.unsigned_abs(),
            conflicts: conflicts.unsigned_abs(),
            failed_documents: failed.unsigned_abs(),
        })
    }
}
