//! What people look at first: what is waiting for them.

use sqlx::AssertSqlSafe;

use super::open_conflicts::IS_OPEN;
use super::{Ledger, Result};

/// What is waiting for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Chunks held back or contested that nobody has decided about, or put off until a day that has come.
    pub reviews: u64,
    /// Pairs of chunks that cannot both be true, neither of which a person keeps out.
    pub conflicts: u64,
    /// Failed jobs: documents that could not be read, runs that failed, webhooks that were not told.
    pub failed_jobs: u64,
}

impl Ledger {
    /// What is waiting for people.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn waiting(&self) -> Result<Waiting> {
        let open_conflicts = format!("select count(*) from conflicts where {IS_OPEN}");
        let (conflicts, failed): (i64, i64) = sqlx::query_as(AssertSqlSafe(format!(
            "select ({open_conflicts}), (select count(*) from documents where status = 'failed')
                 + (select count(*) from runs where status = 'failed' and discarded = 0)
                 + (select count(*) from webhook_deliveries where status = 'failed')"
        )))
        .fetch_one(&self.pool)
        .await?;
        Ok(Waiting {
            reviews: self.review_health().await?.pending,
            conflicts: conflicts.unsigned_abs(),
            failed_jobs: failed.unsigned_abs(),
        })
    }
}
