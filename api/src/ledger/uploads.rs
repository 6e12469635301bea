//! Documents that were sent over HTTP.

use std::path::PathBuf;

use sqlx::SqliteConnection;
use tamis_ingest::SourceName;
use tamis_ingest::source::Location;

use super::{DocumentRow, Error, Ledger, Reading, Registered, Result, documents, queue};

/// What stands in place of a run for documents that came by themselves.
const NO_RUN: &str = "";

/// What registering an upload came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    /// As for any document.
    pub outcome: Registered,
    /// The file that held the document before, and holds it no longer.
    pub replaced: Option<PathBuf>,
}

impl Ledger {
    /// Records a document that was sent, and queues it where it has to be read.
    ///
    /// # Errors
    /// [`Error::UriTaken`] where another document of the source has its URI, [`Error::SourceLeaving`],
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn register_upload(
        &self,
        source: &SourceName,
        reading: &Reading,
        document: &DocumentRow,
    ) -> Result<Uploaded> {
        let mut write = self.write().await?;
        let leaving: Option<bool> = sqlx::query_scalar("select deleting from sources where name = $1")
            .bind(source.as_str())
            .fetch_optional(&mut *write.tx)
            .await?;
        match leaving {
            Some(false) => {}
            Some(true) => return Err(Error::SourceLeaving { name: source.to_string() }),
            None => return Err(Error::NoSource { name: source.to_string() }),
        }
        let uri = document.location.uri.as_str();
        let other: Option<String> =
            sqlx::query_scalar("select name from documents where source = $1 and uri = $2 and id <> $3")
                .bind(source.as_str())
                .bind(uri)
                .bind(document.id.as_str())
                .fetch_optional(&mut *write.tx)
                .await?;
        if let Some(other) = other {
            return Err(Error::UriTaken { uri: uri.to_owned(), document: other });
        }
        let before = location(&mut write.tx, document.id.as_str()).await?;
        let (outcome, _) = documents::register(&mut write.tx, NO_RUN, source, reading, document).await?;
        if matches!(outcome, Registered::New | Registered::Changed) {
            queue::push(&mut write.tx, &[document.id.as_str().to_owned()], 0).await?;
        }
        write.commit().await?;
        let replaced = before.map(|before| before.path).filter(|path| *path != document.location.path);
        Ok(Uploaded { outcome, replaced })
    }

    /// The documents of a source as they were last seen, in URI order: for a source that cannot be listed again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn known_documents(&self, source: &SourceName) -> Result<Vec<DocumentRow>> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "select id, name, location, content_hash from documents where source = $1 and status <> 'removed'
             order by uri",
        )
        .bind(source.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(id, name, location, hash)| {
                Ok(DocumentRow {
                    id: tamis_ingest::DocumentId::from_stored(id),
                    name,
                    location: read_location(&location)?,
                    content_hash: tamis_ingest::ContentHash::from_stored(hash),
                })
            })
            .collect()
    }
}

async fn location(connection: &mut SqliteConnection, document: &str) -> Result<Option<Location>> {
    let text: Option<String> = sqlx::query_scalar("select location from documents where id = $1")
        .bind(document)
        .fetch_optional(connection)
        .await?;
    text.as_deref().map(read_location).transpose()
}

fn read_location(text: &str) -> Result<Location> {
    serde_json::from_str(text).map_err(|source| Error::Stored { what: "location", source })
}
