//! Files that hold several documents: archives, compressed files, mailboxes, and messages with attachments.
//!
//! A document in one is named `archive.zip!/path/inside.md`. Nothing is unpacked to disk, and what is unpacked in memory
//! is bounded: each member by the largest document, all of a file by sixteen of those, [`MAX_ENTRIES`] members, and
//! containers in containers [`MAX_DEPTH`] deep.

mod archive;
mod gunzip;
mod mailbox;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use jiff::Timestamp;

use super::kind::{self, Container, Kind};
use super::{Line, Listed, Location, SourceLimits, file, jsonl};
use crate::extract::mail;
use crate::zip_file::MAX_ENTRIES;
use crate::{Error, MediaType, RawDocument, Result, Supplied};

/// Containers within each other are walked no deeper than this.
const MAX_DEPTH: usize = 3;

/// A file's members unpack to no more than this many of the largest documents.
const UNPACKED_DOCUMENTS: u64 = 16;

/// What stands between a container's name and a member's.
const WITHIN: &str = "!/";

/// One member of a container.
struct Member<'a> {
    /// Its name with `/` between folders.
    name: String,
    stored_at: Option<Timestamp>,
    /// Where a mailbox has it.
    line: Option<Line>,
    /// Its bytes, or why they cannot be had.
    content: std::result::Result<&'a mut dyn Read, String>,
}

/// The most that all members of a file may unpack to, in bytes.
fn most_unpacked(limits: SourceLimits) -> u64 {
    limits.max_document_bytes.saturating_mul(UNPACKED_DOCUMENTS)
}

/// Lists what is in the container at `path`, whose name is `uri`.
pub(super) fn list(path: &Path, uri: &str, container: Container, limits: SourceLimits) -> Vec<Listed> {
    let mut walk = Walk::new(path, limits);
    match File::open(path) {
        Ok(file) => {
            walk.stored_at = file.metadata().ok().and_then(|metadata| file::stored_at(&metadata));
            walk.container(uri, &[], container, BufReader::new(file));
        }
        Err(source) => {
            let error = Error::Read { path: path.to_path_buf(), source };
            walk.listed.push(Listed::Failed { uri: uri.to_owned(), error });
        }
    }
    walk.listed
}

/// Lists the attachments of the message at `path`.
pub(super) fn list_attachments(path: &Path, uri: &str, limits: SourceLimits) -> Vec<Listed> {
    let mut walk = Walk::new(path, limits);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limits.max_document_bytes).read_to_end(&mut bytes));
    match read {
        Ok(_) => walk.attachments(uri, &[], &bytes),
        Err(source) => {
            let error = Error::Read { path: path.to_path_buf(), source };
            walk.listed.push(Listed::Failed { uri: uri.to_owned(), error });
        }
    }
    walk.listed
}

/// A walk through one file and the containers in it.
struct Walk<'a> {
    path: &'a Path,
    limits: SourceLimits,
    /// What may still be unpacked, in bytes.
    left: u64,
    /// Members seen.
    entries: usize,
    stored_at: Option<Timestamp>,
    listed: Vec<Listed>,
}

impl<'a> Walk<'a> {
    fn new(path: &'a Path, limits: SourceLimits) -> Self {
        Self { path, limits, left: most_unpacked(limits), entries: 0, stored_at: None, listed: Vec::new() }
    }

