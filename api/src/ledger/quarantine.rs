//! The review queue.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use tamis_ingest::ByteSpan;
use tamis_scoring::{Finding, Scores};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, ReviewState, findings, hits, time};

/// Which chunks of the queue to show.
#[derive(Debug, Clone, Default)]
pub struct QuarantineFilter {
    /// In this state; all of them where `None`.
    pub state: Option<ReviewState>,
    /// Held back by this rule.
    pub rule: Option<String>,
    /// Of this source.
    pub source: Option<String>,
    /// After this place in the order, as the last item of the page before gave it.
    pub after: Option<String>,
    /// At most this many.
    pub limit: u32,
}

/// A chunk in the review queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuarantinedChunk {
    /// The chunk.
    pub chunk: String,
    /// Public name of its document.
    pub document: String,
    /// Where the document is.
    pub uri: String,
    /// Its source.
    pub source: String,
    /// The document's title.
    pub title: Option<String>,
    /// The headings it stands under.
    pub heading_path: Vec<String>,
    /// Where it stands in the document's text, `[start, end)` in bytes.
    #[schema(value_type = Vec<u64>)]
    pub span: ByteSpan,
    /// The text.
    pub text: String,
    /// Its grades, 0..=1.
    #[schema(value_type = Object)]
    pub scores: Scores,
    /// The weighted mean of its grades, 0..=1.
    pub overall: f32,
    /// The rules that hold it back, the weightiest first.
    pub reasons: Vec<String>,
    /// All that was found about it.
    #[schema(value_type = Vec<Object>)]
    pub findings: Vec<Finding>,
    /// What people decided: `pending`, `released` or `rejected`.
    #[schema(value_type = String)]
    pub status: ReviewState,
    /// What the person who decided wrote.
    pub note: Option<String>,
    /// Since when it is held back (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Its place in the order of the queue, for reading on after it.
    #[serde(skip)]
    pub place: String,
}

const COLUMNS: &str = "select * from (select c.id, c.text, c.heading_path, c.span_start, c.span_end, c.freshness,
    c.duplication, c.contradiction, c.structure, c.overall, c.verdict, c.reasons, c.quarantined_at,
    d.name, d.uri, d.source, d.title, coalesce(r.state, 'pending') as state, r.note,
    case when c.reasons like '%contradiction.%' then '0' else '1' end || d.source || '/' || d.uri || '/' ||
        substr('0000000000' || c.ordinal, -10) || c.id as place
    from chunks c join documents d on d.id = c.document_id left join reviews r on r.chunk_id = c.id
    where c.retired = 0 and (c.verdict = 'quarantine' or r.state is not null)) as queue where 1 = 1";

impl Ledger {
    /// A page of the queue: open contradictions first, then by source and document.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn quarantine(&self, filter: &QuarantineFilter) -> Result<Vec<QuarantinedChunk>> {
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        if let Some(state) = filter.state {
            query.push(" and state = ").push_bind(state.name());
        }
        if let Some(source) = &filter.source {
            query.push(" and source = ").push_bind(source.as_str());
        }
        if let Some(rule) = &filter.rule {
            query.push(" and reasons like ").push_bind(format!("%\"{rule}\"%"));
        }
        if let Some(after) = &filter.after {
            query.push(" and place > ").push_bind(after.as_str());
        }
        query.push(" order by place limit ").push_bind(i64::from(filter.limit));
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut connection = self.pool.acquire().await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut item = item(row)?;
            item.findings = findings::of(&mut connection, &item.chunk).await?;
            items.push(item);
        }
        Ok(items)
    }

    /// One chunk of the queue.
    ///
    /// # Errors
    /// [`Error::NoChunk`] where it is not held back and was never decided about.
    pub async fn quarantined_chunk(&self, chunk: &str) -> Result<QuarantinedChunk> {
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        query.push(" and id = ").push_bind(chunk);
        let row = query.build().fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Err(Error::NoChunk { id: chunk.to_owned() }) };
        let mut item = item(&row)?;
        let mut connection = self.pool.acquire().await?;
        item.findings = findings::of(&mut connection, chunk).await?;
        Ok(item)
    }
}

fn item(row: &SqliteRow) -> Result<QuarantinedChunk> {
    let json = |name: &str, what| {
        let text: String = row.get(name);
        serde_json::from_str::<Vec<String>>(&text).map_err(|source| Error::Stored { what, source })
    };
    let offset = |name: &str| usize::try_from(row.get::<i64, _>(name)).unwrap_or_default();
    let state: String = row.get("state");
    Ok(QuarantinedChunk {
        chunk: row.get("id"),
        document: row.get("name"),
        uri: row.get("uri"),
        source: row.get("source"),
        title: row.get("title"),
        heading_path: json("heading_path", "heading path")?,
        span: ByteSpan::new(offset("span_start"), offset("span_end")),
        text: row.get("text"),
        scores: hits::scores(row),
        overall: row.get::<f64, _>("overall") as f32,
        reasons: json("reasons", "list of reasons")?,
        findings: Vec::new(),
        status: match state.as_str() {
            "released" => ReviewState::Released,
            "rejected" => ReviewState::Rejected,
            _ => ReviewState::Pending,
        },
        note: row.get("note"),
        since: time::read(row.get("quarantined_at")),
        place: row.get("place"),
    })
}
