//! The files of an embedding model, and what tells one model from another.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Tokens a text is cut to, special tokens included.
pub(crate) const MAX_TOKENS: usize = 512;

/// What else than weights and tokenizer decides a vector. Change this with the code that it describes.
const SETTINGS: &str = "normalisation=l2;max_tokens=512;text=title,headings,body/1;identifiers=spelled/1";

/// The files a model folder holds.
const MODEL: &str = "model.onnx";
const TOKENIZER: &str = "tokenizer.json";
const CONFIG: &str = "config.json";
const SPECIAL_TOKENS: &str = "special_tokens_map.json";
const TOKENIZER_CONFIG: &str = "tokenizer_config.json";

/// Where a model's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    /// The folder that holds `model.onnx`, `tokenizer.json`, `config.json`, `special_tokens_map.json` and
    /// `tokenizer_config.json`.
    pub dir: PathBuf,
    /// ONNX Runtime's shared library.
    pub runtime: PathBuf,
}

/// How a model turns tokens into one vector, and what it wants before a text. A folder without the file is a mean-pooled
/// model without prefixes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ModelSettings {
    pub(crate) pooling: PoolingMethod,
    #[serde(default)]
    pub(crate) query_prefix: String,
    #[serde(default)]
    pub(crate) passage_prefix: String,
}

/// What becomes of the tokens' vectors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PoolingMethod {
    /// Their mean.
    #[default]
    Mean,
    /// The first token's vector alone.
    Cls,
}

impl ModelSettings {
    /// The file in the model's folder.
    pub(crate) const FILE: &str = "tamis.json";
}

/// The contents of a model folder.
pub(crate) struct ModelBytes {
    pub(crate) model: Vec<u8>,
    pub(crate) tokenizer: Vec<u8>,
    pub(crate) config: Vec<u8>,
    pub(crate) special_tokens: Vec<u8>,
    pub(crate) tokenizer_config: Vec<u8>,
    /// Weights kept beside the graph, by file name.
    pub(crate) external: Vec<(String, Vec<u8>)>,
    pub(crate) settings: ModelSettings,
}

impl ModelFiles {
    /// The files that are missing, empty where all are there.
    #[must_use]
    pub fn missing(&self) -> Vec<PathBuf> {
        [MODEL, TOKENIZER, CONFIG, SPECIAL_TOKENS, TOKENIZER_CONFIG]
            .map(|name| self.dir.join(name))
            .into_iter()
            .chain([self.runtime.clone()])
            .filter(|path| !path.is_file())
            .collect()
    }

    /// The tokenizer's file.
    #[must_use]
    pub fn tokenizer(&self) -> PathBuf {
        self.dir.join(TOKENIZER)
    }

    /// The fingerprint of the model in this folder.
    ///
    /// # Errors
    /// [`crate::Error::ModelFile`] where a file cannot be read, [`crate::Error::Model`] where `config.json` does not
    /// give the dimension.
    pub fn fingerprint(&self) -> Result<ModelFingerprint> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(SETTINGS.as_bytes());
        let ModelSettings { pooling, query_prefix, passage_prefix } = self.settings()?;
        hasher.update(format!("{pooling:?}\0{query_prefix}\0{passage_prefix}").as_bytes());
        let external = self.external()?;
        for path in [MODEL, TOKENIZER].map(|name| self.dir.join(name)).iter().chain(&external) {
            hasher.update(hash_file(path)?.as_bytes());
        }
        let name = self.dir.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned());
        Ok(ModelFingerprint { name, hash: hasher.finalize().to_hex().to_string(), dimension: self.dimension()? })
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Every file's contents.
    pub(crate) fn read(&self) -> Result<ModelBytes> {
        let read = |name: &str| read_file(&self.dir.join(name));
        Ok(ModelBytes {
            model: read(MODEL)?,
            tokenizer: read(TOKENIZER)?,
            config: read(CONFIG)?,
            special_tokens: read(SPECIAL_TOKENS)?,
            tokenizer_config: read(TOKENIZER_CONFIG)?,
            external: self
                .external()?
                .iter()
                .map(|path| Ok((file_name(path), read_file(path)?)))
                .collect::<Result<_>>()?,
            settings: self.settings()?,
        })
    }

    /// How the model pools, and its prefixes.
    fn settings(&self) -> Result<ModelSettings> {
        let path = self.dir.join(ModelSettings::FILE);
        if !path.is_file() {
            return Ok(ModelSettings::default());
        }
        serde_json::from_slice(&read_file(&path)?)
            .map_err(|problem| Error::Model { doing: "reading tamis.json", problem: problem.to_string() })
    }

    /// Weights kept beside the graph: `model.onnx_data` and its like, in order.
    fn external(&self) -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(&self.dir).map_err(|source| unreadable(&self.dir, source))?;
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| {
                // `model.onnx_data` and `model.onnx.data` are what exporters write.
                path.extension().is_some_and(|extension| extension == "onnx_data" || extension == "data")
            })
            .collect();
        paths.sort();
        Ok(paths)
    }

    fn dimension(&self) -> Result<usize> {
        #[derive(Deserialize)]
        struct Config {
            hidden_size: usize,
        }
        let bytes = read_file(&self.dir.join(CONFIG))?;
        match serde_json::from_slice(&bytes) {
            Ok(Config { hidden_size }) if hidden_size > 0 => Ok(hidden_size),
            Ok(_) => Err(bad_config("hidden_size is 0")),
            Err(error) => Err(bad_config(&error.to_string())),
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn bad_config(problem: &str) -> Error {
    Error::Model { doing: "reading config.json", problem: problem.to_owned() }
}

fn read_file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| unreadable(path, source))
}

