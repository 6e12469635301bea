//! One file: a document, or what holds several.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::iter;
use std::path::Path;

use jiff::Timestamp;

use super::kind::{self, Container, Kind};
use super::{Listed, Location, Place, SourceLimits, container, jsonl};
use crate::{Error, MediaType, RawDocument, Result, Supplied};

/// Lists what is in the file at `path`, which is called `uri`: itself, or the documents it holds. Those of a JSONL file
/// that lies in a folder have the file's name before their own, which `lines_within` says.
pub(super) fn list(
    path: &Path,
    uri: String,
    lines_within: &str,
    limits: SourceLimits,
) -> Box<dyn Iterator<Item = Listed> + Send> {
    let failed = |uri: String, source| Listed::Failed { uri, error: Error::Read { path: path.to_path_buf(), source } };
    let (kind, metadata) = match look(path) {
        Ok(Some(looked)) => looked,
        Ok(None) => return one(Listed::Unsupported { uri, kind: "special file".to_owned() }),
        Err(source) => return one(failed(uri, source)),
    };
    match kind {
        Err(kind) => one(Listed::Unsupported { uri, kind }),
        Ok(Kind::Container(Container::Lines)) => {
            let prefix = format!("{}{lines_within}", if lines_within.is_empty() { "" } else { uri.as_str() });
            match jsonl::open(path, uri.clone(), prefix, limits) {
                Ok(lines) => Box::new(lines),
                Err(source) => one(failed(uri, source)),
            }
        }
        Ok(Kind::Container(container)) => Box::new(container::list(path, &uri, container, limits).into_iter()),
        Ok(Kind::Document(_)) if metadata.len() > limits.max_document_bytes => {
            let error = Error::TooLarge { uri: uri.clone(), bytes: metadata.len(), limit: limits.max_document_bytes };
            one(Listed::Failed { uri, error })
        }
        Ok(Kind::Document(media_type)) => {
            let location = Location {
                uri: uri.clone(),
                path: path.to_path_buf(),
                line: None,
                member: Vec::new(),
                bytes: metadata.len(),
                stored_at: stored_at(&metadata),
                committed: None,
            };
            let attachments = match media_type {
                MediaType::Email => container::list_attachments(path, &uri, limits),
                _ => Vec::new(),
            };
            Box::new(iter::once(Listed::Document(location)).chain(attachments))
        }
    }
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
    let no_reader =
        |kind: String| unreadable(io::Error::new(io::ErrorKind::InvalidData, format!("no reader for {kind}")));
    let kind = kind::of(&file_name(&location.path), &mut io::Cursor::new(&bytes)).map_err(unreadable)?;
    let media_type = match kind.map_err(no_reader)? {
        Kind::Document(media_type) => media_type,
        Kind::Container(_) => return Err(no_reader("what has become a container: list the source again".to_owned())),
    };
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

/// What a regular file is; `None` for anything else, because opening a pipe may wait for ever.
fn look(path: &Path) -> io::Result<Option<(Result<Kind, String>, Metadata)>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    Ok(Some((kind::of(&file_name(path), &mut File::open(path)?)?, metadata)))
}

/// The file's own name, which need not be Unicode.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn one(listed: Listed) -> Box<dyn Iterator<Item = Listed> + Send> {
    Box::new(iter::once(listed))
}
