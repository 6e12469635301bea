//! What can stop the ledger.

use std::path::PathBuf;

/// A result of the ledger.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// SQLite's result code for a full disk.
const SQLITE_FULL: &str = "13";
/// SQLite's primary result codes for a database another connection holds.
const SQLITE_BUSY_OR_LOCKED: [&str; 4] = ["5", "6", "261", "517"];

/// Why the ledger could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A newer tamis wrote the database.
    #[error("{} was written by a newer tamis (schema {version}): upgrade tamis, or use another --data folder", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// The schema version it has.
        version: i64,
    },
    /// The schema could not be brought up to date.
    #[error("cannot prepare the ledger's tables")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    /// The disk is full.
    #[error("the disk is full: free some space and run the same command again; nothing that was recorded is lost")]
    DiskFull(#[source] Box<sqlx::Error>),
    /// The database failed.
    #[error("the ledger failed")]
    Database(#[source] Box<sqlx::Error>),
    /// The job queue failed.
    #[error("the job queue failed: {0}")]
    Queue(String),
    /// A stored value does not read back.
    #[error("the ledger holds a {what} that cannot be read")]
    Stored {
        /// What kind of value.
        what: &'static str,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// A source of that name exists and is somewhere else.
    #[error("source {name} is {}, not {}: choose another name with --source", known.display(), given.display())]
    SourceMoved {
        /// The source.
        name: String,
        /// Where the ledger knows it.
        known: PathBuf,
        /// Where it was said to be.
        given: PathBuf,
    },
    /// A source's documents are on their way out.
    #[error("source {name} is being deleted: wait for its deletion to end, or choose another name")]
    SourceLeaving {
        /// The source.
        name: String,
    },
    /// No source has that name.
    #[error("there is no source {name}: GET /v1/sources lists them")]
    NoSource {
        /// The name asked for.
        name: String,
    },
    /// No run has that id.
    #[error("there is no run {id}: GET /v1/runs lists them")]
    NoRun {
        /// The id asked for.
        id: String,
    },
    /// No failed job has that id.
    #[error("there is no failed job {id}: GET /v1/jobs?status=failed lists them")]
    NoFailedJob {
        /// The id asked for.
        id: String,
    },
    /// No document has that id or name.
    #[error("there is no document {id}: GET /v1/documents lists them")]
    NoDocument {
        /// The id or name asked for.
        id: String,
    },
    /// Documents of several sources have that name.
    #[error("several documents are named {name}: give the id of one of them: {}", ids.join(", "))]
    AmbiguousDocument {
        /// The name asked for.
        name: String,
        /// Ids of some of them.
        ids: Vec<String>,
    },
    /// Another document of the source has that URI.
    #[error("document {document} has the uri {uri} already: choose another uri, or send it under that id")]
    UriTaken {
        /// The URI.
        uri: String,
        /// The name of the document that has it.
        document: String,
    },
    /// No chunk has that id.
    #[error("there is no chunk {id}: `tamis quarantine list` shows the ids")]
    NoChunk {
        /// The id asked for.
        id: String,
    },
    /// The chunk is not as the person saw it who decided about it.
    #[error("chunk {id} has changed since it was shown: look at it again, then decide")]
    Changed {
        /// The chunk.
        id: String,
    },
    /// Somebody else works on the chunk.
    #[error("{by} works on chunk {id} until {until}: decide after that, or ask them to let go of it")]
    Claimed {
        /// The chunk.
        id: String,
        /// Who.
        by: String,
        /// Until when.
        until: jiff::Timestamp,
    },
    /// No decision is left to take back.
    #[error("there is no decision about {what} to take back")]
    NothingToUndo {
        /// The chunk, or the batch.
        what: String,
    },
    /// No decision about many chunks has that id.
    #[error("there is no batch {id}: GET /v1/quarantine/{{id}}/history names those of a chunk")]
    NoBatch {
        /// The id asked for.
        id: String,
    },
    /// No incident has that id.
    #[error("there is no incident {id}: GET /v1/alerts lists them")]
    NoIncident {
        /// The id asked for.
        id: String,
    },
    /// The incident is over.
    #[error("incident {id} is resolved already")]
    IncidentResolved {
        /// The incident.
        id: String,
    },
    /// More was asked for than is done at once.
    #[error("{count} {what} are too many at once: at most {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many are allowed.
        most: usize,
    },
    /// More than one chunk begins with that id.
    #[error("{count} chunks begin with {id}: give more of the id")]
    AmbiguousChunk {
        /// The prefix asked for.
        id: String,
        /// How many there are.
        count: usize,
    },
}

impl Error {
    /// Whether trying the same thing again later can help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::DiskFull(_) | Self::Queue(_) => true,
            Self::Database(source) => match source.as_ref() {
                sqlx::Error::Database(problem) => {
                    problem.code().is_some_and(|code| SQLITE_BUSY_OR_LOCKED.contains(&code.as_ref()))
                }
                sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => true,
                _ => false,
            },
            Self::Newer { .. }
            | Self::Migrate(_)
            | Self::Stored { .. }
            | Self::SourceMoved { .. }
            | Self::SourceLeaving { .. }
            | Self::NoSource { .. }
            | Self::NoRun { .. }
            | Self::NoFailedJob { .. }
            | Self::NoDocument { .. }
            | Self::AmbiguousDocument { .. }
            | Self::UriTaken { .. }
            | Self::NoChunk { .. }
            | Self::Changed { .. }
            | Self::Claimed { .. }
            | Self::NothingToUndo { .. }
            | Self::NoBatch { .. }
            | Self::NoIncident { .. }
            | Self::IncidentResolved { .. }
            | Self::TooMany { .. }
            | Self::AmbiguousChunk { .. } => false,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(problem: sqlx::Error) -> Self {
        let full =
            matches!(&problem, sqlx::Error::Database(database) if database.code().as_deref() == Some(SQLITE_FULL));
        if full { Self::DiskFull(Box::new(problem)) } else { Self::Database(Box::new(problem)) }
    }
}
