//! Which sketch finds near copies at the least cost: `cargo run --release -p tamis-scoring --example sketches`.
//!
//! Each sketch makes 88 values of a set, which are cut into 22 bands of 4. Told of each are the microseconds a set takes,
//! the error of the Jaccard estimate and how many pairs with a similarity of .7 to .8 share a band, for sets of as many
//! shingles as a short paragraph, a paragraph and a page have. Sets are drawn at random: what is compared are the
//! sketches, not texts. Methods: k-hash (Broder, 1997); b-bit (Li and König, 2010); one permutation with optimal
//! densification (Li, Owen and Zhang, 2012; Shrivastava, 2017); `SuperMinHash` (Ertl, 2017); C-MinHash (Li and Li, 2022).

#![expect(clippy::print_stdout, clippy::indexing_slicing, reason = "an example that prints a table of its own numbers")]

use std::time::Instant;

/// Batches of pairs, the fastest of which is told: other work on the machine only makes a batch slower.
const BATCHES: usize = 40;
/// Values in a sketch.
const VALUES: usize = 88;
/// Values in a band.
const ROWS: usize = 4;
/// Pairs of sets for each size.
const PAIRS: usize = 4_000;

type Sketch = [u32; VALUES];

/// A generator with a fixed seed (Marsaglia's xorshift64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The `n`-th value of the `SplitMix64` generator (Steele, Lea and Flood, 2014).
const fn split_mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Multipliers (odd) and offsets of the permutations.
const COEFFICIENTS: ([u64; VALUES], [u64; VALUES]) = {
    let (mut multipliers, mut offsets, mut i) = ([0; VALUES], [0; VALUES], 0);
    while i < VALUES {
        multipliers[i] = split_mix(2 * i as u64) | 1;
        offsets[i] = split_mix(2 * i as u64 + 1);
        i += 1;
    }
    (multipliers, offsets)
};

/// One multiply-shift hash for each value.
fn k_hash(set: &[u64]) -> Sketch {
    let (multipliers, offsets) = &COEFFICIENTS;
    let mut minima = [u32::MAX; VALUES];
    for hash in set {
        for ((minimum, multiplier), offset) in minima.iter_mut().zip(multipliers).zip(offsets) {
            *minimum = ((hash.wrapping_mul(*multiplier).wrapping_add(*offset) >> 32) as u32).min(*minimum);
        }
    }
    minima
}

/// The same with one byte of each value kept: an eighth of the memory at the same cost of making it.
fn b_bit(set: &[u64]) -> Sketch {
    k_hash(set).map(|value| value & 0xFF)
}

/// `PERMUTATIONS` hashes of each element, each filling `VALUES / PERMUTATIONS` bins; an empty bin takes the value of a
/// full one of the same permutation, found by probing at places that depend on the bin alone.
fn few_permutations<const PERMUTATIONS: usize>(set: &[u64]) -> Sketch {
    let bins = VALUES / PERMUTATIONS;
    let mut minima = [u32::MAX; VALUES];
    for hash in set {
        for p in 0..PERMUTATIONS {
            let permuted = hash.wrapping_mul(COEFFICIENTS.0[p]).wrapping_add(COEFFICIENTS.1[p]);
            let bin = (((permuted >> 32) * bins as u64) >> 32) as usize;
            let value = (permuted.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) as u32;
            let minimum = &mut minima[p * bins + bin];
            *minimum = value.min(*minimum);
        }
    }
    let full = minima;
    for (i, minimum) in minima.iter_mut().enumerate().filter(|(i, _)| full[*i] == u32::MAX && !set.is_empty()) {
        let first = i / bins * bins;
        let probes = (0..).map(|probe| first + (split_mix((i as u64) << 32 | probe) % bins as u64) as usize);
        *minimum = probes.map(|at| full[at]).find(|value| *value != u32::MAX).unwrap_or(u32::MAX);
    }
    // The values of a band are of different permutations as far as there are so many.
    let mut spread = [0; VALUES];
    for (i, value) in minima.into_iter().enumerate() {
        let (p, bin) = (i / bins, i % bins);
        spread[bin * PERMUTATIONS + p] = value;
    }
    spread
}

