//! Pairs of chunks that cannot both be true.

use sqlx::SqliteConnection;
use tamis_ingest::ChunkId;
use tamis_scoring::Conflict;

use super::{Error, Result, time};

/// Records what a pair disagrees on, seen from `chunk`, in place of what was recorded; nothing forgets the pair.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    chunk: &ChunkId,
    other: &ChunkId,
    conflicts: &[Conflict],
) -> Result<()> {
    let in_order = chunk < other;
    let (first, second) = if in_order { (chunk, other) } else { (other, chunk) };
    if conflicts.is_empty() {
        sqlx::query("delete from conflicts where chunk_id = $1 and other_id = $2")
            .bind(first.as_str())
            .bind(second.as_str())
            .execute(connection)
            .await?;
        return Ok(());
    }
    let stored: Vec<Conflict> =
        if in_order { conflicts.to_vec() } else { conflicts.iter().map(Conflict::turned).collect() };
    let body = serde_json::to_string(&stored).map_err(|source| Error::Stored { what: "list of conflicts", source })?;
    sqlx::query(
        "insert into conflicts (chunk_id, other_id, conflicts, found_at) values ($1, $2, $3, $4)
         on conflict (chunk_id, other_id) do update set conflicts = excluded.conflicts",
    )
    .bind(first.as_str())
    .bind(second.as_str())
    .bind(body)
    .bind(time::now())
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the conflicts of a chunk; returns the chunks it was in conflict with.
pub(super) async fn remove(connection: &mut SqliteConnection, chunk: &str) -> Result<Vec<String>> {
    let pairs: Vec<(String, String)> =
        sqlx::query_as("delete from conflicts where chunk_id = $1 or other_id = $1 returning chunk_id, other_id")
            .bind(chunk)
            .fetch_all(connection)
            .await?;
    Ok(pairs.into_iter().map(|(first, second)| if first == chunk { second } else { first }).collect())
}

/// The conflicts of a chunk, each seen from its side: the other chunk, and what they disagree on.
pub(super) async fn of(connection: &mut SqliteConnection, chunk: &str) -> Result<Vec<(String, Vec<Conflict>)>> {
    let pairs: Vec<(String, String, String)> = sqlx::query_as(
        "select chunk_id, other_id, conflicts from conflicts where chunk_id = $1 or other_id = $1
         order by found_at, chunk_id, other_id",
    )
    .bind(chunk)
    .fetch_all(connection)
    .await?;
    pairs
        .into_iter()
        .map(|(first, second, body)| {
            let stored: Vec<Conflict> =
                serde_json::from_str(&body).map_err(|source| Error::Stored { what: "list of conflicts", source })?;
            if first == chunk {
                Ok((second, stored))
            } else {
                Ok((first, stored.iter().map(Conflict::turned).collect()))
            }
        })
        .collect()
}
