//! The data folder: what lies where, and who may write.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

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

    /// The indexes.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
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