fn hash_file(path: &Path) -> Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    File::open(path)
        .and_then(|file| hasher.update_reader(file).map(|hasher| hasher.finalize()))
        .map_err(|source| unreadable(path, source))
}

pub(crate) fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::ModelFile { path: path.to_owned(), source }
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

impl ModelFingerprint {
    /// Whether vectors of both can be compared; the name, being a folder's, does not matter.
    #[must_use]
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.hash == other.hash && self.dimension == other.dimension
    }
}

impl fmt::Display for ModelFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash: String = self.hash.chars().take(12).collect();
        write!(f, "{} ({hash}, {} dimensions)", self.name, self.dimension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, ModelFiles) {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("tiny");
        std::fs::create_dir(&dir).unwrap();
        for name in [MODEL, TOKENIZER, SPECIAL_TOKENS, TOKENIZER_CONFIG] {
            std::fs::write(dir.join(name), name).unwrap();
        }
        std::fs::write(dir.join(CONFIG), r#"{"hidden_size": 8, "other": []}"#).unwrap();
        let runtime = temp.path().join("libonnxruntime.so");
        std::fs::write(&runtime, "no library").unwrap();
        (temp, ModelFiles { dir, runtime })
    }

    #[test]
    fn every_missing_file_is_named() {
        let (_temp, files) = folder();
        assert!(files.missing().is_empty());
        std::fs::remove_file(files.tokenizer()).unwrap();
        std::fs::remove_file(&files.runtime).unwrap();
        assert_eq!(files.missing(), [files.tokenizer(), files.runtime.clone()]);
        let error = files.fingerprint().unwrap_err();
        assert!(matches!(&error, Error::ModelFile { path, .. } if *path == files.tokenizer()), "{error}");
    }

    #[test]
    fn the_fingerprint_follows_weights_and_tokenizer_alone() {
        let (temp, files) = folder();
        let before = files.fingerprint().unwrap();
        assert_eq!((before.name.as_str(), before.dimension, before.hash.len()), ("tiny", 8, 64));

        std::fs::write(files.dir.join(SPECIAL_TOKENS), "{}").unwrap();
        let moved = ModelFiles { dir: temp.path().join("moved"), runtime: files.runtime.clone() };
        std::fs::rename(&files.dir, &moved.dir).unwrap();
        assert!(moved.fingerprint().unwrap().is_comparable(&before));

        for name in [MODEL, TOKENIZER] {
            let last = moved.fingerprint().unwrap();
            std::fs::write(moved.dir.join(name), "changed").unwrap();
            assert!(!moved.fingerprint().unwrap().is_comparable(&last), "{name}");
        }
    }

    #[test]
    fn pooling_and_prefixes_make_another_model() {
        let (_temp, files) = folder();
        let before = files.fingerprint().unwrap();
        let settings = r#"{"pooling": "cls", "query_prefix": "query: "}"#;
        std::fs::write(files.dir.join(ModelSettings::FILE), settings).unwrap();
        assert!(!files.fingerprint().unwrap().is_comparable(&before));
        std::fs::write(files.dir.join(ModelSettings::FILE), r#"{"pooling": "sum"}"#).unwrap();
        assert!(files.fingerprint().unwrap_err().to_string().contains("tamis.json"));
    }

    #[test]
    fn a_config_without_a_dimension_is_an_error() {
        for config in ["", "[]", r#"{"hidden_size": 0}"#, r#"{"hidden_size": -3}"#, r#"{"hidden_size": "8"}"#] {
            let (_temp, files) = folder();
            std::fs::write(files.dir.join(CONFIG), config).unwrap();
            assert!(matches!(files.fingerprint(), Err(Error::Model { .. })), "{config}");
        }
    }

    #[test]
    fn a_short_hash_can_be_shown() {
        let fingerprint = ModelFingerprint { name: "m".into(), hash: "é".into(), dimension: 3 };
        assert_eq!(fingerprint.to_string(), "m (é, 3 dimensions)");
    }
}
