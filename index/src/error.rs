//! What can stop the index from doing its work.

use std::path::PathBuf;

use crate::ModelFingerprint;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the index could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A model file is missing or cannot be read.
    #[error("cannot read the model file {}: run `tamis doctor` to see what is missing", path.display())]
    ModelFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The model cannot be loaded or run.
    #[error("the embedding model failed while {doing}: {problem}")]
    Model {
        /// What was being done.
        doing: &'static str,
        /// What the library said.
        problem: String,
    },
    /// The model that gives second opinions cannot be loaded or run.
    #[error("the NLI model failed while {doing}: {problem}")]
    Nli {
        /// What was being done.
        doing: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The index was made with another model.
    #[error(
        "the index holds vectors of {found}, but the configured model is {configured}: run `tamis rebuild` to embed again, or configure the model the index was made with"
    )]
    OtherModel {
        /// What the index holds.
        found: Box<ModelFingerprint>,
        /// What was asked for.
        configured: Box<ModelFingerprint>,
    },
    /// Another process is publishing.
    #[error("another process is writing the index in {}", dir.display())]
    Busy {
        /// The index folder.
        dir: PathBuf,
    },
    /// The index folder cannot be used.
    #[error("cannot use the index folder {}", dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The index folder's files are not what was written.
    #[error(
        "the index in {} is damaged ({problem}): run `tamis rebuild` to make it again from the ledger",
        dir.display()
    )]
    Damaged {
        /// The index folder.
        dir: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The index folder was written by a version of tamis that lays it out in another way.
    #[error(
        "the index in {} has format {found}, this tamis reads format {known}: use the tamis that wrote it, or run `tamis rebuild`",
        dir.display()
    )]
    Format {
        /// The index folder.
        dir: PathBuf,
        /// What it says.
        found: u32,
        /// What we read.
        known: u32,
    },
    /// A search without the vector it needs.
    #[error("a {mode} search needs the query's vector")]
    NoVector {
        /// The mode asked for.
        mode: &'static str,
    },
    /// A vector that is none of this index's.
    #[error("the vector of {of} has {problem}; the index holds {dimension} finite numbers each")]
    BadVector {
        /// A chunk, or the query.
        of: String,
        /// What is wrong.
        problem: String,
        /// What the index holds.
        dimension: usize,
    },
    /// An id that tamis did not make.
    #[error("{id:?} is no id of a chunk or document: those are 32 hexadecimal digits in lower case")]
    BadId {
        /// What was given.
        id: String,
    },
    /// tantivy failed.
    #[error("the lexical index failed while {doing}")]
    Lexical {
        /// What was being done.
        doing: &'static str,
        /// What tantivy said.
        #[source]
        source: Box<tantivy::TantivyError>,
    },
    /// Lance failed.
    #[error("the vector index failed while {doing}")]
    Vectors {
        /// What was being done.
        doing: &'static str,
        /// What Lance said.
        #[source]
        source: Box<lancedb::Error>,
    },
}

impl Error {
    /// Whether trying the same thing again later can help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::Lexical { .. } | Self::Vectors { .. } => true,
            Self::ModelFile { .. }
            | Self::Model { .. }
            | Self::Nli { .. }
            | Self::OtherModel { .. }
            | Self::Folder { .. }
            | Self::Damaged { .. }
            | Self::Format { .. }
            | Self::NoVector { .. }
            | Self::BadVector { .. }
            | Self::BadId { .. } => false,
        }
    }
}
