//! A JSONL file: one document a line, read as a stream.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::object::{self, Object};
use super::{Line, Listed, Location, SourceLimits, file};
use crate::{Error, RawDocument, Result};

/// What stands before the number of a text that is there again without a name.
const AGAIN: char = '~';

/// A file of JSON lines.
pub(super) struct FileOfLines {
    /// The file it is, or lies in.
    pub(super) path: PathBuf,
    /// Its name within the source.
    pub(super) uri: String,
    /// What stands before the name of each document.
    pub(super) prefix: String,
    /// Where in a container it lies.
    pub(super) member: Vec<String>,
    pub(super) stored_at: Option<Timestamp>,
}

/// The documents of a JSONL file, in line order. Of the lines gone by it keeps the ids alone.
pub(super) struct Lines<R> {
    reader: R,
    file: FileOfLines,
    limits: SourceLimits,
    number: usize,
    offset: u64,
    /// The line each id and each uri was first seen on.
    ids: HashMap<String, usize>,
    uris: HashMap<String, usize>,
    /// How often the text of a line without a name was seen.
    unnamed: HashMap<String, usize>,
    done: bool,
}

/// Opens the file at `path`.
pub(super) fn open(
    path: &Path,
    uri: String,
    prefix: String,
    limits: SourceLimits,
) -> io::Result<Lines<BufReader<File>>> {
    let file = File::open(path)?;
    let stored_at = file::stored_at(&file.metadata()?);
    let about = FileOfLines { path: path.to_path_buf(), uri, prefix, member: Vec::new(), stored_at };
    Ok(Lines::new(BufReader::with_capacity(64 << 10, file), about, limits))
}

impl<R: BufRead> Lines<R> {
    /// Lists the lines of a file from its beginning.
    pub(super) fn new(reader: R, file: FileOfLines, limits: SourceLimits) -> Self {
        let (ids, uris, unnamed) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { reader, file, limits, number: 0, offset: 0, ids, uris, unnamed, done: false }
    }

    /// What the line says, if it says anything.
    fn list_line(&mut self, line: &[u8], length: u64) -> Option<Listed> {
        let uri = format!("{}:{}", self.file.uri, self.number);
        let limit = self.limits.max_document_bytes;
        if length > limit {
            return Some(Listed::Failed { error: Error::TooLarge { uri: uri.clone(), bytes: length, limit }, uri });
        }
        if is_blank(line) {
            return None;
        }
        let object = match object::parse(line).and_then(|object| self.refuse_repeat(object)) {
            Ok(object) => object,
            Err(problem) => {
                let error = Error::BadLine { path: self.file.path.clone(), line: self.number, problem };
                return Some(Listed::Failed { uri, error });
            }
        };
        Some(Listed::Document(Location {
            uri: format!("{}{}", self.file.prefix, object.uri),
            path: self.file.path.clone(),
            line: Some(Line { number: self.number, offset: self.offset }),
            member: self.file.member.clone(),
            bytes: length,
            stored_at: self.file.stored_at,
            committed: None,
        }))
    }

    /// Refuses an object whose id or uri an earlier line has: one would overwrite the other.
    fn refuse_repeat(&mut self, object: Object) -> Result<Object, String> {
        if !object.is_named {
            return Ok(self.told_apart(object));
        }
        let id = object.supplied.id.clone().unwrap_or_default();
        if let Some(first) = self.ids.get(&id) {
            return Err(format!("the id {id:?} is already on line {first}: ids must be unique within the file"));
        }
        if object.uri != id {
            if let Some(first) = self.uris.get(&object.uri).or_else(|| self.ids.get(&object.uri)) {
                let uri = &object.uri;
                return Err(format!("the uri {uri:?} is already on line {first}: uris must be unique within the file"));
            }
            self.uris.insert(object.uri.clone(), self.number);
        } else if let Some(first) = self.uris.get(&id) {
            return Err(format!("the id {id:?} is the uri of line {first}: give one of them a uri of its own"));
        }
        self.ids.insert(id, self.number);
        Ok(object)
    }

