//! Documents on their way out: their chunks leave search at once, their rows when the indexes have let go of them.

use tamis_ingest::{DocumentId, SourceName};
use tamis_scoring::Policy;

use super::{Ledger, Result, RunCounts, WriteTransaction, lineage, runs, settle::Settlement, time};

impl Ledger {
    /// Takes out the documents of `source` that `run` did not see, except where `is_protected` says that their part
    /// of the source could not be listed. Returns how many.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn remove_unseen(
        &self,
        run: &str,
        source: &SourceName,
        policy: &Policy,
        is_protected: impl Fn(&str) -> bool,
    ) -> Result<u64> {
        let unseen: Vec<(String, String)> = sqlx::query_as(
            "select id, uri from documents where source = $1 and seen_run <> $2 and status <> 'removed' order by id",
        )
        .bind(source.as_str())
        .bind(run)
        .fetch_all(&self.pool)
        .await?;
        let mut removed = 0;
        for (id, _) in unseen.iter().filter(|(_, uri)| !is_protected(uri)) {
            self.remove_in_run(id, run, policy).await?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Takes out some documents of a source that is being deleted, at most `limit`. Returns how many.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn remove_some(&self, run: &str, source: &SourceName, limit: u32, policy: &Policy) -> Result<u64> {
        let some: Vec<String> = sqlx::query_scalar(
            "select id from documents where source = $1 and status <> 'removed' order by id limit $2",
        )
        .bind(source.as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        for id in &some {
            self.remove_in_run(id, run, policy).await?;
        }
        Ok(some.len() as u64)
    }

    /// Takes one document out.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn remove_document(&self, document: &DocumentId, policy: &Policy) -> Result<()> {
        let mut write = self.write_in_background().await?;
        retire(&mut write, document.as_str(), policy).await?;
        write.commit().await
    }

    async fn remove_in_run(&self, document: &str, run: &str, policy: &Policy) -> Result<()> {
        let mut write = self.write_in_background().await?;
        retire(&mut write, document, policy).await?;
        runs::add_counts(&mut write.tx, run, RunCounts { removed: 1, ..RunCounts::default() }).await?;
        write.commit().await
    }
}

async fn retire(write: &mut WriteTransaction<'_>, document: &str, policy: &Policy) -> Result<()> {
    let mut settlement = Settlement::new(&mut write.tx, policy);
    settlement.retire_document(document).await?;
    let leftovers = settlement.into_leftovers();
    sqlx::query("update documents set status = 'removed', updated_at = $2 where id = $1")
        .bind(document)
        .bind(time::now())
        .execute(&mut *write.tx)
        .await?;
    let renewed = lineage::renew(&mut write.tx, document).await?;
    let mut settlement = Settlement::resume(&mut write.tx, policy, leftovers);
    lineage::place_again(&mut settlement, &renewed, document).await?;
    settlement.finish().await?;
    // What was never indexed is gone at once.
    super::publications::purge(&mut write.tx).await
}
