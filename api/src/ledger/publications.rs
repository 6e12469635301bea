//! What the indexes should hold next.
//!
//! A chunk's `index_state` says what the indexes may hold of it: 0 nothing, 1 perhaps something, 2 exactly this. It
//! goes to 1, durably, before an index is written, and to 2 or 0 after both are: so whatever a crash leaves behind in
//! an index is a chunk the ledger knows to write again or to take away.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use tamis_index::{IndexEntry, metadata_values};
use tamis_ingest::{ChunkId, DocumentId, SourceName};
use tamis_scoring::Policy;

use super::{Error, Ledger, Result, boilerplate, time};

/// A batch to publish.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its number; both indexes record it.
    pub sequence: u64,
    /// Chunks to write, with the hash of the text their stored vector was made from, if there is one.
    pub entries: Vec<(IndexEntry, Option<String>)>,
    /// Chunks to take away.
    pub removals: Vec<ChunkId>,
}

/// A batch that both indexes hold.
#[derive(Debug, Clone)]
pub struct Published<'a> {
    /// Its number.
    pub sequence: u64,
    /// The chunks written, each with the hash of the text its vector was made from.
    pub written: &'a [(ChunkId, String)],
    /// The chunks taken away.
    pub removed: &'a [ChunkId],
}

impl Ledger {
    /// The next batch, at most `limit` chunks to write and as many to take away; `None` where the indexes are as they
    /// should be. What is indexed of a chunk is its text without boilerplate.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_batch(&self, limit: u32, policy: &Policy) -> Result<Option<Batch>> {
        let mut write = self.write_in_background().await?;
        let rows = sqlx::query(
            "select c.id, c.document_id, c.heading_path, c.text, c.embedded_hash, d.source, d.uri, d.title,
                    coalesce(c.language, d.language) as language, c.table_head, d.modified_at, d.kind, d.metadata
             from chunks c join documents d on d.id = c.document_id
             where c.searchable = 1 and c.index_state < 2 order by d.source, d.uri, c.ordinal limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&mut *write.tx)
        .await?;
        let mut entries = rows.iter().map(entry).collect::<Result<Vec<_>>>()?;
        without_boilerplate(&mut write.tx, &mut entries, policy).await?;
        let removals: Vec<String> =
            sqlx::query_scalar("select id from chunks where searchable = 0 and index_state > 0 order by id limit $1")
                .bind(i64::from(limit))
                .fetch_all(&mut *write.tx)
                .await?;
        if entries.is_empty() && removals.is_empty() {
            return Ok(None);
        }
        let sequence: i64 = sqlx::query_scalar(
            "insert into publications (sequence, entries, removals, started_at)
             values ((select coalesce(max(sequence), 0) + 1 from publications), $1, $2, $3) returning sequence",
        )
        .bind(entries.len() as i64)
        .bind(removals.len() as i64)
        .bind(time::now())
        .fetch_one(&mut *write.tx)
        .await?;
        for (entry, _) in &entries {
            sqlx::query("update chunks set index_state = 1, publishing = $2 where id = $1")
                .bind(entry.chunk.as_str())
                .bind(sequence)
                .execute(&mut *write.tx)
                .await?;
        }
        for chunk in &removals {
            sqlx::query("update chunks set publishing = $2 where id = $1")
                .bind(chunk)
                .bind(sequence)
                .execute(&mut *write.tx)
                .await?;
        }
        write.commit().await?;
        self.sync_to_disk().await?;
        Ok(Some(Batch {
            sequence: sequence.unsigned_abs(),
            entries,
            removals: removals.into_iter().map(ChunkId::from_stored).collect(),
        }))
    }

    /// Records that both indexes hold a batch.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn mark_published(&self, published: &Published<'_>) -> Result<()> {
        let sequence = published.sequence as i64;
        let mut write = self.write_in_background().await?;
        for (chunk, embedded_hash) in published.written {
            sqlx::query("update chunks set index_state = 2, embedded_hash = $3 where id = $1 and publishing = $2")
                .bind(chunk.as_str())
                .bind(sequence)
                .bind(embedded_hash)
                .execute(&mut *write.tx)
                .await?;
        }
        for chunk in published.removed {
            sqlx::query("update chunks set index_state = 0, embedded_hash = null where id = $1 and publishing = $2")
                .bind(chunk.as_str())
                .bind(sequence)
                .execute(&mut *write.tx)
                .await?;
        }
        sqlx::query("update publications set finished_at = $2 where sequence = $1")
            .bind(sequence)
            .bind(time::now())
            .execute(&mut *write.tx)
            .await?;
        purge(&mut write.tx).await?;
        write.commit().await
    }

    /// How many chunks are to be written to the indexes.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unpublished(&self) -> Result<u64> {
        let count: i64 = sqlx::query_scalar("select count(*) from chunks where searchable = 1 and index_state < 2")
            .fetch_one(&self.pool)
            .await?;
        Ok(count.unsigned_abs())
    }

    /// Ids of all chunks the indexes should hold.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn searchable_chunks(&self) -> Result<Vec<ChunkId>> {
        let ids: Vec<String> =
            sqlx::query_scalar("select id from chunks where searchable = 1 order by id").fetch_all(&self.pool).await?;
        Ok(ids.into_iter().map(ChunkId::from_stored).collect())
    }

    /// How many chunks the indexes should hold.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn searchable_count(&self) -> Result<u64> {
        let count: i64 =
            sqlx::query_scalar("select count(*) from chunks where searchable = 1").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }

    /// What indexes made anew should hold of the chunks whose ids come after `after`, at most `limit`, by id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn searchable_entries(&self, after: &str, limit: u32, policy: &Policy) -> Result<Vec<IndexEntry>> {
        let mut write = self.write_in_background().await?;
        let rows = sqlx::query(
            "select c.id, c.document_id, c.heading_path, c.text, c.embedded_hash, d.source, d.uri, d.title,
                    coalesce(c.language, d.language) as language, c.table_head, d.modified_at, d.kind, d.metadata
             from chunks c join documents d on d.id = c.document_id
             where c.searchable = 1 and c.id > $1 order by c.id limit $2",
        )
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *write.tx)
        .await?;
        let mut entries = rows.iter().map(entry).collect::<Result<Vec<_>>>()?;
        without_boilerplate(&mut write.tx, &mut entries, policy).await?;
        Ok(entries.into_iter().map(|(entry, _)| entry).collect())
    }

    /// Makes it known that other indexes take the place of those in use: until [`Self::finish_swap`], nothing is known
    /// of what the indexes hold, so a crash in between has all of it written again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_swap(&self) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query("update chunks set index_state = 1, publishing = 0, embedded_hash = null where index_state = 2")
            .execute(&mut *write.tx)
            .await?;
        write.commit().await?;
        self.sync_to_disk().await
    }

    /// Records that the indexes now in use hold exactly the searchable chunks, each with the hash of the text its vector
    /// was made from.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn finish_swap(&self, written: &[(ChunkId, String)]) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query("update chunks set index_state = 0, publishing = 0, embedded_hash = null where searchable = 0")
            .execute(&mut *write.tx)
            .await?;
        for (chunk, embedded_hash) in written {
            sqlx::query("update chunks set index_state = 2, embedded_hash = $2 where id = $1 and searchable = 1")
                .bind(chunk.as_str())
                .bind(embedded_hash)
                .execute(&mut *write.tx)
                .await?;
        }
        purge(&mut write.tx).await?;
        write.commit().await
    }

    /// Makes all that was committed survive the machine, not only the process: the indexes are written next, and must
    /// never hold what the ledger has forgotten.
    async fn sync_to_disk(&self) -> Result<()> {
        // Copying the log into the database can take seconds on a slow disk, and nobody who decides should wait for that: a
        // passive checkpoint goes beside a writer. Only where another is under way, which may have begun before the last
        // commit, it is done again in the line of writers.
        if !self.checkpoint().await? {
            let _turn = self.writer.lock().await;
            self.checkpoint().await?;
        }
        Ok(())
    }

    /// Writes the log to disk and as much of it as nobody reads into the database. Returns whether it was done: nothing is
    /// where another checkpoint is under way.
    async fn checkpoint(&self) -> Result<bool> {
        let (busy, ..): (i64, i64, i64) =
            sqlx::query_as("pragma wal_checkpoint(passive)").fetch_one(&self.pool).await?;
        Ok(busy == 0)
    }
}

