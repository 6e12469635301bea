//! What every fuzz target does with its bytes: read them as one format, cut the text, and hold the reader to what it
//! promises. A panic anywhere ends the run, also one that `extract` would have turned into a notice.

use std::io::{Cursor, Write};
use std::panic;
use std::path::PathBuf;
use std::sync::LazyLock;

use jiff::Timestamp;
use tamis_ingest::source::{self, Histories, Listed, SourceLimits};
use tamis_ingest::{
    ChunkLimits, DocumentId, ExtractLimits, MediaType, RawDocument, SourceName, Supplied, TokenCounter, chunk, extract,
    plain_text,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What a document may come to: small, so that limits are met too.
const LIMITS: ExtractLimits = ExtractLimits { max_text_bytes: 20_000, max_pages: 5 };

/// The largest document in a container, in bytes.
const MAX_DOCUMENT: u64 = 1 << 20;

/// Stands before the name of each part of a package.
const PART: &[u8] = b"=== ";

/// Reads a document, cuts it into chunks, and checks what holds for every document.
pub fn read(media_type: MediaType, bytes: Vec<u8>) {
    let raw = RawDocument {
        uri: "document".to_owned(),
        media_type,
        bytes,
        fetched_at: Timestamp::UNIX_EPOCH,
        stored_at: None,
        place: None,
        supplied: Supplied::default(),
    };
    check(&raw);
}

fn check(raw: &RawDocument) {
    let document = extract(raw, LIMITS);
    let text = document.text.as_str();
    assert!(text.len() <= LIMITS.max_text_bytes);
    assert!(document.pages.iter().all(|span| span.of(text).is_some()), "a page is no part of the text");
    for notice in &document.notices {
        assert!(!notice.detail.contains("broke down"), "{}", notice.detail);
        assert!(notice.span.is_none_or(|span| span.of(text).is_some()), "a notice points beside the text");
    }
    let name = SourceName::new("fuzz").expect("a good name");
    let id = DocumentId::new(&name, &document.uri);
    let chunks = chunk::chunk(&id, &document, &TokenCounter::Estimate, ChunkLimits { target: 32, max: 64 });
    let mut reached = 0;
    for chunk in &chunks {
        assert_eq!(chunk.span.start(), reached, "chunks partition the text");
        assert_eq!(chunk.span.of(text), Some(chunk.text.as_str()));
        reached = chunk.span.end();
    }
    assert_eq!(reached, text.len(), "chunks reach the end of the text");
    let _ = plain_text(text);
}

/// Lists what is in a file and reads each of its documents.
pub fn list(name: &str, bytes: &[u8]) {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| tempfile::tempdir().expect("a folder").keep());
    let path = FOLDER.join(name);
    std::fs::write(&path, bytes).expect("a file can be written");
    let limits = SourceLimits { max_document_bytes: MAX_DOCUMENT };
    let Ok(listed) = source::list(&path, limits, &Histories::default()) else { return };
    for one in listed.take(200) {
        if let Listed::Document(location) = one
            && let Ok(raw) = source::fetch(&location, limits)
        {
            check(&raw);
        }
    }
}

/// A zip file of parts, written as `=== name`, a line feed and the part's bytes, one after the other.
#[must_use]
pub fn package(parts: &[u8]) -> Vec<u8> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut rest = parts;
    while let Some(part) = rest.strip_prefix(PART) {
        let end = part.windows(PART.len() + 1).position(|mark| mark[0] == b'\n' && &mark[1..] == PART);
        let (part, after) = end.map_or((part, &[][..]), |end| (&part[..end], &part[end + 1..]));
        let line = part.iter().position(|&byte| byte == b'\n').unwrap_or(part.len());
        let name = String::from_utf8_lossy(&part[..line]);
        if file.start_file(name.trim(), options).is_ok() {
            file.write_all(part.get(line + 1..).unwrap_or_default()).expect("memory can be written");
        }
        rest = after;
    }
    file.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// An Excel file of 1997 to 2003 with these records.
#[must_use]
pub fn workbook(records: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory can be written");
    let mut stream = file.create_stream("/Workbook").expect("a stream can be made");
    stream.write_all(records).expect("memory can be written");
    drop(stream);
    file.into_inner().into_inner()
}

/// Lets panics be caught where a reader catches them; one that reaches `extract` is still seen by its notice.
pub fn let_libraries_panic() {
    panic::set_hook(Box::new(|_| {}));
}
