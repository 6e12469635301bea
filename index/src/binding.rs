//! What an index folder says about itself.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, ModelFingerprint, Result};

/// The file's name in the index folder.
const FILE: &str = "model.json";

/// How the folder is laid out. A tamis that changes the layout, the schemas or the analysers counts it up.
pub(crate) const FORMAT: u32 = 3;

#[derive(Debug, Serialize, Deserialize)]
struct Binding {
    format: u32,
    model: ModelFingerprint,
}

/// Only as much as every format has.
#[derive(Debug, Deserialize)]
struct AnyFormat {
    format: u32,
}

/// Binds the folder to `model`, or checks that it is bound to it. `is_new` says whether it holds no index yet.
pub(crate) fn bind(dir: &Path, model: &ModelFingerprint, is_new: bool) -> Result<()> {
    let damaged = |problem: String| Error::Damaged { dir: dir.to_owned(), problem };
    let path = dir.join(FILE);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if !is_new {
                return Err(damaged(format!("{FILE} is missing")));
            }
            let binding = Binding { format: FORMAT, model: model.clone() };
            return write(&path, &binding).map_err(|source| Error::Folder { dir: dir.to_owned(), source });
        }
        Err(source) => return Err(Error::Folder { dir: dir.to_owned(), source }),
    };
    let AnyFormat { format } = serde_json::from_slice(&bytes).map_err(|error| damaged(format!("{FILE}: {error}")))?;
    if format != FORMAT {
        return Err(Error::Format { dir: dir.to_owned(), found: format, known: FORMAT });
    }
    let Binding { model: found, .. } =
        serde_json::from_slice(&bytes).map_err(|error| damaged(format!("{FILE}: {error}")))?;
    if found.is_comparable(model) {
        Ok(())
    } else {
        Err(Error::OtherModel { found: Box::new(found), configured: Box::new(model.clone()) })
    }
}

/// Whole or not at all, and on the disk before anything relies on it.
fn write(path: &Path, binding: &Binding) -> io::Result<()> {
    let bytes = serde_json::to_vec_pretty(binding)?;
    // Two processes may make the same folder at once; each writes a file of its own.
    let new = path.with_extension(format!("json.{}", std::process::id()));
    let mut file = File::create(&new)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}
