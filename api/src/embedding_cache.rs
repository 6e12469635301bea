//! Vectors by the text they were made from, so that no text is embedded twice: a chunk that moves to another document,
//! comes back after a removal, or goes into an index made anew costs no inference.
//!
//! It lies in a file of its own beside the ledger and may be deleted at any time: what it lacks is embedded again.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};
use tamis_index::{ModelFingerprint, Vector};

/// Vectors kept of a model, at least, and for each searchable chunk: room for what was removed and comes back.
const MIN_KEPT: u64 = 10_000;
const KEPT_PER_CHUNK: u64 = 2;

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(30);

/// A vector that was used this lately, in microseconds, need not be marked as used again.
const RECENTLY: i64 = 24 * 3_600 * 1_000_000;

/// The vectors of one model.
pub struct EmbeddingCache {
    pool: SqlitePool,
    model: String,
    dimension: usize,
}

impl EmbeddingCache {
    /// Opens the cache at `path`, making it where there is none.
    ///
    /// # Errors
    /// Where the file cannot be used.
    pub async fn open(path: &Path, model: &ModelFingerprint) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().max_connections(2).connect_with(options).await;
        let pool = pool.with_context(|| unusable(path))?;
        sqlx::query(
            "create table if not exists embeddings (
                 model   text not null,
                 text    text not null,
                 vector  blob not null,
                 used_at bigint not null,
                 primary key (model, text)
             ) without rowid",
        )
        .execute(&pool)
        .await
        .with_context(|| unusable(path))?;
        Ok(Self { pool, model: model.hash.clone(), dimension: model.dimension })
    }

    /// The vectors known for these hashes of texts.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn get(&self, hashes: &[String]) -> Result<HashMap<String, Vector>> {
        if hashes.is_empty() {
            return Ok(HashMap::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new("select text, vector from embeddings where model = ");
        query.push_bind(&self.model).push(" and text in (");
        let mut list = query.separated(", ");
        for hash in hashes {
            list.push_bind(hash);
        }
        query.push(")");
        let rows: Vec<(String, Vec<u8>)> = query.build_query_as().fetch_all(&self.pool).await?;
        let found: HashMap<String, Vector> = rows
            .into_iter()
            .filter_map(|(hash, bytes)| Some((hash, read(&bytes).filter(|vector| vector.len() == self.dimension)?)))
            .collect();
        self.touch(found.keys()).await?;
        Ok(found)
    }

    /// Keeps the vectors of these hashes of texts.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub async fn put<'a>(&self, vectors: impl Iterator<Item = (&'a str, &'a Vector)>) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        for (hash, vector) in vectors {
            let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
            sqlx::query("insert or replace into embeddings (model, text, vector, used_at) values ($1, $2, $3, $4)")
                .bind(&self.model)
                .bind(hash)
                .bind(bytes)
                .bind(now())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Removes what was not used for longest, down to what `chunks` searchable chunks allow. Returns how many.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub async fn prune(&self, chunks: u64) -> Result<u64> {
        let kept = MIN_KEPT.max(chunks.saturating_mul(KEPT_PER_CHUNK));
        self.keep(i64::try_from(kept).unwrap_or(i64::MAX)).await
    }

    /// Removes the vectors of all other models. Returns how many.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub async fn drop_other_models(&self) -> Result<u64> {
        let done =
            sqlx::query("delete from embeddings where model <> $1").bind(&self.model).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }

    async fn keep(&self, kept: i64) -> Result<u64> {
        let done = sqlx::query(
            "delete from embeddings where model = $1 and text in (
                 select text from embeddings where model = $1 order by used_at desc, text limit -1 offset $2)",
        )
        .bind(&self.model)
        .bind(kept)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    async fn touch(&self, hashes: impl Iterator<Item = &String>) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        for hash in hashes {
            sqlx::query("update embeddings set used_at = $3 where model = $1 and text = $2 and used_at < $3 - $4")
                .bind(&self.model)
                .bind(hash)
                .bind(now())
                .bind(RECENTLY)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn unusable(path: &Path) -> String {
    format!("cannot use {}; it holds only what can be made again, so it may be deleted", path.display())
}

fn now() -> i64 {
    Timestamp::now().as_microsecond()
}

fn read(bytes: &[u8]) -> Option<Vector> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(hash: &str) -> ModelFingerprint {
        ModelFingerprint { name: "m".into(), hash: hash.into(), dimension: 2 }
    }

    fn hashes(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[tokio::test]
    async fn vectors_come_back_for_their_text_and_model_alone() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("embeddings.sqlite");
        let vectors = [vec![0.25, -1.5], vec![f32::MIN_POSITIVE, 3.0]];
        {
            let cache = EmbeddingCache::open(&path, &model("a")).await.unwrap();
            cache.put(["x", "y"].into_iter().zip(&vectors)).await.unwrap();
        }
        let cache = EmbeddingCache::open(&path, &model("a")).await.unwrap();
        let found = cache.get(&hashes(&["x", "y", "z"])).await.unwrap();
        assert_eq!((found.len(), &found["x"], &found["y"]), (2, &vectors[0], &vectors[1]));
        assert!(cache.get(&[]).await.unwrap().is_empty());

        let other = EmbeddingCache::open(&path, &model("b")).await.unwrap();
        assert!(other.get(&hashes(&["x", "y"])).await.unwrap().is_empty());
        assert_eq!(other.drop_other_models().await.unwrap(), 2);
        assert!(cache.get(&hashes(&["x"])).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_was_used_last_is_kept() {
        let temp = tempfile::tempdir().unwrap();
        let cache = EmbeddingCache::open(&temp.path().join("c.sqlite"), &model("a")).await.unwrap();
        let vector = vec![1.0, 0.0];
        for name in ["a", "b", "c", "d"] {
            cache.put([(name, &vector)].into_iter()).await.unwrap();
        }
        sqlx::query("update embeddings set used_at = used_at - $1 where text <> 'd'")
            .bind(2 * RECENTLY)
            .execute(&cache.pool)
            .await
            .unwrap();
        cache.get(&hashes(&["a"])).await.unwrap();
        assert_eq!(cache.keep(2).await.unwrap(), 2);
        let mut left: Vec<String> = cache.get(&hashes(&["a", "b", "c", "d"])).await.unwrap().into_keys().collect();
        left.sort();
        assert_eq!(left, ["a", "d"]);
        assert_eq!(cache.prune(1).await.unwrap(), 0);
    }
}
