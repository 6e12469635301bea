//! API keys, kept as hashes.

use std::time::Duration;

use sqlx::FromRow;

use super::{Error, Ledger, Result, time};
use crate::access::{ApiKey, NewKey, Presented, Principal, Scope};

/// How exactly the last use of a key is known: finer would cost a write for every request.
const LAST_USED_STEP: Duration = Duration::from_hours(1);

#[derive(FromRow)]
struct KeyRow {
    id: String,
    name: String,
    secret_hash: String,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl KeyRow {
    fn scopes(&self) -> Result<Vec<Scope>> {
        serde_json::from_str(&self.scopes).map_err(|source| Error::Stored { what: "list of scopes", source })
    }

    fn key(self) -> Result<ApiKey> {
        Ok(ApiKey {
            scopes: self.scopes()?,
            id: self.id,
            name: self.name,
            created_at: time::read(Some(self.created_at)),
            expires_at: time::read(self.expires_at),
            last_used_at: time::read(self.last_used_at),
        })
    }
}

impl Ledger {
    /// Records a new key; the key itself goes to its holder and nowhere else.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_key(&self, key: &NewKey, name: &str, scopes: &[Scope], valid: Option<Duration>) -> Result<()> {
        let now = time::now();
        let scopes =
            serde_json::to_string(scopes).map_err(|source| Error::Stored { what: "list of scopes", source })?;
        let mut write = self.write().await?;
        sqlx::query(
            "insert into api_keys (id, name, secret_hash, scopes, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&key.id)
        .bind(name)
        .bind(key.secret_hash())
        .bind(scopes)
        .bind(now)
        .bind(valid.map(|valid| now.saturating_add(microseconds(valid))))
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// All keys that were ever made, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stored`].
    pub async fn keys(&self) -> Result<Vec<ApiKey>> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "select id, name, secret_hash, scopes, created_at, expires_at, last_used_at from api_keys
             order by created_at desc, id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(KeyRow::key).collect()
    }

    /// Lets keys end after `grace`: the key with this id, or all keys with this name. Says how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_keys(&self, id_or_name: &str, grace: Duration) -> Result<u64> {
        let end = time::now().saturating_add(microseconds(grace));
        let mut write = self.write().await?;
        let ended = sqlx::query(
            "update api_keys set expires_at = $1
             where (id = $2 or name = $2) and (expires_at is null or expires_at > $1)",
        )
        .bind(end)
        .bind(id_or_name)
        .execute(&mut *write.tx)
        .await?
        .rows_affected();
        write.commit().await?;
        Ok(ended)
    }

    /// Whether any key was ever made. From the first on, requests need one; an ended key does not open the door again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_keys(&self) -> Result<bool> {
        Ok(sqlx::query_scalar("select exists (select 1 from api_keys)").fetch_one(&self.pool).await?)
    }

    /// Who holds this key; none where it is unknown, wrong or ended.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stored`].
    pub async fn authenticate(&self, key: &str) -> Result<Option<Principal>> {
        let Some(presented) = Presented::parse(key) else { return Ok(None) };
        let row: Option<KeyRow> = sqlx::query_as(
            "select id, name, secret_hash, scopes, created_at, expires_at, last_used_at from api_keys where id = $1",
        )
        .bind(presented.id)
        .fetch_optional(&self.pool)
        .await?;
        let now = time::now();
        let Some(row) = row else { return Ok(None) };
        if !presented.matches(&row.secret_hash) || row.expires_at.is_some_and(|end| end <= now) {
            return Ok(None);
        }
        if row.last_used_at.is_none_or(|used| now.saturating_sub(used) > microseconds(LAST_USED_STEP)) {
            let mut write = self.write().await?;
            sqlx::query("update api_keys set last_used_at = $1 where id = $2")
                .bind(now)
                .bind(&row.id)
                .execute(&mut *write.tx)
                .await?;
            write.commit().await?;
        }
        let scopes = row.scopes()?;
        Ok(Some(Principal::holder(row.id, row.name, scopes)))
    }
}

fn microseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ledger() -> (tempfile::TempDir, Ledger) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.db")).await.unwrap();
        (dir, ledger)
    }

    #[tokio::test]
    async fn a_key_opens_until_it_ends() {
        let (_dir, ledger) = ledger().await;
        assert!(!ledger.has_keys().await.unwrap());
        let key = NewKey::random().unwrap();
        ledger.add_key(&key, "ci", &[Scope::Ingest], None).await.unwrap();
        let principal = ledger.authenticate(&key.to_string()).await.unwrap().unwrap();
        assert_eq!((principal.name.as_str(), principal.key.as_deref()), ("ci", Some(key.id.as_str())));
        assert!(principal.may(Scope::Ingest) && !principal.may(Scope::Review));
        assert!(ledger.keys().await.unwrap()[0].last_used_at.is_some());

        let stranger = NewKey::random().unwrap().to_string();
        let forged = format!("tamis_{}_{}", key.id, &stranger[stranger.len() - 64..]);
        for wrong in [stranger.as_str(), forged.as_str(), ""] {
            assert_eq!(ledger.authenticate(wrong).await.unwrap(), None);
        }

        assert_eq!(ledger.end_keys("ci", Duration::ZERO).await.unwrap(), 1);
        assert_eq!(ledger.authenticate(&key.to_string()).await.unwrap(), None);
        assert_eq!(ledger.end_keys("ci", Duration::ZERO).await.unwrap(), 0, "it has ended already");
        assert!(ledger.has_keys().await.unwrap(), "an ended key does not open the door again");
    }

    #[tokio::test]
    async fn both_keys_open_while_one_takes_over_from_the_other() {
        let (_dir, ledger) = ledger().await;
        let (old, new) = (NewKey::random().unwrap(), NewKey::random().unwrap());
        ledger.add_key(&old, "app", &[Scope::Read], None).await.unwrap();
        ledger.end_keys("app", Duration::from_hours(1)).await.unwrap();
        ledger.add_key(&new, "app", &[Scope::Read], None).await.unwrap();
        for key in [&old, &new] {
            assert!(ledger.authenticate(&key.to_string()).await.unwrap().is_some());
        }
        let ends: Vec<bool> = ledger.keys().await.unwrap().iter().map(|key| key.expires_at.is_some()).collect();
        assert_eq!(ends.iter().filter(|ends| **ends).count(), 1);
    }
}
