//! Vectors as one bit for each component, from which a cosine is estimated: of 384 components a search reads 64 bytes, and
//! reading memory is what it takes its time for.
//!
//! The method is `RaBitQ` (Gao and Long, SIGMOD 2024): all vectors are turned at random, so that no component says more than
//! another; the signs are kept, and how long the vector is along them, which makes the estimate unbiased. The question
//! keeps 4 bits a component. The turn is that of Ailon and Chazelle (fast Johnson-Lindenstrauss, 2009): signs changed at
//! random, then a Walsh-Hadamard transform, twice over.

use std::array;

use fearless_simd::{Level, Simd, dispatch};

const WORD: usize = u64::BITS as usize;

/// Bits kept of each component of a question.
const PLANES: usize = 4;

const TURNS: u64 = 2;

/// Sketches of vectors of one length.
#[derive(Debug, Clone)]
pub(super) struct Sketches {
    dimension: usize,
    words: usize,
    signs: Vec<u64>,
    /// How many signs of each row are positive.
    ones: Vec<f32>,
    /// For each row, what turns the question's part along its signs into a cosine; not a number where it points nowhere.
    scales: Vec<f32>,
}

/// A question, as sketches are asked.
pub(super) struct Probe {
    /// The components in 4 bits, a plane for each bit.
    planes: [Vec<u64>; PLANES],
    /// What a component of 0 stands for, what each step adds, and the sum of all components.
    least: f32,
    step: f32,
    sum: f32,
}

impl Sketches {
    pub(super) fn new(dimension: usize) -> Self {
        Self {
            dimension,
            words: turned_length(dimension) / WORD,
            signs: Vec::new(),
            ones: Vec::new(),
            scales: Vec::new(),
        }
    }

    /// Adds the sketch of a unit vector, or of one that points nowhere.
    pub(super) fn push(&mut self, unit: impl Iterator<Item = f32>) {
        let turned = turn(unit, self.dimension);
        let is_positive = |number: &f32| *number >= 0.0;
        self.signs.extend(turned.chunks_exact(WORD).map(|part| bits(part.iter().map(is_positive))));
        self.ones.push(turned.iter().filter(|number| is_positive(number)).count() as f32);
        // A row's cosine to itself has to come out as 1.
        let along: f32 = turned.iter().map(|number| number.abs()).sum();
        self.scales.push(if along > 0.0 { along.recip() } else { f32::NAN });
    }

    /// Takes a row away; the last one takes its place.
    pub(super) fn swap_remove(&mut self, row: usize) {
        let from = (self.scales.len() - 1) * self.words;
        self.signs.copy_within(from.., row * self.words);
        self.signs.truncate(from);
        self.ones.swap_remove(row);
        self.scales.swap_remove(row);
    }

    /// An estimate of the cosine of each row to what is asked, in order; not a number where the row points nowhere.
    pub(super) fn estimate(&self, probe: &Probe, estimates: &mut Vec<f32>) {
        let rows = self.signs.chunks_exact(self.words).zip(self.ones.iter().zip(&self.scales));
        let [one, two, four, eight] = array::from_fn(|plane| probe.planes[plane].as_slice());
        estimates.clear();
        estimates.resize(self.scales.len(), f32::NAN);
        // With the widest instructions that this processor has. A loop, because the closures of a chain of iterators are
        // compiled without them.
        dispatch!(Level::new(), simd => simd.vectorize(#[inline(always)] || {
            for ((row, (ones, scale)), estimate) in rows.zip(estimates.iter_mut()) {
                let mut steps = 0;
                for ((((signs, one), two), four), eight) in row.iter().zip(one).zip(two).zip(four).zip(eight) {
                    let count = |plane: &u64| u64::from((signs & plane).count_ones());
                    steps += count(one) + (count(two) << 1) + (count(four) << 2) + (count(eight) << 3);
                }
                // What stands where signs are positive, less what stands where they are negative.
                let positive = probe.least * ones + probe.step * (steps as i32) as f32;
                *estimate = (2.0 * positive - probe.sum) * scale;
            }
        }));
    }

    /// How far an estimate is off, as a standard deviation: for random vectors, and hardly more for others.
    pub(super) fn deviation(dimension: usize) -> f32 {
        // The signs of a random unit vector hold √(2/π) of its length; the rest is at random in all other directions.
        const HELD: f32 = std::f32::consts::FRAC_2_PI;
        ((1.0 - HELD) / HELD / (turned_length(dimension) - 1) as f32).sqrt()
    }
}

impl Probe {
    /// Of a unit vector, or of one that points nowhere, which is as near to everything.
    pub(super) fn of(unit: impl Iterator<Item = f32>, dimension: usize) -> Self {
        const MOST: f32 = ((1 << PLANES) - 1) as f32;
        let turned = turn(unit, dimension);
        let (least, most) =
            turned.iter().fold((f32::MAX, f32::MIN), |(least, most), &number| (least.min(number), most.max(number)));
        let step = (most - least) / MOST;
        let steps = |number: f32| if step > 0.0 { ((number - least) / step).round() as u32 } else { 0 };
        let plane = |plane: usize| -> Vec<u64> {
            let has = |number: &f32| steps(*number) >> plane & 1 == 1;
            turned.chunks_exact(WORD).map(|part| bits(part.iter().map(has))).collect()
        };
        let planes = array::from_fn(plane);
        let sum = turned.iter().map(|number| least + step * steps(*number) as f32).sum();
        Self { planes, least, step, sum }
    }
}

