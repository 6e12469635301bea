//! Pairs of chunks that say the same in other words, as the audit found.

use sqlx::SqliteConnection;
use tamis_ingest::ChunkId;
use tamis_scoring::{Finding, Passage};

use super::{Result, passages, reviews, time};

/// Records a pair, unless it is known.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    chunk: &ChunkId,
    other: &ChunkId,
    similarity: f32,
) -> Result<()> {
    let (first, second) = if chunk < other { (chunk, other) } else { (other, chunk) };
    sqlx::query(
        "insert into paraphrases (chunk_id, other_id, similarity, found_at) values ($1, $2, $3, $4)
         on conflict (chunk_id, other_id) do nothing",
    )
    .bind(first.as_str())
    .bind(second.as_str())
    .bind(f64::from(similarity))
    .bind(time::now())
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the pairs of a chunk; returns the chunks it was paired with.
pub(super) async fn remove(connection: &mut SqliteConnection, chunk: &str) -> Result<Vec<String>> {
    let pairs: Vec<(String, String)> =
        sqlx::query_as("delete from paraphrases where chunk_id = $1 or other_id = $1 returning chunk_id, other_id")
            .bind(chunk)
            .fetch_all(connection)
            .await?;
    Ok(pairs.into_iter().map(|(first, second)| if first == chunk { second } else { first }).collect())
}

/// The findings of a passage that gives way to others which say the same. What a person keeps out says nothing.
pub(super) async fn findings(connection: &mut SqliteConnection, passage: &Passage) -> Result<Vec<Finding>> {
    let pairs: Vec<(String, f64)> = sqlx::query_as(
        "select case when chunk_id = $1 then other_id else chunk_id end as other, similarity from paraphrases
         where chunk_id = $1 or other_id = $1 order by similarity desc, other",
    )
    .bind(passage.chunk.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let mut found = Vec::new();
    for (other, similarity) in pairs {
        if reviews::load(connection, &other).await?.state.is_out() {
            continue;
        }
        if let Some(other) = passages::load_one(connection, &other).await?
            && passage.standing.precedence(&other.standing).is_lt()
        {
            found.push(passage.paraphrase_finding(&other, similarity as f32));
        }
    }
    Ok(found)
}