/// Deletes what left its document, or its source, and is in no index any more.
pub(super) async fn purge(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query("delete from chunks where retired = 1 and index_state = 0").execute(&mut *connection).await?;
    sqlx::query(
        "delete from documents where status = 'removed'
         and not exists (select 1 from chunks where chunks.document_id = documents.id)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What is indexed of a chunk is its text without boilerplate.
async fn without_boilerplate(
    connection: &mut SqliteConnection,
    entries: &mut [(IndexEntry, Option<String>)],
    policy: &Policy,
) -> Result<()> {
    if !boilerplate::is_any(connection).await? {
        return Ok(());
    }
    for (entry, _) in entries {
        let shared = boilerplate::among(connection, [entry.chunk.as_str()], policy).await?;
        let own = shared.without(&entry.text);
        // A chunk of nothing else is found by what it has.
        if !own.trim().is_empty() {
            entry.text = own.into_owned();
        }
    }
    Ok(())
}

pub(super) fn entry(row: &SqliteRow) -> Result<(IndexEntry, Option<String>)> {
    let heading_path: String = row.get("heading_path");
    let source: String = row.get("source");
    let (kind, metadata): (String, String) = (row.get("kind"), row.get("metadata"));
    let metadata = serde_json::from_str(&metadata).map_err(|source| Error::Stored { what: "metadata", source })?;
    let mut context: Vec<String> =
        serde_json::from_str(&heading_path).map_err(|source| Error::Stored { what: "heading path", source })?;
    // To the indexes the head of a table is one more heading above the rows that are cut off from it.
    context.extend(row.get::<Option<String>, _>("table_head"));
    let entry = IndexEntry {
        chunk: ChunkId::from_stored(row.get("id")),
        document: DocumentId::from_stored(row.get("document_id")),
        source: SourceName::new(source).map_err(|problem| Error::Queue(problem.to_string()))?,
        uri: row.get("uri"),
        title: row.get("title"),
        heading_path: context,
        text: row.get("text"),
        language: row.get("language"),
        modified_at: time::read(row.get("modified_at")),
        kind: Some(serde_json::from_str(&kind).map_err(|source| Error::Stored { what: "kind of document", source })?),
        metadata: metadata_values(&metadata),
    };
    Ok((entry, row.get("embedded_hash")))
}
