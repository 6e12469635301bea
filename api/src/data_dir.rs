//! The data folder: what lies where, and who may write.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tamis_ingest::SourceName;

/// What can be wrong with the data folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is none.
    #[error("there is no corpus in {}: `tamis ingest PATH` makes one, and --data names another folder", dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// Another process writes to it.
    #[error("another tamis ({holder}) is working in {}: wait until it is done, or stop it", dir.display())]
    Locked {
        /// The folder.
        dir: PathBuf,
        /// What the other process left about itself.
        holder: String,
    },
    /// It cannot be used.
    #[error("cannot use the data folder {}", dir.display())]
    Io {
        /// The folder.
        dir: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// The data folder.
#[derive(Debug, Clone)]
pub struct DataDir {
    root: PathBuf,
}

/// The folder of the indexes that a corpus has until it is rebuilt; others are called after it.
const INDEX: &str = "index";

/// The file that names the indexes in use, where they are not in [`INDEX`].
const ACTIVE: &str = "index.json";

/// The indexes in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveIndex {
    /// Their folder.
    pub dir: PathBuf,
    /// The folder of the model they were made with, where that is not the configured one.
    pub model: Option<PathBuf>,
}

/// What [`ACTIVE`] says.
#[derive(Debug, Serialize, Deserialize)]
struct Named {
    folder: String,
    model: Option<PathBuf>,
}

/// The right to write, held until dropped, also when the process is killed.
#[derive(Debug)]
pub struct WriteLock {
    _file: File,
}

impl DataDir {
    /// The folder at `root`, whether or not it exists yet.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The ledger's database.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger.sqlite")
    }

    /// Vectors by the text they were made from; can be made again.
    #[must_use]
    pub fn embeddings(&self) -> PathBuf {
        self.root.join("embeddings.sqlite")
    }

    /// The indexes in use.
    ///
    /// # Errors
    /// [`Error::Io`] where the file that names them is not what was written.
    pub fn active_index(&self) -> Result<ActiveIndex, Error> {
        let named = match fs::read(self.root.join(ACTIVE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|problem| self.io(problem.into()))?,
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => {
                Named { folder: INDEX.to_owned(), model: None }
            }
            Err(problem) => return Err(self.io(problem)),
        };
        Ok(ActiveIndex { dir: self.root.join(named.folder), model: named.model })
    }

    /// A folder for indexes of the model with this hash, beside those in use. What an earlier attempt left in it goes.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn new_index(&self, model_hash: &str) -> Result<PathBuf, Error> {
        let active = self.active_index()?.dir;
        let name = format!("{INDEX}-{}", model_hash.get(..12).unwrap_or(model_hash));
        let names = [name.clone(), format!("{name}-2")].map(|name| self.root.join(name));
        let dir = names.into_iter().find(|dir| *dir != active).unwrap_or(active);
        match fs::remove_dir_all(&dir) {
            Err(problem) if problem.kind() != io::ErrorKind::NotFound => Err(self.io(problem)),
            Ok(()) | Err(_) => Ok(dir),
        }
    }

    /// Puts other indexes in use, in one step: whoever opens the corpus sees either those before or these.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn activate(&self, index: &ActiveIndex) -> Result<(), Error> {
        let folder = index.dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let write = || -> io::Result<()> {
            let new = self.root.join(format!("{ACTIVE}.new"));
            let mut file = File::create(&new)?;
            file.write_all(&serde_json::to_vec_pretty(&Named { folder, model: index.model.clone() })?)?;
            file.sync_all()?;
            fs::rename(&new, self.root.join(ACTIVE))
        };
        write().map_err(|source| self.io(source))
    }

    /// Removes indexes that are not in use. Returns how many.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn drop_old_indexes(&self) -> Result<usize, Error> {
        let active = self.active_index()?.dir;
        let mut dropped = 0;
        for item in fs::read_dir(&self.root).map_err(|source| self.io(source))? {
            let path = item.map_err(|source| self.io(source))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let ours = name == INDEX || name.starts_with(&format!("{INDEX}-"));
            if ours && path.is_dir() && path != active {
                fs::remove_dir_all(&path).map_err(|source| self.io(source))?;
                dropped += 1;
            }
        }
        Ok(dropped)
    }

    /// A folder for work in progress, gone when dropped, on the disk that holds the corpus.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn scratch(&self, name: &str) -> Result<tempfile::TempDir, Error> {
        let made = tempfile::Builder::new().prefix(&format!("{name}-")).tempdir_in(&self.root);
        made.map_err(|source| Error::Io { dir: self.root.clone(), source })
    }

    /// Documents that were sent over HTTP to this source.
    #[must_use]
    pub fn uploads(&self, source: &SourceName) -> PathBuf {
        self.root.join("uploads").join(source.as_str())
    }

    /// Makes the folder. It keeps itself out of git: a corpus is made from documents, not committed beside them.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn create(&self) -> Result<(), Error> {
        let ignore = self.root.join(".gitignore");
        fs::create_dir_all(&self.root)
            .and_then(|()| if ignore.exists() { Ok(()) } else { fs::write(&ignore, "*\n") })
            .map_err(|source| self.io(source))
    }

    /// Checks that there is a corpus.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub fn must_exist(&self) -> Result<(), Error> {
        if self.ledger().is_file() { Ok(()) } else { Err(Error::Missing { dir: self.root.clone() }) }
    }

    /// Takes the right to write. `doing` tells others what for.
    ///
    /// # Errors
    /// [`Error::Locked`] where another process has it.
    pub fn lock(&self, doing: &str) -> Result<WriteLock, Error> {
        let path = self.root.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|source| self.io(source))?;
        match file.try_lock() {
            Ok(()) => {
                let holder = format!("`tamis {doing}`, process {}", std::process::id());
                let written = file
                    .set_len(0)
                    .and_then(|()| file.seek(SeekFrom::Start(0)))
                    .and_then(|_| file.write_all(holder.as_bytes()));
                written.map_err(|source| self.io(source))?;
                Ok(WriteLock { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let known = file.read_to_string(&mut holder).is_ok() && !holder.is_empty();
                let holder = if known { holder } else { "of unknown process id".to_owned() };
                Err(Error::Locked { dir: self.root.clone(), holder })
            }
            Err(TryLockError::Error(source)) => Err(self.io(source)),
        }
    }

    fn io(&self, source: io::Error) -> Error {
        Error::Io { dir: self.root.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_indexes_take_over_and_the_old_ones_stay_until_dropped() {
        let temp = tempfile::tempdir().unwrap();
        let data = DataDir::new(temp.path());
        let old = data.active_index().unwrap();
        assert_eq!(old, ActiveIndex { dir: temp.path().join("index"), model: None });
        fs::create_dir(&old.dir).unwrap();

        let hash = "0123456789abcdef";
        let new = ActiveIndex { dir: data.new_index(hash).unwrap(), model: Some("/models/m".into()) };
        fs::create_dir(&new.dir).unwrap();
        fs::write(new.dir.join("left"), "by a rebuild that was stopped").unwrap();
        assert_eq!(data.new_index(hash).unwrap(), new.dir);
        assert!(!new.dir.exists());
        fs::create_dir(&new.dir).unwrap();
        data.activate(&new).unwrap();
        assert_eq!(data.active_index().unwrap(), new);
        assert!(old.dir.exists());
        assert_ne!(data.new_index(hash).unwrap(), new.dir);

        assert_eq!(data.drop_old_indexes().unwrap(), 1);
        assert!(!old.dir.exists() && new.dir.exists());
        fs::write(temp.path().join(ACTIVE), "{").unwrap();
        assert!(data.active_index().is_err());
    }
}
