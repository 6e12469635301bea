//! Breaking blocks into the units that chunks are packed from.

use super::ChunkLimits;
use super::block::{Block, BlockKind};
use super::ruler::Ruler;
use super::sentence::sentence_ends;

/// A stretch of text that no chunk boundary falls into. Units partition the text; each ends where the next starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub(super) start: usize,
    /// What a cut before it costs.
    pub(super) cost: f64,
    /// The section it stands in.
    pub(super) section: usize,
    /// Whether it is a heading.
    pub(super) heading: bool,
}

/// What a cut costs, by what it cuts. A chunk half as long as the target costs 0.25, so a cut of that cost is only made
/// if it saves as much.
mod cost {
    pub(super) const PART: f64 = 0.0;
    pub(super) const SECTION: f64 = 0.02;
    pub(super) const AFTER_RULE: f64 = 0.03;
    pub(super) const BLOCK: f64 = 0.1;
    pub(super) const ITEM: f64 = 0.15;
    /// More for each level that an item or paragraph is nested.
    pub(super) const NESTED: f64 = 0.1;
    pub(super) const ROW: f64 = 0.3;
    pub(super) const CODE_PARAGRAPH: f64 = 0.3;
    pub(super) const SENTENCE: f64 = 0.35;
    /// Between code or a table and a short paragraph that may belong to it.
    pub(super) const CAPTION: f64 = 0.4;
    pub(super) const CODE_LINE: f64 = 0.5;
    /// Between "as follows:" and what follows.
    pub(super) const AFTER_COLON: f64 = 0.6;
    pub(super) const BEFORE_RULE: f64 = 0.8;
    pub(super) const WORD: f64 = 1.0;
    pub(super) const AFTER_TABLE_HEAD: f64 = 5.0;
    /// Dearer than anything but passing the limit.
    pub(super) const AFTER_HEADING: f64 = 50.0;
}

