//! Which findings are new, resolved or persisting between two times.
//!
//! A finding is known by its identity (`findings::identity`). For each the ledger keeps from when to when it was there,
//! as seen at snapshots: what is stored grows with change, not with snapshots, and any two times can be compared.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use utoipa::ToSchema;

use crate::ledger::{Ledger, Result, time};

/// What became of a finding between two times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingStatus {
    /// Not there at the first time, and there at the second.
    New,
    /// There at the first time, and not at the second.
    Resolved,
    /// There at both.
    Persisting,
}

/// A finding that costs score or holds back, over time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingChange {
    /// Its identity: the same from reading to reading, as long as the words it is about are the same.
    pub id: String,
    /// What became of it.
    pub status: FindingStatus,
    /// The rule.
    pub rule: String,
    /// `warn` or `error`.
    pub severity: String,
    /// The source of its document.
    pub source: String,
    /// Public name of its document.
    pub document: String,
    /// Where the document is.
    pub uri: String,
    /// The chunk that showed it first.
    pub chunk: String,
    /// The snapshot that saw it first (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub first_seen: Option<Timestamp>,
    /// The snapshot that saw it no more (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// Its place in the list, for reading on after it.
    #[serde(skip)]
    pub place: String,
}

/// Which changes to show.
#[derive(Debug, Clone, Default)]
pub struct FindingChanges {
    /// The first time.
    pub from: Timestamp,
    /// The second time.
    pub to: Timestamp,
    /// Only these; all where `None`.
    pub status: Option<FindingStatus>,
    /// Only of this rule.
    pub rule: Option<String>,
    /// Only of this source.
    pub source: Option<String>,
    /// After this place in the list.
    pub after: Option<String>,
    /// At most this many.
    pub limit: u32,
}

/// Opens a row for every finding that was not there before, and closes those of findings that are gone.
pub(super) async fn note(connection: &mut SqliteConnection, at: i64) -> Result<()> {
    sqlx::query(
        "update finding_history set resolved_at = $1 where resolved_at is null and identity not in
             (select f.identity from findings f join chunks c on c.id = f.chunk_id where c.retired = 0 and f.severity <> 'info')",
    )
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into finding_history (identity, first_seen, rule, severity, source, document, uri, chunk_id)
         select f.identity, $1, min(f.rule), min(f.severity), min(d.source), min(d.name), min(d.uri), min(c.id)
         from findings f join chunks c on c.id = f.chunk_id join documents d on d.id = c.document_id
         where c.retired = 0 and f.severity <> 'info' and f.identity <> 0
           and f.identity not in (select identity from finding_history where resolved_at is null)
         group by f.identity on conflict do nothing",
    )
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what was resolved before a time.
pub(super) async fn forget(connection: &mut SqliteConnection, before: i64) -> Result<()> {
    sqlx::query("delete from finding_history where resolved_at < $1").bind(before).execute(connection).await?;
    Ok(())
}

impl Ledger {
    /// What became of findings between two times, as snapshots saw it: those of `error` and `warn`, the first seen first.
    ///
    /// # Errors
    /// [`crate::ledger::Error::Database`].
    pub async fn finding_changes(&self, filter: &FindingChanges) -> Result<Vec<FindingChange>> {
        let (from, to) = (filter.from.as_microsecond(), filter.to.as_microsecond());
        // A finding that went and came again has a row for each time: the one of the second time counts, else that of the
        // first.
        let mut query = QueryBuilder::<Sqlite>::new(
            "select * from (select h.identity, rule, severity, source, document, uri, chunk_id, h.first_seen, h.resolved_at,
                substr('00000000000000000000' || h.first_seen, -20) || substr('00000000000000000000' || h.identity, -20)
                as place, case when not ",
        );
        there_at(&mut query, "h", to);
        query.push(" then 'resolved' when exists (select 1 from finding_history p where p.identity = h.identity and ");
        there_at(&mut query, "p", from);
        query.push(") then 'persisting' else 'new' end as status from finding_history h where ");
        there_at(&mut query, "h", to);
        query.push(" or (");
        there_at(&mut query, "h", from);
        query.push(" and not exists (select 1 from finding_history l where l.identity = h.identity and ");
        there_at(&mut query, "l", to);
        query.push("))) as changes where 1 = 1");
        if let Some(status) = filter.status {
            query.push(" and status = ").push_bind(status.name());
        }
        if let Some(rule) = &filter.rule {
            query.push(" and rule = ").push_bind(rule.as_str());
        }
        if let Some(source) = &filter.source {
            query.push(" and source = ").push_bind(source.as_str());
        }
        if let Some(after) = &filter.after {
            query.push(" and place > ").push_bind(after.as_str());
        }
        query.push(" order by place limit ").push_bind(i64::from(filter.limit));
        let rows = query.build().fetch_all(&self.pool).await?;
        Ok(rows
            .iter()
            .map(|row| FindingChange {
                id: format!("{:015x}", row.get::<i64, _>("identity")),
                status: FindingStatus::from_name(row.get("status")),
                rule: row.get("rule"),
                severity: row.get("severity"),
                source: row.get("source"),
                document: row.get("document"),
                uri: row.get("uri"),
                chunk: row.get("chunk_id"),
                first_seen: time::read(row.get("first_seen")),
                resolved_at: time::read(row.get("resolved_at")),
                place: row.get("place"),
            })
            .collect())
    }
}

/// Appends whether a row of the history, under this alias, says that its finding was there at a time.
fn there_at(query: &mut QueryBuilder<Sqlite>, alias: &str, at: i64) {
    query.push(format!("({alias}.first_seen <= ")).push_bind(at);
    query.push(format!(" and ({alias}.resolved_at is null or {alias}.resolved_at > ")).push_bind(at).push("))");
}

impl FindingStatus {
    fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Resolved => "resolved",
            Self::Persisting => "persisting",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "new" => Self::New,
            "resolved" => Self::Resolved,
            _ => Self::Persisting,
        }
    }
}
