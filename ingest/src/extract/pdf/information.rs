//! What a PDF says about itself: ISO 32000-1, 14.3.

use lopdf::{Dictionary, Document, Object};
use serde_json::Value;

use super::super::date::{self, Event, StatedDate};
use super::super::reading::Reading;
use crate::DateSource;

/// The longest XMP packet read, in bytes.
const MAX_PACKET: usize = 4 << 20;

/// Title, authors and dates: of the information dictionary, else of the XMP packet.
pub(super) fn read(document: &Document, reading: &mut Reading) {
    let empty = Dictionary::new();
    let information = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict).unwrap_or(&empty);
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
    let packet = if field(b"ModDate").is_some() { None } else { packet(document) };
    for (key, name, in_packet, event) in [
        (b"ModDate".as_slice(), "ModDate", "xmp:ModifyDate", Event::Modified),
        (b"CreationDate", "CreationDate", "xmp:CreateDate", Event::Published),
    ] {
        if let Some(written) = field(key).or_else(|| of_packet(packet.as_deref()?, in_packet)) {
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

/// The XMP packet of the document.
fn packet(document: &Document) -> Option<String> {
    let stream = document.catalog().ok()?.get_deref(b"Metadata", document).and_then(Object::as_stream).ok()?;
    let bytes = stream.get_plain_content_with_limit(MAX_PACKET).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// A simple property of an XMP packet, written as an element or as an attribute.
fn of_packet(packet: &str, name: &str) -> Option<String> {
    let behind = &packet[packet.find(name)? + name.len()..];
    let value = behind
        .strip_prefix('>')
        .or_else(|| behind.trim_start().strip_prefix('=')?.trim_start().strip_prefix(['"', '\'']))?;
    let value = value[..value.find(['<', '"', '\''])?].trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets() {
        let packet =
            "<rdf:Description xmp:CreateDate=\"2024-01-02T03:04:05Z\"><xmp:ModifyDate>2024-02-03</xmp:ModifyDate>";
        assert_eq!(of_packet(packet, "xmp:CreateDate").as_deref(), Some("2024-01-02T03:04:05Z"));
        assert_eq!(of_packet(packet, "xmp:ModifyDate").as_deref(), Some("2024-02-03"));
        assert_eq!(of_packet(packet, "xmp:MetadataDate"), None);
    }

    #[test]
    fn titles_that_are_none() {
        assert!(is_title("Sieves") && !is_title("Microsoft Word - report.doc") && !is_title("untitled"));
    }
}
