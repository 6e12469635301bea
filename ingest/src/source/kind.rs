//! What a file is, by its content where that tells, else by its name.

use std::io::{self, Read, Seek, SeekFrom};

use crate::extract::wide::Wide;
use crate::{MediaType, zip_file};

/// How much of a file is looked at to tell its type, in bytes.
const HEAD: u64 = 8 << 10;

/// Where a tar header says that it is one, and what.
const TAR_MARK: (usize, &[u8]) = (257, b"ustar");

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One document.
    Document(MediaType),
    /// Several documents.
    Container(Container),
}

/// What holds several documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Zip,
    Tar,
    /// A compressed tar, or one compressed file.
    Gzip,
    /// Mail messages one after the other (RFC 4155).
    Mailbox,
    /// JSON lines.
    Lines,
}

/// Tells what a file is and leaves it at its beginning. The inner error is what it seems to be, where nothing here reads
/// it.
pub(super) fn of(name: &str, content: &mut (impl Read + Seek)) -> io::Result<Result<Kind, String>> {
    content.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    content.by_ref().take(HEAD).read_to_end(&mut head)?;
    content.seek(SeekFrom::Start(0))?;
    let kind = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let kind = packed(name, &head, content);
        content.seek(SeekFrom::Start(0))?;
        kind
    } else {
        unpacked(name, &head)
    };
    Ok(kind)
}

/// What a file that is no zip file is.
fn unpacked(name: &str, head: &[u8]) -> Result<Kind, String> {
    let extension = extension(name);
    if matches!(extension.as_str(), "jsonl" | "ndjson") {
        // Lines are found by their bytes.
        if Wide::of(head).is_some() {
            return Err(format!(".{extension} in UTF-16 or UTF-32: save it as UTF-8"));
        }
        return Ok(Kind::Container(Container::Lines));
    }
    // Under other names they are formats of their own, as `.svgz` and `.deb` are.
    let plain = extension.is_empty();
    if head.starts_with(&[0x1F, 0x8B]) && (plain || matches!(extension.as_str(), "gz" | "tgz")) {
        return Ok(Kind::Container(Container::Gzip));
    }
    if is_tar(head) && (plain || extension == "tar") {
        return Ok(Kind::Container(Container::Tar));
    }
    if is_mailbox(head) && (plain || matches!(extension.as_str(), "mbox" | "mbx" | "eml" | "txt")) {
        return Ok(Kind::Container(Container::Mailbox));
    }
    MediaType::detect(name, head).map(Kind::Document)
}

/// What a zip file is: a document by its parts, else an archive if its name does not say otherwise.
fn packed(name: &str, head: &[u8], content: &mut (impl Read + Seek)) -> Result<Kind, String> {
    let by_parts = zip_file::open(&mut *content).ok().and_then(|mut archive| {
        let mut declared = String::new();
        if let Ok(part) = archive.by_name("mimetype") {
            // Not being text, it declares nothing.
            let _ = part.take(200).read_to_string(&mut declared);
        }
        MediaType::of_parts(archive.file_names(), Some(&declared))
    });
    if let Some(media_type) = by_parts {
        return Ok(Kind::Document(media_type));
    }
    match extension(name).as_str() {
        "zip" | "" => Ok(Kind::Container(Container::Zip)),
        extension => MediaType::detect(name, head)
            .ok()
            .filter(|_| zip_file::open(content).is_err())
            .map(Kind::Document)
            .ok_or_else(|| format!(".{extension}")),
    }
}

/// Whether these bytes begin a tar archive.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(TAR_MARK.0..).is_some_and(|rest| rest.starts_with(TAR_MARK.1))
}

/// Whether these bytes begin a mailbox: its first line, then the headers of a message.
fn is_mailbox(head: &[u8]) -> bool {
    if !head.starts_with(b"From ") {
        return false;
    }
    let line = |number: usize| head.split(|&byte| byte == b'\n').nth(number).unwrap_or_default();
    let is_dated = line(0).windows(3).any(|window| window[0] == b':' && window[1].is_ascii_digit());
    let name = line(1).split(|&byte| byte == b':').next().unwrap_or_default();
    let is_header = line(1).contains(&b':') && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    is_dated && is_header && !name.is_empty()
}

/// The last ending of a name, in lower case.
fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
        Some(_) | None => String::new(),
    }
}
