//! What people look at first: what is waiting for them.

use super::{Ledger, Result, time};

/// What is waiting for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Chunks held back that nobody has decided about, or put off until a day that has come.
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
            "select (select count(*) from chunks c left join reviews r on r.chunk_id = c.id
                     where c.verdict = 'quarantine' and c.retired = 0
                        and coalesce(r.state, 'pending') not in ('released', 'rejected', 'superseded')
                        and not (coalesce(r.state, 'pending') = 'snoozed' and r.until > $1)),
                    (select count(*) from conflicts),
                    (select count(*) from documents where status = 'failed')",
        )
        .bind(time::now())
        .fetch_one(&self.pool)
        .await?;
        Ok(Waiting {
            reviews: reviews.unsigned_abs(),
            conflicts: conflicts.unsigned_abs(),
            failed_documents: failed.unsigned_abs(),
        })
    }
}
