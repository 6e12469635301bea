//! Reading and grading one document by itself: the part of the work that needs no ledger and blocks a thread.

use jiff::Timestamp;
use tamis_ingest::source::{self, Histories, HistoryEnd, Location};
use tamis_ingest::{
    Chunk, ContentHash, Document, DocumentId, RawDocument, Supplied, TokenCounter, chunk, extract_scanned,
};
use tamis_scoring::{
    Fingerprint, Policy, QualityReport, Scope, Verdict, claims_of, contradicts_itself, decide, measure,
};

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

/// Says where files have no date because git's history of them ends early.
pub fn warn_of_short_histories(histories: &Histories) {
    for short in histories.short() {
        let (repository, undated) = (short.repository.display(), short.undated);
        match short.cause {
            HistoryEnd::Shallow => tracing::warn!(
                %repository,
                undated,
                "the git history is shallow: files in it have no date of their last commit; `git fetch --unshallow`, or \
                 a checkout with its whole history, gives it"
            ),
            HistoryEnd::Limit => tracing::warn!(
                %repository,
                undated,
                "the git history is longer than is read: files that were last changed long ago have no date"
            ),
            HistoryEnd::Complete => {}
        }
    }
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

/// Reads a document's bytes.
#[must_use]
pub fn extracted(raw: &RawDocument, config: &Config) -> Document {
    extract_scanned(raw, config.extract_limits(), config.ocr.settings().as_ref())
}

/// Reads the bytes of a document of `source`, if it is of one, and cuts its text into chunks.
#[must_use]
pub fn read(
    id: &DocumentId,
    raw: &RawDocument,
    source: Option<&str>,
    tokens: &TokenCounter,
    config: &Config,
) -> (Document, Vec<Chunk>) {
    let mut document = extracted(raw, config);
    document.authority = document.authority.or_else(|| config.authority_of(source, &document.uri));
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
        .map(|(chunk, mut measurement)| {
            let alone = QualityReport::compose(chunk.id.clone(), &measurement, Vec::new());
            let eligible = decide(&alone, policy).verdict == Verdict::Accept;
            let listing = measurement.is_listing().then(|| scope.of_listing(&chunk.heading_path, &document.uri));
            let claims = if eligible { claims_of(&chunk, document.title.as_deref()) } else { Vec::new() };
            measurement.findings.extend(contradicts_itself(&document, &chunk, &claims));
            GradedChunk {
                fingerprint: Fingerprint::of(&chunk.text).within(listing.unwrap_or(scope)),
                claims,
                eligible,
                measurement,
                chunk,
            }
        })
        .collect();
    Graded { document, chunks }
}
