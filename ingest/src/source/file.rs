//! One file, one document.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use jiff::Timestamp;

use super::{Listed, Location, Place, SourceLimits};
use crate::{Error, MediaType, RawDocument, Result, Supplied};

/// How much of a file is looked at to tell its type, in bytes.
const HEAD: u64 = 8 << 10;

/// Lists the file at `path` under the name `uri`.
pub(super) fn list(path: &Path, uri: String, limits: SourceLimits) -> Listed {
    let looked = fs::metadata(path).and_then(|metadata| Ok((head(path, &metadata)?, metadata)));
    let (head, metadata) = match looked {
        Ok(looked) => looked,
        Err(source) => return Listed::Failed { uri, error: Error::Read { path: path.to_path_buf(), source } },
    };
    let Some(head) = head else {
        return Listed::Unsupported { uri, kind: "special file".to_owned() };
    };
    if let Err(kind) = MediaType::detect(&file_name(path), &head) {
        return Listed::Unsupported { uri, kind };
    }
    if metadata.len() > limits.max_document_bytes {
        let error = Error::TooLarge { uri: uri.clone(), bytes: metadata.len(), limit: limits.max_document_bytes };
        return Listed::Failed { uri, error };
    }
    Listed::Document(Location {
        uri,
        path: path.to_path_buf(),
        line: None,
        bytes: metadata.len(),
        stored_at: stored_at(&metadata),
    })
}

/// Reads the file at `location`.
pub(super) fn fetch(location: &Location, limits: SourceLimits) -> Result<RawDocument> {
    let unreadable = |source| Error::Read { path: location.path.clone(), source };
    let file = File::open(&location.path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let limit = limits.max_document_bytes;
    let too_large = |bytes| Error::TooLarge { uri: location.uri.clone(), bytes, limit };
    if metadata.len() > limit {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    // The file may have grown since its size was taken.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(too_large(bytes.len() as u64));
    }
    let head = &bytes[..bytes.len().min(HEAD as usize)];
    let media_type = MediaType::detect(&file_name(&location.path), head)
        .map_err(|kind| unreadable(io::Error::new(io::ErrorKind::InvalidData, format!("no reader for {kind}"))))?;
    Ok(RawDocument {
        uri: location.uri.clone(),
        media_type,
        bytes,
        fetched_at: Timestamp::now(),
        stored_at: stored_at(&metadata).or(location.stored_at),
        place: Place::of(location),
        supplied: Supplied::default(),
    })
}

/// When the file last changed, where the file system says so.
pub(super) fn stored_at(metadata: &Metadata) -> Option<Timestamp> {
    metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok())
}

/// The first bytes of a regular file; `None` for anything else, because opening a pipe may wait for ever.
fn head(path: &Path, metadata: &Metadata) -> io::Result<Option<Vec<u8>>> {
    if !metadata.is_file() {
        return Ok(None);
    }
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(Some(head))
}

/// The file's own name, which need not be Unicode.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
