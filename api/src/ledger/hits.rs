//! What the ledger knows of what a search found: of every candidate what decides its place, and of those that are shown
//! everything that is shown.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use tamis_ingest::ChunkId;
use tamis_scoring::{Finding, Scores};

use super::{Error, Ledger, Result, passages, time};

/// What decides a found chunk's place.
#[derive(Debug, Clone)]
pub struct Standing {
    /// 0..=1.
    pub freshness: f32,
    /// How much its document's or source's word counts, 0..=100.
    pub authority: u8,
    /// The chunk it repeats, where the policy lets it through all the same; one that a person let in stands for itself.
    pub repeats: Option<ChunkId>,
}

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

impl HitRow {
    /// Title and headings as context, then the text: what a model reads of it.
    #[must_use]
    pub fn passage(&self) -> String {
        let context: Vec<&str> =
            self.title.iter().chain(&self.heading_path).map(String::as_str).filter(|part| !part.is_empty()).collect();
        if context.is_empty() { self.text.clone() } else { format!("{}\n{}", context.join(" > "), self.text) }
    }
}

const STANDINGS: &str = "select c.id, c.freshness, c.overall,
            case when c.shadowed_by is null or exists (select 1 from reviews r where r.chunk_id = c.id and r.state = 'released')
                 then null else c.shadowed_by end as shadowed_by,
            coalesce(d.authority, (select s.authority from sources s where s.name = d.source)) as authority
     from chunks c join documents d on d.id = c.document_id";

const HITS: &str =
    "select c.id, c.heading_path, c.text, c.freshness, c.duplication, c.contradiction, c.structure, c.overall,
            d.name, d.uri, d.source, d.title, d.modified_at, d.language, d.kind,
            (select count(*) from chunks o where o.shadowed_by = c.id and o.retired = 0) as repeated_by
     from chunks c join documents d on d.id = c.document_id";

/// Of these ids, and searchable. The sign keeps the database from reading all searchable chunks through their index.
const OF_THESE: &str = " where +c.searchable = 1 and c.id in (";

impl Ledger {
    /// Where those of `chunks` stand that may be searched. An index can lag behind by a moment; this is what keeps a
    /// chunk that was just quarantined or removed out of the answer. With `min_score`, only those graded at least so:
    /// grades move with time alone, so the indexes cannot know them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn standings(&self, chunks: &[ChunkId], min_score: Option<f32>) -> Result<HashMap<ChunkId, Standing>> {
        let rows = self.of_these(STANDINGS, chunks).await?;
        let allowed =
            rows.iter().filter(|row| min_score.is_none_or(|least| row.get::<f64, _>("overall") as f32 >= least));
        Ok(allowed.map(|row| (ChunkId::from_stored(row.get("id")), standing(row))).collect())
    }

    /// What is shown of those of `chunks` that may be searched.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Stored`].
    pub async fn hits(&self, chunks: &[ChunkId]) -> Result<HashMap<ChunkId, HitRow>> {
        let rows = self.of_these(HITS, chunks).await?;
        let mut found = rows
            .iter()
            .map(|row| Ok((ChunkId::from_stored(row.get("id")), hit(row)?)))
            .collect::<Result<HashMap<_, _>>>()?;
        if found.is_empty() {
            return Ok(found);
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "select chunk_id, body from findings where rule like 'contradiction.%' and chunk_id in (",
        );
        push_ids(&mut query, chunks);
        query.push(" order by chunk_id, position");
        let conflicts: Vec<(String, String)> = query.build_query_as().fetch_all(&self.pool).await?;
        for (chunk, body) in conflicts {
            if let Some(row) = found.get_mut(&ChunkId::from_stored(chunk)) {
                row.conflicts
                    .push(serde_json::from_str(&body).map_err(|source| Error::Stored { what: "finding", source })?);
            }
        }
        Ok(found)
    }

    /// The rows that `sql` selects of searchable ones of `chunks`.
    async fn of_these(&self, sql: &'static str, chunks: &[ChunkId]) -> Result<Vec<SqliteRow>> {
        if chunks.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new(sql);
        query.push(OF_THESE);
        push_ids(&mut query, chunks);
        Ok(query.build().fetch_all(&self.pool).await?)
    }
}

fn push_ids(query: &mut QueryBuilder<Sqlite>, chunks: &[ChunkId]) {
    let mut ids = query.separated(", ");
    for chunk in chunks {
        ids.push_bind(chunk.to_string());
    }
    query.push(")");
}

fn standing(row: &SqliteRow) -> Standing {
    let authority: Option<i64> = row.get("authority");
    let repeats: Option<String> = row.get("shadowed_by");
    Standing {
        freshness: row.get::<f64, _>("freshness") as f32,
        authority: authority.and_then(|value| u8::try_from(value).ok()).unwrap_or(passages::DEFAULT_AUTHORITY),
        repeats: repeats.map(ChunkId::from_stored),
    }
}

fn hit(row: &SqliteRow) -> Result<HitRow> {
    let heading_path: String = row.get("heading_path");
    let kind: String = row.get("kind");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_search_reads_its_hits_and_not_the_corpus() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.sqlite")).await.unwrap();
        let chunks = ["a", "b", "c"].map(|id| ChunkId::from_stored(id.to_owned()));
        assert!(ledger.hits(&chunks).await.unwrap().is_empty());
        assert!(ledger.standings(&chunks, Some(0.5)).await.unwrap().is_empty());
        for sql in [STANDINGS, HITS] {
            let mut query = QueryBuilder::<Sqlite>::new("explain query plan ");
            query.push(sql).push(OF_THESE);
            push_ids(&mut query, &chunks);
            let steps = query.build().fetch_all(&ledger.pool).await.unwrap();
            let steps: Vec<String> = steps.iter().map(|row| row.get("detail")).collect();
            // SQLite would rather read all searchable chunks through their index.
            assert!(steps.iter().any(|step| step.starts_with("SEARCH c ") && step.ends_with("(id=?)")), "{steps:?}");
        }
    }
}
