//! Opening zip files that may be hostile.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;

/// The most entries a zip file may have.
pub(crate) const MAX_ENTRIES: usize = 10_000;

/// Where the record at the end may start, from the end: 22 bytes of its own and a comment.
const TAIL: u64 = 22 + 65_535;

/// Opens a zip file. Its entries are counted before its directory is read into memory.
///
/// # Errors
/// What is wrong with it, as a sentence fragment.
pub(crate) fn open<R: Read + Seek>(mut reader: R) -> Result<ZipArchive<R>, String> {
    let entries = count(&mut reader).map_err(|error| error.to_string())?;
    match entries {
        None => return Err("its directory is missing: the file is cut off or damaged".to_owned()),
        Some(entries) if entries > MAX_ENTRIES => return Err(format!("it has more than {MAX_ENTRIES} entries")),
        Some(_) => {}
    }
    let archive = ZipArchive::new(reader).map_err(|error| error.to_string())?;
    if archive.len() > MAX_ENTRIES {
        return Err(format!("it has more than {MAX_ENTRIES} entries"));
    }
    Ok(archive)
}

/// The largest number of entries that any record of the end claims; none where there is no such record.
fn count(reader: &mut (impl Read + Seek)) -> std::io::Result<Option<usize>> {
    let length = reader.seek(SeekFrom::End(0))?;
    reader.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    reader.by_ref().take(TAIL).read_to_end(&mut tail)?;
    reader.seek(SeekFrom::Start(0))?;
    let records = tail.windows(22).filter(|window| window.starts_with(b"PK\x05\x06"));
    Ok(records.map(|record| usize::from(u16::from_le_bytes([record[10], record[11]]))).max())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip(entries: usize) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for entry in 0..entries {
            writer.start_file(entry.to_string(), SimpleFileOptions::default()).unwrap();
            writer.write_all(b"x").unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn entries_are_counted_first() {
        assert_eq!(open(Cursor::new(zip(3))).unwrap().len(), 3);
        assert!(open(Cursor::new(zip(0))).unwrap().is_empty());
        assert!(open(Cursor::new(zip(MAX_ENTRIES + 1))).is_err_and(|problem| problem.contains("more than")));
        assert!(open(Cursor::new(zip(70_000))).is_err_and(|problem| problem.contains("more than")));
        assert!(open(Cursor::new(b"PK\x03\x04".to_vec())).is_err_and(|problem| problem.contains("cut off")));
    }
}
