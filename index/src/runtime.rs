//! ONNX Runtime: loaded once for the process, with the one environment that all its sessions share.

use std::panic::catch_unwind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;

use crate::model::unreadable;
use crate::{Error, Result};

/// The environment of this process, made from the first library that was given: ONNX Runtime allows one, and one library.
///
/// # Errors
/// [`Error::ModelFile`] where there is no file at `library`, [`Error::Model`] where it is no ONNX Runtime. Without this
/// call, ort would look for a library itself and panic where it finds none.
pub(crate) fn environment(library: &Path) -> Result<Environment> {
    static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);
    // ort takes a relative path from the program's folder, everybody else from the working directory.
    let path = std::path::absolute(library).map_err(|source| unreadable(library, source))?;
    std::fs::File::open(&path).map_err(|source| unreadable(&path, source))?;
    let mut known = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = known.as_ref() {
        return Ok(environment.clone());
    }
    let failed = |problem: String| Error::Model { doing: "loading ONNX Runtime", problem };
    let loaded = catch_unwind(|| ort::init_from(&path))
        .map_err(|_| failed("the library is no ONNX Runtime".to_owned()))?
        .map_err(|error| failed(error.to_string()))?;
    let environment = loaded.build().map_err(|error| failed(error.to_string()))?;
    *known = Some(environment.clone());
    Ok(environment)
}
