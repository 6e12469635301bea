//! What a search hit shows of the chunk it found.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use tamis_ingest::ChunkId;
use tamis_scoring::{Finding, Scores};

use super::{Error, Ledger, Result, passages, time};

/// A chunk as searched for.
#[derive(Debug, Clone)]
pub struct HitRow {
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
    /// The text.
    pub text: String,
    /// The document's language (ISO 639-1).
    pub language: Option<String>,
    /// What kind of document it is.
    pub kind: String,
    /// How much its document's or source's word counts, 0..=100.
    pub authority: u8,
    /// The chunk it repeats, where the policy lets it through all the same; one that a person let in stands for itself.
    pub repeats: Option<ChunkId>,
    /// How many chunks repeat it.
    pub repeated_by: u32,
    /// When the document last changed.
    pub modified_at: Option<Timestamp>,
    /// Its grades.
    pub scores: Scores,
    /// The weighted mean of the grades.
    pub overall: f32,
    /// Open conflicts with other chunks.
    pub conflicts: Vec<Finding>,
}

impl Ledger {
    /// The rows of those of `chunks` that may be searched. An index can lag behind by a moment; this is what keeps a
    /// chunk that was just quarantined or removed out of the answer. With `min_score`, only those graded at least so:
    /// grades move with time alone, so the indexes cannot know them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn hits(&self, chunks: &[ChunkId], min_score: Option<f32>) -> Result<HashMap<ChunkId, HitRow>> {
        if chunks.is_empty() {
            return Ok(HashMap::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "select c.id, c.heading_path, c.text, c.freshness, c.duplication, c.contradiction, c.structure, c.overall,
                    case when exists (select 1 from reviews r where r.chunk_id = c.id and r.state = 'released')
                         then null else c.shadowed_by end as shadowed_by, d.name, d.uri, d.source, d.title, d.modified_at, d.language, d.kind,
                    coalesce(d.authority, (select s.authority from sources s where s.name = d.source)) as authority,
                    (select count(*) from chunks o where o.shadowed_by = c.id and o.retired = 0) as repeated_by
             from chunks c join documents d on d.id = c.document_id where c.searchable = 1 and c.overall >= ",
        );
        query.push_bind(f64::from(min_score.unwrap_or(0.0))).push(" and c.id in (");
        let mut ids = query.separated(", ");
        for chunk in chunks {
            ids.push_bind(chunk.as_str());
        }
        query.push(")");
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut found = rows
            .iter()
            .map(|row| Ok((ChunkId::from_stored(row.get("id")), hit(row)?)))
            .collect::<Result<HashMap<_, _>>>()?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "select chunk_id, body from findings where rule like 'contradiction.%' and chunk_id in (",
        );
        let mut ids = query.separated(", ");
        for chunk in chunks {
            ids.push_bind(chunk.as_str());
        }
        query.push(") order by chunk_id, position");
        let conflicts: Vec<(String, String)> = query.build_query_as().fetch_all(&self.pool).await?;
        for (chunk, body) in conflicts {
            if let Some(row) = found.get_mut(&ChunkId::from_stored(chunk)) {
                row.conflicts
                    .push(serde_json::from_str(&body).map_err(|source| Error::Stored { what: "finding", source })?);
            }
        }
        Ok(found)
    }
}

fn hit(row: &SqliteRow) -> Result<HitRow> {
    let heading_path: String = row.get("heading_path");
    let kind: String = row.get("kind");
    let authority: Option<i64> = row.get("authority");
    let repeats: Option<String> = row.get("shadowed_by");
    Ok(HitRow {
        document: row.get("name"),
        uri: row.get("uri"),
        source: row.get("source"),
        title: row.get("title"),
        heading_path: serde_json::from_str(&heading_path)
            .map_err(|source| Error::Stored { what: "heading path", source })?,
        text: row.get("text"),
        language: row.get("language"),
        kind: serde_json::from_str(&kind).map_err(|source| Error::Stored { what: "kind of document", source })?,
        authority: authority.and_then(|value| u8::try_from(value).ok()).unwrap_or(passages::DEFAULT_AUTHORITY),
        repeats: repeats.map(ChunkId::from_stored),
        repeated_by: u32::try_from(row.get::<i64, _>("repeated_by")).unwrap_or(u32::MAX),
        modified_at: time::read(row.get("modified_at")),
        scores: scores(row),
        overall: row.get::<f64, _>("overall") as f32,
        conflicts: Vec::new(),
    })
}

/// The four scores of a row that selects them.
pub(super) fn scores(row: &SqliteRow) -> Scores {
    let score = |name: &str| (row.get::<f64, _>(name) as f32).into();
    Scores {
        freshness: score("freshness"),
        duplication: score("duplication"),
        contradiction: score("contradiction"),
        structure: score("structure"),
    }
}
