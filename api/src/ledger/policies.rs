//! The policy in force, and those before it.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};
use tamis_scoring::Policy;
use utoipa::ToSchema;

use super::{Error, Ledger, Result, time};

const CONFIGURATION: &str = "configuration";
const API: &str = "api";

/// A policy that was in force from some time on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PolicyRevision {
    /// Its number; the highest is in force.
    pub revision: i64,
    /// From when on.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// `configuration` where the file changed, `api` where somebody set it over HTTP.
    pub origin: String,
    /// Who set it.
    pub actor: String,
    /// Why.
    pub note: Option<String>,
    /// The policy, as in the `[policy]` table of tamis.toml.
    #[schema(value_type = Object)]
    pub policy: Policy,
}

#[derive(FromRow)]
struct RevisionRow {
    id: i64,
    at: i64,
    origin: String,
    actor: String,
    note: Option<String>,
    body: String,
}

impl RevisionRow {
    fn revision(self) -> Result<PolicyRevision> {
        Ok(PolicyRevision {
            revision: self.id,
            at: time::read(Some(self.at)),
            origin: self.origin,
            actor: self.actor,
            note: self.note,
            policy: serde_json::from_str(&self.body).map_err(|source| Error::Stored { what: "policy", source })?,
        })
    }
}

impl Ledger {
    /// Takes the configured policy up where it changed since it was last seen, and returns the one in force: whichever
    /// of file and API spoke last.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stored`].
    pub async fn adopt_policy(&self, configured: &Policy) -> Result<PolicyRevision> {
        let mut write = self.write().await?;
        let row: Option<RevisionRow> = sqlx::query_as(
            "select id, at, origin, actor, note, body from policy_revisions where origin = $1 order by id desc limit 1",
        )
        .bind(CONFIGURATION)
        .fetch_optional(&mut *write.tx)
        .await?;
        // A field that came with a newer tamis has its default in the stored one: that is no change.
        let seen = row.map(RevisionRow::revision).transpose()?;
        if seen.is_none_or(|seen| seen.policy != *configured) {
            put_in_force(&mut write.tx, configured, CONFIGURATION, CONFIGURATION, None).await?;
        }
        let revision = newest(&mut write.tx).await?.ok_or_else(|| Error::from(sqlx::Error::RowNotFound))?;
        write.commit().await?;
        Ok(revision)
    }

    /// Puts a policy in force. Every chunk is graded again under it, as it is each day.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stored`].
    pub async fn set_policy(&self, policy: &Policy, actor: &str, note: Option<&str>) -> Result<PolicyRevision> {
        let mut write = self.write().await?;
        put_in_force(&mut write.tx, policy, API, actor, note).await?;
        let revision = newest(&mut write.tx).await?.ok_or_else(|| Error::from(sqlx::Error::RowNotFound))?;
        write.commit().await?;
        Ok(revision)
    }

    /// The policy in force; none where nothing was ever written.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stored`].
    pub async fn policy(&self) -> Result<Option<PolicyRevision>> {
        newest(&mut *self.pool.acquire().await?).await
    }

    /// The policies that were in force, the newest first, those before `before`.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stored`].
    pub async fn policy_revisions(&self, before: Option<i64>, limit: u32) -> Result<Vec<PolicyRevision>> {
        let rows: Vec<RevisionRow> = sqlx::query_as(
            "select id, at, origin, actor, note, body from policy_revisions
             where $1 is null or id < $1 order by id desc limit $2",
        )
        .bind(before)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(RevisionRow::revision).collect()
    }
}

async fn newest(connection: &mut SqliteConnection) -> Result<Option<PolicyRevision>> {
    let row: Option<RevisionRow> =
        sqlx::query_as("select id, at, origin, actor, note, body from policy_revisions order by id desc limit 1")
            .fetch_optional(connection)
            .await?;
    row.map(RevisionRow::revision).transpose()
}

async fn put_in_force(
    connection: &mut SqliteConnection,
    policy: &Policy,
    origin: &str,
    actor: &str,
    note: Option<&str>,
) -> Result<()> {
    let before = newest(connection).await?;
    let body = serde_json::to_string(policy).map_err(|source| Error::Stored { what: "policy", source })?;
    sqlx::query("insert into policy_revisions (at, origin, actor, note, body) values ($1, $2, $3, $4, $5)")
        .bind(time::now())
        .bind(origin)
        .bind(actor)
        .bind(note)
        .bind(body)
        .execute(&mut *connection)
        .await?;
    if before.is_some_and(|before| before.policy != *policy) {
        // As if it had never been graded: the daily grading takes them all up.
        sqlx::query("update chunks set graded_on = 0 where retired = 0").execute(connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whichever_of_file_and_api_spoke_last_is_in_force() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.db")).await.unwrap();
        assert_eq!(ledger.policy().await.unwrap(), None);
        let at = |accept_at_least| Policy { accept_at_least, ..Policy::default() };
        let in_force = async || ledger.policy().await.unwrap().unwrap().policy.accept_at_least;

        ledger.adopt_policy(&at(0.5)).await.unwrap();
        ledger.adopt_policy(&at(0.5)).await.unwrap();
        assert_eq!(ledger.policy_revisions(None, 10).await.unwrap().len(), 1, "the same file is no new revision");
        ledger.set_policy(&at(0.7), "eva", Some("stricter")).await.unwrap();
        assert_eq!(ledger.adopt_policy(&at(0.5)).await.unwrap().policy, at(0.7), "the file did not change");
        assert!((in_force().await - 0.7).abs() < 1e-6);
        ledger.adopt_policy(&at(0.6)).await.unwrap();
        assert!((in_force().await - 0.6).abs() < 1e-6, "now it did");

        let told: Vec<_> = ledger.policy_revisions(None, 10).await.unwrap();
        let told: Vec<_> = told.iter().map(|one| (one.actor.as_str(), one.note.as_deref())).collect();
        assert_eq!(told, [("configuration", None), ("eva", Some("stricter")), ("configuration", None)]);
    }
}
