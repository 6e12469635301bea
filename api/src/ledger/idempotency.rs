//! Answers to requests that may be sent again (the Idempotency-Key header, draft-ietf-httpapi-idempotency-key-header).

use sqlx::Row;

use super::{Ledger, Result, time};

/// How long an answer is kept, in microseconds: a day.
const KEPT: i64 = 86_400_000_000;

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// Its Content-Type.
    pub content_type: Option<String>,
    /// Its Location.
    pub location: Option<String>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// Nothing: it is the caller's now, who answers and then stores the answer or releases the key.
    Taken,
    /// The same request is being answered.
    Answering,
    /// The same request was answered.
    Answered(StoredAnswer),
    /// Another request came with it.
    Reused,
}

impl Ledger {
    /// Takes a key for the request that hashes to `request_hash`, or says what is known of it.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn take_key(&self, key: &str, request_hash: &str) -> Result<KeyState> {
        let mut write = self.write().await?;
        sqlx::query("delete from idempotency_keys where created_at < $1")
            .bind(time::now() - KEPT)
            .execute(&mut *write.tx)
            .await?;
        let known = sqlx::query(
            "select request_hash, status, content_type, location, etag, body from idempotency_keys where key = $1",
        )
        .bind(key)
        .fetch_optional(&mut *write.tx)
        .await?;
        let state = match known {
            None => {
                sqlx::query("insert into idempotency_keys (key, request_hash, created_at) values ($1, $2, $3)")
                    .bind(key)
                    .bind(request_hash)
                    .bind(time::now())
                    .execute(&mut *write.tx)
                    .await?;
                KeyState::Taken
            }
            Some(row) if row.get::<&str, _>("request_hash") != request_hash => KeyState::Reused,
            Some(row) => match row.get::<Option<i64>, _>("status").and_then(|status| u16::try_from(status).ok()) {
                None => KeyState::Answering,
                Some(status) => KeyState::Answered(StoredAnswer {
                    status,
                    content_type: row.get("content_type"),
                    location: row.get("location"),
                    etag: row.get("etag"),
                    body: row.get::<Option<Vec<u8>>, _>("body").unwrap_or_default(),
                }),
            },
        };
        write.commit().await?;
        Ok(state)
    }

    /// Keeps the answer to the request that took a key.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn store_answer(&self, key: &str, answer: &StoredAnswer) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "update idempotency_keys set status = $2, content_type = $3, location = $4, etag = $5, body = $6
             where key = $1",
        )
        .bind(key)
        .bind(i64::from(answer.status))
        .bind(answer.content_type.as_deref())
        .bind(answer.location.as_deref())
        .bind(answer.etag.as_deref())
        .bind(answer.body.as_slice())
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// Gives a key back whose request came to nothing, so that the request can be sent again.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn release_key(&self, key: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("delete from idempotency_keys where key = $1 and status is null")
            .bind(key)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Gives back the keys of requests that were being answered when the process before this one ended.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn release_all_keys(&self) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("delete from idempotency_keys where status is null").execute(&mut *write.tx).await?;
        write.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_kept_for_a_day_and_for_its_request_only() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.sqlite")).await.unwrap();
        let answer = StoredAnswer {
            status: 201,
            content_type: None,
            location: Some("/x".into()),
            etag: Some("\"1\"".into()),
            body: b"{}".to_vec(),
        };
        assert_eq!(ledger.take_key("k", "one").await.unwrap(), KeyState::Taken);
        assert_eq!(ledger.take_key("k", "one").await.unwrap(), KeyState::Answering);
        ledger.release_key("k").await.unwrap();
        assert_eq!(ledger.take_key("k", "one").await.unwrap(), KeyState::Taken);
        ledger.store_answer("k", &answer).await.unwrap();
        ledger.release_key("k").await.unwrap();
        ledger.release_all_keys().await.unwrap();
        assert_eq!(ledger.take_key("k", "one").await.unwrap(), KeyState::Answered(answer.clone()));
        assert_eq!(ledger.take_key("k", "two").await.unwrap(), KeyState::Reused);
        for (age, expected) in [(KEPT - 60_000_000, KeyState::Answered(answer)), (KEPT + 1, KeyState::Taken)] {
            sqlx::query("update idempotency_keys set created_at = $1")
                .bind(time::now() - age)
                .execute(&ledger.writing)
                .await
                .unwrap();
            assert_eq!(ledger.take_key("k", "one").await.unwrap(), expected);
        }
    }
}
