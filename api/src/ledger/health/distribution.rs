//! How scores are spread over chunks.

use std::collections::{BTreeMap, HashMap};

use tamis_scoring::{Dimension, Scores};

use super::{DimensionHealth, FAILING_BELOW, round_thousandth};

/// Dimensions of a chunk's quality.
const DIMENSIONS: usize = Dimension::ALL.len();
/// Scores are told apart to a thousandth, which is what is shown of them.
const STEPS: u16 = 1_000;

/// The scores of some chunks in all dimensions. Chunks with the same scores are counted together, so it grows with
/// what differs.
#[derive(Default)]
pub(super) struct Distribution {
    counts: HashMap<[u16; DIMENSIONS], u64>,
    chunks: u64,
    sums: [f64; DIMENSIONS],
    failing: [u64; DIMENSIONS],
}

impl Distribution {
    /// Adds so many chunks with these scores.
    pub(super) fn add(&mut self, scores: &Scores, chunks: u64) {
        let mut steps = [0; DIMENSIONS];
        for (at, dimension) in Dimension::ALL.into_iter().enumerate() {
            let score = scores.get(dimension).get();
            if let (Some(step), Some(sum), Some(failing)) =
                (steps.get_mut(at), self.sums.get_mut(at), self.failing.get_mut(at))
            {
                *step = (f64::from(score) * f64::from(STEPS)).round() as u16;
                *sum += f64::from(score) * chunks as f64;
                *failing += if score < FAILING_BELOW { chunks } else { 0 };
            }
        }
        *self.counts.entry(steps).or_default() += chunks;
        self.chunks += chunks;
    }

    /// Each dimension's figures, by its name.
    pub(super) fn figures(&self) -> BTreeMap<String, DimensionHealth> {
        let figures = Dimension::ALL.into_iter().zip(self.sums).zip(self.failing).enumerate();
        figures
            .map(|(at, ((dimension, sum), failing))| {
                let mut histogram = BTreeMap::new();
                for (steps, count) in &self.counts {
                    *histogram.entry(steps.get(at).copied().unwrap_or_default()).or_default() += count;
                }
                let mean = if self.chunks == 0 { 1.0 } else { round_thousandth(sum / self.chunks as f64) };
                let quantile = |share: f64| self.quantile(&histogram, share);
                let health = DimensionHealth { mean, p10: quantile(0.1), p50: quantile(0.5), failing };
                (dimension.name().to_owned(), health)
            })
            .collect()
    }

    /// The score that this share of the chunks does not exceed; 1 where there is none.
    fn quantile(&self, histogram: &BTreeMap<u16, u64>, share: f64) -> f64 {
        let mut before = (self.chunks.saturating_sub(1) as f64 * share).floor() as u64;
        let at = histogram.iter().find(|(_, count)| {
            let found = before < **count;
            before = before.saturating_sub(**count);
            found
        });
        at.map_or(1.0, |(step, _)| f64::from(*step) / f64::from(STEPS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::distribution;

    #[test]
    fn it_says_what_sorting_all_scores_says() {
        let scores = |freshness: f32, structure: f32| Scores {
            freshness: tamis_scoring::Score::new(freshness),
            structure: tamis_scoring::Score::new(structure),
            duplication: tamis_scoring::Score::new(0.75),
            contradiction: tamis_scoring::Score::new(freshness * structure),
        };
        let chunks =
            [(scores(0.4999, 1.0), 3), (scores(0.25, 0.5), 9), (scores(0.9, 0.123), 4), (scores(0.25, 0.5), 1)];
        for count in 0..=chunks.len() {
            let some = &chunks[..count];
            let mut counted = Distribution::default();
            for (scores, count) in some {
                counted.add(scores, *count);
            }
            let figures = counted.figures();
            for dimension in Dimension::ALL {
                assert_eq!(figures[dimension.name()], distribution(some, dimension), "{dimension:?} of {count}");
            }
        }
    }
}
