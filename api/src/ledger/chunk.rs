//! One chunk with all that is known about it, whether or not it is held back.

use jiff::Timestamp;
use sqlx::Row;
use tamis_ingest::ByteSpan;
use tamis_scoring::{Finding, Scores};

use super::{Error, Ledger, Result, ReviewState, findings, hits, reviews, time};

/// A chunk with all that is known about it.
#[derive(Debug, Clone)]
pub struct ChunkView {
    /// The chunk.
    pub chunk: String,
    /// Where its document is.
    pub uri: String,
    /// Its source.
    pub source: String,
    /// The document's title.
    pub title: Option<String>,
    /// The headings it stands under.
    pub heading_path: Vec<String>,
    /// Where it stands in the document's text.
    pub span: ByteSpan,
    /// The text.
    pub text: String,
    /// Its grades.
    pub scores: Scores,
    /// The weighted mean of its grades, 0..=1.
    pub overall: f32,
    /// Whether the policy holds it back.
    pub quarantined: bool,
    /// Whether a search may find it.
    pub searchable: bool,
    /// The rules that hold it back, the weightiest first.
    pub reasons: Vec<String>,
    /// All that was found about it, what costs most first.
    pub findings: Vec<Finding>,
    /// What people decided.
    pub review: ReviewState,
    /// When its document last changed.
    pub modified_at: Option<Timestamp>,
    /// Since when it is held back.
    pub since: Option<Timestamp>,
}

impl Ledger {
    /// One chunk.
    ///
    /// # Errors
    /// [`Error::NoChunk`] where there is none (any more).
    pub async fn chunk(&self, chunk: &str) -> Result<ChunkView> {
        let row = sqlx::query(
            "select c.id, c.text, c.heading_path, c.span_start, c.span_end, c.freshness, c.duplication, c.contradiction,
                    c.structure, c.overall, c.verdict, c.searchable, c.reasons, c.quarantined_at, d.uri, d.source,
                    d.title, d.modified_at
             from chunks c join documents d on d.id = c.document_id where c.id = $1 and c.retired = 0",
        )
        .bind(chunk)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Err(Error::NoChunk { id: chunk.to_owned() }) };
        let list = |name: &str, what| {
            serde_json::from_str(&row.get::<String, _>(name)).map_err(|source| Error::Stored { what, source })
        };
        let offset = |name: &str| usize::try_from(row.get::<i64, _>(name)).unwrap_or_default();
        let mut connection = self.pool.acquire().await?;
        Ok(ChunkView {
            chunk: row.get("id"),
            uri: row.get("uri"),
            source: row.get("source"),
            title: row.get("title"),
            heading_path: list("heading_path", "heading path")?,
            span: ByteSpan::new(offset("span_start"), offset("span_end")),
            text: row.get("text"),
            scores: hits::scores(&row),
            overall: row.get::<f64, _>("overall") as f32,
            quarantined: row.get::<&str, _>("verdict") == "quarantine",
            searchable: row.get::<i64, _>("searchable") == 1,
            reasons: list("reasons", "list of reasons")?,
            findings: findings::of(&mut connection, chunk).await?,
            review: reviews::state(&mut connection, chunk).await?,
            modified_at: time::read(row.get("modified_at")),
            since: time::read(row.get("quarantined_at")),
        })
    }
}
