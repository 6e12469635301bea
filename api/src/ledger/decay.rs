//! Time alone changes grades: chunks are graded again as they age.

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use tamis_ingest::DateSource;
use tamis_scoring::freshness::Ageing;
use tamis_scoring::{DocumentKind, Policy};

use super::{Error, Ledger, Result, findings, record, time};

/// Chunks graded again in one transaction: somebody may wait to decide.
const BATCH: i64 = 64;

impl Ledger {
    /// Grades chunks again that were not graded today, the longest ago first: at most 64, so that others may write in
    /// between. Returns how many; 0 where none is left.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn decay(&self, policy: &Policy) -> Result<u64> {
        let today = day(Timestamp::now());
        let mut write = self.write_in_background().await?;
        let chunks = graded_before(&mut write.tx, today).await?;
        for chunk in &chunks {
            findings::regrade(&mut write.tx, chunk, policy).await?;
        }
        write.commit().await?;
        Ok(chunks.len() as u64)
    }
}

async fn graded_before(connection: &mut SqliteConnection, day: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("select id from chunks where retired = 0 and graded_on < $1 order by graded_on limit $2")
        .bind(day)
        .bind(BATCH)
        .fetch_all(connection)
        .await?)
}

/// The day of a time, in days since 1970 (UTC).
pub(super) fn day(time: Timestamp) -> i64 {
    time.as_second().div_euclid(86_400)
}

/// What makes the document of a row age, as reading it found: its last change, else its publication.
pub(super) fn ageing(row: &SqliteRow) -> Result<Ageing> {
    let kind: DocumentKind =
        serde_json::from_str(row.get("kind")).map_err(|source| Error::Stored { what: "kind of document", source })?;
    let (modified, published) = (time::read(row.get("modified_at")), time::read(row.get("published_at")));
    let source: Option<&str> = row.get("modified_at_source");
    let source = match (modified, published) {
        (Some(_), _) => source.and_then(record::date_source),
        (None, Some(_)) => Some(DateSource::PageMetadata),
        (None, None) => None,
    };
    Ok(Ageing { kind, modified_at: modified.or(published), source })
}
