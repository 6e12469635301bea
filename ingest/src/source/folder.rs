//! A folder and everything in it.

use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::{Listed, SourceLimits, file};
use crate::Error;

/// The name of the folder itself within the source.
pub const ROOT: &str = ".";

/// Lists the files under `root` in path order.
pub(super) fn list(root: &Path, limits: SourceLimits) -> Box<dyn Iterator<Item = Listed> + Send> {
    let walk = WalkBuilder::new(root)
        .require_git(false)
        // What one user's git ignores everywhere is no property of the folder.
        .git_global(false)
        .follow_links(false)
        .sort_by_file_path(Ord::cmp)
        .build();
    let root = root.to_path_buf();
    let end = root.clone();
    let files = walk.flat_map(move |entry| match entry {
        Ok(entry) => list_entry(&root, &entry, limits),
        Err(error) => one(failed(&root, error)),
    });
    Box::new(files.chain(iter::once_with(move || vanished(&end)).flatten()))
}

/// A folder taken away while it is walked looks like one that has no more files; so the root is looked at once more.
fn vanished(root: &Path) -> Option<Listed> {
    let source = fs::read_dir(root).err()?;
    let error = Error::Read { path: root.to_path_buf(), source };
    Some(Listed::Failed { uri: ROOT.to_owned(), error })
}

/// What one entry of the walk lists: nothing for a folder, many for a container.
fn list_entry(root: &Path, entry: &DirEntry, limits: SourceLimits) -> Box<dyn Iterator<Item = Listed> + Send> {
    let path = entry.path();
    let uri = relative(root, path);
    let Some(kind) = entry.file_type() else { return Box::new(iter::empty()) };
    if kind.is_dir() {
        return Box::new(iter::empty());
    }
    if kind.is_symlink()
        && let Some(refused) = refuse_link(root, path, &uri)
    {
        return one(refused);
    }
    file::list(path, uri, "#", limits)
}

/// Why a link is not followed, if it is not: a document lies inside its source, and folders are walked once.
fn refuse_link(root: &Path, path: &Path, uri: &str) -> Option<Listed> {
    let unsupported = |kind: &str| Some(Listed::Unsupported { uri: uri.to_owned(), kind: kind.to_owned() });
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let error = Error::Read { path: path.to_path_buf(), source: error };
            return Some(Listed::Failed { uri: uri.to_owned(), error });
        }
        Err(_) => return unsupported("broken link"),
    };
    if target.is_dir() {
        return unsupported("link to a folder");
    }
    match fs::canonicalize(root) {
        Ok(root) if target.starts_with(&root) => None,
        _ => unsupported("link out of the folder"),
    }
}

/// The failure the walk met, named by its path where the walk knows it.
fn failed(root: &Path, error: ignore::Error) -> Listed {
    let path = path_of(&error).unwrap_or_else(|| root.to_path_buf());
    let uri = relative(root, &path);
    let message = error.to_string();
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other(message));
    Listed::Failed { uri, error: Error::Read { path, source } }
}

/// The path an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        ignore::Error::Io(_)
        | ignore::Error::Glob { .. }
        | ignore::Error::UnrecognizedFileType(_)
        | ignore::Error::InvalidDefinition => None,
    }
}

/// The path below `root`, with `/` between its parts on every system; `.` is the root itself.
fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    if parts.is_empty() { ROOT.to_owned() } else { parts.join("/") }
}

fn one(listed: Listed) -> Box<dyn Iterator<Item = Listed> + Send> {
    Box::new(iter::once(listed))
}
