//! Documents that are sent: kept as files in the data folder, so that they can be read again at any time.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};
use tamis_ingest::source::{self, Histories, Listed, Location};
use tamis_ingest::{ContentHash, DocumentId, SourceName};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use crate::grading;
use crate::ledger::{self, DocumentRecord, DocumentRow, Registered, SourceKind, SourceOrigin};
use crate::service::Service;

/// The source that documents go to when no other is named.
pub const DEFAULT_SOURCE: &str = "uploads";

/// Longest id or URI, in bytes.
const MAX_NAME: usize = 1_024;

/// Why a document is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot be understood.
    #[error("{0}")]
    Invalid(String),
    /// There is no reader for it.
    #[error("{0}")]
    Unsupported(String),
    /// It is too large.
    #[error("{0}")]
    TooLarge(String),
    /// It stands against how things are.
    #[error("{0}")]
    Conflict(String),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// It cannot be stored.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// What was sent.
#[derive(Debug, Clone)]
pub enum Content {
    /// The fields of a JSON document: `id`, and `text`, `markdown` or `html`; perhaps `uri`, `title` and more.
    Object(Map<String, Value>),
    /// A file.
    File {
        /// Its name, which tells what it is.
        name: String,
        /// Its content.
        bytes: Vec<u8>,
    },
}

/// A document that was sent.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The source it goes to; made where there is none yet.
    pub source: SourceName,
    /// Its id. A document that is sent under the same id again takes the place of the one before.
    pub id: String,
    /// Where it is, for people; the id where not said.
    pub uri: Option<String>,
    /// The document.
    pub content: Content,
}

/// What became of a document that was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UploadReceipt {
    /// What is different now.
    pub result: UploadResult,
    /// The document as it stands.
    #[serde(flatten)]
    pub document: DocumentRecord,
}

/// What a document that was sent changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadResult {
    /// It was not known.
    New,
    /// It takes the place of the one of its id.
    Changed,
    /// It is as it was: nothing happens.
    Unchanged,
}

impl Service {
    /// Stores a document that was sent, and queues it to be read.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn upload(&self, upload: Upload) -> Result<UploadReceipt, Error> {
        check_name("id", &upload.id)?;
        if let Some(uri) = &upload.uri {
            check_name("uri", uri)?;
        }
        self.upload_source(&upload.source).await?;
        let id = DocumentId::new(&upload.source, &upload.id);
        let (name, public_name) = (upload.source.clone(), upload.id.clone());
        let (dir, limits) = (self.data.uploads(&upload.source), self.config.source_limits());
        let (location, content_hash) = {
            let id = id.clone();
            spawn_blocking(move || store(&dir, &id, upload, limits)).await.map_err(anyhow::Error::from)??
        };
        let row = DocumentRow { id: id.clone(), name: public_name, location, content_hash };
        let path = row.location.path.clone();
        let uploaded = match self.ledger.register_upload(&name, &self.reading(), &row).await {
            Ok(uploaded) => uploaded,
            Err(problem) => {
                self.delete_unused(&id, &path).await;
                return Err(problem.into());
            }
        };
        if let Some(replaced) = uploaded.replaced {
            self.delete_file(&replaced).await;
        }
        let result = match uploaded.outcome {
            Registered::New => UploadResult::New,
            Registered::Changed => UploadResult::Changed,
            Registered::Waiting | Registered::Unchanged | Registered::StillFailed => UploadResult::Unchanged,
        };
        Ok(UploadReceipt { result, document: self.ledger.document(id.as_str()).await? })
    }

    /// Takes a document out: from search at once, from the indexes as they follow.
    ///
    /// # Errors
    /// [`ledger::Error::NoDocument`], or the ledger failed.
    pub async fn delete_document(&self, id: &str) -> ledger::Result<DocumentRecord> {
        let document = self.ledger.document(id).await?;
        let known = DocumentId::from_stored(document.id.clone());
        self.ledger.remove_document(&known, &self.policy()).await?;
        self.unsettled.store(true, std::sync::atomic::Ordering::Relaxed);
        self.publish_wanted.notify_one();
        if document.path.starts_with(self.data.root().join("uploads")) {
            self.delete_file(&document.path).await;
        }
        Ok(document)
    }

    /// Makes sure that documents can be sent to the source.
    async fn upload_source(&self, name: &SourceName) -> Result<(), Error> {
        match self.ledger.source(name.as_str()).await? {
            Some(source) if source.kind != SourceKind::Upload => Err(Error::Conflict(format!(
                "source {name} is of kind {}: documents are sent to sources of kind upload only",
                source.kind.name()
            ))),
            Some(_) => Ok(()),
            None => {
                let path = self.data.uploads(name);
                let declared =
                    self.ledger.declare_source(name, SourceKind::Upload, &path, None, SourceOrigin::Api).await;
                Ok(declared?)
            }
        }
    }

    /// Deletes the file of a document that was not taken, unless it is the one that is there.
    async fn delete_unused(&self, id: &DocumentId, path: &Path) {
        let in_use = self.ledger.document(id.as_str()).await.is_ok_and(|known| known.path == path);
        if !in_use {
            self.delete_file(path).await;
        }
    }

    async fn delete_file(&self, path: &Path) {
        let Err(problem) = tokio::fs::remove_file(path).await else { return };
        // Where it is gone already, somebody else no longer needed it either.
        if problem.kind() != io::ErrorKind::NotFound {
            tracing::warn!(path = %path.display(), error = %problem, "a file of an upload could not be deleted");
        }
    }
}

