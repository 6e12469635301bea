//! Reading chunks back as passages, for comparing.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};
use tamis_ingest::{ChunkId, DocumentId};
use tamis_scoring::duplication::{named_above, word_count};
use tamis_scoring::{Claim, Fingerprint, Lineage, Passage, Standing};

use super::{Error, Result, lineage, time};

/// How much a document is believed when neither it nor its source says.
pub(crate) const DEFAULT_AUTHORITY: u8 = 50;

const COLUMNS: &str = "select c.id, c.document_id, c.ordinal, c.text, c.span_start, c.exact_hash, c.claims,
    c.heading_path, d.title, d.name, d.uri, d.modified_at, d.modified_at_source, d.fresh_at, d.older_editions, d.words as document_words,
    coalesce(d.authority, (select s.authority from sources s where s.name = d.source)) as authority
    from chunks c join documents d on d.id = c.document_id where c.id in (";

/// The passages of these chunks, in no particular order.
pub(super) async fn load(connection: &mut SqliteConnection, chunks: &[String]) -> Result<Vec<Passage>> {
    if chunks.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
    let mut ids = query.separated(", ");
    for chunk in chunks {
        ids.push_bind(chunk.as_str());
    }
    query.push(")");
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(passage).collect()
}

/// The passage of one chunk.
pub(super) async fn load_one(connection: &mut SqliteConnection, chunk: &str) -> Result<Option<Passage>> {
    Ok(load(connection, &[chunk.to_owned()]).await?.pop())
}

fn passage(row: &SqliteRow) -> Result<Passage> {
    let claims: String = row.get("claims");
    let claims: Vec<Claim> =
        serde_json::from_str(&claims).map_err(|source| Error::Stored { what: "list of claims", source })?;
    let heading_path: String = row.get("heading_path");
    let heading_path: Vec<String> =
        serde_json::from_str(&heading_path).map_err(|source| Error::Stored { what: "heading path", source })?;
    let title: Option<String> = row.get("title");
    let (uri, text): (String, String) = (row.get("uri"), row.get("text"));
    let authority: Option<i64> = row.get("authority");
    let date_source: Option<String> = row.get("modified_at_source");
    Ok(Passage {
        chunk: ChunkId::from_stored(row.get("id")),
        document: DocumentId::from_stored(row.get("document_id")),
        document_name: row.get("name"),
        offset: usize::try_from(row.get::<i64, _>("span_start")).unwrap_or_default(),
        standing: Standing {
            authority: authority.and_then(|value| u8::try_from(value).ok()).unwrap_or(DEFAULT_AUTHORITY),
            effective_at: lineage::effective_at(row.get("modified_at"), date_source.as_deref()),
            lineage: Lineage {
                fresh_at: time::read(row.get("fresh_at")),
                older_editions: u32::try_from(row.get::<i64, _>("older_editions")).unwrap_or(u32::MAX),
            },
            words: word_count(&text),
            document_words: u32::try_from(row.get::<i64, _>("document_words")).unwrap_or(u32::MAX),
            uri: uri.clone(),
            ordinal: u32::try_from(row.get::<i64, _>("ordinal")).unwrap_or(u32::MAX),
        },
        named: named_above(title.as_deref(), &heading_path, &uri),
        uri,
        text,
        // A language is held against those of a whole set, never against a candidate's.
        language: None,
        // Bands are only needed to be found by, and found it was.
        fingerprint: Fingerprint { exact: row.get("exact_hash"), bands: Vec::new() },
        claims,
    })
}
