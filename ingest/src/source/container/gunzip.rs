//! Compressed files: a tar archive, or one file.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use flate2::read::MultiGzDecoder;

use super::{Member, archive};
use crate::source::kind;

/// The largest archive that is kept unpacked between two documents fetched from it, in bytes.
const KEPT: u64 = 64 << 20;

/// Enough of a file to tell whether it is a tar archive, in bytes.
const HEAD: u64 = 512;

/// Goes through the files of a compressed archive; one compressed file is its only member, named without its ending.
pub(super) fn each(
    content: impl Read,
    uri: &str,
    most: u64,
    visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
) -> Result<(), String> {
    let mut unpacked = Bounded { inner: MultiGzDecoder::new(BufReader::new(content)), left: most, most };
    let mut head = Vec::new();
    unpacked.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| format!("cannot be unpacked: {error}"))?;
    let is_tar = kind::is_tar(&head);
    let mut whole = head.as_slice().chain(unpacked);
    if is_tar {
        return archive::each_of_stream(whole, visit);
    }
    let name = uri.rsplit(['/', '\\']).next().unwrap_or(uri);
    let stem = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".GZ")).unwrap_or(name);
    let _ = visit(Member { name: stem.to_owned(), stored_at: None, line: None, content: Ok(&mut whole) });
    Ok(())
}

/// The archive that was unpacked last, to fetch its documents one after the other without unpacking it for each.
static LAST: Mutex<Option<Unpacked>> = Mutex::new(None);

struct Unpacked {
    path: PathBuf,
    changed: Option<SystemTime>,
    bytes: u64,
    tar: Arc<Vec<u8>>,
}

/// The tar archive in the file at `path`; none where it is none, or too large to keep.
pub(super) fn unpacked(path: &Path, file: &File) -> io::Result<Option<Arc<Vec<u8>>>> {
    let metadata = file.metadata()?;
    let (changed, bytes) = (metadata.modified().ok(), metadata.len());
    if bytes > KEPT {
        return Ok(None);
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = last.as_ref().filter(|kept| kept.path == path && kept.changed == changed && kept.bytes == bytes)
    {
        return Ok(Some(Arc::clone(&kept.tar)));
    }
    let mut tar = Vec::new();
    let read = MultiGzDecoder::new(BufReader::new(File::open(path)?)).take(KEPT + 1).read_to_end(&mut tar);
    if read.is_err() || tar.len() as u64 > KEPT || !kind::is_tar(&tar) {
        return Ok(None);
    }
    let tar = Arc::new(tar);
    *last = Some(Unpacked { path: path.to_path_buf(), changed, bytes, tar: Arc::clone(&tar) });
    Ok(Some(tar))
}

/// A reader that fails after so many bytes.
struct Bounded<R> {
    inner: R,
    left: u64,
    most: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(format!("it unpacks to more than {} bytes", self.most))),
        }
        Ok(read)
    }
}
