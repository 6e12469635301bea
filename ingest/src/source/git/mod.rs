//! What git says of files: when each was last committed.
//!
//! A file's own time says when it was copied, and a fresh clone makes everything new. History does not: one walk of it
//! tells the date of every file below a folder.

mod history;
mod pending;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::history::History;
use super::{Listed, Location, SourceLimits, file};
use crate::RawDocument;

/// All the walks of one listing together take no longer than this.
const MAX_TIME: Duration = Duration::from_secs(30);

/// What git knows of a file as it was last committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// The git object id of its content, in hexadecimal: a file with another content was changed since.
    pub blob: String,
    /// When the last commit that changed it was made. `None` where that lies behind the end of what can be read of
    /// the history, as in a shallow clone.
    pub at: Option<Timestamp>,
}

impl Committed {
    /// Whether these are the bytes that were committed, but for the ends of lines that git changes in a checkout.
    pub(super) fn is_content(&self, bytes: &[u8]) -> bool {
        if history::blob_id(bytes).as_deref() == Some(&self.blob) {
            return true;
        }
        let has_returns = bytes.windows(2).any(|pair| pair == b"\r\n");
        has_returns && history::blob_id(&without_returns(bytes)).as_deref() == Some(&self.blob)
    }

    /// Whether the file is as it was committed; one larger than any document is not looked at.
    fn is_file(&self, path: &Path, limits: SourceLimits) -> bool {
        let is_small = fs::metadata(path).is_ok_and(|metadata| metadata.len() <= limits.max_document_bytes);
        is_small && fs::read(path).is_ok_and(|bytes| self.is_content(&bytes))
    }
}

/// Gives a document the date of the last commit of its file, if the file is what was committed. Then the file's own time
/// tells when it was checked out, and no more.
pub(super) fn date(mut raw: RawDocument, location: &Location) -> RawDocument {
    let Some(committed) = &location.committed else { return raw };
    if is_whole(location) {
        if committed.is_content(&raw.bytes) {
            raw.supplied.committed_at = committed.at;
            raw.stored_at = None;
        }
    } else if raw.stored_at == fs::metadata(&location.path).ok().as_ref().and_then(file::stored_at) {
        // A commit dates what holds the document, which is worth as much as a file's time.
        raw.stored_at = committed.at;
    }
    raw
}

/// Whether a document is a file of its own.
fn is_whole(location: &Location) -> bool {
    location.line.is_none() && location.member.is_empty()
}

/// A history that ends before every file has its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortHistory {
    /// The repository.
    pub repository: PathBuf,
    /// Files whose last commit was not reached; they have no date from git.
    pub undated: usize,
    /// Why it ends there.
    pub cause: HistoryEnd,
}

/// Why the reading of a history ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryEnd {
    /// Every file has its date, or there are no more commits.
    Complete,
    /// Commits are missing, as in a shallow clone.
    Shallow,
    /// A limit on time, commits or files was reached.
    Limit,
}

/// The histories of the repositories that files were found in, each read once.
#[derive(Debug, Clone, Default)]
pub struct Histories(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    spent: Duration,
    /// For each folder asked about: its repository's root, if it has one.
    repositories: HashMap<PathBuf, Option<PathBuf>>,
    histories: Vec<History>,
}

impl Histories {
    /// Adds what git says to the documents listed under the folder `root`.
    pub(super) fn date(
        &self,
        root: &Path,
        limits: SourceLimits,
        listed: Box<dyn Iterator<Item = Listed> + Send>,
    ) -> Box<dyn Iterator<Item = Listed> + Send> {
        let (histories, root) = (self.clone(), root.to_owned());
        // What holds several documents is looked at once for all of them.
        let mut holder: Option<(PathBuf, Option<Committed>)> = None;
        Box::new(listed.map(move |mut one| {
            if let Listed::Document(location) = &mut one {
                location.committed = if is_whole(location) {
                    histories.committed(&root, &location.path)
                } else {
                    if holder.as_ref().is_none_or(|(path, _)| *path != location.path) {
                        let committed = histories.committed(&root, &location.path);
                        let same = |committed: &Committed| committed.is_file(&location.path, limits);
                        holder = Some((location.path.clone(), committed.filter(same)));
                    }
                    holder.as_ref().and_then(|(_, committed)| committed.clone())
                };
            }
            one
        }))
    }

    /// What git says of the file at `path`, which lies in or under the folder `root`. The history of all that lies
    /// under `root` is read with the first file of it.
    pub(super) fn committed(&self, root: &Path, path: &Path) -> Option<Committed> {
        let folder = canonical(path.parent()?)?;
        let file = folder.join(path.file_name()?);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let repository = known.repository(&folder)?;
        if !known.histories.iter().any(|history| history.covers(&repository, &folder)) {
            let root = canonical(root)?;
            let below = if root.starts_with(&repository) { root } else { repository.clone() };
            let begun = Instant::now();
            let history = History::read(&repository, &below, MAX_TIME.saturating_sub(known.spent));
            known.spent += begun.elapsed();
            known.histories.push(history);
        }
        let history = known.histories.iter().find(|history| history.covers(&repository, &folder))?;
        history.committed(&file)
    }

    /// Histories that ended before every file had its date.
    #[must_use]
    pub fn short(&self) -> Vec<ShortHistory> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.histories.iter().filter_map(History::short).collect()
    }
}

impl Known {
    /// The root of the innermost repository that holds `folder`.
    fn repository(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.repositories.get(folder) {
            return known.clone();
        }
        let found = if folder.join(".git").exists() {
            Some(folder.to_owned())
        } else {
            folder.parent().and_then(|parent| self.repository(parent))
        };
        self.repositories.insert(folder.to_owned(), found.clone());
        found
    }
}

/// The path without links; a bare file name lies in the working folder.
fn canonical(folder: &Path) -> Option<PathBuf> {
    fs::canonicalize(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).ok()
}

fn without_returns(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        if byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            plain.push(byte);
        }
    }
    plain
}
