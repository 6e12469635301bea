//! Folders and JSON-lines files read, cut and measured the way the product does it, in memory.

use std::path::Path;

use jiff::Timestamp;
use tamis_ingest::source::{self, Histories, Listed, SourceLimits};
use tamis_ingest::{
    Chunk, ChunkLimits, DateSource, Document, DocumentId, ExtractLimits, SourceName, TokenCounter, chunk, extract,
};
use tamis_scoring::duplication::{named_above, word_count};
use tamis_scoring::{
    DocumentLanguage, Fingerprint, Lineage, Measurement, Passage, Policy, QualityReport, Standing, Verdict, claims_of,
    contradicts_itself, decide, measure,
};

/// A document and its chunks, measured one by one.
pub(crate) struct Read {
    pub(crate) id: DocumentId,
    pub(crate) document: Document,
    pub(crate) chunks: Vec<(Chunk, Measurement)>,
}

/// The day on which the documents are judged.
fn now() -> Timestamp {
    "2026-09-01T00:00:00Z".parse().unwrap()
}

/// Reads and measures the documents of a folder or a JSON-lines file.
pub(crate) fn read(path: &Path) -> Vec<Read> {
    let listed = source::list(path, SourceLimits::default(), &Histories::default()).unwrap();
    listed
        .map(|one| if let Listed::Document(location) = one { location } else { panic!("{one:?}") })
        .map(|location| {
            let mut raw = source::fetch(&location, SourceLimits::default()).unwrap();
            // Neither the day of a checkout nor that of a commit says anything about these texts.
            raw.stored_at = Some(now());
            raw.supplied.committed_at = None;
            let document = extract(&raw, ExtractLimits::default());
            let place = format!("{}#{}", location.path.to_string_lossy(), document.uri);
            let id = DocumentId::new(&SourceName::new("corpus").unwrap(), &place);
            let chunks = chunk::chunk(&id, &document, &TokenCounter::Estimate, ChunkLimits::default());
            let measured = measure(&document, &chunks, &Policy::default(), now());
            let mut chunks: Vec<_> = chunks.into_iter().zip(measured).collect();
            for (chunk, measurement) in &mut chunks {
                let claims = claims_of(chunk, document.title.as_deref());
                measurement.findings.extend(contradicts_itself(&document, chunk, &claims));
            }
            Read { id, document, chunks }
        })
        .collect()
}

/// The passages of a document that are held against others: those that pass by themselves.
pub(crate) fn passages(read: &Read) -> impl Iterator<Item = Passage> {
    let document = &read.document;
    let words = read.chunks.iter().map(|(chunk, _)| word_count(&chunk.text)).sum();
    let accepted = read.chunks.iter().filter(|(chunk, measurement)| {
        let alone = QualityReport::compose(chunk.id.clone(), measurement, Vec::new());
        decide(&alone, &Policy::default()).verdict == Verdict::Accept
    });
    accepted.map(move |(chunk, _)| Passage {
        chunk: chunk.id.clone(),
        document: read.id.clone(),
        document_name: document.uri.clone(),
        uri: document.uri.clone(),
        text: chunk.text.clone(),
        offset: chunk.span.start(),
        standing: Standing {
            authority: 50,
            effective_at: document.modified_at.filter(|_| document.modified_at_source != Some(DateSource::FileTime)),
            lineage: Lineage::default(),
            words: word_count(&chunk.text),
            document_words: words,
            uri: document.uri.clone(),
            ordinal: chunk.ordinal,
        },
        named: named_above(document.title.as_deref(), &chunk.heading_path, &document.uri),
        language: DocumentLanguage::of(document),
        fingerprint: Fingerprint::of(&chunk.text),
        claims: claims_of(chunk, document.title.as_deref()),
    })
}
