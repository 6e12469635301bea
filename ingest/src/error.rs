//! What can stop ingest from doing its work. Bad documents are not errors: they become notices.

use std::io;
use std::path::{Path, PathBuf};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why ingest could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A source name breaks the naming rule.
    #[error(
        "source name {name:?} must be 1 to 64 lower-case letters, digits, '-', '_' or '.', starting with a letter or digit"
    )]
    SourceName {
        /// The name as given.
        name: String,
    },
    /// A file or folder could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// What was named is not there.
    #[error("there is no file or folder {}: check the path", path.display())]
    Missing {
        /// What was named.
        path: PathBuf,
    },
    /// A document is larger than the limit.
    #[error(
        "{uri} has {bytes} bytes, more than the limit of {limit}: raise limits.max_document_bytes, or split the document"
    )]
    TooLarge {
        /// The document.
        uri: String,
        /// Its size.
        bytes: u64,
        /// The limit in force.
        limit: u64,
    },
    /// A line of a JSONL file is no document. Whoever reports it names the line, which is its place in the source.
    #[error("{problem}")]
    BadLine {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// An archive, a mailbox or a member of one cannot be read.
    #[error("{problem}")]
    BadContainer {
        /// The archive, or `archive!/member`.
        uri: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The tokenizer file cannot be used.
    #[error("cannot load the tokenizer {}: {problem}", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What the tokenizer library said.
        problem: String,
    },
}

impl Error {
    /// The error of a path that somebody named and that could not be opened.
    #[must_use]
    pub fn opening(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        if source.kind() == io::ErrorKind::NotFound { Self::Missing { path } } else { Self::Read { path, source } }
    }

    /// Whether trying the same thing again later can help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Read { source, .. } => {
                matches!(
                    source.kind(),
                    io::ErrorKind::Interrupted | io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
                )
            }
            Self::SourceName { .. }
            | Self::Missing { .. }
            | Self::TooLarge { .. }
            | Self::BadLine { .. }
            | Self::BadContainer { .. }
            | Self::Tokenizer { .. } => false,
        }
    }

    /// A stable `snake_case` code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SourceName { .. } => "bad_source_name",
            Self::Read { .. } => "unreadable",
            Self::Missing { .. } => "missing",
            Self::TooLarge { .. } => "too_large",
            Self::BadLine { .. } => "bad_line",
            Self::BadContainer { .. } => "bad_container",
            Self::Tokenizer { .. } => "bad_tokenizer",
        }
    }
}
