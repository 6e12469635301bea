//! Reads PDF files and writes what was read of each to `OUT/NAME.json`: `read_pdf OUT FILE…`.
//!
//! For looking at the mistakes, and for timing the reader without the rest of tamis.

use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use jiff::Timestamp;
use tamis_ingest::{ExtractLimits, MediaType, RawDocument, Supplied, extract};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let out = arguments.next().ok_or("read_pdf OUT FILE…")?;
    fs::create_dir_all(&out)?;
    for file in arguments {
        let name = Path::new(&file).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let raw = RawDocument {
            uri: name.clone(),
            media_type: MediaType::Pdf,
            bytes: fs::read(&file)?,
            fetched_at: Timestamp::now(),
            stored_at: None,
            place: None,
            supplied: Supplied::default(),
        };
        let started = Instant::now();
        let document = extract(&raw, ExtractLimits::default());
        let notices: Vec<_> =
            document.notices.iter().map(|notice| format!("{:?}: {}", notice.kind, notice.detail)).collect();
        let read = serde_json::json!({
            "seconds": started.elapsed().as_secs_f64(),
            "title": document.title,
            "pages": document.pages.len(),
            "notices": notices,
            "plain": tamis_ingest::plain_text(&document.text),
            "text": document.text,
        });
        fs::write(Path::new(&out).join(format!("{name}.json")), serde_json::to_vec(&read)?)?;
    }
    Ok(())
}