    /// Gives an object without a name one that no earlier line has: those of the same text are counted.
    fn told_apart(&mut self, mut object: Object) -> Object {
        let times = self.unnamed.entry(object.uri.clone()).or_insert(0);
        let name = std::mem::take(&mut object.uri);
        while object.uri.is_empty() || self.ids.contains_key(&object.uri) || self.uris.contains_key(&object.uri) {
            *times += 1;
            object.uri = if *times > 1 { format!("{name}{AGAIN}{times}") } else { name.clone() };
        }
        self.ids.insert(object.uri.clone(), self.number);
        object
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Listed;

    fn next(&mut self) -> Option<Listed> {
        while !self.done {
            let mut line = Vec::new();
            self.number += 1;
            match read_line(&mut self.reader, &mut line, self.limits.max_document_bytes) {
                Ok(Extent { consumed: 0, .. }) => self.done = true,
                Ok(read) => {
                    let listed = self.list_line(&line, read.length);
                    self.offset += read.consumed;
                    if listed.is_some() {
                        return listed;
                    }
                }
                Err(source) => {
                    self.done = true;
                    let uri = format!("{}:{}", self.file.uri, self.number);
                    let error = Error::Read { path: self.file.path.clone(), source };
                    return Some(Listed::Failed { uri, error });
                }
            }
        }
        None
    }
}

/// Reads the document on `line`.
pub(super) fn fetch(location: &Location, line: Line, limits: SourceLimits) -> Result<RawDocument> {
    let unreadable = |source| Error::Read { path: location.path.clone(), source };
    let file = File::open(&location.path).map_err(unreadable)?;
    let stored_at = file::stored_at(&file.metadata().map_err(unreadable)?);
    let raw = fetch_from(file, location, line, limits)?;
    Ok(RawDocument { stored_at: stored_at.or(raw.stored_at), ..raw })
}

/// Reads the document on `line` of a file of lines.
pub(super) fn fetch_from(
    content: impl Read + Seek,
    location: &Location,
    line: Line,
    limits: SourceLimits,
) -> Result<RawDocument> {
    let unreadable = |source| Error::Read { path: location.path.clone(), source };
    let bad_line = |problem| Error::BadLine { path: location.path.clone(), line: line.number, problem };
    let mut reader = BufReader::new(content);
    reader.seek(SeekFrom::Start(line.offset)).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let limit = limits.max_document_bytes;
    let read = read_line(&mut reader, &mut bytes, limit).map_err(unreadable)?;
    if read.length > limit {
        return Err(Error::TooLarge { uri: location.uri.clone(), bytes: read.length, limit });
    }
    let mut object = object::parse(&bytes).map_err(bad_line)?;
    if !object.is_named
        && let Some((_, times)) = location.uri.rsplit_once(AGAIN)
        && times.bytes().all(|digit| digit.is_ascii_digit())
    {
        object.uri = format!("{}{AGAIN}{times}", object.uri);
        object.supplied.id = Some(object.uri.clone());
    }
    let still_it =
        location.uri.strip_suffix(&object.uri).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('#'));
    if !still_it {
        let problem =
            format!("holds {:?}, but {:?} was listed: the file has changed, list it again", object.uri, location.uri);
        return Err(bad_line(problem));
    }
    Ok(RawDocument {
        uri: location.uri.clone(),
        media_type: object.media_type,
        bytes: object.text.into_bytes(),
        fetched_at: Timestamp::now(),
        stored_at: location.stored_at,
        place: None,
        supplied: object.supplied,
    })
}

/// How far one line went.
struct Extent {
    /// Bytes up to the line's end, the line feed not counted.
    length: u64,
    /// Bytes taken from the reader, the line feed counted.
    consumed: u64,
}

/// Reads up to the next line feed. A line longer than `limit` is gone through to its end, but not kept.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>, limit: u64) -> io::Result<Extent> {
    let mut consumed = reader.by_ref().take(limit.saturating_add(1)).read_until(b'\n', line)? as u64;
    let mut ended = line.last() == Some(&b'\n');
    if ended {
        line.pop();
    }
    if !ended && consumed > limit {
        line.clear();
        loop {
            let buffer = reader.fill_buf()?;
            let found = buffer.iter().position(|&b| b == b'\n');
            let used = found.map_or(buffer.len(), |at| at + 1);
            reader.consume(used);
            consumed += used as u64;
            ended = found.is_some();
            if ended || used == 0 {
                break;
            }
        }
    }
    Ok(Extent { length: consumed - u64::from(ended), consumed })
}

/// Whether the line holds nothing, as the last one of a file that ends in an empty line.
fn is_blank(line: &[u8]) -> bool {
    line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).iter().all(u8::is_ascii_whitespace)
}
