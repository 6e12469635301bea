//! Who changed what, over HTTP and from the command line.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{Ledger, Result, time};

const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// A request or a command that changed something, or was to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Orders the entries.
    pub id: String,
    /// When it was answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The name on the key, or `local`; for a command `cli` and the user, as in `cli:ada`, or `cli` where that is not known.
    pub actor: String,
    /// The method; `CLI` for a command.
    pub method: String,
    /// The path, without parameters; for a command, its words without texts and notes.
    pub path: String,
    /// The answer's status; for a command, its exit code.
    pub status: u16,
    /// The request's id, as in its answer and the log; one of its own for a command.
    pub request_id: String,
}

/// A request to write down.
#[derive(Debug, Clone, Copy)]
pub struct Audited<'a> {
    /// The name on the key, or `local`.
    pub actor: &'a str,
    /// The method.
    pub method: &'a str,
    /// The path, without parameters.
    pub path: &'a str,
    /// The answer's status.
    pub status: u16,
    /// The request's id.
    pub request_id: &'a str,
}

#[derive(FromRow)]
struct AuditRow {
    id: String,
    at: i64,
    actor: String,
    method: String,
    path: String,
    status: i64,
    request_id: String,
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id,
            at: time::read(Some(row.at)),
            actor: row.actor,
            method: row.method,
            path: row.path,
            status: u16::try_from(row.status).unwrap_or_default(),
            request_id: row.request_id,
        }
    }
}

impl Ledger {
    /// Writes a request down, and forgets those older than `keep_days`.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn audit(&self, request: Audited<'_>, keep_days: u32) -> Result<()> {
        let now = time::now();
        let mut write = self.write().await?;
        sqlx::query(
            "insert into audit (id, at, actor, method, path, status, request_id) values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(now)
        .bind(request.actor)
        .bind(request.method)
        .bind(request.path)
        .bind(i64::from(request.status))
        .bind(request.request_id)
        .execute(&mut *write.tx)
        .await?;
        sqlx::query("delete from audit where at < $1")
            .bind(now.saturating_sub(i64::from(keep_days) * MICROSECONDS_A_DAY))
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Requests that changed something, the newest first, those before the entry `before`.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn audited(&self, before: Option<&str>, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows: Vec<AuditRow> = sqlx::query_as(
            "select id, at, actor, method, path, status, request_id from audit
             where $1 is null or id < $1 order by id desc limit $2",
        )
        .bind(before)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(AuditEntry::from).collect())
    }
}
