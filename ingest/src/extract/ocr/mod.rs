//! Reading the pictures of scanned pages: `pdftoppm` (poppler) draws each page that holds no text, `tesseract` reads it.
//!
//! Pages are drawn rather than their picture objects taken out of the file, because scanners cut pages into strips, turn
//! them, put masks over them, and write them as JBIG2 or JPEG 2000; poppler knows all of that, and wherever tesseract is
//! packaged so is poppler. Both run as processes of their own: what a hostile picture does to them ends with them. Every
//! page has a limit on time and on pixels, a document one on time and pages.

mod process;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::reading::Reading;
use crate::{ByteSpan, NoticeKind};

/// The longer side of a page as drawn, in pixels: 300 to the inch of a page of A4. Fewer cost letters, more only time.
const PIXELS: usize = 3_508;

/// The most that a drawn page may come to, in bytes: all its pixels in grey, and a header.
const MAX_PICTURE: usize = PIXELS * PIXELS + 100;

/// The longest text of one page, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// How scanned pages are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcrSettings {
    /// The program that reads pictures.
    pub tesseract: PathBuf,
    /// The program that draws pages.
    pub pdftoppm: PathBuf,
    /// What languages the pages may be in, as tesseract names them, with `+` between them.
    pub languages: String,
    /// The most pages read of one document.
    pub max_pages: usize,
    /// The longest that one page may take.
    pub page_time: Duration,
    /// The longest that all pages of a document may take.
    pub document_time: Duration,
}

impl OcrSettings {
    /// What the programs say of themselves, or why one of them cannot be used.
    ///
    /// # Errors
    /// The sentence that says what is missing and what to do.
    pub fn check(&self) -> Result<String, String> {
        process::run(&self.pdftoppm, &["-v"], &[], 1 << 16, self.page_time)
            .map_err(|problem| missing("pdftoppm", "poppler-utils", &problem))?;
        let listed = process::run(&self.tesseract, &["--list-langs"], &[], 1 << 16, self.page_time)
            .map_err(|problem| missing("tesseract", "tesseract-ocr", &problem))?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let known: Vec<&str> = listed.lines().skip(1).map(str::trim).collect();
        match self.languages.split('+').find(|language| !known.contains(language)) {
            Some(language) => Err(format!(
                "tesseract has no data for {language:?}: install tesseract-ocr-{language}, or set ocr.languages to some of {}",
                known.join(", ")
            )),
            None => Ok(format!("tesseract for {}", self.languages)),
        }
    }
}

fn missing(program: &str, package: &str, problem: &str) -> String {
    format!(
        "{program} cannot be run ({problem}): install it (Debian: {package}), name its path under [ocr], or set ocr.enabled to false"
    )
}

/// Reads those pages of a PDF that hold no text, and puts their words in their place.
pub(super) fn read_scanned_pages(bytes: &[u8], settings: &OcrSettings, reading: &mut Reading) {
    let empty: Vec<usize> = (0..reading.pages.len()).filter(|&page| is_blank(reading, page)).collect();
    if empty.is_empty() {
        return;
    }
    let deadline = Instant::now() + settings.document_time;
    let mut words: Vec<Option<String>> = vec![None; reading.pages.len()];
    for (read, &page) in empty.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        if read == settings.max_pages || left.is_zero() {
            let limit = if read == settings.max_pages { "ocr.max_pages" } else { "ocr.document_seconds" };
            let detail = format!("{} scanned pages were not read: raise {limit}", empty.len() - read);
            reading.note(NoticeKind::Truncated, detail);
            break;
        }
        match read_page(bytes, page + 1, settings, left.min(settings.page_time)) {
            Ok(text) => words[page] = Some(paragraphs(&text)).filter(|text| !text.is_empty()),
            Err(problem) => {
                reading.note(
                    NoticeKind::Malformed,
                    format!("page {} could not be read as a picture: {problem}", page + 1),
                );
                // What is not installed will not be for the next page.
                if !Path::new(&settings.tesseract).is_absolute() && problem.contains("cannot be run") {
                    break;
                }
            }
        }
    }
    if words.iter().any(Option::is_some) {
        put_in_place(&words, reading);
        reading.notices.retain(|notice| notice.kind != NoticeKind::NoTextLayer);
        let pages = words.iter().flatten().count();
        reading.metadata.insert("ocr_pages".to_owned(), pages.into());
    }
}

fn is_blank(reading: &Reading, page: usize) -> bool {
    reading.pages.get(page).and_then(|span| span.of(&reading.text)).is_none_or(|text| text.trim().is_empty())
}

/// The words on a page, counted from 1.
fn read_page(bytes: &[u8], page: usize, settings: &OcrSettings, time: Duration) -> Result<String, String> {
    let begun = Instant::now();
    let (number, pixels) = (page.to_string(), PIXELS.to_string());
    let draw = ["-q", "-gray", "-f", &number, "-l", &number, "-scale-to", &pixels, "-"];
    let picture = process::run(&settings.pdftoppm, &draw, bytes, MAX_PICTURE, time)?;
    if picture.is_empty() {
        return Err("pdftoppm drew nothing".to_owned());
    }
    let left = time.saturating_sub(begun.elapsed());
    let read = ["stdin", "stdout", "-l", &settings.languages, "--psm", "3"];
    let text = process::run(&settings.tesseract, &read, &picture, MAX_TEXT, left)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// What tesseract writes, as Markdown: its lines end where they ended on the page, blank lines are between paragraphs.
fn paragraphs(text: &str) -> String {
    let mut whole = String::new();
    for paragraph in text.replace('\u{c}', "").split("\n\n") {
        let mut words = String::new();
        for line in paragraph.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let broken = words.strip_suffix('-').filter(|_| line.starts_with(char::is_lowercase)).map(str::len);
            match broken {
                Some(end) => words.truncate(end),
                None if words.is_empty() => {}
                None => words.push(' '),
            }
            words.push_str(line);
        }
        // Words of a scan are no Markdown, whatever they begin with.
        if words.starts_with(['#', '>', '-', '+', '*', '|', '`', '~', '=', '_']) {
            words.insert(0, '\\');
        }
        if !words.is_empty() {
            if !whole.is_empty() {
                whole.push_str("\n\n");
            }
            whole.push_str(&words);
        }
    }
    whole
}

/// Writes the text anew, page by page.
fn put_in_place(words: &[Option<String>], reading: &mut Reading) {
    let mut text = String::new();
    let mut pages = Vec::with_capacity(reading.pages.len());
    for (page, read) in reading.pages.iter().zip(words) {
        let printed = page.of(&reading.text).unwrap_or_default();
        let of_page = read.as_deref().unwrap_or(printed).trim();
        if !text.is_empty() && !of_page.is_empty() {
            text.push_str("\n\n");
        }
        let start = text.len();
        text.push_str(of_page);
        pages.push(ByteSpan::new(start, text.len()));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    reading.text = text;
    reading.pages = pages;
}

#[cfg(test)]
mod tests;
