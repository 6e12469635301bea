//! Pairs of chunks that cannot both be true.

use sqlx::SqliteConnection;
use tamis_ingest::{ByteSpan, ChunkId};
use tamis_scoring::{Conflict, ConflictOutcome};

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

/// Records which of a pair stands, seen from `chunk`, and what decided.
pub(super) async fn decide(
    connection: &mut SqliteConnection,
    chunk: &ChunkId,
    other: &ChunkId,
    outcome: ConflictOutcome,
) -> Result<()> {
    let in_order = chunk < other;
    let (first, second) = if in_order { (chunk, other) } else { (other, chunk) };
    let relation = if in_order { outcome.relation } else { outcome.relation.turned() };
    sqlx::query("update conflicts set relation = $3, ground = $4 where chunk_id = $1 and other_id = $2")
        .bind(first.as_str())
        .bind(second.as_str())
        .bind(relation.name())
        .bind(outcome.ground.map(tamis_scoring::ConflictGround::name))
        .execute(connection)
        .await?;
    Ok(())
}

/// Most conflicts of a chunk that are looked at to see who backs whom: where there are more, one voice decides nothing.
const MAX_OPPONENTS: i64 = 32;

/// Where the documents are that contradict a chunk, and what they contradict in it, seen from the chunk.
pub(super) async fn opponents(connection: &mut SqliteConnection, chunk: &str) -> Result<Vec<(String, Vec<Conflict>)>> {
    let found: Vec<(String, String, String)> = sqlx::query_as(
        "select k.chunk_id, k.conflicts, d.uri from conflicts k
         join chunks c on c.id = case when k.chunk_id = $1 then k.other_id else k.chunk_id end
         join documents d on d.id = c.document_id
         where k.chunk_id = $1 or k.other_id = $1 order by k.found_at, k.chunk_id, k.other_id limit $2",
    )
    .bind(chunk)
    .bind(MAX_OPPONENTS)
    .fetch_all(connection)
    .await?;
    found
        .into_iter()
        .map(|(first, body, uri)| {
            let stored: Vec<Conflict> =
                serde_json::from_str(&body).map_err(|source| Error::Stored { what: "list of conflicts", source })?;
            Ok((uri, if first == chunk { stored } else { stored.iter().map(Conflict::turned).collect() }))
        })
        .collect()
}

/// The chunks that contradict any of these, as far as [`MAX_OPPONENTS`] of each are looked at.
pub(super) async fn partners(connection: &mut SqliteConnection, chunks: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for chunk in chunks {
        let of_one: Vec<String> = sqlx::query_scalar(
            "select case when chunk_id = $1 then other_id else chunk_id end from conflicts
             where chunk_id = $1 or other_id = $1 order by found_at, chunk_id, other_id limit $2",
        )
        .bind(chunk)
        .bind(MAX_OPPONENTS)
        .fetch_all(&mut *connection)
        .await?;
        found.extend(of_one);
    }
    Ok(found)
}

/// The URIs of those that contradict what stands at `span`.
pub(super) fn against(opponents: &[(String, Vec<Conflict>)], span: ByteSpan) -> impl Iterator<Item = &str> {
    let there = move |disagreements: &Vec<Conflict>| disagreements.iter().any(|conflict| conflict.here == span);
    opponents.iter().filter(move |(_, disagreements)| there(disagreements)).map(|(uri, _)| uri.as_str())
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