    /// Lists the members of a container called `uri`, which `members` lead to.
    fn container(&mut self, uri: &str, members: &[String], container: Container, content: impl Read + Seek) {
        if members.len() >= MAX_DEPTH {
            return self.fail(uri, format!("lies more than {MAX_DEPTH} containers deep: unpack the outermost"));
        }
        if container == Container::Lines {
            return self.lines(uri, members, content);
        }
        let mut names: HashSet<String> = HashSet::new();
        let mut stopped = None;
        let walked = each(container, uri, content, self.left, &mut |member| {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                stopped = Some(format!("has more than {MAX_ENTRIES} members: split it, or unpack it"));
                return ControlFlow::Break(());
            }
            if is_hidden(&member.name) {
                return ControlFlow::Continue(());
            }
            if !names.insert(member.name.clone()) {
                let again = within(uri, &member.name);
                self.fail(&again, "is twice in its container: the first one is read".to_owned());
                return ControlFlow::Continue(());
            }
            self.member(uri, members, member);
            if self.left == 0 {
                let most = most_unpacked(self.limits);
                stopped = Some(format!("unpacks to more than {most} bytes: split it, or unpack it"));
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        if let Some(problem) = stopped.or(walked.err()) {
            self.fail(uri, problem);
        }
    }

    /// Lists a member: itself, or what is in it.
    fn member(&mut self, container: &str, members: &[String], member: Member<'_>) {
        let uri = within(container, &member.name);
        let limit = self.limits.max_document_bytes;
        let bytes = match member.content.and_then(|content| read(content, limit.min(self.left))) {
            Ok(bytes) => bytes,
            Err(problem) => return self.fail(&uri, problem),
        };
        self.left = self.left.saturating_sub(bytes.len() as u64);
        if bytes.len() as u64 > limit {
            let error = Error::TooLarge { uri: uri.clone(), bytes: bytes.len() as u64, limit };
            return self.listed.push(Listed::Failed { uri, error });
        }
        let mut below = members.to_vec();
        below.push(member.name.clone());
        match kind::of(&member.name, &mut Cursor::new(&bytes)) {
            Ok(Ok(Kind::Document(media_type))) => {
                self.listed.push(Listed::Document(Location {
                    uri: uri.clone(),
                    path: self.path.to_path_buf(),
                    line: member.line,
                    member: below.clone(),
                    bytes: bytes.len() as u64,
                    stored_at: member.stored_at.or(self.stored_at),
                    committed: None,
                }));
                if media_type == MediaType::Email {
                    let from = self.listed.len();
                    self.attachments(&uri, &below, &bytes);
                    for listed in &mut self.listed[from..] {
                        if let Listed::Document(location) = listed {
                            location.line = location.line.or(member.line);
                        }
                    }
                }
            }
            Ok(Ok(Kind::Container(container))) => self.container(&uri, &below, container, Cursor::new(&bytes)),
            Ok(Err(kind)) => self.listed.push(Listed::Unsupported { uri, kind }),
            Err(error) => self.fail(&uri, error.to_string()),
        }
    }

    fn attachments(&mut self, uri: &str, members: &[String], message: &[u8]) {
        for (name, bytes) in named_attachments(message) {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return self.fail(uri, format!("has more than {MAX_ENTRIES} attachments"));
            }
            if members.len() >= MAX_DEPTH {
                self.fail(
                    &within(uri, &name),
                    format!("lies more than {MAX_DEPTH} containers deep: unpack the outermost"),
                );
                continue;
            }
            let content: &mut dyn Read = &mut bytes.as_slice();
            self.member(uri, members, Member { name, stored_at: None, line: None, content: Ok(content) });
        }
    }

    fn lines(&mut self, uri: &str, members: &[String], content: impl Read) {
        let file = jsonl::FileOfLines {
            path: self.path.to_path_buf(),
            uri: uri.to_owned(),
            prefix: format!("{uri}#"),
            member: members.to_vec(),
            stored_at: self.stored_at,
        };
        let lines = jsonl::Lines::new(BufReader::new(content), file, self.limits);
        for listed in lines {
            self.entries += 1;
            self.listed.push(listed);
            if self.entries > MAX_ENTRIES {
                return self.fail(uri, format!("has more than {MAX_ENTRIES} lines: unpack it"));
            }
        }
    }

    fn fail(&mut self, uri: &str, problem: String) {
        let error = Error::BadContainer { uri: uri.to_owned(), problem };
        self.listed.push(Listed::Failed { uri: uri.to_owned(), error });
    }
}

/// Reads the document that `location` names within its file.
pub(super) fn fetch(location: &Location, limits: SourceLimits) -> Result<RawDocument> {
    let unreadable = |source| Error::Read { path: location.path.clone(), source };
    let bad = |problem| Error::BadContainer { uri: location.uri.clone(), problem };
    let gone = || bad("is no longer in its container: list the source again".to_owned());
    let mut file = File::open(&location.path).map_err(unreadable)?;
    let mut name = file::file_name(&location.path);
    let mut members = location.member.iter();
    let mut kind = kind::of(&name, &mut file)
        .map_err(unreadable)?
        .map_err(|kind| bad(format!("there is no reader for {kind}")))?;
    let mut bytes = match (kind, location.line) {
        (Kind::Container(Container::Mailbox), Some(line)) => {
            file.seek(SeekFrom::Start(line.offset)).map_err(unreadable)?;
            let member = members.next().ok_or_else(gone)?;
            name.clone_from(member);
            let message = mailbox::message(&mut BufReader::new(file), limits.max_document_bytes).map_err(unreadable)?;
            let is_it = |message: &Vec<u8>| member.starts_with(&mailbox::stem(message));
            message.filter(is_it).ok_or_else(gone)?
        }
        (Kind::Container(container), _) => {
            let member = members.next().ok_or_else(gone)?;
            name.clone_from(member);
            let found = match container {
                Container::Gzip => match gunzip::unpacked(&location.path, &file).map_err(unreadable)? {
                    Some(tar) => find(Container::Tar, &location.path, Cursor::new(tar.as_slice()), member, limits),
                    None => find(container, &location.path, BufReader::new(file), member, limits),
                },
                _ => find(container, &location.path, BufReader::new(file), member, limits),
            };
            found.map_err(bad)?.ok_or_else(gone)?
        }
        (Kind::Document(_), _) => {
            let mut bytes = Vec::new();
            file.take(limits.max_document_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
            bytes
        }
    };
    for member in members {
        bytes = match kind::of(&name, &mut Cursor::new(&bytes)).map_err(unreadable)? {
            Ok(Kind::Container(container)) => {
                find(container, Path::new(&name), Cursor::new(&bytes), member, limits).map_err(bad)?.ok_or_else(gone)?
            }
            Ok(Kind::Document(MediaType::Email)) => {
                named_attachments(&bytes).into_iter().find(|(name, _)| name == member).ok_or_else(gone)?.1
            }
            Ok(Kind::Document(_)) | Err(_) => return Err(gone()),
        };
        name.clone_from(member);
    }
    if bytes.len() as u64 > limits.max_document_bytes {
        let (uri, bytes) = (location.uri.clone(), bytes.len() as u64);
        return Err(Error::TooLarge { uri, bytes, limit: limits.max_document_bytes });
    }
    kind = kind::of(&name, &mut Cursor::new(&bytes))
        .map_err(unreadable)?
        .map_err(|kind| bad(format!("there is no reader for {kind}")))?;
    match (kind, location.line) {
        (Kind::Document(media_type), _) => Ok(RawDocument {
            uri: location.uri.clone(),
            media_type,
            bytes,
            fetched_at: Timestamp::now(),
            stored_at: location.stored_at,
            place: None,
            supplied: Supplied::default(),
        }),
        (Kind::Container(Container::Lines), Some(line)) => {
            jsonl::fetch_from(Cursor::new(bytes), location, line, limits)
        }
        (Kind::Container(_), _) => Err(gone()),
    }
}

/// The bytes of the member of this name.
fn find(
    container: Container,
    path: &Path,
    content: impl Read + Seek,
    wanted: &str,
    limits: SourceLimits,
) -> std::result::Result<Option<Vec<u8>>, String> {
    let mut found = None;
    let uri = path.to_string_lossy();
    each(container, &uri, content, most_unpacked(limits), &mut |member| {
        if member.name != wanted {
            return ControlFlow::Continue(());
        }
        found = Some(member.content.and_then(|content| read(content, limits.max_document_bytes)));
        ControlFlow::Break(())
    })?;
    found.transpose()
}

/// Goes through the members of a container in order. The error says what is wrong with it.
fn each(
    container: Container,
    uri: &str,
    content: impl Read + Seek,
    most: u64,
    visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
) -> std::result::Result<(), String> {
    match container {
        Container::Zip => archive::each_of_zip(content, visit),
        Container::Tar => archive::each_of_tar(content, visit),
        Container::Gzip => gunzip::each(content, uri, most, visit),
        Container::Mailbox => mailbox::each(content, visit),
        Container::Lines => Ok(()),
    }
}

/// Reads at most `limit` bytes and one, which shows that there were more.
fn read(content: &mut dyn Read, limit: u64) -> std::result::Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut content = content.take(limit.saturating_add(1));
    content.read_to_end(&mut bytes).map_err(|error: io::Error| format!("cannot be unpacked: {error}"))?;
    Ok(bytes)
}

/// Attachments with names that tell them apart.
fn named_attachments(message: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut names: HashSet<String> = HashSet::new();
    let mut attachments = mail::attachments(message);
    for (index, (name, _)) in attachments.iter_mut().enumerate() {
        if !names.insert(name.clone()) {
            *name = format!("{}-{name}", index + 1);
            names.insert(name.clone());
        }
    }
    attachments
}

fn within(container: &str, member: &str) -> String {
    format!("{container}{WITHIN}{member}")
}

/// Hidden files are left out, as they are in folders.
fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}
