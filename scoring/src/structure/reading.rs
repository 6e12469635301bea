//! A document, its outline and its chunks, as rules read them.

use tamis_ingest::{ByteSpan, Chunk, Document};

use crate::excerpt::quote;
use crate::outline::{Block, Outline, Run};
use crate::{Finding, Rule};

/// A document as rules read it. All spans are offsets into its text.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) document: &'a Document,
    pub(crate) outline: &'a Outline,
    pub(crate) chunks: &'a [Chunk],
}

/// One chunk of it.
#[derive(Clone, Copy)]
pub(crate) struct ChunkReading<'a> {
    pub(crate) reading: Reading<'a>,
    pub(crate) chunk: &'a Chunk,
}

impl<'a> Reading<'a> {
    /// The same reading, narrowed to `chunk`.
    pub(crate) fn chunk(&self, chunk: &'a Chunk) -> ChunkReading<'a> {
        ChunkReading { reading: *self, chunk }
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &'a str {
        &self.document.text
    }

    /// The text at `span`, empty where there is none.
    pub(crate) fn at(&self, span: ByteSpan) -> &'a str {
        span.of(&self.document.text).unwrap_or_default()
    }

    /// A finding that quotes the text at `span`.
    pub(crate) fn finding(&self, rule: Rule, message: impl Into<String>, span: ByteSpan) -> Finding {
        Finding::new(rule, message, vec![span], quote(self.text(), span))
    }
}

impl<'a> ChunkReading<'a> {
    /// The chunk's span.
    pub(crate) fn span(&self) -> ByteSpan {
        self.chunk.span
    }

    /// The chunk's text.
    pub(crate) fn text(&self) -> &'a str {
        self.reading.at(self.chunk.span)
    }

    /// The chunk's blocks.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = Block> + use<'a> {
        self.reading.outline.blocks_in(self.chunk.span)
    }

    /// The chunk's visible text.
    pub(crate) fn runs(&self) -> impl Iterator<Item = Run> + use<'a> {
        self.reading.outline.runs_in(self.chunk.span)
    }

    /// The chunk's visible text with its runs.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (Run, &'a str)> + use<'a> {
        let reading = self.reading;
        self.runs().map(move |run| (run, reading.at(run.span)))
    }

    /// A finding about the whole chunk.
    pub(crate) fn finding(&self, rule: Rule, message: impl Into<String>) -> Finding {
        self.reading.finding(rule, message, self.chunk.span)
    }
}
