//! One walk of a repository's history, newest commits first, until every file has its date.

use std::collections::{BinaryHeap, HashSet};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gix::objs::CommitRefIter;
use gix::{ObjectId, Repository};
use jiff::Timestamp;

use super::pending::{Folder, Trees};
use super::{Committed, HistoryEnd, ShortHistory};

/// The most commits looked at.
const MAX_COMMITS: usize = 500_000;

/// Git's own object cache: trees are compared with their neighbours in time, so each is asked for twice.
const OBJECT_CACHE: usize = 32 << 20;

/// What is known of the files under one folder of a repository.
#[derive(Debug)]
pub(super) struct History {
    repository: PathBuf,
    below: PathBuf,
    files: Folder,
    end: HistoryEnd,
}

/// A commit on the way, ordered by time.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Visit {
    seconds: i64,
    id: ObjectId,
    tree: ObjectId,
    parents: Vec<ObjectId>,
}

impl History {
    /// Reads the history of the files under `below`, a folder of the repository at `repository`, within `time`. What
    /// cannot be read has no dates.
    pub(super) fn read(repository: &Path, below: &Path, time: Duration) -> Self {
        let (repository, below) = (repository.to_owned(), below.to_owned());
        // A damaged repository is no reason to break down.
        let read = panic::catch_unwind(AssertUnwindSafe(|| read(&repository, &below, Instant::now() + time)));
        let (files, end) = read.ok().flatten().unwrap_or((Folder::default(), HistoryEnd::Complete));
        Self { repository, below, files, end }
    }

    /// Whether it was read for the files of `folder`.
    pub(super) fn covers(&self, repository: &Path, folder: &Path) -> bool {
        self.repository == repository && folder.starts_with(&self.below)
    }

    /// What git says of the file at `path`; `None` where it was never committed.
    pub(super) fn committed(&self, path: &Path) -> Option<Committed> {
        let names: Option<Vec<&str>> =
            path.strip_prefix(&self.repository).ok()?.iter().map(std::ffi::OsStr::to_str).collect();
        let file = self.files.find(&names?)?;
        let at = file.seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        Some(Committed { blob: file.blob.to_string(), at })
    }

    /// What is missing, if anything is.
    pub(super) fn short(&self) -> Option<ShortHistory> {
        let undated = self.files.undated;
        let is_short = undated > 0 && self.end != HistoryEnd::Complete;
        is_short.then(|| ShortHistory { repository: self.repository.clone(), undated, cause: self.end })
    }
}

/// The git object id of a file with this content, in hexadecimal.
pub(super) fn blob_id(bytes: &[u8]) -> Option<String> {
    let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, bytes).ok()?;
    Some(id.to_string())
}

fn read(repository: &Path, below: &Path, deadline: Instant) -> Option<(Folder, HistoryEnd)> {
    // Only this repository's own settings count; nothing in them may run a program or ask for gigabytes.
    let options = gix::open::Options::isolated().config_overrides(["gitoxide.objects.allocLimit=256m"]);
    let mut repository_ = gix::open_opts(repository, options).ok()?;
    repository_.object_cache_size(OBJECT_CACHE);
    let store = &repository_;
    let head = store.head_id().ok()?.detach();
    let head = visit(store, head)?;
    let prefix: Option<Vec<&str>> = below.strip_prefix(repository).ok()?.iter().map(std::ffi::OsStr::to_str).collect();
    let trees = Trees::new(store);
    let (mut files, all) = Folder::of(&trees, head.tree, &prefix?);
    let mut end = if all { HistoryEnd::Complete } else { HistoryEnd::Limit };
    let mut seen = HashSet::from([head.id]);
    let mut queue = BinaryHeap::from([head]);
    let mut commits = 0;
    while let Some(commit) = queue.pop() {
        if files.undated == 0 {
            break;
        }
        commits += 1;
        if commits > MAX_COMMITS || Instant::now() > deadline {
            end = HistoryEnd::Limit;
            break;
        }
        let parents: Vec<Visit> = commit.parents.iter().filter_map(|&id| visit(store, id)).collect();
        if parents.len() == commit.parents.len() {
            let before: Vec<Option<ObjectId>> = parents.iter().map(|parent| Some(parent.tree)).collect();
            files.date(&trees, commit.tree, &before, commit.seconds);
        } else {
            // What a commit changed cannot be told where one before it is missing: the first commit of a shallow clone
            // looks as if it had brought every file.
            end = HistoryEnd::Shallow;
        }
        queue.extend(parents.into_iter().filter(|parent| seen.insert(parent.id)));
    }
    Some((files, end))
}

/// Reads a commit; `None` where it is not there.
fn visit(store: &Repository, id: ObjectId) -> Option<Visit> {
    let object = store.find_object(id).ok()?;
    let commit = || CommitRefIter::from_bytes(&object.data, id.kind());
    let tree = commit().tree_id().ok()?;
    let seconds = commit().committer().ok()?.time().ok()?.seconds;
    Some(Visit { seconds, id, tree, parents: commit().parent_ids().collect() })
}
