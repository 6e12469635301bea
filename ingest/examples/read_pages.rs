//! Reads HTML pages and writes what was read of each as a line of JSON: `read_pages FOLDER…`.
//!
//! For looking at the mistakes, and for timing the reader without the rest of tamis.

use std::time::{Duration, Instant};
use std::{env, fs};

use jiff::Timestamp;
use tamis_ingest::{ExtractLimits, MediaType, RawDocument, Supplied, extract, plain_text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut pages = Vec::new();
    for folder in env::args().skip(1) {
        for file in fs::read_dir(folder)? {
            pages.push(file?.path());
        }
    }
    pages.sort();
    let mut reading = Duration::ZERO;
    for file in &pages {
        let raw = RawDocument {
            uri: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            media_type: MediaType::Html,
            bytes: fs::read(file)?,
            fetched_at: Timestamp::now(),
            stored_at: None,
            place: None,
            supplied: Supplied::default(),
        };
        let started = Instant::now();
        let document = extract(&raw, ExtractLimits::default());
        reading += started.elapsed();
        let notices: Vec<_> =
            document.notices.iter().map(|notice| format!("{:?}: {}", notice.kind, notice.detail)).collect();
        let read = serde_json::json!({
            "name": file.file_stem().unwrap_or_default().to_string_lossy(),
            "title": document.title,
            "authors": document.authors,
            "language": document.language,
            "published_at": document.published_at,
            "modified_at": document.modified_at,
            "modified_at_source": document.modified_at_source,
            "notices": notices,
            "plain": plain_text(&document.text),
            "text": document.text,
        });
        println!("{read}");
    }
    eprintln!("{} pages, {:.2} ms a page", pages.len(), 1000.0 * reading.as_secs_f64() / pages.len().max(1) as f64);
    Ok(())
}