fn check_name(field: &str, name: &str) -> Result<(), Error> {
    if name.trim().is_empty() || name.len() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(Error::Invalid(format!("{field} must hold 1 to {MAX_NAME} bytes, and no control characters")));
    }
    Ok(())
}

/// Writes the document under a name made of its id and content, and looks at it as a source would.
fn store(
    dir: &Path,
    id: &DocumentId,
    upload: Upload,
    limits: source::SourceLimits,
) -> Result<(Location, ContentHash), Error> {
    let Upload { id: public_name, uri, content, .. } = upload;
    let (bytes, extension) = match content {
        Content::Object(mut fields) => {
            fields.insert("id".to_owned(), Value::String(public_name.clone()));
            let line = serde_json::to_vec(&fields).map_err(anyhow::Error::from)?;
            (line, "jsonl".to_owned())
        }
        Content::File { name, bytes } => (bytes, extension(&name)?),
    };
    let hash = ContentHash::of(&bytes);
    let path = dir.join(format!("{id}-{}.{extension}", hash.as_str().get(..16).unwrap_or_default()));
    std::fs::create_dir_all(dir).and_then(|()| write(&path, &bytes)).map_err(anyhow::Error::from)?;
    let looked = look(&path, limits);
    match looked {
        Ok(mut location) => {
            location.uri = uri.unwrap_or(public_name);
            let raw = source::fetch(&location, limits).map_err(|problem| Error::Invalid(problem.to_string()))?;
            let hash = grading::content_hash(&raw);
            Ok((location, hash))
        }
        Err(problem) => {
            // It was never anybody's document.
            let _ = std::fs::remove_file(&path);
            Err(problem)
        }
    }
}

/// A crash leaves the whole file or none.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension("part");
    std::fs::write(&part, bytes)?;
    std::fs::rename(part, path)
}

fn look(path: &Path, limits: source::SourceLimits) -> Result<Location, Error> {
    let first = source::list(path, limits, &Histories::default()).map_err(anyhow::Error::from)?.next();
    match first {
        Some(Listed::Document(location)) => Ok(location),
        Some(Listed::Unsupported { kind, .. }) => Err(Error::Unsupported(format!("there is no reader for {kind}"))),
        Some(Listed::Failed { error: tamis_ingest::Error::TooLarge { bytes, limit, .. }, .. }) => Err(Error::TooLarge(
            format!("the document has {bytes} bytes, more than limits.max_document_bytes, {limit}"),
        )),
        Some(Listed::Failed { error, .. }) => Err(Error::Invalid(format!("the document {error}"))),
        None => Err(Error::Invalid("the document is empty".to_owned())),
    }
}

/// The part of a file's name that tells what it is.
fn extension(name: &str) -> Result<String, Error> {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let extension = extension.to_ascii_lowercase();
    if matches!(extension.as_str(), "jsonl" | "ndjson") {
        return Err(Error::Unsupported(
            "a JSONL file holds many documents: send them one by one as JSON, or name the file as a source".to_owned(),
        ));
    }
    if extension.len() > 16 || !extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Error::Unsupported(format!("{name:?} does not tell what it is: give it an extension such as .md")));
    }
    Ok(if extension.is_empty() { "txt".to_owned() } else { extension })
}
