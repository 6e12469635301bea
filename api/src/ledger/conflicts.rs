//! Pairs of chunks that cannot both be true.

use sqlx::SqliteConnection;
use tamis_scoring::{Conflict, Passage};

use super::{Error, Result, time};

/// Records a pair, seen from `passage`.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    passage: &Passage,
    other: &Passage,
    conflicts: &[Conflict],
) -> Result<()> {
    let in_order = passage.chunk < other.chunk;
    let (first, second) = if in_order { (passage, other) } else { (other, passage) };
    let stored: Vec<Conflict> =
        if in_order { conflicts.to_vec() } else { conflicts.iter().map(Conflict::turned).collect() };
    let body =
        serde_json::to_string(&stored).map_err(|source| Error::Stored { what: "list of conflicts", source })?;
    sqlx::query(
        "insert into conflicts (chunk_id, other_id, conflicts, found_at) values ($1, $2, $3, $4)
         on conflict (chunk_id, other_id) do update set conflicts = excluded.conflicts",
    )
    .bind(first.chunk.as_str())
    .bind(second.chunk.as_str())
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