/// Each element takes the places of a sketch in an order of its own, the first few as a rule.
fn super_min_hash(set: &[u64]) -> Sketch {
    let mut values = [f64::INFINITY; VALUES];
    let (mut order, mut turn) = ([0_usize; VALUES], [usize::MAX; VALUES]);
    let mut histogram = [0_usize; VALUES];
    histogram[VALUES - 1] = VALUES;
    let mut last = VALUES - 1;
    for (i, hash) in set.iter().enumerate() {
        let mut dice = Dice(split_mix(*hash) | 1);
        let mut j = 0;
        while j <= last {
            let (share, pick) = (dice.share(), j + (dice.roll() >> 32) as usize % (VALUES - j));
            for at in [j, pick] {
                if turn[at] != i {
                    turn[at] = i;
                    order[at] = at;
                }
            }
            order.swap(j, pick);
            let value = share + j as f64;
            let place = order[j];
            if value < values[place] {
                let before = (values[place] as usize).min(VALUES - 1);
                values[place] = value;
                if j < before {
                    histogram[before] -= 1;
                    histogram[j] += 1;
                    while histogram[last] == 0 {
                        last -= 1;
                    }
                }
            }
            j += 1;
        }
    }
    values.map(|value| (value * f64::from(1 << 24)) as u32)
}

/// One permutation, turned by one place for each value.
fn c_min_hash(set: &[u64]) -> Sketch {
    let mut minima = [u32::MAX; VALUES];
    for hash in set {
        let (base, step) = (split_mix(*hash), split_mix(*hash ^ 0xABCD) | 1);
        let mut turned = base;
        for minimum in &mut minima {
            *minimum = ((turned >> 32) as u32).min(*minimum);
            turned = turned.wrapping_add(step);
        }
    }
    minima
}

/// Two sets of about `size` elements with a similarity between .7 and .8, and that similarity.
fn pair(dice: &mut Dice, size: usize) -> (Vec<u64>, Vec<u64>, f64) {
    let wanted = 0.7 + 0.1 * dice.share();
    let shared = (2.0 * size as f64 * wanted / (1.0 + wanted)).ceil() as usize;
    let common: Vec<u64> = (0..shared).map(|_| dice.roll()).collect();
    let mut with = |count: usize| [common.clone(), (0..count).map(|_| dice.roll()).collect()].concat();
    let own = size.saturating_sub(shared);
    let (a, b) = (with(own), with(own));
    (a, b, shared as f64 / (shared + 2 * own) as f64)
}

/// A way to sketch a set, and its name.
type Way = (&'static str, fn(&[u64]) -> Sketch);

fn main() {
    let sketches: [Way; 9] = [
        ("k-hash", k_hash),
        ("k-hash, 8 bits kept", b_bit),
        ("C-MinHash", c_min_hash),
        ("SuperMinHash", super_min_hash),
        ("one permutation", few_permutations::<1>),
        ("2 permutations", few_permutations::<2>),
        ("4 permutations", few_permutations::<4>),
        ("8 permutations", few_permutations::<8>),
        ("22 permutations", few_permutations::<22>),
    ];
    for size in [10, 25, 60, 200, 400] {
        let mut dice = Dice(0x7A31_5EED);
        let pairs: Vec<_> = (0..PAIRS).map(|_| pair(&mut dice, size)).collect();
        println!("| {size} shingles | µs a set | error (RMSE) | recall in bands |\n|---|---:|---:|---:|");
        for (name, sketch) in sketches {
            let mut made: Vec<(Sketch, Sketch)> = Vec::with_capacity(PAIRS);
            let mut fastest = f64::INFINITY;
            for batch in pairs.chunks(PAIRS / BATCHES) {
                let start = Instant::now();
                made.extend(batch.iter().map(|(a, b, _)| (sketch(a), sketch(b))));
                fastest = fastest.min(start.elapsed().as_secs_f64() / (2 * batch.len()) as f64);
            }
            let each = fastest * 1e6;
            let (mut squares, mut met) = (0.0, 0);
            for ((a, b), (_, _, similarity)) in made.iter().zip(&pairs) {
                let equal = a.iter().zip(b).filter(|(x, y)| x == y).count();
                squares += (equal as f64 / VALUES as f64 - similarity).powi(2);
                met += usize::from(a.chunks(ROWS).zip(b.chunks(ROWS)).any(|(x, y)| x == y));
            }
            let error = (squares / PAIRS as f64).sqrt();
            println!("| {name} | {each:.2} | {error:.3} | {:.4} |", met as f64 / PAIRS as f64);
        }
        println!();
    }
}