/// Breaks blocks into units, in document order.
pub(super) struct Cutter<'a> {
    text: &'a str,
    ruler: &'a Ruler,
    limits: ChunkLimits,
    section: usize,
    units: Vec<Unit>,
    /// Where the last unit ends.
    end: usize,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(text: &'a str, ruler: &'a Ruler, limits: ChunkLimits) -> Self {
        Self { text, ruler, limits, section: 0, units: Vec::new(), end: 0 }
    }

    pub(super) fn units(&self) -> &[Unit] {
        &self.units
    }

    pub(super) fn ruler(&self) -> &'a Ruler {
        self.ruler
    }

    pub(super) fn into_units(self) -> Vec<Unit> {
        self.units
    }

    /// Adds the units of `block`, which stands in `section` and follows `previous`.
    pub(super) fn add(&mut self, block: &Block, previous: Option<&Block>, section: usize) {
        self.section = section;
        let cost = self.cost_before(block, previous);
        self.block(block, cost, 0);
    }

    /// What a cut between two blocks of the document itself costs.
    fn cost_before(&self, block: &Block, previous: Option<&Block>) -> f64 {
        let Some(previous) = previous else { return cost::PART };
        match (previous.kind, block.kind) {
            (BlockKind::Heading(_), _) => cost::AFTER_HEADING,
            (_, BlockKind::Heading(1 | 2)) => cost::PART,
            (_, BlockKind::Heading(_)) => cost::SECTION,
            (_, BlockKind::Rule) => cost::BEFORE_RULE,
            (BlockKind::Rule, _) => cost::AFTER_RULE,
            (BlockKind::Paragraph, _) if self.text[previous.start..previous.end].trim_end().ends_with([':', '：']) => {
                cost::AFTER_COLON
            }
            (BlockKind::Code | BlockKind::Table, _) if self.is_caption(block) => cost::CAPTION,
            (_, BlockKind::Code | BlockKind::Table) if self.is_caption(previous) => cost::CAPTION,
            _ => cost::BLOCK,
        }
    }

    /// Whether `block`, which stands next to code or a table, is so short that it may be its caption or file name.
    fn is_caption(&self, block: &Block) -> bool {
        matches!(block.kind, BlockKind::Paragraph | BlockKind::Html)
            && self.ruler.size(block.start, block.end) <= self.limits.target as usize / 5
    }

    /// Adds the units of a block nested `depth` deep.
    fn block(&mut self, block: &Block, cost: f64, depth: u32) {
        let (start, end) = (block.start, block.end);
        let size = self.ruler.size(start, end);
        let fits = size <= self.limits.max as usize;
        let nested = cost::NESTED * f64::from(depth);
        match block.kind {
            BlockKind::Paragraph | BlockKind::Heading(_) if size > self.limits.whole() => self.prose(start, end, cost),
            BlockKind::List => self.children(block, cost, cost::ITEM + nested, depth),
            BlockKind::Table => self.table(block, cost),
            BlockKind::Definitions if size > self.limits.whole() => self.lines(start, end, cost, cost::ROW),
            _ if fits => self.push(start, end, cost, matches!(block.kind, BlockKind::Heading(_))),
            BlockKind::Item | BlockKind::Quote | BlockKind::Footnote => {
                self.children(block, cost, cost::ITEM + cost::NESTED + nested, depth + 1);
            }
            BlockKind::Code | BlockKind::Html => self.code(start, end, cost),
            BlockKind::Paragraph
            | BlockKind::Heading(_)
            | BlockKind::Row
            | BlockKind::Rule
            | BlockKind::Definitions => self.prose(start, end, cost),
        }
    }

    /// Adds what stands before the children, as the first lines of an item do, and the children.
    fn children(&mut self, block: &Block, cost: f64, between: f64, depth: u32) {
        let lead_end = block.children.first().map_or(block.end, |first| first.start);
        if block.start < lead_end {
            self.prose(block.start, lead_end, cost);
        }
        for child in &block.children {
            self.block(child, if child.start == block.start { cost } else { between }, depth);
        }
    }

    fn table(&mut self, table: &Block, cost: f64) {
        for (at, row) in table.children.iter().enumerate() {
            let cost = match at {
                0 => cost,
                1 => cost::AFTER_TABLE_HEAD,
                _ => cost::ROW,
            };
            self.block(row, cost, 1);
        }
    }

    /// Adds running text, sentence by sentence.
    fn prose(&mut self, start: usize, end: usize, cost: f64) {
        let text = self.text;
        let mut from = start;
        for sentence_end in sentence_ends(&text[start..end]) {
            let to = start + sentence_end;
            self.piece(from, to, if from == start { cost } else { cost::SENTENCE });
            from = to;
        }
    }

    /// Adds code: the stretches between blank lines, or the lines of such a stretch where it is large.
    fn code(&mut self, start: usize, end: usize, mut cost: f64) {
        let text = self.text;
        let mut from = start;
        for to in paragraph_ends(&text[start..end]).map(|at| start + at) {
            if self.ruler.size(from, to) <= self.limits.whole() {
                self.push(from, to, cost, false);
            } else {
                self.lines(from, to, cost, cost::CODE_LINE);
            }
            from = to;
            let indented = text[from..end].starts_with([' ', '\t']);
            cost = cost::CODE_PARAGRAPH + if indented { cost::NESTED } else { 0.0 };
        }
    }

    /// Adds lines, with a cut between two of them at the cost `between`.
    fn lines(&mut self, start: usize, end: usize, mut cost: f64, between: f64) {
        let text = self.text;
        let mut from = start;
        for line in text[start..end].split_inclusive('\n') {
            let to = from + line.len();
            self.piece(from, to, cost);
            cost = between;
            from = to;
        }
    }

    /// Adds a stretch that should stay whole, in equal parts of whole words if it is larger than a chunk.
    fn piece(&mut self, start: usize, end: usize, mut cost: f64) {
        let size = self.ruler.size(start, end);
        if size <= self.limits.max as usize {
            return self.push(start, end, cost, false);
        }
        let share = size.div_ceil(size.div_ceil(self.limits.target as usize));
        let mut from = start;
        while from < end {
            let to = self.word_end(from, share, end);
            self.push(from, to, cost, false);
            cost = cost::WORD;
            from = to;
        }
    }

    /// The last end of a word within `size` after `from`, or the last character that fits where one word fills it all.
    fn word_end(&self, from: usize, size: usize, end: usize) -> usize {
        let Some(furthest) = self.ruler.advance(from, size).filter(|&furthest| furthest < end) else { return end };
        let furthest = self.text.floor_char_boundary(furthest);
        // A single character can be more tokens than fit; it is passed over whole.
        let Some(first) = self.text[from..].chars().next().filter(|first| from + first.len_utf8() < furthest) else {
            return self.text.ceil_char_boundary(from + 1);
        };
        let window_start = self.text.ceil_char_boundary(from + first.len_utf8().max((furthest - from) / 2));
        let space = self.text[window_start..furthest].char_indices().rev().find(|(_, c)| c.is_whitespace());
        space.map_or(furthest, |(at, c)| window_start + at + c.len_utf8())
    }

    fn push(&mut self, start: usize, end: usize, cost: f64, heading: bool) {
        if start >= end {
            return;
        }
        let (section, from) = (self.section, self.end);
        debug_assert_eq!(start, from, "units partition the text");
        self.end = end;
        if let Some(last) = self.units.last() {
            let small = self.ruler.size(last.start, end) <= self.limits.grain();
            // Packing looks at every pair of units within a chunk's reach, so crumbs are swept together.
            if small && !heading && !last.heading && last.section == section && cost >= last.cost.max(cost::BLOCK) {
                return;
            }
        }
        self.units.push(Unit { start, cost, section, heading });
    }
}

/// The offsets after each run of blank lines in `code`, and its end.
fn paragraph_ends(code: &str) -> impl Iterator<Item = usize> {
    let mut at = 0;
    let mut lines = code.split_inclusive('\n').peekable();
    std::iter::from_fn(move || {
        let mut blank = false;
        while let Some(line) = lines.next() {
            at += line.len();
            blank |= line.trim().is_empty();
            match lines.peek() {
                Some(next) if !blank || next.trim().is_empty() => {}
                _ => return Some(at),
            }
        }
        None
    })
}
