//! Bytes in, clean documents and chunks out.
//!
//! A [`source`] names the documents there are and fetches each as a [`RawDocument`]; [`extract()`] reads its bytes into a
//! [`Document`] (Markdown text, title, dates, what the reader noticed); [`chunk`] cuts the text into [`Chunk`]s sized
//! in the embedder's own tokens. Nothing here knows of scores, SQL, queues or HTTP.

pub mod chunk;
pub mod document;
mod error;
pub mod extract;
mod hash;
mod ids;
mod media_type;
pub mod mojibake;
mod notice;
mod percent;
mod plain_text;
mod raw_document;
pub mod source;
mod span;
mod tokens;
mod web_links;
mod zip_file;

pub use chunk::{Chunk, ChunkLimits};
pub use document::{DateSource, Document};
pub use error::{Error, Result};
pub use extract::{ExtractLimits, OcrSettings, extract, extract_scanned};
pub use hash::ContentHash;
pub use ids::{ChunkId, DocumentId, SourceName};
pub use media_type::{MediaType, TextShape};
pub use notice::{Notice, NoticeKind};
pub use percent::percent_decoded;
pub use plain_text::plain_text;
pub use raw_document::{RawDocument, Supplied};
pub use span::ByteSpan;
pub use tokens::{ModelTokens, TokenCounter};
pub use web_links::{host, web_links};
