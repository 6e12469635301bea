//! `MinHash` signatures and their bands.
//!
//! The chance that two sets have the same minimum under a random permutation is their Jaccard similarity (Broder, "On
//! the resemblance and containment of documents", 1997). Permutations are stood in for by multiply-shift hashing
//! (Dietzfelbinger et al., 1997). [`BANDS`] bands of [`ROWS`] minima each make pairs of similarity `s` meet in at least
//! one band with probability `1 - (1 - s^ROWS)^BANDS` (locality-sensitive hashing, Indyk and Motwani, 1998): .9976 at
//! s = .7, .76 at .5, .03 at .2. Candidates are verified, so bands only have to find, not to decide.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::shingle::Shingles;

/// Bands in a signature.
pub(super) const BANDS: usize = 22;
/// Minima in a band.
const ROWS: usize = 4;
/// Minima in a signature.
const PERMUTATIONS: usize = BANDS * ROWS;

/// Multipliers (odd) and offsets of the permutations.
const COEFFICIENTS: ([u64; PERMUTATIONS], [u64; PERMUTATIONS]) = coefficients();

/// The band keys of a shingle set; none for an empty one.
pub(super) fn bands(shingles: &Shingles) -> Vec<i64> {
    if shingles.hashes().is_empty() {
        return Vec::new();
    }
    let signature = signature(shingles.hashes());
    (0_u64..).zip(signature.chunks_exact(ROWS)).map(|(band, rows)| band_key(band, rows)).collect()
}

/// The minimum of every permutation over `hashes`. The inner loop has no branch, so that compilers turn it into vector
/// instructions.
fn signature(hashes: &[u64]) -> [u32; PERMUTATIONS] {
    let (multipliers, offsets) = &COEFFICIENTS;
    let mut minima = [u32::MAX; PERMUTATIONS];
    for &hash in hashes {
        for ((minimum, multiplier), offset) in minima.iter_mut().zip(multipliers).zip(offsets) {
            let permuted = (hash.wrapping_mul(*multiplier).wrapping_add(*offset) >> 32) as u32;
            *minimum = permuted.min(*minimum);
        }
    }
    minima
}

/// The key of one band; bands of different numbers never share keys but by accident.
fn band_key(band: u64, rows: &[u32]) -> i64 {
    let mut bytes = [0; ROWS * size_of::<u32>()];
    for (place, row) in bytes.chunks_exact_mut(size_of::<u32>()).zip(rows) {
        place.copy_from_slice(&row.to_le_bytes());
    }
    xxh3_64_with_seed(&bytes, band) as i64
}

/// Fixed pseudo-random coefficients, for keys are stored and must stay the same across builds.
const fn coefficients() -> ([u64; PERMUTATIONS], [u64; PERMUTATIONS]) {
    let mut multipliers = [0; PERMUTATIONS];
    let mut offsets = [0; PERMUTATIONS];
    let mut i = 0;
    while i < PERMUTATIONS {
        multipliers[i] = split_mix(2 * i as u64) | 1;
        offsets[i] = split_mix(2 * i as u64 + 1);
        i += 1;
    }
    (multipliers, offsets)
}

/// The `n`-th value of the `SplitMix64` generator (Steele, Lea and Flood, 2014).
const fn split_mix(n: u64) -> u64 {
    let mut z = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    use super::*;

    /// Two texts of `length` words of which about `edits` in a hundred were replaced in the second.
    fn edited_pair() -> impl Strategy<Value = (String, String)> {
        (40_usize..200, 0_u32..14).prop_flat_map(|(length, edits)| {
            let words = proptest::collection::vec(0_u32..5000, length);
            let changes = proptest::collection::vec((0_u32..100, 5000_u32..9000), length);
            (words, changes).prop_map(move |(words, changes)| {
                let text = |words: &[u32]| words.iter().map(|w| format!("w{w}")).collect::<Vec<_>>().join(" ");
                let edited: Vec<u32> =
                    words.iter().zip(&changes).map(|(&w, &(roll, new))| if roll < edits { new } else { w }).collect();
                (text(&words), text(&edited))
            })
        })
    }

    #[test]
    fn bands_find_what_brute_force_finds() {
        let (mut alike, mut found) = (0_u32, 0_u32);
        let mut runner = TestRunner::new_with_rng(
            Config { cases: 1500, failure_persistence: None, ..Config::default() },
            TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        );
        let mut judge = |(a, b): (String, String)| {
            let (a, b) = (Shingles::of(&a), Shingles::of(&b));
            if a.overlap(&b).jaccard >= 0.7 {
                alike += 1;
                found += u32::from(bands(&a).iter().zip(&bands(&b)).any(|(x, y)| x == y));
            }
        };
        for _ in 0..1500 {
            judge(edited_pair().new_tree(&mut runner).unwrap().current());
        }
        assert!(alike > 300, "only {alike} pairs were alike");
        assert!(f64::from(found) >= 0.99 * f64::from(alike), "found {found} of {alike}");
    }

    #[test]
    fn unrelated_texts_share_no_band() {
        let text = |from: u32| (from..from + 150).map(|w| format!("w{w}")).collect::<Vec<_>>().join(" ");
        let bands_of = |from| bands(&Shingles::of(&text(from)));
        let first = bands_of(0);
        assert_eq!(first.len(), BANDS);
        assert!((1..100).all(|i| bands_of(i * 1000).iter().zip(&first).all(|(a, b)| a != b)));
    }
}
