//! Documents as people see them.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use tamis_ingest::source::Location;
use utoipa::ToSchema;

use super::{Error, Ledger, Result, time};

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// It waits to be read. What was read of it before stays until then.
    Queued,
    /// It was read.
    Ready,
    /// It could not be read.
    Failed,
    /// It could not be read, and is left alone until its content changes.
    Discarded,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DocumentRecord {
    /// Its id.
    pub id: String,
    /// Its public name: the id its source gave it, else its URI.
    pub document: String,
    /// Its source.
    pub source: String,
    /// Where it is within its source.
    pub uri: String,
    /// Where it stands.
    pub status: DocumentStatus,
    /// Why it could not be read, as a code.
    pub error_code: Option<String>,
    /// Why it could not be read.
    pub error: Option<String>,
    /// What it is.
    pub media_type: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its language (ISO 639-1).
    pub language: Option<String>,
    /// How much it says it is to be believed, 0 to 100.
    pub authority: Option<u8>,
    /// When it last changed (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub modified_at: Option<Timestamp>,
    /// Its length in the embedding model's tokens.
    pub tokens: u64,
    /// Its chunks.
    pub chunks: u64,
    /// Its chunks that are held back.
    pub quarantined: u64,
    /// What its source says of it.
    #[schema(value_type = Object)]
    pub metadata: serde_json::Value,
    /// When it was last read, failed or was queued (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
    /// The file that holds it.
    #[serde(skip)]
    pub path: PathBuf,
    /// Its place in the list.
    #[serde(skip)]
    pub place: String,
}

/// Which documents to show.
#[derive(Debug, Clone, Default)]
pub struct DocumentFilter {
    /// Of this source.
    pub source: Option<String>,
    /// In this state.
    pub status: Option<DocumentStatus>,
    /// Whose URI begins so.
    pub uri_prefix: Option<String>,
    /// After this place in the list.
    pub after: Option<String>,
    /// At most this many.
    pub limit: u32,
}

const COLUMNS: &str = "select d.*, d.source || '/' || d.uri as place,
    (select count(*) from chunks c where c.document_id = d.id and c.retired = 0) as chunk_count,
    (select count(*) from chunks c where c.document_id = d.id and c.retired = 0 and c.searchable = 0) as held_count
    from documents d where d.status <> 'removed'";

impl DocumentStatus {
    /// Its name in the ledger and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Discarded => "discarded",
        }
    }
}

impl Ledger {
    /// Documents, by source and URI.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn documents(&self, filter: &DocumentFilter) -> Result<Vec<DocumentRecord>> {
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        if let Some(source) = &filter.source {
            query.push(" and d.source = ").push_bind(source.as_str());
        }
        if let Some(status) = filter.status {
            query.push(" and d.status = ").push_bind(status.name());
        }
        if let Some(prefix) = &filter.uri_prefix {
            query.push(" and substr(d.uri, 1, length(").push_bind(prefix.as_str());
            query.push(")) = ").push_bind(prefix.as_str());
        }
        if let Some((source, uri)) = filter.after.as_deref().and_then(|after| after.split_once('/')) {
            // Source names hold no '/'.
            query.push(" and (d.source, d.uri) > (").push_bind(source).push(", ").push_bind(uri).push(")");
        }
        query.push(" order by d.source, d.uri limit ").push_bind(i64::from(filter.limit));
        query.build().fetch_all(&self.pool).await?.iter().map(document_record).collect()
    }

    /// The document of this id, or else of this public name.
    ///
    /// # Errors
    /// [`Error::NoDocument`], [`Error::AmbiguousDocument`] where documents of several sources have the name, or
    /// [`Error::Database`].
    pub async fn document(&self, id: &str) -> Result<DocumentRecord> {
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        query.push(" and (d.id = ").push_bind(id).push(" or d.name = ").push_bind(id);
        query.push(") order by d.id <> ").push_bind(id).push(", d.source limit 3");
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut found = rows.iter().map(document_record).collect::<Result<Vec<_>>>()?;
        let exact = found.first().is_some_and(|first| first.id == id);
        match found.len() {
            0 => Err(Error::NoDocument { id: id.to_owned() }),
            1 => Ok(found.remove(0)),
            _ if exact => Ok(found.remove(0)),
            _ => {
                let ids = found.iter().map(|one| format!("{} (source {})", one.id, one.source)).collect();
                Err(Error::AmbiguousDocument { name: id.to_owned(), ids })
            }
        }
    }
}

fn document_record(row: &SqliteRow) -> Result<DocumentRecord> {
    let stored = |what| move |source| Error::Stored { what, source };
    let location: Location = serde_json::from_str(row.get("location")).map_err(stored("location"))?;
    let authority: Option<i64> = row.get("authority");
    Ok(DocumentRecord {
        id: row.get("id"),
        document: row.get("name"),
        source: row.get("source"),
        uri: row.get("uri"),
        status: match row.get("status") {
            "queued" => DocumentStatus::Queued,
            "failed" => DocumentStatus::Failed,
            "discarded" => DocumentStatus::Discarded,
            _ => DocumentStatus::Ready,
        },
        error_code: row.get("error_code"),
        error: row.get("error_message"),
        media_type: row.get("media_type"),
        title: row.get("title"),
        language: row.get("language"),
        authority: authority.and_then(|value| u8::try_from(value).ok()),
        modified_at: time::read(row.get("modified_at")),
        tokens: row.get::<i64, _>("tokens").unsigned_abs(),
        chunks: row.get::<i64, _>("chunk_count").unsigned_abs(),
        quarantined: row.get::<i64, _>("held_count").unsigned_abs(),
        metadata: serde_json::from_str(row.get("metadata")).map_err(stored("metadata"))?,
        updated_at: time::read(row.get("updated_at")),
        path: location.path,
        place: row.get("place"),
    })
}
