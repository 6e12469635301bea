//! Documents, from being seen to being gone.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};
use tamis_ingest::source::Location;
use tamis_ingest::{ContentHash, DocumentId, SourceName};

use super::{Error, Ledger, Result, RunCounts, queue, runs, time};

/// The error code of a document whose reading was begun too often and never finished.
const POISON: &str = "reading_never_finished";
/// That of one whose reading took too long, and that of one whose reader broke: the same readers would again.
pub(crate) const TOO_SLOW: &str = "too_slow";
pub(crate) const READER_FAILED: &str = "reader_failed";

/// By what a document is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Names the readers, rules and sizes in force.
    pub rules: String,
    /// Longest time for one document, in seconds.
    pub seconds: u64,
}

impl Reading {
    /// Names what a failure under `code` came of: it is not tried again under the same.
    fn of_failure(&self, code: &str) -> String {
        if code == TOO_SLOW { format!("{} in {} s", self.rules, self.seconds) } else { self.rules.clone() }
    }
}

/// What a source showed of one document.
#[derive(Debug, Clone)]
pub struct DocumentRow {
    /// Its id.
    pub id: DocumentId,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub location: Location,
    /// What its bytes hash to.
    pub content_hash: ContentHash,
}

/// What registering a document came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// Not known before; queued.
    New,
    /// Known with other content, or read by other rules; queued.
    Changed,
    /// Known, with the same content; nothing to do.
    Unchanged,
    /// Known, with the same content, and still waiting to be read.
    Waiting,
    /// Known, with the same content, which could not be read before and is not tried again.
    StillFailed,
}

impl Registered {
    fn count(self, counts: &mut RunCounts) {
        counts.seen += 1;
        match self {
            Self::New => counts.new += 1,
            Self::Changed | Self::Waiting => counts.changed += 1,
            Self::Unchanged | Self::StillFailed => counts.unchanged += 1,
        }
    }
}

/// A document whose reading has begun.
#[derive(Debug, Clone)]
pub struct QueuedDocument {
    /// Its id.
    pub id: DocumentId,
    /// Its source.
    pub source: String,
    /// Where it is.
    pub location: Location,
    /// What its bytes hashed to when it was seen.
    pub content_hash: ContentHash,
    /// Readings begun since the last success, this one included.
    pub attempt: i64,
    /// How much its source is to be believed.
    pub authority: Option<u8>,
}

impl Ledger {
    /// Records what a run saw, and queues what has to be read, in one transaction. A document that was read by others than
    /// `reading` is read again.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn register_documents(
        &self,
        run: &str,
        source: &SourceName,
        reading: &Reading,
        documents: &[DocumentRow],
    ) -> Result<Vec<Registered>> {
        let mut write = self.write_in_background().await?;
        let mut outcomes = Vec::with_capacity(documents.len());
        let mut queued = Vec::new();
        let mut counts = RunCounts::default();
        for document in documents {
            let (outcome, seen_before) = register(&mut write.tx, run, source, reading, document).await?;
            if matches!(outcome, Registered::New | Registered::Changed) {
                queued.push(document.id.as_str().to_owned());
            }
            if !seen_before {
                outcome.count(&mut counts);
            }
            outcomes.push(outcome);
        }
        queue::push(&mut write.tx, &queued, 0).await?;
        runs::add_counts(&mut write.tx, run, counts).await?;
        write.commit().await?;
        Ok(outcomes)
    }

    /// Counts a reading as begun and returns what to read, or `None` where the document no longer waits.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_attempt(&self, document: &str) -> Result<Option<QueuedDocument>> {
        let mut write = self.write_in_background().await?;
        let row = sqlx::query(
            "update documents set attempts = attempts + 1 where id = $1 and status = 'queued'
             returning id, source, location, content_hash, attempts,
                       (select authority from sources where sources.name = documents.source) as source_authority",
        )
        .bind(document)
        .fetch_optional(&mut *write.tx)
        .await?;
        write.commit().await?;
        row.map(|row| queued_document(&row)).transpose()
    }

    /// Marks a document as failed under `reading`: it keeps its place in the list of failures until its content changes.
    /// One that has changed meanwhile is left to its next reading.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn fail_document(
        &self,
        document: &QueuedDocument,
        code: &str,
        message: &str,
        reading: &Reading,
    ) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query(
            "update documents set status = 'failed', error_code = $2, error_message = $3, updated_at = $4, reading = $6
             where id = $1 and content_hash = $5 and status = 'queued'",
        )
        .bind(document.id.as_str())
        .bind(code)
        .bind(message)
        .bind(time::now())
        .bind(document.content_hash.as_str())
        .bind(reading.of_failure(code))
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// Marks a document as failed for good, because reading it was begun too often and never finished.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn give_up_document(&self, document: &QueuedDocument, reading: &Reading) -> Result<()> {
        let attempts = document.attempt - 1;
        let message = format!(
            "reading it was begun {attempts} times and never finished (a crash, or out of memory or time); it is left out until its content changes"
        );
        self.fail_document(document, POISON, &message, reading).await
    }

    /// Queues a document again, to be read `delay_seconds` from now.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn retry_document(&self, document: &DocumentId, delay_seconds: u64) -> Result<()> {
        let mut write = self.write_in_background().await?;
        queue::push(&mut write.tx, &[document.as_str().to_owned()], delay_seconds).await?;
        write.commit().await
    }
}

