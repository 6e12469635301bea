//! Reading bytes into documents: one reader a format.

mod blocks;
mod data;
pub(crate) mod date;
mod dating;
mod encoding;
mod epub;
mod front_matter;
mod grid;
mod html;
pub(crate) mod language;
mod links;
pub(crate) mod mail;
mod markdown;
mod markup;
mod ocr;
mod office;
mod package;
mod page_metadata;
mod page_text;
mod pdf;
mod plain_text;
mod prose;
mod reading;
mod rtf;
mod stated_date;
mod tags;
pub(crate) mod wide;
mod xml;

use std::panic::{self, AssertUnwindSafe};

pub use ocr::OcrSettings;
use reading::Reading;

use crate::{Document, MediaType, Notice, NoticeKind, RawDocument, TextShape};

/// What a reader may spend on one document.
#[derive(Debug, Clone, Copy)]
pub struct ExtractLimits {
    /// Longest extracted text, in bytes; reading stops there with a `Truncated` notice.
    pub max_text_bytes: usize,
    /// Most pages read of a paged format.
    pub max_pages: usize,
}

impl Default for ExtractLimits {
    fn default() -> Self {
        Self { max_text_bytes: 32 << 20, max_pages: 5_000 }
    }
}

/// The stack on which all but plain text is read, in bytes: the readers follow the nesting of the document.
/// Only what is used of it is ever backed by memory.
const STACK: usize = 256 << 20;

/// Reads a document. It never fails: a document that cannot be read comes back with what could be read and notices
/// that say what could not.
#[must_use]
pub fn extract(raw: &RawDocument, limits: ExtractLimits) -> Document {
    extract_scanned(raw, limits, None)
}

/// Reads a document as [`extract`] does, and pages of a PDF that are pictures through the programs of `ocr`.
#[must_use]
pub fn extract_scanned(raw: &RawDocument, limits: ExtractLimits, ocr: Option<&OcrSettings>) -> Document {
    let mut reading = guarded(raw.media_type, || read(raw, limits));
    if let (MediaType::Pdf, Some(settings)) = (raw.media_type, ocr) {
        ocr::read_scanned_pages(&raw.bytes, settings, &mut reading);
    }
    finish(raw, reading.mended().normalised().cut(limits.max_text_bytes))
}

/// Hands the bytes to the reader of their format.
fn read(raw: &RawDocument, limits: ExtractLimits) -> Reading {
    let bytes = raw.bytes.as_slice();
    match raw.media_type {
        MediaType::Markdown => markdown::read(bytes),
        MediaType::Mdx => markup::mdx::read(bytes),
        MediaType::PlainText => plain_text::read(bytes),
        MediaType::Html => html::read(bytes, limits),
        MediaType::Pdf => pdf::read(bytes, limits),
        MediaType::Rst => markup::rst::read(bytes, limits),
        MediaType::AsciiDoc => markup::asciidoc::read(bytes, limits),
        MediaType::Docx => office::docx::read(bytes, limits),
        MediaType::Pptx => office::pptx::read(bytes, limits),
        MediaType::Xlsx => office::xlsx::read(bytes, limits),
        MediaType::Xls => office::xls::read(bytes, limits),
        MediaType::Odt | MediaType::Ods | MediaType::Odp => office::opendocument::read(bytes, limits),
        MediaType::Epub => epub::read(bytes, limits),
        MediaType::Csv => data::table::read(bytes, None, limits),
        MediaType::Tsv => data::table::read(bytes, Some(b'\t'), limits),
        MediaType::Json => data::json::read(bytes, limits),
        MediaType::Xml => data::xml_document::read(bytes, limits),
        MediaType::Notebook => data::notebook::read(bytes, limits),
        MediaType::Email => mail::read(bytes, limits),
        MediaType::Rtf => rtf::read(bytes, limits),
    }
}

/// Puts together what the reader found and what the source says; the source wins.
fn finish(raw: &RawDocument, mut reading: Reading) -> Document {
    reading.dates.extend(stated_date::find(&reading.text, reading.beside_text.as_deref()));
    let dates = dating::settle(raw, &reading.dates, &mut reading.notices);
    // What else is converted keeps only some of its links.
    let names_files = match raw.media_type {
        MediaType::Html => !html::has_base(&raw.bytes),
        MediaType::Rst => true,
        other => other.text_shape() == TextShape::Written,
    };
    if let Some(place) = raw.place.as_ref().filter(|_| names_files) {
        reading.notices.extend(links::check(&reading.text, place));
    }
    let supplied = &raw.supplied;
    let mut metadata = reading.metadata;
    metadata.extend(supplied.metadata.clone());
    Document {
        uri: raw.uri.clone(),
        media_type: raw.media_type,
        title: supplied.title.clone().or(reading.title),
        authors: reading.authors,
        language_stated: reading.language.is_some(),
        language: reading.language.or_else(|| language::detect(&reading.text)),
        published_at: dates.published_at,
        modified_at: dates.modified_at,
        modified_at_source: dates.modified_at_source,
        text: reading.text,
        line_offset: reading.line_offset,
        pages: reading.pages,
        notices: reading.notices,
        authority: supplied.authority,
        metadata,
    }
}

/// Runs a reader; where it panics, the document is damaged in a way the reader did not foresee. All but those of plain
/// text follow the nesting of the document and get a deep stack. It is one of this thread: on a new one for each document
/// the regular expressions would start cold, and web pages took a fifth longer.
fn guarded(media_type: MediaType, read: impl FnOnce() -> Reading) -> Reading {
    let run = || match media_type.text_shape() {
        TextShape::Written | TextShape::Plain => read(),
        TextShape::Converted | TextShape::Printed => stacker::grow(STACK, read),
    };
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| gave_up())
}

/// What is left of a document whose reader broke down.
fn gave_up() -> Reading {
    let detail = "the reader broke down on this document; nothing could be read".to_owned();
    Reading { notices: vec![Notice { kind: NoticeKind::Malformed, detail, span: None }], ..Reading::default() }
}

#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod tests;
