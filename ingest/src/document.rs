//! A document as read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ByteSpan, MediaType, Notice, NoticeKind};

/// A document's text and what is known about it. Every format is read into Markdown.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it is, relative to its source.
    pub uri: String,
    /// The format it was read from.
    pub media_type: MediaType,
    /// The title: stated, else the first heading.
    pub title: Option<String>,
    /// Who wrote or owns it.
    pub authors: Vec<String>,
    /// ISO 639-1 code where the text is long enough to tell.
    pub language: Option<String>,
    /// Whether the document itself names that language (front matter, `<html lang>`); else it was told from the words.
    pub language_stated: bool,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// When it last changed, from the most trusted evidence there is.
    pub modified_at: Option<Timestamp>,
    /// What `modified_at` rests on.
    pub modified_at_source: Option<DateSource>,
    /// The extracted text, Markdown. All spans are offsets into it.
    pub text: String,
    /// How many lines of the file stand before the text (front matter), where text lines are file lines.
    pub line_offset: Option<usize>,
    /// The span of each page, for paged formats.
    pub pages: Vec<ByteSpan>,
    /// What the reader noticed.
    pub notices: Vec<Notice>,
    /// How much it is to be believed, 0 to 100, if its source says.
    pub authority: Option<u8>,
    /// Front matter and supplied metadata that have no field of their own.
    pub metadata: BTreeMap<String, serde_json::Value>,
}

impl Document {
    /// Why nothing at all could be read of it: it is damaged or needs a password. `None` where something was read, and
    /// where there was nothing to read.
    #[must_use]
    pub fn unreadable(&self) -> Option<&Notice> {
        let nothing = self.pages.is_empty() && self.text.trim().is_empty();
        let kinds = [NoticeKind::Malformed, NoticeKind::Encrypted];
        self.notices.iter().find(|notice| nothing && kinds.contains(&notice.kind))
    }
}

/// What a document's date rests on, most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// The caller said so, beside the document.
    Supplied,
    /// Front matter at the head of the document.
    FrontMatter,
    /// Structured data in the page: JSON-LD, `<meta>`, `<time>`.
    PageMetadata,
    /// The `Date` header of a mail message.
    MailHeader,
    /// The last git commit that changed the file.
    GitCommit,
    /// `Last-Modified` of the HTTP answer it came in.
    HttpHeader,
    /// A date stated in the text, as in "Last updated: …".
    Text,
    /// What an office file, a book or an RTF says of itself, which programs write.
    DocumentProperties,
    /// The PDF's information dictionary.
    PdfMetadata,
    /// The file's modification time, which a copy or a fresh clone resets.
    FileTime,
}

impl DateSource {
    /// All of them, most trusted first.
    pub const ALL: [Self; 10] = [
        Self::Supplied,
        Self::FrontMatter,
        Self::PageMetadata,
        Self::MailHeader,
        Self::GitCommit,
        Self::HttpHeader,
        Self::Text,
        Self::DocumentProperties,
        Self::PdfMetadata,
        Self::FileTime,
    ];

    /// The name it has in JSON and in the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supplied => "supplied",
            Self::FrontMatter => "front_matter",
            Self::PageMetadata => "page_metadata",
            Self::MailHeader => "mail_header",
            Self::GitCommit => "git_commit",
            Self::HttpHeader => "http_header",
            Self::Text => "text",
            Self::DocumentProperties => "document_properties",
            Self::PdfMetadata => "pdf_metadata",
            Self::FileTime => "file_time",
        }
    }
}
