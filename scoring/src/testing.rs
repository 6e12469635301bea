//! Documents for tests.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tamis_ingest::{ByteSpan, Chunk, ChunkId, DateSource, Document, DocumentId, MediaType, SourceName};

use crate::duplication::word_count;
use crate::{Finding, Fingerprint, Lineage, Measurement, Passage, Policy, Rule, Standing, claims, measure};

/// A recently changed document.
pub(crate) fn document(uri: &str, media_type: MediaType, text: &str) -> Document {
    Document {
        uri: uri.to_owned(),
        media_type,
        title: None,
        authors: Vec::new(),
        language: None,
        language_stated: false,
        published_at: None,
        modified_at: Some("2026-05-01T00:00:00Z".parse().unwrap()),
        modified_at_source: Some(DateSource::FrontMatter),
        text: text.to_owned(),
        line_offset: Some(0),
        pages: Vec::new(),
        notices: Vec::new(),
        authority: None,
        metadata: BTreeMap::new(),
    }
}

/// The time at which tests judge.
pub(crate) fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

/// `document` cut into chunks at `cuts`.
pub(crate) fn chunks_at(document: &Document, cuts: &[usize]) -> Vec<Chunk> {
    let id = DocumentId::new(&SourceName::new("test").unwrap(), &document.uri);
    let mut bounds = vec![0];
    bounds.extend(cuts);
    bounds.push(document.text.len());
    bounds
        .windows(2)
        .enumerate()
        .map(|(ordinal, pair)| {
            let text = &document.text[pair[0]..pair[1]];
            Chunk {
                id: ChunkId::new(&id, &[], text, ordinal as u32),
                ordinal: ordinal as u32,
                text: text.to_owned(),
                span: ByteSpan::new(pair[0], pair[1]),
                heading_path: Vec::new(),
                table_head: None,
                language: None,
                page: None,
                tokens: (text.len() / 8) as u32,
            }
        })
        .collect()
}

/// The measurement of a document as one chunk.
pub(crate) fn measured(document: &Document) -> Measurement {
    let chunks = chunks_at(document, &[]);
    measure(document, &chunks, &Policy::default(), now()).remove(0)
}

/// The findings about Markdown text as one chunk.
pub(crate) fn findings(text: &str) -> Vec<Finding> {
    measured(&document("page.md", MediaType::Markdown, text)).findings
}

/// The rules found broken in Markdown text, each once.
pub(crate) fn rules(text: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = findings(text).iter().map(|finding| finding.rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// The only passage of an undated document.
pub(crate) fn passage(uri: &str, text: &str) -> Passage {
    Passage { claims: claims(text), ..unread(uri, text) }
}

/// The same, without its statements.
pub(crate) fn unread(uri: &str, text: &str) -> Passage {
    let document = DocumentId::new(&SourceName::new("test").unwrap(), uri);
    Passage {
        chunk: ChunkId::new(&document, &[], text, 0),
        document,
        document_name: uri.to_owned(),
        uri: uri.to_owned(),
        text: text.to_owned(),
        offset: 0,
        standing: Standing {
            authority: 50,
            effective_at: None,
            lineage: Lineage::default(),
            words: word_count(text),
            document_words: word_count(text),
            uri: uri.to_owned(),
            ordinal: 0,
        },
        named: Vec::new(),
        language: None,
        fingerprint: Fingerprint::of(text),
        claims: Vec::new(),
    }
}
