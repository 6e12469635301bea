//! Every live chunk as if nothing were held back, to compare with.

use sqlx::Row;
use tamis_index::IndexEntry;

use super::{Ledger, Result, publications};

impl Ledger {
    /// The live chunks after `after`, by id, accepted or not, each with its document's name.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn uncurated(&self, after: &str, limit: u32) -> Result<Vec<(String, IndexEntry)>> {
        let rows = sqlx::query(
            "select c.id, c.document_id, c.heading_path, c.text, c.embedded_hash, d.name, d.source, d.uri, d.title,
                    coalesce(c.language, d.language) as language, c.table_head, d.modified_at, d.kind, d.metadata
             from chunks c join documents d on d.id = c.document_id
             where c.retired = 0 and c.id > $1 order by c.id limit $2",
        )
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((row.get("name"), publications::entry(row)?.0))).collect()
    }

    /// How many chunks there are, accepted or not.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn live_chunks(&self) -> Result<u64> {
        let count: i64 =
            sqlx::query_scalar("select count(*) from chunks where retired = 0").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}
