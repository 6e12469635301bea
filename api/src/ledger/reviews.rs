//! What people decided about quarantined chunks.

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::{Error, Ledger, Result, findings, time};
use tamis_scoring::Policy;

/// Where a chunk stands in the review queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Nobody has decided.
    Pending,
    /// A person lets it be searched in spite of its findings.
    Released,
    /// A person keeps it out.
    Rejected,
}

/// What a person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAction {
    /// Let it be searched.
    Release,
    /// Keep it out.
    Reject,
}

impl ReviewAction {
    /// The state it leads to.
    #[must_use]
    pub fn state(self) -> ReviewState {
        match self {
            Self::Release => ReviewState::Released,
            Self::Reject => ReviewState::Rejected,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Reject => "reject",
        }
    }
}

impl ReviewState {
    /// The name used in JSON and in the ledger.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Released => "released",
            Self::Rejected => "rejected",
        }
    }
}

/// Whether the indexes should hold a chunk: a person's word goes before the policy's.
pub(super) fn may_be_searched(accepted: bool, review: ReviewState) -> bool {
    match review {
        ReviewState::Pending => accepted,
        ReviewState::Released => true,
        ReviewState::Rejected => false,
    }
}

pub(super) async fn state(connection: &mut SqliteConnection, chunk: &str) -> Result<ReviewState> {
    let state: Option<String> = sqlx::query_scalar("select state from reviews where chunk_id = $1")
        .bind(chunk)
        .fetch_optional(connection)
        .await?;
    Ok(match state.as_deref() {
        Some("released") => ReviewState::Released,
        Some("rejected") => ReviewState::Rejected,
        _ => ReviewState::Pending,
    })
}

impl Ledger {
    /// The id of the one live chunk whose id begins with `prefix`.
    ///
    /// # Errors
    /// [`Error::NoChunk`] or [`Error::AmbiguousChunk`].
    pub async fn resolve_chunk(&self, prefix: &str) -> Result<String> {
        let upper = format!("{prefix}g");
        let mut found: Vec<String> =
            sqlx::query_scalar("select id from chunks where id >= $1 and id < $2 and retired = 0 order by id limit 10")
                .bind(prefix)
                .bind(upper)
                .fetch_all(&self.pool)
                .await?;
        match (found.len(), found.pop()) {
            (1, Some(id)) if !prefix.is_empty() => Ok(id),
            (0, _) | (_, None) => Err(Error::NoChunk { id: prefix.to_owned() }),
            (count, Some(_)) => Err(Error::AmbiguousChunk { id: prefix.to_owned(), count }),
        }
    }

    /// Records decisions about chunks; what may be searched changes with them, and is published next. All or none.
    ///
    /// # Errors
    /// [`Error::NoChunk`] where a chunk does not exist (any more).
    pub async fn review(
        &self,
        chunks: &[String],
        action: ReviewAction,
        actor: &str,
        note: Option<&str>,
        policy: &Policy,
    ) -> Result<()> {
        let mut write = self.write().await?;
        for chunk in chunks {
            let known: Option<i64> = sqlx::query_scalar("select 1 from chunks where id = $1 and retired = 0")
                .bind(chunk)
                .fetch_optional(&mut *write.tx)
                .await?;
            if known.is_none() {
                return Err(Error::NoChunk { id: chunk.clone() });
            }
            let now = time::now();
            sqlx::query(
                "insert into reviews (chunk_id, state, actor, note, decided_at) values ($1, $2, $3, $4, $5)
                 on conflict (chunk_id) do update set state = excluded.state, actor = excluded.actor,
                     note = excluded.note, decided_at = excluded.decided_at",
            )
            .bind(chunk)
            .bind(action.state().name())
            .bind(actor)
            .bind(note)
            .bind(now)
            .execute(&mut *write.tx)
            .await?;
            sqlx::query(
                "insert into review_history (id, chunk_id, action, actor, note, at) values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(uuid::Uuid::now_v7().to_string())
            .bind(chunk)
            .bind(action.name())
            .bind(actor)
            .bind(note)
            .bind(now)
            .execute(&mut *write.tx)
            .await?;
            findings::regrade(&mut write.tx, chunk, policy).await?;
        }
        write.commit().await
    }
}
