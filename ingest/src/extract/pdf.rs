//! PDF: the text of its pages, and its information dictionary.

use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use lopdf::{Document, LoadOptions, Object, ObjectId};
use serde_json::Value;

use super::date::{self, Event, StatedDate};
use super::reading::Reading;
use super::{ExtractLimits, pdf_text};
use crate::{ByteSpan, DateSource, NoticeKind};

/// The most one compressed stream may unfold to, in bytes.
const MAX_STREAM: usize = 64 << 20;

/// The longest the pages of one document may take; looked at between pages.
const MAX_TIME: Duration = Duration::from_mins(1);

/// Reads a PDF page by page; what is damaged is left out with a notice.
pub(super) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut reading = Reading::default();
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM), ..LoadOptions::default() };
    let document = match Document::load_mem_with_options(bytes, options) {
        Ok(document) => document,
        Err(error) => {
            let (kind, detail) = refusal(bytes, &error);
            reading.note(kind, detail);
            return reading;
        }
    };
    if document.is_encrypted() {
        reading.note(NoticeKind::Encrypted, "the PDF needs a password: save it without one");
        return reading;
    }
    read_information(&document, &mut reading);
    read_pages(&document, limits, &mut reading);
    reading
}

/// Why a PDF could not be opened.
fn refusal(bytes: &[u8], error: &lopdf::Error) -> (NoticeKind, String) {
    match error {
        lopdf::Error::InvalidPassword => {
            (NoticeKind::Encrypted, "the PDF needs a password: save it without one".to_owned())
        }
        lopdf::Error::Decryption(_) | lopdf::Error::UnsupportedSecurityHandler(_) => {
            (NoticeKind::Encrypted, format!("the PDF is encrypted in a way tamis cannot undo: {error}"))
        }
        _ if bytes.is_empty() => (NoticeKind::Malformed, "the file has 0 bytes".to_owned()),
        _ => (NoticeKind::Malformed, format!("the PDF cannot be opened: {error}")),
    }
}

/// Title, author and dates.
fn read_information(document: &Document, reading: &mut Reading) {
    let information = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
    let Ok(information) = information else { return };
    let field = |key: &[u8]| {
        let value = information.get_deref(key, document).ok()?;
        let text = lopdf::decode_text_string(value).ok()?;
        let text = text.replace('\0', "").trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    reading.title = field(b"Title").filter(|title| is_title(title));
    reading.authors = field(b"Author").into_iter().collect();
    for (key, name) in [(b"Subject".as_slice(), "subject"), (b"Keywords", "keywords")] {
        if let Some(value) = field(key) {
            reading.metadata.insert(name.to_owned(), Value::String(value));
        }
    }
    for (key, name, event) in
        [(b"ModDate".as_slice(), "ModDate", Event::Modified), (b"CreationDate", "CreationDate", Event::Published)]
    {
        if let Some(written) = field(key) {
            let at = date::parse_pdf(&written).or_else(|| date::parse(&written));
            let (source, field) = (DateSource::PdfMetadata, name.to_owned());
            reading.dates.push(StatedDate { event, source, field, written, at, span: None });
        }
    }
}

/// Whether a title is one, and not what a program put there for want of it.
fn is_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let file = [".doc", ".docx", ".tex", ".dvi", ".indd", ".qxd", ".pdf", ".ps", ".xls", ".ppt", ".rtf", ".txt"];
    !(lower == "untitled" || lower.starts_with("microsoft word - ") || file.iter().any(|end| lower.ends_with(end)))
}

/// The text of the pages, a blank line between them.
fn read_pages(document: &Document, limits: ExtractLimits, reading: &mut Reading) {
    let started = Instant::now();
    let pages: Vec<ObjectId> = document.page_iter().take(limits.max_pages.saturating_add(1)).collect();
    if pages.is_empty() {
        reading.note(NoticeKind::Malformed, "the PDF has no pages that can be found");
        return;
    }
    let mut shown = false;
    for (i, &page) in pages.iter().enumerate() {
        let number = i + 1;
        if number > limits.max_pages {
            reading.note(NoticeKind::Truncated, format!("reading stopped after {} pages", limits.max_pages));
            break;
        }
        if reading.text.len() > limits.max_text_bytes {
            break;
        }
        if started.elapsed() > MAX_TIME {
            let detail = format!("reading stopped before page {number}: it took longer than {} s", MAX_TIME.as_secs());
            reading.note(NoticeKind::Truncated, detail);
            break;
        }
        if !reading.text.is_empty() && !reading.text.ends_with("\n\n") {
            reading.text.push_str("\n\n");
        }
        let start = reading.text.len();
        match panic::catch_unwind(AssertUnwindSafe(|| pdf_text::read(document, page, MAX_STREAM))) {
            Ok(Ok(text)) => {
                shown |= !text.trim().is_empty();
                reading.text.push_str(text.trim_end());
            }
            Ok(Err(error)) => reading.note(NoticeKind::Malformed, format!("page {number} cannot be read: {error}")),
            Err(_) => {
                reading.note(NoticeKind::Malformed, format!("page {number} cannot be read: its content is damaged"));
            }
        }
        reading.pages.push(ByteSpan::new(start, reading.text.len()));
    }
    if !shown && reading.notices.is_empty() {
        let detail = format!("none of the {} pages holds text: it may be a scan", reading.pages.len());
        reading.note(NoticeKind::NoTextLayer, detail);
    }
}
