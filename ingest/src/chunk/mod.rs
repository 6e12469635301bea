//! Cutting a document into chunks that follow its structure.
//!
//! The text is read into blocks (`block`), blocks that are too large are broken into units (`unit`), units are
//! grouped into runs along the headings (`section`), and each run is packed into chunks (`pack`) as measured by a
//! `ruler`.

mod block;
mod pack;
mod ruler;
mod section;
pub mod sentence;
mod table_head;
#[cfg(test)]
mod tests;
mod unit;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use self::ruler::Ruler;
use self::section::Outline;
use self::table_head::TableHeads;
use self::unit::Cutter;
use crate::extract::language;
use crate::{ByteSpan, ChunkId, Document, DocumentId, TokenCounter};

/// The part of the target up to which a stretch is tiny: too little to stand alone if that can be helped.
const TINY: f64 = 0.2;

/// A piece of a document, small enough to embed. The chunks of a document partition its text: each starts where the
/// one before it ends, the first at 0 and the last ending with the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Stable id.
    pub id: ChunkId,
    /// Position in the document, from 0.
    pub ordinal: u32,
    /// The text, exactly the document's text at `span`.
    pub text: String,
    /// Where it stands in the document's text.
    pub span: ByteSpan,
    /// The headings it stands under, outermost first, its own heading included.
    pub heading_path: Vec<String>,
    /// The names of the columns, where it starts below the head of a table: the text alone does not say what its rows
    /// are about.
    #[serde(default)]
    pub table_head: Option<String>,
    /// ISO 639-1 code of the language it is in: told from its own words where they are enough, else its document's.
    #[serde(default)]
    pub language: Option<String>,
    /// Page it starts on, from 1, for paged formats.
    pub page: Option<u32>,
    /// Length in tokens of the embedder's tokenizer, without the model's special tokens.
    pub tokens: u32,
}

/// How large chunks may be, in tokens of the embedder's tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkLimits {
    /// The size to aim at.
    pub target: u32,
    /// The size never to pass.
    pub max: u32,
}

impl Default for ChunkLimits {
    /// 256 to aim at; 480 at most, which leaves room for a heading path in a model of 512 positions.
    fn default() -> Self {
        Self { target: 256, max: 480 }
    }
}

impl ChunkLimits {
    /// The limits as used: neither is zero, and the target is no more than the limit.
    fn sane(self) -> Self {
        let max = self.max.max(1);
        Self { target: self.target.clamp(1, max), max }
    }

    /// The size up to which a section or a paragraph is left whole: a quarter above the target.
    fn whole(self) -> usize {
        (self.target + self.target / 4).min(self.max) as usize
    }

    /// The size below which a unit is a crumb.
    fn grain(self) -> usize {
        self.target as usize / 32
    }
}

/// Cuts `document` into chunks; there is always at least one, and an empty document gives an empty one.
///
/// No chunk has more than `limits.max` tokens, unless one character alone has. Tables are cut between rows, lists
/// between items, code between lines, paragraphs between sentences, and none of row, item or code block is cut that fits
/// in a chunk. A chunk stands under the headings of its first text that is no heading itself: small sections that follow
/// each other share a chunk, which then stands under the first of them.
///
/// An edit changes the chunks of the section of level 1 or 2 it is in, and of those small neighbours that share chunks
/// with it or have to be shared out anew; beyond the next section that fills a chunk of its own, all chunks keep their
/// ids.
#[must_use]
pub fn chunk(id: &DocumentId, document: &Document, counter: &TokenCounter, limits: ChunkLimits) -> Vec<Chunk> {
    let limits = limits.sane();
    let text = document.text.as_str();
    let ruler = Ruler::new(text, counter);
    let blocks = block::parse(text);
    let table_heads = TableHeads::of(&blocks, text);
    let outline = Outline::new(&blocks, Cutter::new(text, &ruler, limits));
    let starts = chunk_starts(&outline, &ruler, text.len(), limits);

    let mut repeats = HashMap::new();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let spans = starts.iter().copied().zip(ends).map(|(start, end)| ByteSpan::new(start, end));
    spans
        .zip(0..)
        .map(|(span, ordinal)| {
            let body = &text[span.start()..span.end()];
            let heading_path = outline.path(span).to_vec();
            let repeat = repeats.entry((heading_path.clone(), body)).or_insert(0);
            let id = ChunkId::new(id, &heading_path, body, *repeat);
            *repeat += 1;
            Chunk {
                id,
                ordinal,
                text: body.to_owned(),
                span,
                heading_path,
                table_head: table_heads.at(span.start()).map(str::to_owned),
                language: language::of_part(body, document.language.as_deref()),
                page: page_of(&document.pages, span.start()),
                tokens: count(ruler.tokens(span.start(), span.end())),
            }
        })
        .collect()
}

/// Where the chunks of a text start; the first is 0.
fn chunk_starts(outline: &Outline, ruler: &Ruler, text_len: usize, limits: ChunkLimits) -> Vec<usize> {
    let mut starts = Vec::new();
    for run in outline.runs(ruler, text_len, limits) {
        let start_of = |unit: usize| outline.units.get(unit).map_or(text_len, |unit| unit.start);
        if run.whole {
            starts.push(start_of(run.units.start));
        } else {
            let end = start_of(run.units.end);
            starts.extend(pack::pack(&outline.units, run.units, end, ruler, limits));
        }
    }
    if starts.is_empty() {
        starts.push(0);
    }
    starts
}

/// The page, from 1, that `offset` stands on; what stands between two pages belongs to the first.
fn page_of(pages: &[ByteSpan], offset: usize) -> Option<u32> {
    let begun = pages.partition_point(|page| page.start() <= offset);
    (!pages.is_empty()).then(|| count(begun.max(1)))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
