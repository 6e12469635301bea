//! Documents that are zip files of parts, as office files and books are.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::reading::Reading;
use super::xml::{self, Element};
use crate::{NoticeKind, zip_file};

/// The most one part may unpack to, in bytes.
const MAX_PART: u64 = 128 << 20;

/// The most that is unpacked of one package, in bytes.
const MAX_UNPACKED: u64 = 512 << 20;

/// An open package.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// How much may still be unpacked, in bytes.
    left: u64,
    /// What was wrong with parts that were asked for.
    problems: Vec<String>,
}

impl<'a> Package<'a> {
    /// Opens a package; where it cannot be, the reading says so.
    pub(super) fn open(bytes: &'a [u8], what: &str) -> Result<Self, Box<Reading>> {
        if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            let mut reading = Reading::default();
            reading.note(NoticeKind::Encrypted, format!("the {what} needs a password: save it without one"));
            return Err(Box::new(reading));
        }
        match zip_file::open(Cursor::new(bytes)) {
            Ok(archive) => Ok(Self { archive, left: MAX_UNPACKED, problems: Vec::new() }),
            Err(problem) => {
                let mut reading = Reading::default();
                reading.note(NoticeKind::Malformed, format!("the {what} cannot be opened: {problem}"));
                Err(Box::new(reading))
            }
        }
    }

    /// The names of all parts, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.archive.file_names().map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The bytes of a part; none where there is no such part or it cannot be read.
    pub(super) fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        let index = self.archive.index_for_name(name)?;
        let part = match self.archive.by_index(index) {
            Ok(part) => part,
            Err(error) => {
                self.problems.push(format!("its part {name} cannot be read: {error}"));
                return None;
            }
        };
        let limit = MAX_PART.min(self.left);
        let mut bytes = Vec::new();
        let read = part.take(limit + 1).read_to_end(&mut bytes);
        self.left = self.left.saturating_sub(bytes.len() as u64);
        if bytes.len() as u64 > limit {
            self.problems.push(format!("its part {name} unpacks to more than {limit} bytes"));
            return None;
        }
        if let Err(error) = read {
            self.problems.push(format!("its part {name} is damaged: {error}"));
        }
        Some(bytes)
    }

    /// A part as XML.
    pub(super) fn xml(&mut self, name: &str) -> Option<Element> {
        let bytes = self.read(name)?;
        let parsed = xml::parse_bytes(&bytes);
        if let Some(problem) = parsed.problem {
            self.problems.push(format!("its part {name} is damaged: {problem}"));
        }
        Some(parsed.root)
    }

    /// Hands what was wrong to the reading.
    pub(super) fn report(self, reading: &mut Reading) {
        for problem in self.problems.into_iter().take(20) {
            reading.note(NoticeKind::Malformed, problem);
        }
    }
}

/// The part that `target` names as seen from the part `base`, as `../media/a.png` from `ppt/slides/slide1.xml`.
pub(super) fn resolve(base: &str, target: &str) -> String {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}
