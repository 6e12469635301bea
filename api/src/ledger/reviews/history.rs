//! Everything that was ever done about a chunk, and by whom. Entries are never changed, but for the mark that one was
//! taken back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};
use utoipa::ToSchema;

use super::{Edit, Review};
use crate::ledger::{Error, Ledger, Result, time};

/// One thing that was done about a chunk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewEvent {
    /// Its id.
    pub id: String,
    /// `claim`, `unclaim`, `release`, `reject`, `supersede`, `snooze`, `edit` or `undo`.
    pub action: String,
    /// Who did it.
    pub actor: String,
    /// What they wrote about it.
    pub note: Option<String>,
    /// When (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub at: Option<Timestamp>,
    /// When the claim or the snooze ends (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// What was decided in one request shares a batch.
    pub batch: Option<String>,
    /// The rules that held the chunk back at the time.
    pub reasons: Vec<String>,
    /// The words before an edit, or before an edit was taken back.
    pub text_before: Option<String>,
    /// The words after it.
    pub text_after: Option<String>,
    /// Whether it was taken back.
    pub undone: bool,
}

/// An entry to append.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) action: &'static str,
    pub(super) actor: String,
    pub(super) at: i64,
    pub(super) note: Option<String>,
    pub(super) until: Option<i64>,
    pub(super) batch: Option<String>,
    pub(super) before: Option<Before>,
    /// A JSON list of rules.
    pub(super) reasons: String,
    pub(super) overall: Option<f64>,
    pub(super) verdict: Option<String>,
    pub(super) text_before: Option<String>,
    pub(super) text_after: Option<String>,
}

/// What undo puts back.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Before {
    pub(super) review: Review,
    pub(super) edit: Option<Edit>,
}

impl Entry {
    pub(super) fn of(action: &'static str, actor: &str, at: i64) -> Self {
        Self { action, actor: actor.to_owned(), at, reasons: "[]".to_owned(), ..Self::default() }
    }
}

pub(super) async fn append(connection: &mut SqliteConnection, chunk: &str, entry: &Entry) -> Result<()> {
    let before = entry.before.as_ref().map(serde_json::to_string).transpose();
    let before = before.map_err(|source| Error::Stored { what: "review", source })?;
    sqlx::query(
        "insert into review_history (id, chunk_id, action, actor, note, at, until, batch, before, reasons, overall,
                verdict, text_before, text_after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(chunk)
    .bind(entry.action)
    .bind(&entry.actor)
    .bind(entry.note.as_deref())
    .bind(entry.at)
    .bind(entry.until)
    .bind(entry.batch.as_deref())
    .bind(before)
    .bind(&entry.reasons)
    .bind(entry.overall)
    .bind(entry.verdict.as_deref())
    .bind(entry.text_before.as_deref())
    .bind(entry.text_after.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

impl Ledger {
    /// What was done about a chunk, the oldest first: at most `limit` after the entry with id `after`. A chunk that has
    /// left its document keeps its history.
    ///
    /// # Errors
    /// [`Error::NoChunk`] where there never was such a chunk, or it left and nothing was ever done about it.
    pub async fn review_history(&self, chunk: &str, after: Option<&str>, limit: u32) -> Result<Vec<ReviewEvent>> {
        let rows = sqlx::query(
            "select id, action, actor, note, at, until, batch, reasons, text_before, text_after, undone
             from review_history where chunk_id = $1
               and ($2 is null or (at, id) > (select at, id from review_history where id = $2)) order by at, id limit $3",
        )
        .bind(chunk)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        if rows.is_empty() {
            let known: bool = sqlx::query_scalar(
                "select exists (select 1 from chunks where id = $1 and retired = 0)
                     or exists (select 1 from review_history where chunk_id = $1)",
            )
            .bind(chunk)
            .fetch_one(&self.pool)
            .await?;
            if !known {
                return Err(Error::NoChunk { id: chunk.to_owned() });
            }
        }
        rows.iter()
            .map(|row| {
                let reasons: String = row.get("reasons");
                Ok(ReviewEvent {
                    id: row.get("id"),
                    action: row.get("action"),
                    actor: row.get("actor"),
                    note: row.get("note"),
                    at: time::read(row.get("at")),
                    until: time::read(row.get("until")),
                    batch: row.get("batch"),
                    reasons: serde_json::from_str(&reasons)
                        .map_err(|source| Error::Stored { what: "list of reasons", source })?,
                    text_before: row.get("text_before"),
                    text_after: row.get("text_after"),
                    undone: row.get::<i64, _>("undone") == 1,
                })
            })
            .collect()
    }
}
