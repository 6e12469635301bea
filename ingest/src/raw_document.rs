//! A document as its source delivered it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::MediaType;
use crate::source::Place;

/// A document's bytes with what the source knows about them.
#[derive(Debug, Clone)]
pub struct RawDocument {
    /// Where it is, relative to its source: a path with `/`, or the `uri` (else `id`) of a JSONL object.
    pub uri: String,
    /// The format, from the content where it tells, else from the name.
    pub media_type: MediaType,
    /// The bytes as delivered.
    pub bytes: Vec<u8>,
    /// When they were read.
    pub fetched_at: Timestamp,
    /// When the store last saw them change (a file's modification time), the weakest of dates.
    pub stored_at: Option<Timestamp>,
    /// Where it lies among the files of its source, for those that are files of their own.
    pub place: Option<Place>,
    /// What the source says about the document, outside its bytes.
    pub supplied: Supplied,
}

/// Facts a source states about a document outside its bytes, as the fields of a JSONL object.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Supplied {
    /// The caller's own id; it comes back as `document`.
    pub id: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// When the content last changed.
    pub modified_at: Option<Timestamp>,
    /// When git last saw a commit that changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed_at: Option<Timestamp>,
    /// When its server last saw it change: `Last-Modified` of HTTP (RFC 9110, 8.8.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_at: Option<Timestamp>,
    /// How much the document is to be believed, 0 to 100; more wins a conflict.
    pub authority: Option<u8>,
    /// Anything else, kept and returned.
    #[serde(default)]
    pub metadata: BTreeMap<String, serde_json::Value>,
}