/// Returns also whether the run had seen the document before, as one that was interrupted has.
pub(super) async fn register(
    connection: &mut SqliteConnection,
    run: &str,
    source: &SourceName,
    reading: &Reading,
    document: &DocumentRow,
) -> Result<(Registered, bool)> {
    let known: Option<(String, String, String, Option<String>, String)> =
        sqlx::query_as("select content_hash, reading, status, error_code, seen_run from documents where id = $1")
            .bind(document.id.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    let seen_before = known.as_ref().is_some_and(|(.., seen_run)| seen_run == run);
    let outcome = match &known {
        None => Registered::New,
        // It left, and only waits for the indexes to let go of it.
        Some((.., status, _, _)) if status == "removed" => Registered::New,
        Some((hash, read_by, status, code, _)) => {
            let same_content = hash == document.content_hash.as_str();
            match status.as_str() {
                "queued" if same_content => Registered::Waiting,
                "failed" if same_content && fails_again(code.as_deref(), read_by, reading) => Registered::StillFailed,
                "discarded" if same_content => Registered::StillFailed,
                "ready" if same_content && *read_by == reading.rules => Registered::Unchanged,
                _ => Registered::Changed,
            }
        }
    };
    let location =
        serde_json::to_string(&document.location).map_err(|source| Error::Stored { what: "location", source })?;
    let to_read = matches!(outcome, Registered::New | Registered::Changed);
    // Whatever the outcome, the run has seen it, and it may have moved within its file.
    let mut query = QueryBuilder::<Sqlite>::new(
        "insert into documents (id, source, uri, name, location, content_hash, status, seen_run, created_at, updated_at) values (",
    );
    let now = time::now();
    let mut values = query.separated(", ");
    values.push_bind(document.id.as_str());
    values.push_bind(source.as_str());
    values.push_bind(document.location.uri.as_str());
    values.push_bind(document.name.as_str());
    values.push_bind(location);
    values.push_bind(document.content_hash.as_str());
    values.push("'queued'");
    values.push_bind(run);
    values.push_bind(now);
    values.push_bind(now);
    query.push(
        ") on conflict (id) do update set location = excluded.location, seen_run = excluded.seen_run, name = excluded.name,
             uri = excluded.uri",
    );
    if to_read {
        query.push(
            ", content_hash = excluded.content_hash, status = 'queued', attempts = 0, error_code = null,
             error_message = null, updated_at = excluded.updated_at",
        );
    }
    query.build().execute(connection).await?;
    Ok((outcome, seen_before))
}

/// Whether a document that failed under `code` when it was read by `read_by` would fail again: a file that could not be
/// opened may be there now, one that took too long would do so again.
fn fails_again(code: Option<&str>, read_by: &str, reading: &Reading) -> bool {
    match code {
        Some(POISON) => true,
        Some(code @ (TOO_SLOW | READER_FAILED)) => read_by == reading.of_failure(code),
        _ => false,
    }
}

fn queued_document(row: &SqliteRow) -> Result<QueuedDocument> {
    let location: String = row.get("location");
    let authority: Option<i64> = row.get("source_authority");
    Ok(QueuedDocument {
        id: DocumentId::from_stored(row.get("id")),
        source: row.get("source"),
        location: serde_json::from_str(&location).map_err(|source| Error::Stored { what: "location", source })?,
        content_hash: ContentHash::from_stored(row.get("content_hash")),
        attempt: row.get("attempts"),
        authority: authority.and_then(|value| u8::try_from(value).ok()),
    })
}
