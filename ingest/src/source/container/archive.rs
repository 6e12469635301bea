//! Zip and tar archives.

use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tar::{Archive, Entries, EntryType};

use super::Member;
use crate::zip_file;

/// Goes through the files of a zip archive.
pub(super) fn each_of_zip(
    content: impl Read + Seek,
    visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
) -> Result<(), String> {
    let mut archive = zip_file::open(content).map_err(|problem| format!("cannot be opened: {problem}"))?;
    for index in 0..archive.len() {
        let name = archive.name_for_index(index).unwrap_or_default().to_owned();
        let next = match archive.by_index(index) {
            Ok(entry) if entry.is_dir() => continue,
            Ok(mut entry) => {
                let stored_at = entry.last_modified().and_then(stored_at);
                let content: Result<&mut dyn Read, String> =
                    if entry.is_symlink() { Err("is a link".to_owned()) } else { Ok(&mut entry) };
                visit(Member { name: plain(&name), stored_at, line: None, content })
            }
            Err(error) => {
                let content = Err(format!("cannot be unpacked: {error}"));
                visit(Member { name: plain(&name), stored_at: None, line: None, content })
            }
        };
        if next.is_break() {
            break;
        }
    }
    Ok(())
}

/// Goes through the files of a tar archive; what is passed over is not read.
pub(super) fn each_of_tar(
    content: impl Read + Seek,
    visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
) -> Result<(), String> {
    each_entry(Archive::new(content).entries_with_seek(), visit)
}

/// The same of one that is unpacked as it is read.
pub(super) fn each_of_stream(
    content: impl Read,
    visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
) -> Result<(), String> {
    each_entry(Archive::new(content).entries(), visit)
}

fn each_entry<R: Read>(
    entries: io::Result<Entries<'_, R>>,
    visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
) -> Result<(), String> {
    let damaged = |error: io::Error| format!("is damaged or cut off: {error}");
    for entry in entries.map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = plain(&String::from_utf8_lossy(&entry.path_bytes()));
        let stored_at = entry.header().mtime().ok().and_then(|at| Timestamp::from_second(i64::try_from(at).ok()?).ok());
        let content: Result<&mut dyn Read, String> = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => Ok(&mut entry),
            EntryType::Symlink | EntryType::Link => Err("is a link".to_owned()),
            _ => continue,
        };
        if visit(Member { name, stored_at, line: None, content }).is_break() {
            break;
        }
    }
    Ok(())
}

/// A name without what leads out of the archive; nothing is unpacked, so it is only a name.
fn plain(name: &str) -> String {
    let parts: Vec<&str> = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.join("/")
}

/// A time that zip keeps without its zone, as UTC.
fn stored_at(at: zip::DateTime) -> Option<Timestamp> {
    let part = |part: u8| i8::try_from(part).ok();
    let local = DateTime::new(
        i16::try_from(at.year()).ok()?,
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
        0,
    );
    TimeZone::UTC.to_timestamp(local.ok()?).ok()
}
