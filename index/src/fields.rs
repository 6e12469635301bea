//! The columns of the lexical index, and a chunk as it stands in them.

use std::collections::BTreeSet;

use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, TextAnalyzer};

use crate::analysis::{self, DEFAULT_LANGUAGE};
use crate::entry::metadata_term;
use crate::{Error, IndexEntry, Result};

/// What a word in the title or in the headings is worth beside what it counts as a word of the body, which repeats
/// both. On abstracts with titles (nDCG@10 over 405 training queries of scifact), titles and texts as fields of their own
/// do worse than one field of both, which gives .727; a title weight of .2 on top gives .729, of .5 .715.
const TITLE_WEIGHT: f32 = 0.2;
const HEADINGS_WEIGHT: f32 = 0.1;

/// The columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// The chunk's id as a term, by which it is replaced.
    pub(crate) chunk: Field,
    chunk_bits: IdFields,
    document_bits: IdFields,
    pub(crate) source: Field,
    pub(crate) language: Field,
    pub(crate) kind: Field,
    /// Names and values, as [`metadata_term`] writes them.
    pub(crate) metadata: Field,
    pub(crate) modified_at: Field,
    pub(crate) title: Field,
    pub(crate) headings: Field,
    /// Title, headings and text, stemmed.
    pub(crate) body: Field,
    /// The body's words as they are: what prefixes and mistyped words are held against.
    pub(crate) words: Field,
}

/// An id's 128 bits as two numbers, which are read where they stand. Ids as texts would come out of a compressed
/// dictionary, a block of it for each: that took more than half the time of a search.
#[derive(Debug, Clone, Copy)]
struct IdFields {
    high: Field,
    low: Field,
}

/// The names of the columns of [`IdFields`].
pub(crate) const CHUNK_BITS: [&str; 2] = ["chunk_high", "chunk_low"];
pub(crate) const DOCUMENT_BITS: [&str; 2] = ["document_high", "document_low"];

impl IdFields {
    fn new(schema: &mut SchemaBuilder, [high, low]: [&str; 2]) -> Self {
        Self { high: schema.add_u64_field(high, FAST), low: schema.add_u64_field(low, FAST) }
    }

    fn add(self, document: &mut TantivyDocument, bits: u128) {
        document.add_u64(self.high, (bits >> 64) as u64);
        document.add_u64(self.low, bits as u64);
    }
}

impl Fields {
    pub(crate) fn schema() -> (Schema, Self) {
        let id = || {
            let raw = TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false);
            TextOptions::default().set_indexing_options(raw)
        };
        let text = || {
            // Texts come cut into terms, because the language of each decides how.
            let analyzed = TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::WithFreqsAndPositions);
            TextOptions::default().set_indexing_options(analyzed)
        };
        let mut schema = Schema::builder();
        let fields = Self {
            chunk: schema.add_text_field("chunk", id()),
            chunk_bits: IdFields::new(&mut schema, CHUNK_BITS),
            document_bits: IdFields::new(&mut schema, DOCUMENT_BITS),
            source: schema.add_text_field("source", id()),
            language: schema.add_text_field("language", id()),
            kind: schema.add_text_field("kind", id()),
            metadata: schema.add_text_field("metadata", id()),
            modified_at: schema.add_i64_field("modified_at", NumericOptions::from(INDEXED).set_fast()),
            title: schema.add_text_field("title", text()),
            headings: schema.add_text_field("headings", text()),
            body: schema.add_text_field("body", text()),
            words: schema.add_text_field("words", id()),
        };
        (schema.build(), fields)
    }

    /// The text fields and what a word in each is worth.
    pub(crate) fn weighted(&self) -> [(Field, f32); 3] {
        [(self.body, 1.0), (self.title, TITLE_WEIGHT), (self.headings, HEADINGS_WEIGHT)]
    }

    /// `entry` as a document.
    ///
    /// # Errors
    /// [`Error::BadId`] where its ids are none.
    pub(crate) fn document(&self, entry: &IndexEntry) -> Result<TantivyDocument> {
        let bits = |bits: Option<u128>, id: &str| bits.ok_or_else(|| Error::BadId { id: id.to_owned() });
        let mut document = TantivyDocument::default();
        document.add_text(self.chunk, entry.chunk.as_str());
        self.chunk_bits.add(&mut document, bits(entry.chunk.bits(), entry.chunk.as_str())?);
        self.document_bits.add(&mut document, bits(entry.document.bits(), entry.document.as_str())?);
        document.add_text(self.source, entry.source.as_str());
        if let Some(language) = &entry.language {
            document.add_text(self.language, language);
        }
        if let Some(kind) = &entry.kind {
            document.add_text(self.kind, kind);
        }
        for (name, value) in &entry.metadata {
            document.add_text(self.metadata, metadata_term(name, value));
        }
        if let Some(time) = entry.modified_at {
            document.add_i64(self.modified_at, time.as_microsecond());
        }
        self.add_texts(&mut document, entry);
        Ok(document)
    }

    fn add_texts(&self, document: &mut TantivyDocument, entry: &IndexEntry) {
        let mut stems = analysis::analyzer(entry.language.as_deref().unwrap_or(DEFAULT_LANGUAGE));
        let mut plain = analysis::plain_analyzer();
        let mut words = BTreeSet::new();
        let mut add = |field: Field, text: &str| {
            document.add_pre_tokenized_text(field, cut(&mut stems, text));
            words.extend(analysis::tokens(&mut plain, text).into_iter().map(|token| token.text));
        };
        // The body has all there is to read, so that a query's words count wherever they stand.
        if let Some(title) = &entry.title {
            add(self.title, title);
            add(self.body, title);
        }
        for heading in &entry.heading_path {
            add(self.headings, heading);
            add(self.body, heading);
        }
        add(self.body, &entry.text);
        for word in words {
            document.add_text(self.words, word);
        }
    }
}

/// `text` as its terms. The text itself would only be stored, which it is not.
fn cut(analyzer: &mut TextAnalyzer, text: &str) -> PreTokenizedString {
    PreTokenizedString { text: String::new(), tokens: analysis::tokens(analyzer, text) }
}