/// The first of 64 becomes the lowest bit.
fn bits(set: impl Iterator<Item = bool>) -> u64 {
    set.enumerate().fold(0, |word, (at, set)| word | u64::from(set) << at)
}

/// Transforms want a power of two, and rows whole words.
fn turned_length(dimension: usize) -> usize {
    dimension.next_power_of_two().max(WORD)
}

/// The vector, filled up with zeros and turned: the same turn for all vectors of one length.
fn turn(unit: impl Iterator<Item = f32>, dimension: usize) -> Vec<f32> {
    let mut numbers: Vec<f32> = unit.take(dimension).collect();
    numbers.resize(turned_length(dimension), 0.0);
    for turn in 0..TURNS {
        for (at, part) in numbers.chunks_exact_mut(WORD).enumerate() {
            let flips = random(turn << u32::BITS | at as u64);
            for (bit, number) in part.iter_mut().enumerate() {
                *number = if flips >> bit & 1 == 1 { -*number } else { *number };
            }
        }
        transform(&mut numbers);
    }
    numbers
}

/// The Walsh-Hadamard transform, which keeps lengths.
fn transform(numbers: &mut [f32]) {
    let mut half = 1;
    while half < numbers.len() {
        for pair in numbers.chunks_exact_mut(2 * half) {
            let (left, right) = pair.split_at_mut(half);
            for (left, right) in left.iter_mut().zip(right) {
                (*left, *right) = (*left + *right, *left - *right);
            }
        }
        half *= 2;
    }
    let shorter = (numbers.len() as f32).sqrt().recip();
    for number in numbers {
        *number *= shorter;
    }
}

/// 64 bits that look random, the same for the same number (splitmix64, Steele et al., OOPSLA 2014).
fn random(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(vector: &[f32]) -> Vec<f32> {
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        vector.iter().map(|number| number / length).collect()
    }

    fn estimates(rows: &[Vec<f32>], query: &[f32]) -> Vec<f32> {
        let mut sketches = Sketches::new(query.len());
        for row in rows {
            sketches.push(row.iter().copied());
        }
        let mut estimates = vec![9.0];
        sketches.estimate(&Probe::of(query.iter().copied(), query.len()), &mut estimates);
        estimates
    }

    proptest! {
        #[test]
        fn turning_keeps_lengths_and_angles(
            (a, b) in (1..200_usize).prop_flat_map(|length| {
                let numbers = || prop::collection::vec(-1.0..1.0_f32, length);
                (numbers(), numbers())
            }),
        ) {
            let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            let turned = |vector: &[f32]| turn(vector.iter().copied(), vector.len());
            prop_assert!((product(&turned(&a), &turned(&b)) - product(&a, &b)).abs() < 1e-3);
        }

        #[test]
        fn an_estimate_is_near_the_cosine(seed in any::<u64>(), dimension in 48..400_usize, alike in 0.0..1.0_f32) {
            let number = |at: usize| (random(seed ^ at as u64) >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
            let row = unit(&(0..dimension).map(number).collect::<Vec<_>>());
            let mixed = row.iter().enumerate().map(|(at, part)| alike * part + (1.0 - alike) * number(at + 9_999));
            let query = unit(&mixed.collect::<Vec<_>>());
            let cosine: f32 = row.iter().zip(&query).map(|(a, b)| a * b).sum();
            let found = estimates(&[row], &query)[0];
            let deviation = Sketches::deviation(dimension);
            prop_assert!((found - cosine).abs() < 6.0 * deviation, "{found} for {cosine}, {deviation}");
        }
    }

    #[test]
    fn estimates_are_off_as_far_as_is_said_and_to_neither_side() {
        let vector = |seed: u64| {
            let number = |at: u64| (random(seed * 1_000 + at) >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
            unit(&(0..384).map(number).collect::<Vec<_>>())
        };
        let rows: Vec<Vec<f32>> = (1..2_000).map(vector).collect();
        let query = vector(0);
        let cosine = |row: &Vec<f32>| row.iter().zip(&query).map(|(a, b)| a * b).sum::<f32>();
        let off: Vec<f32> =
            estimates(&rows, &query).iter().zip(&rows).map(|(found, row)| found - cosine(row)).collect();
        let mean = off.iter().sum::<f32>() / off.len() as f32;
        let deviation = (off.iter().map(|off| off * off).sum::<f32>() / off.len() as f32).sqrt();
        let said = Sketches::deviation(384);
        assert!(mean.abs() < said / 10.0, "{mean}");
        assert!((0.9..1.2).contains(&(deviation / said)), "{deviation}, said to be {said}");
    }

    #[test]
    fn rows_are_taken_out_and_a_vector_of_zeros_is_near_nothing() {
        let rows = [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]];
        let mut sketches = Sketches::new(2);
        for row in rows {
            sketches.push(row.iter().copied());
        }
        let probe = Probe::of([0.0, 1.0].into_iter(), 2);
        let mut estimates = Vec::new();
        sketches.estimate(&probe, &mut estimates);
        assert!(estimates[1].is_nan() && estimates[2] > estimates[0], "{estimates:?}");
        let last = estimates[2];
        sketches.swap_remove(0);
        sketches.estimate(&probe, &mut estimates);
        assert!(estimates.len() == 2 && estimates[0].to_bits() == last.to_bits() && estimates[1].is_nan());
    }
}
