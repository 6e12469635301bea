//! Where documents come from: a folder, one file, the lines of a JSONL file, or what an archive or mailbox holds.

mod container;
mod file;
mod folder;
mod git;
mod jsonl;
mod kind;
mod object;
mod place;

pub use folder::ROOT;
pub use git::{Committed, Histories, HistoryEnd, ShortHistory};

use std::path::{Path, PathBuf};

use jiff::Timestamp;
pub use place::Place;
pub(crate) use place::Target;
use serde::{Deserialize, Serialize};

use crate::{Error, RawDocument, Result};

/// Where one document is, enough to fetch it again later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The document's name within its source: a path with `/` relative to the folder, the path as given for a single
    /// file, the `uri` (else the `id`) of a JSONL object, or `archive.zip!/path` for what lies in a container.
    pub uri: String,
    /// The file that holds it.
    pub path: PathBuf,
    /// For a line of a JSONL file or a message of a mailbox: where.
    pub line: Option<Line>,
    /// For what lies in a container: the member, of that the member, and so on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member: Vec<String>,
    /// Size in bytes.
    pub bytes: u64,
    /// When the file last changed.
    pub stored_at: Option<Timestamp>,
    /// What git says of the file, where it was committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<Committed>,
}

/// A line of a JSONL file or a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Line number, from 1.
    pub number: usize,
    /// Offset of its first byte.
    pub offset: u64,
}

/// What a source lists.
#[derive(Debug)]
pub enum Listed {
    /// A document.
    Document(Location),
    /// A file tamis has no reader for.
    Unsupported {
        /// Its path relative to the source.
        uri: String,
        /// What it seems to be, as `.png` or `binary data`.
        kind: String,
    },
    /// A file, folder or line that could not be listed.
    Failed {
        /// Its path relative to the source (`file.jsonl:7` for a line, [`ROOT`] for the folder itself).
        uri: String,
        /// Why not.
        error: Error,
    },
}

/// Limits on reading a source.
#[derive(Debug, Clone, Copy)]
pub struct SourceLimits {
    /// Largest document, in bytes (a file, or a line of a JSONL file).
    pub max_document_bytes: u64,
}

impl Default for SourceLimits {
    fn default() -> Self {
        Self { max_document_bytes: 64 << 20 }
    }
}

/// Lists the documents at `path`: a folder is walked in path order, honouring `.gitignore` and leaving hidden files
/// out; a `.jsonl` or `.ndjson` file is listed line by line; any other file is itself.
///
/// In a folder, links to files inside it are read, links out of it and links to folders are named as unsupported, so
/// that a loop of links ends. The objects of a JSONL file inside a folder are named `path/to/file.jsonl#uri`. Archives
/// (zip, tar, tar.gz), compressed files, mailboxes and the attachments of messages are walked, and what is in them is
/// named `path/to/archive.zip!/path/inside.md`.
///
/// Files in a git repository know when they were last committed; `histories` keeps what was read of it for the next call.
///
/// # Errors
/// [`Error::Missing`] or [`Error::Read`] where `path` itself is not there or cannot be read. What goes wrong further down is [`Listed::Failed`].
pub fn list(
    path: &Path,
    limits: SourceLimits,
    histories: &Histories,
) -> Result<Box<dyn Iterator<Item = Listed> + Send>> {
    let unreadable = |source| Error::opening(path, source);
    if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        std::fs::read_dir(path).map_err(unreadable)?;
        return Ok(histories.date(path, limits, folder::list(path, limits)));
    }
    std::fs::File::open(path).map_err(unreadable)?;
    let root = path.parent().unwrap_or(path);
    Ok(histories.date(root, limits, file::list(path, path.to_string_lossy().into_owned(), "", limits)))
}

/// What became of a document's file since the document was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was written to; its content may be the same.
    Written,
    /// It is not there any more.
    Gone,
}

/// What became of a document's file since the document was listed, from one look at its metadata. `None` where nothing
/// did, or where it cannot be told.
#[must_use]
pub fn change(location: &Location) -> Option<Change> {
    match std::fs::metadata(&location.path) {
        Ok(metadata) => {
            let written = file::stored_at(&metadata) != location.stored_at;
            (location.stored_at.is_some() && written).then_some(Change::Written)
        }
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => Some(Change::Gone),
        Err(_) => None,
    }
}

/// Reads a document.
///
/// # Errors
/// [`Error::Read`], [`Error::TooLarge`], [`Error::BadLine`] where a JSONL line is no document (any more), or
/// [`Error::BadContainer`] where a container cannot be read or no longer holds it.
pub fn fetch(location: &Location, limits: SourceLimits) -> Result<RawDocument> {
    let raw = match location.line {
        _ if !location.member.is_empty() => container::fetch(location, limits),
        Some(line) => jsonl::fetch(location, line, limits),
        None => file::fetch(location, limits),
    }?;
    Ok(git::date(raw, location))
}

#[cfg(test)]
mod tests;
