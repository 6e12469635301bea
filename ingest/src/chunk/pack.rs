//! Packing units into chunks.

use std::ops::Range;

use super::ruler::Ruler;
use super::unit::Unit;
use super::{ChunkLimits, TINY};

/// What a chunk that passes the target costs, times the square of the part it passes it by.
const OVERFULL: f64 = 4.0;

/// What a tiny chunk costs on top.
const TINY_COST: f64 = 0.5;

/// What each further section in a chunk costs.
const MIXED: f64 = 0.1;

/// What it costs on top that the first or the last section in such a chunk is only a part of itself.
const TORN: f64 = 0.15;

/// Where the chunks of the units of `run` start, the first included, so that the sum of what chunks cost for missing
/// the target and cuts cost for where they are made is least. No chunk passes the limit unless a single unit does.
///
/// The text of a run ends at `end`. The method is the shortest path of Knuth and Plass, "Breaking paragraphs into lines"
/// (1981), with chunks for lines; its time grows with the units in a run times the units that fit in one chunk.
pub(super) fn pack(units: &[Unit], run: Range<usize>, end: usize, ruler: &Ruler, limits: ChunkLimits) -> Vec<usize> {
    let units = &units[run];
    let Some(first) = units.first() else { return Vec::new() };
    let starts: Vec<usize> = units.iter().map(|unit| ruler.size_before(unit.start)).collect();
    let size_at = |unit: usize| starts.get(unit).copied().unwrap_or_else(|| ruler.size_before(end));
    let max = limits.max as usize;

    // best[n] is the least cost of cutting the first n units, from[n] where the last chunk of that cut starts.
    let mut best = vec![0.0_f64; units.len() + 1];
    let mut from = vec![0; units.len() + 1];
    let mut low = 0;
    for to in 1..=units.len() {
        while low + 1 < to && size_at(to) - size_at(low) > max {
            low += 1;
        }
        best[to] = f64::INFINITY;
        for start in low..to {
            let cut = if start == 0 { 0.0 } else { units[start].cost };
            let size = size_at(to) - size_at(start);
            let cost = best[start] + cut + size_cost(size, limits) + mixed_cost(units, start..to);
            if cost < best[to] {
                best[to] = cost;
                from[to] = start;
            }
        }
    }

    let mut cuts = Vec::new();
    let mut at = units.len();
    while at > 0 {
        at = from[at];
        cuts.push(units.get(at).unwrap_or(first).start);
    }
    cuts.reverse();
    cuts
}

/// What it costs that the units of `chunk` stand in several sections.
fn mixed_cost(units: &[Unit], chunk: Range<usize>) -> f64 {
    let sections = units[chunk.end - 1].section - units[chunk.start].section;
    if sections == 0 {
        return 0.0;
    }
    let torn = |at: usize| at > 0 && units.get(at).is_some_and(|unit| !unit.heading);
    let ends_torn = usize::from(torn(chunk.start)) + usize::from(torn(chunk.end));
    MIXED * sections as f64 + TORN * ends_torn as f64
}

/// What a chunk of `size` costs for missing the target.
fn size_cost(size: usize, limits: ChunkLimits) -> f64 {
    let off = size as f64 / f64::from(limits.target) - 1.0;
    if off > 0.0 {
        OVERFULL * off * off
    } else {
        let tiny = if off < TINY - 1.0 { TINY_COST } else { 0.0 };
        off * off + tiny
    }
}
