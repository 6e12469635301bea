//! The files of an embedding model, and what tells one model from another.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Result;

/// Where a model's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    /// The folder that holds `model.onnx`, `tokenizer.json`, `config.json`, `special_tokens_map.json` and
    /// `tokenizer_config.json`.
    pub dir: PathBuf,
    /// ONNX Runtime's shared library.
    pub runtime: PathBuf,
}

impl ModelFiles {
    /// The files that are missing, empty where all are there.
    #[must_use]
    pub fn missing(&self) -> Vec<PathBuf> {
        todo!()
    }

    /// The tokenizer's file.
    #[must_use]
    pub fn tokenizer(&self) -> PathBuf {
        self.dir.join("tokenizer.json")
    }

    /// The fingerprint of the model in this folder.
    ///
    /// # Errors
    /// [`crate::Error::ModelFile`] where a file cannot be read.
    pub fn fingerprint(&self) -> Result<ModelFingerprint> {
        todo!()
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

/// What makes two vectors comparable: the name of the model, its weights and tokenizer, pooling, normalisation, dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFingerprint {
    /// The folder's name, for people.
    pub name: String,
    /// blake3 over weights, tokenizer and settings, in hexadecimal; equal hashes give equal vectors.
    pub hash: String,
    /// Numbers in a vector.
    pub dimension: usize,
}

impl fmt::Display for ModelFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {} dimensions)", self.name, &self.hash[..12.min(self.hash.len())], self.dimension)
    }
}
