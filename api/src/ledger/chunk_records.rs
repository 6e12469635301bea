//! Chunks as people see them: the text, its grades, and all that was found.

use serde::Serialize;
use sqlx::{Row, sqlite::SqliteRow};
use tamis_ingest::ByteSpan;
use tamis_scoring::{Finding, Scores};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, findings, hits};

/// A chunk with its report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChunkRecord {
    /// The chunk.
    pub chunk: String,
    /// Public name of its document.
    pub document: String,
    /// Its document's id.
    pub document_id: String,
    /// Where the document is.
    pub uri: String,
    /// Its source.
    pub source: String,
    /// The document's title.
    pub title: Option<String>,
    /// Its place in the document, from 0.
    pub ordinal: u64,
    /// Where it stands in the document's text, `[start, end)` in bytes.
    #[schema(value_type = Vec<u64>)]
    pub span: ByteSpan,
    /// The headings it stands under.
    pub heading_path: Vec<String>,
    /// The page it begins on, for documents with pages.
    pub page: Option<u32>,
    /// Its length in the embedding model's tokens.
    pub tokens: u64,
    /// The text.
    pub text: String,
    /// Its grades, 0..=1: the four dimensions and `overall`.
    #[schema(value_type = Object)]
    pub scores: ChunkScores,
    /// `accept` or `quarantine`: what the policy says.
    pub verdict: String,
    /// The rules that hold it back, the weightiest first.
    pub reasons: Vec<String>,
    /// Whether search may show it: the verdict, unless a person decided otherwise.
    pub searchable: bool,
    /// What people decided, if they did.
    pub review: Option<String>,
    /// All that was found about it, what costs most first.
    #[schema(value_type = Vec<Object>)]
    pub findings: Vec<Finding>,
}

/// A chunk's grades.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ChunkScores {
    /// The four dimensions.
    #[serde(flatten)]
    pub dimensions: Scores,
    /// Their weighted mean.
    pub overall: f32,
}

impl Ledger {
    /// One chunk, searchable or not.
    ///
    /// # Errors
    /// [`Error::NoChunk`] or [`Error::Database`].
    pub async fn chunk(&self, id: &str) -> Result<ChunkRecord> {
        let row = sqlx::query(
            "select c.id, c.document_id, c.ordinal, c.span_start, c.span_end, c.heading_path, c.page, c.tokens, c.text,
                    c.freshness, c.duplication, c.contradiction, c.structure, c.overall, c.verdict, c.reasons,
                    c.searchable, d.name, d.uri, d.source, d.title, r.state
             from chunks c join documents d on d.id = c.document_id left join reviews r on r.chunk_id = c.id
             where c.id = $1 and c.retired = 0",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Err(Error::NoChunk { id: id.to_owned() }) };
        let mut connection = self.pool.acquire().await?;
        chunk_record(&row, findings::of(&mut connection, id).await?)
    }
}

fn chunk_record(row: &SqliteRow, findings: Vec<Finding>) -> Result<ChunkRecord> {
    let list = |name: &str, what| {
        serde_json::from_str::<Vec<String>>(row.get(name)).map_err(|source| Error::Stored { what, source })
    };
    let offset = |name: &str| usize::try_from(row.get::<i64, _>(name)).unwrap_or_default();
    let page: Option<i64> = row.get("page");
    Ok(ChunkRecord {
        chunk: row.get("id"),
        document: row.get("name"),
        document_id: row.get("document_id"),
        uri: row.get("uri"),
        source: row.get("source"),
        title: row.get("title"),
        ordinal: row.get::<i64, _>("ordinal").unsigned_abs(),
        span: ByteSpan::new(offset("span_start"), offset("span_end")),
        heading_path: list("heading_path", "heading path")?,
        page: page.and_then(|page| u32::try_from(page).ok()),
        tokens: row.get::<i64, _>("tokens").unsigned_abs(),
        text: row.get("text"),
        scores: ChunkScores { dimensions: hits::scores(row), overall: row.get::<f64, _>("overall") as f32 },
        verdict: row.get("verdict"),
        reasons: list("reasons", "list of reasons")?,
        searchable: row.get::<i64, _>("searchable") == 1,
        review: row.get("state"),
        findings,
    })
}
