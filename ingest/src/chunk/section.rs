//! The sections of a document, and which of them are packed together.

use std::ops::Range;

use super::block::{Block, BlockKind};
use super::ruler::Ruler;
use super::unit::{Cutter, Unit};
use super::{ChunkLimits, TINY};
use crate::ByteSpan;

/// Headings of this level and above cut a document into parts that are packed apart, so that an edit in one leaves the
/// chunks of the others as they were.
const PART_LEVEL: u8 = 2;

/// A document read for packing: its sections and the units of its text.
pub(super) struct Outline {
    /// The headings above the text of each section, outermost first, its own included.
    pub(super) paths: Vec<Vec<String>>,
    pub(super) units: Vec<Unit>,
    parts: Vec<Part>,
}

/// A stretch of units from one heading of level 1 or 2 to the next.
struct Part {
    units: Range<usize>,
    /// 0 for what stands before the first heading.
    level: u8,
    size: usize,
    /// Whether there is nothing but headings in it.
    bare: bool,
}

impl Outline {
    /// Lays out the blocks of a text.
    pub(super) fn new(blocks: &[Block], mut cutter: Cutter<'_>) -> Self {
        let mut paths = vec![Vec::new()];
        let mut parts = Vec::new();
        let mut above: Vec<(u8, &str)> = Vec::new();
        let mut previous = None;
        for block in blocks {
            let first_unit = cutter.units().len();
            let level = match block.kind {
                BlockKind::Heading(level) => level,
                _ => 0,
            };
            if level > 0 {
                above.retain(|&(other, _)| other < level);
                above.push((level, block.title.trim()));
                let titles = above.iter().map(|&(_, title)| title).filter(|title| !title.is_empty());
                paths.push(titles.map(str::to_owned).collect());
            }
            cutter.add(block, previous, paths.len() - 1);
            previous = Some(block);
            if parts.is_empty() || (1..=PART_LEVEL).contains(&level) {
                parts.push(Part { units: first_unit..first_unit, level, size: 0, bare: true });
            }
            if let Some(part) = parts.last_mut() {
                part.units.end = cutter.units().len();
                part.size += cutter.ruler().size(block.start, block.end);
                part.bare &= level > 0;
            }
        }
        Self { paths, units: cutter.into_units(), parts }
    }

    /// The headings above the text of `span`: those of its first unit that is no heading, else of its first.
    pub(super) fn path(&self, span: ByteSpan) -> &[String] {
        let first = self.units.partition_point(|unit| unit.start < span.start());
        let inside = self.units[first..].iter().take_while(|unit| unit.start < span.end());
        let unit = inside.clone().find(|unit| !unit.heading).or(inside.clone().next());
        unit.map_or(&[], |unit| &self.paths[unit.section])
    }

    /// The runs of units to pack one by one, given the limits. Small neighbours are joined, as long as the later one is
    /// a sibling or a child of the first.
    pub(super) fn runs(&self, ruler: &Ruler, text_len: usize, limits: ChunkLimits) -> Vec<Run> {
        let target = limits.target as usize;
        if ruler.size(0, text_len) <= limits.whole() {
            return vec![Run { units: 0..self.units.len(), whole: true }];
        }
        let joined = join(&self.parts, |before, part| {
            before.bare || (part.level >= before.level && before.size + part.size <= target)
        });
        let is_tiny = |part: &Part| (part.size as f64) < TINY * f64::from(limits.target);
        join(&joined, |before, part| part.level >= before.level && (is_tiny(before) || is_tiny(part)))
            .into_iter()
            .map(|part| Run { whole: part.size <= limits.whole(), units: part.units })
            .collect()
    }
}

/// A run of units that no chunk reaches beyond.
pub(super) struct Run {
    pub(super) units: Range<usize>,
    /// Whether it is small enough for one chunk.
    pub(super) whole: bool,
}

/// Joins each part to the one before it where `belongs` says so.
fn join(parts: &[Part], belongs: impl Fn(&Part, &Part) -> bool) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        match joined.last_mut() {
            Some(before) if belongs(before, part) => {
                before.units.end = part.units.end;
                before.size += part.size;
                before.bare &= part.bare;
            }
            _ => joined.push(Part { units: part.units.clone(), ..*part }),
        }
    }
    joined
}
