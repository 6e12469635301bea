//! What can be wrong with the settings.

use std::path::{Path, PathBuf};

use figment::error::Kind;

/// A result of reading settings.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// There is no such setting.
    #[error("{}: unknown setting {key:?}{}", path.display(), hint(nearest.as_deref()))]
    UnknownKey {
        /// The file read last.
        path: PathBuf,
        /// The setting as written.
        key: String,
        /// The known one most like it.
        nearest: Option<String>,
    },
    /// A setting has no fit value.
    #[error("setting {key}: {problem}")]
    Value {
        /// The setting.
        key: String,
        /// What is wrong and what is wanted.
        problem: String,
    },
    /// The file is no TOML.
    #[error("{}: {problem}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        problem: String,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|known| format!(": did you mean {known:?}?")).unwrap_or_default()
}

/// Turns figment's error into one that says what to do.
pub(super) fn explain(path: &Path, problem: &figment::Error) -> Error {
    let under = problem.path.join(".");
    match &problem.kind {
        Kind::UnknownField(field, known) | Kind::UnknownVariant(field, known) => {
            let key = if under.is_empty() || under.ends_with(field.as_str()) {
                if under.is_empty() { field.clone() } else { under }
            } else {
                format!("{under}.{field}")
            };
            Error::UnknownKey { path: path.to_owned(), key, nearest: nearest(field, known) }
        }
        Kind::Message(message) if under.is_empty() => Error::Syntax { path: path.to_owned(), problem: message.clone() },
        other => Error::Value {
            key: if under.is_empty() { path.display().to_string() } else { under },
            problem: other.to_string(),
        },
    }
}

/// The known word most like `word`, if one is like it at all.
#[must_use]
pub fn nearest(word: &str, known: &[&str]) -> Option<String> {
    /// Jaro-Winkler similarity below which a suggestion would only puzzle.
    const ALIKE: f64 = 0.75;
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), *candidate))
        .filter(|(similarity, _)| *similarity >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate.to_owned())
}
