//! The formats tamis reads.

use serde::{Deserialize, Serialize};

/// A format with a reader behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// CommonMark with tables and front matter (RFC 7763).
    #[serde(rename = "text/markdown")]
    Markdown,
    /// HTML.
    #[serde(rename = "text/html")]
    Html,
    /// Text without markup.
    #[serde(rename = "text/plain")]
    PlainText,
    /// Portable Document Format.
    #[serde(rename = "application/pdf")]
    Pdf,
}

impl MediaType {
    /// The registered name, such as `text/markdown`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::PlainText => "text/plain",
            Self::Pdf => "application/pdf",
        }
    }
}
