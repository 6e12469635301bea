//! What a reader noticed about a document while reading it.

use serde::{Deserialize, Serialize};

use crate::ByteSpan;

/// One thing a reader noticed. Scoring turns it into a finding; a notice is never an error of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What was noticed.
    pub kind: NoticeKind,
    /// The particulars, as a sentence fragment a person can act on.
    pub detail: String,
    /// Where in the extracted text, if it can be pointed at.
    pub span: Option<ByteSpan>,
}

/// The kinds of things readers notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The bytes are not valid in the encoding they claim; what could not be decoded became U+FFFD.
    InvalidEncoding,
    /// Text decoded with the wrong character set, which was put right.
    RepairedEncoding,
    /// The document needs a password.
    Encrypted,
    /// The pages hold no text, only pictures.
    NoTextLayer,
    /// The container is damaged: it cannot be read, or only in part.
    Malformed,
    /// Reading stopped at a limit; the text is incomplete.
    Truncated,
    /// The front matter is not valid YAML or TOML.
    BadFrontMatter,
    /// A date the document states lies in the future or before 1970, or is none.
    ImplausibleDate,
    /// A relative link leads to a file that is not there.
    BrokenLink,
    /// The rows of a table have different numbers of values.
    RaggedTable,
    /// A block of code was opened and never closed.
    UnclosedBlock,
    /// Words about or to language models that people do not see; the detail holds them, the text does not.
    UnseenWords,
}
