//! Cells of vectors that lie near each other, so that a search need not look at all of them (an inverted file, after
//! Sivic and Zisserman, Video Google, 2003, over spherical k-means).

use super::codes::{Code, Codes};

/// Rounds of k-means; what comes after moves hardly a vector.
const ROUNDS: usize = 8;

/// Vectors a cell's middle is learnt from.
pub(super) const SAMPLE_PER_CELL: usize = 32;

/// The middle of each cell.
#[derive(Debug, Clone)]
pub(super) struct Centroids(Codes);

impl Centroids {
    /// Learns `cells` middles from `sample`, which must not be empty; the same sample gives the same middles.
    pub(super) fn learn(sample: &[Code], cells: usize, dimension: usize) -> Self {
        let cells = cells.clamp(1, sample.len().max(1));
        let mut middles = Self(Codes::new(dimension));
        for cell in 0..cells {
            if let Some(code) = sample.get(cell * sample.len() / cells) {
                middles.0.push(code);
            }
        }
        for _ in 0..ROUNDS {
            let mut sums = vec![vec![0.0_f32; dimension]; cells];
            for code in sample {
                let sum = &mut sums[middles.nearest(code)];
                sum.iter_mut().zip(code.numbers()).for_each(|(sum, number)| *sum += number);
            }
            let mut next = Codes::new(dimension);
            for (cell, sum) in sums.iter().enumerate() {
                let middle = Code::of(sum);
                // A cell that lost all its vectors stays where it is.
                next.push(&if middle.is_direction() { middle } else { middles.0.get(cell) });
            }
            middles.0 = next;
        }
        middles
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The cell of a vector.
    pub(super) fn nearest(&self, code: &Code) -> usize {
        let cosines = self.0.cosines(code).enumerate();
        cosines.fold((0, f32::MIN), |best, (cell, cosine)| if cosine > best.1 { (cell, cosine) } else { best }).0
    }

    /// All cells, those whose middle is nearest first.
    pub(super) fn by_nearness(&self, code: &Code) -> Vec<usize> {
        let mut cells: Vec<(usize, f32)> = self.0.cosines(code).enumerate().collect();
        cells.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        cells.into_iter().map(|(cell, _)| cell).collect()
    }
}
