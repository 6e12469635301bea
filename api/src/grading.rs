//! Reading and grading one document by itself: the part of the work that needs no ledger and blocks a thread.

use jiff::Timestamp;
use tamis_ingest::source::{self, Location};
use tamis_ingest::{Chunk, ContentHash, Document, DocumentId, RawDocument, Supplied, TokenCounter, chunk, extract};
use tamis_scoring::{Fingerprint, Policy, QualityReport, Scope, Verdict, claims, decide, measure};

use crate::config::Config;
use crate::ledger::{Graded, GradedChunk};

/// Fetches a document.
///
/// # Errors
/// Where it cannot be read.
pub fn fetch(location: &Location, config: &Config) -> Result<(RawDocument, ContentHash), tamis_ingest::Error> {
    let raw = source::fetch(location, config.source_limits())?;
    let hash = content_hash(&raw);
    Ok((raw, hash))
}

/// What tells whether a document has changed: its bytes, and what its source says of it beside them.
#[must_use]
pub fn content_hash(raw: &RawDocument) -> ContentHash {
    if raw.supplied == Supplied::default() {
        return ContentHash::of(&raw.bytes);
    }
    // Its maps are ordered, so the same facts make the same text.
    let said = serde_json::to_vec(&raw.supplied).unwrap_or_default();
    ContentHash::of(&[said.as_slice(), b"\0", raw.bytes.as_slice()].concat())
}

/// Reads a document's bytes and cuts its text into chunks.
#[must_use]
pub fn read(id: &DocumentId, raw: &RawDocument, tokens: &TokenCounter, config: &Config) -> (Document, Vec<Chunk>) {
    let document = extract(raw, config.extract_limits());
    let chunks = chunk::chunk(id, &document, tokens, config.chunks);
    (document, chunks)
}

/// Grades a document's chunks by themselves.
#[must_use]
pub fn grade(document: Document, chunks: Vec<Chunk>, policy: &Policy, now: Timestamp) -> Graded {
    let measurements = measure(&document, &chunks, policy, now);
    let scope = Scope::of(&document.metadata, &policy.duplication);
    let chunks = chunks
        .into_iter()
        .zip(measurements)
        .map(|(chunk, measurement)| {
            let alone = QualityReport::compose(chunk.id.clone(), &measurement, Vec::new());
            let eligible = decide(&alone, policy).verdict == Verdict::Accept;
            GradedChunk {
                fingerprint: Fingerprint::of(&chunk.text).within(scope),
                claims: if eligible { claims(&chunk.text) } else { Vec::new() },
                eligible,
                measurement,
                chunk,
            }
        })
        .collect();
    Graded { document, chunks }
}
