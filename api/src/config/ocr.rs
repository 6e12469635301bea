//! Reading scanned pages.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tamis_ingest::OcrSettings;

/// How scanned pages are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ocr {
    /// Whether they are.
    pub enabled: bool,
    /// The program that reads pictures.
    pub tesseract: PathBuf,
    /// The program that draws pages.
    pub pdftoppm: PathBuf,
    /// What languages the pages may be in, as tesseract names them, with `+` between them.
    pub languages: String,
    /// Most pages of one document.
    pub max_pages: usize,
    /// Longest time for one page, in seconds.
    pub page_seconds: u64,
    /// Longest time for the scanned pages of a document, in seconds.
    pub document_seconds: u64,
}

impl Ocr {
    /// The settings, where it is switched on.
    #[must_use]
    pub fn settings(&self) -> Option<OcrSettings> {
        self.enabled.then(|| OcrSettings {
            tesseract: self.tesseract.clone(),
            pdftoppm: self.pdftoppm.clone(),
            languages: self.languages.clone(),
            max_pages: self.max_pages,
            page_time: Duration::from_secs(self.page_seconds),
            document_time: Duration::from_secs(self.document_seconds),
        })
    }
}
