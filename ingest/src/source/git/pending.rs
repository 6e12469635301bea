//! The files of a commit that wait for their dates.

use std::collections::HashMap;

use gix::objs::TreeRefIter;
use gix::objs::tree::EntryRef;
use gix::{ObjectId, Repository};

/// The most entries of trees read to learn which files there are.
const MAX_ENTRIES: usize = 1_000_000;

/// Folders deeper than this are left out.
const MAX_DEPTH: usize = 64;

/// A committed file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) blob: ObjectId,
    /// When it was last committed, in seconds of Unix time, once that is known.
    pub(super) seconds: Option<i64>,
}

/// A folder of a commit.
#[derive(Debug, Default)]
pub(super) struct Folder {
    files: HashMap<String, File>,
    folders: HashMap<String, Self>,
    /// Files in and under it without a date.
    pub(super) undated: usize,
}

/// The trees of a repository.
pub(super) struct Trees<'a>(&'a Repository);

impl<'a> Trees<'a> {
    pub(super) fn new(store: &'a Repository) -> Self {
        Self(store)
    }

    /// A tree as stored; `None` where it is not there.
    fn stored(&self, id: ObjectId) -> Option<Vec<u8>> {
        self.0.find_object(id).ok().map(|mut object| std::mem::take(&mut object.data))
    }
}

/// The files and folders of a stored tree, in git's order; links and submodules are neither.
fn entries(stored: &[u8]) -> Option<Vec<EntryRef<'_>>> {
    let all = TreeRefIter::from_bytes(stored, gix::hash::Kind::Sha1);
    all.filter(|entry| entry.as_ref().map_or(true, |entry| entry.mode.is_tree() || entry.mode.is_blob()))
        .collect::<Result<_, _>>()
        .ok()
}

impl Folder {
    /// The files under `prefix` of a tree, and whether these are all of them.
    pub(super) fn of(trees: &Trees<'_>, tree: ObjectId, prefix: &[&str]) -> (Self, bool) {
        let mut left = MAX_ENTRIES;
        let folder = Self::read(trees, tree, prefix, 0, &mut left);
        (folder, left > 0)
    }

    fn read(trees: &Trees<'_>, tree: ObjectId, prefix: &[&str], depth: usize, left: &mut usize) -> Self {
        let mut folder = Self::default();
        let stored = trees.stored(tree).unwrap_or_default();
        for entry in entries(&stored).unwrap_or_default() {
            *left = left.saturating_sub(1);
            if *left == 0 || depth > MAX_DEPTH {
                break;
            }
            let Ok(name) = std::str::from_utf8(entry.filename) else { continue };
            let is_tree = entry.mode.is_tree();
            let (wanted, below) = match prefix.split_first() {
                Some((first, below)) => (is_tree && name == *first, below),
                None => (true, prefix),
            };
            if !wanted {
                continue;
            }
            if is_tree {
                let inner = Self::read(trees, entry.oid.to_owned(), below, depth + 1, left);
                folder.undated += inner.undated;
                folder.folders.insert(name.to_owned(), inner);
            } else {
                let file = File { blob: entry.oid.to_owned(), seconds: None };
                folder.undated += usize::from(folder.files.insert(name.to_owned(), file).is_none());
            }
        }
        folder
    }

    /// The file at a path of names.
    pub(super) fn find(&self, names: &[&str]) -> Option<&File> {
        let (name, folders) = names.split_last()?;
        let folder = folders.iter().try_fold(self, |folder, name| folder.folders.get(*name))?;
        folder.files.get(*name)
    }

    /// Gives its date to every file that the commit with this tree brought: that has there the content it has today,
    /// and in none of the commits before. Folders that are the same before and after are not looked into.
    pub(super) fn date(&mut self, trees: &Trees<'_>, tree: ObjectId, before: &[Option<ObjectId>], seconds: i64) {
        if self.undated == 0 || before.contains(&Some(tree)) {
            return;
        }
        let Some(stored) = trees.stored(tree) else { return };
        let Some(now) = entries(&stored) else { return };
        // Without one of those before nothing can be said of what is new.
        let Some(stored) = before.iter().flatten().map(|&id| trees.stored(id)).collect::<Option<Vec<_>>>() else {
            return;
        };
        let Some(before) = stored.iter().map(|tree| entries(tree)).collect::<Option<Vec<_>>>() else { return };
        let mut reached = vec![0; before.len()];
        for entry in now {
            // Trees are in order, so all of them are gone through side by side.
            let mut was = Vec::new();
            for (entries, at) in before.iter().zip(&mut reached) {
                while entries.get(*at).is_some_and(|earlier| *earlier < entry) {
                    *at += 1;
                }
                let same = entries.get(*at).filter(|earlier| earlier.cmp(&&entry).is_eq());
                was.push(same.map(|earlier| earlier.oid.to_owned()));
            }
            let id = entry.oid.to_owned();
            if was.contains(&Some(id)) {
                continue;
            }
            let Ok(name) = std::str::from_utf8(entry.filename) else { continue };
            if entry.mode.is_tree() {
                let Some(folder) = self.folders.get_mut(name) else { continue };
                let undated = folder.undated;
                folder.date(trees, id, &was, seconds);
                self.undated -= undated - folder.undated;
            } else if let Some(file) = self.files.get_mut(name)
                && file.seconds.is_none()
                && file.blob == id
            {
                file.seconds = Some(seconds);
                self.undated -= 1;
            }
        }
    }
}
