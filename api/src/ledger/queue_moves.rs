//! Where chunks of the review queue stood before they moved.
//!
//! The order of harm changes with every search and every grading. Whoever goes through the queue page by page would miss
//! what moves ahead of the last page and meet again what falls behind it, so a cursor carries the number of the last move
//! that its first page saw, and each page after it puts what moved since where it stood then.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{Result, time};

/// For how long moves are kept, in microseconds: a day. An older cursor goes on in the order of now.
const KEEP: i64 = 86_400_000_000;

/// A place in the queue as cursors carry it: the order it belongs to, and the key in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueuePlace {
    /// The last move that the order knows of.
    pub(super) seen: i64,
    /// The key.
    pub(super) key: String,
}

impl QueuePlace {
    /// The place as text.
    pub(super) fn text(&self) -> String {
        format!("{:x}/{}", self.seen, self.key)
    }

    /// The place that a text names; none where it is a key alone, which is a place in the order of now.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (seen, key) = text.split_once('/')?;
        Some(Self { seen: i64::from_str_radix(seen, 16).ok()?, key: key.to_owned() })
    }
}

/// Notes that a chunk of the queue moves away from `before`, where it does.
pub(super) async fn note(
    connection: &mut SqliteConnection,
    chunk: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<()> {
    let Some(before) = before.filter(|before| after.is_some_and(|after| after != *before)) else { return Ok(()) };
    sqlx::query(
        "insert into queue_moves (seq, chunk_id, at, place)
         values ((select coalesce(max(seq), 0) + 1 from queue_moves), $1, $2, $3)",
    )
    .bind(chunk)
    .bind(time::now())
    .bind(before)
    .execute(connection)
    .await?;
    Ok(())
}

/// The number of the last move.
pub(super) async fn last(connection: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("select coalesce(max(seq), 0) from queue_moves").fetch_one(connection).await?)
}

/// Forgets moves of more than a day ago. The last one stays, so that numbers never come again.
pub(super) async fn forget(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query("delete from queue_moves where at < $1 and seq < (select max(seq) from queue_moves)")
        .bind(time::now() - KEEP)
        .execute(connection)
        .await?;
    Ok(())
}

/// SQL for where the chunk `c` stood when `seen` was the last move; null where it has not moved since.
pub(super) fn place_then(seen: i64) -> String {
    format!("(select m.place from queue_moves m where m.chunk_id = c.id and m.seq > {seen} order by m.seq limit 1)")
}

/// Adds that a chunk has moved since `seen`, or has not.
pub(super) fn push_moved(query: &mut QueryBuilder<Sqlite>, seen: i64, moved: bool) {
    query.push(if moved { " and id in " } else { " and id not in " });
    query.push("(select chunk_id from queue_moves where seq > ").push_bind(seen).push(")");
}
