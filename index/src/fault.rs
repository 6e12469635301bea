//! Places in a publish where a test can have the disk fail. Outside of tests nothing ever fails here.

use std::path::Path;

use crate::Result;

/// Where a publish may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// Nothing is written yet.
    BeforeVectors,
    /// New vectors are written, old ones not yet removed.
    BetweenVectors,
    /// The vector index is as it should be, the lexical one is not.
    AfterVectors,
    /// Words are handed to tantivy, nothing is committed.
    BeforeCommit,
    /// The commit is prepared.
    PreparedCommit,
    /// The commit is made, the reader does not see it yet.
    AfterCommit,
}

/// Fails where a test armed this point for the index in `dir`.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "it fails in tests")]
pub(crate) fn at(_point: Point, _dir: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
pub(crate) use armed::{ALL, arm, at};

#[cfg(test)]
mod armed {
    use std::collections::HashMap;
    use std::io;
    use std::path::PathBuf;
    use std::sync::{LazyLock, Mutex, PoisonError};

    use super::{Path, Point, Result};
    use crate::Error;

    pub(crate) const ALL: [Point; 6] = [
        Point::BeforeVectors,
        Point::BetweenVectors,
        Point::AfterVectors,
        Point::BeforeCommit,
        Point::PreparedCommit,
        Point::AfterCommit,
    ];

    /// By folder, because tests run beside each other.
    static ARMED: LazyLock<Mutex<HashMap<PathBuf, Point>>> = LazyLock::new(Mutex::default);

    /// Has the next publish into the indexes in `dir` fail once at `point`.
    pub(crate) fn arm(dir: &Path, point: Point) {
        ARMED.lock().unwrap_or_else(PoisonError::into_inner).insert(dir.to_owned(), point);
    }

    pub(crate) fn at(point: Point, dir: &Path) -> Result<()> {
        let dir = dir.parent().unwrap_or(dir).to_owned();
        let mut armed = ARMED.lock().unwrap_or_else(PoisonError::into_inner);
        if armed.get(&dir) != Some(&point) {
            return Ok(());
        }
        armed.remove(&dir);
        Err(Error::Folder { dir, source: io::Error::from(io::ErrorKind::StorageFull) })
    }
}
