//! `MinHash` signatures and their bands.
//!
//! The chance that two sets have the same minimum under a random permutation is their Jaccard similarity (Broder, "On
//! the resemblance and containment of documents", 1997). One permutation is enough for all minima: its range is cut into
//! bins, and each bin's minimum is one (Li, Owen and Zhang, "One permutation hashing", 2012). A bin that no element
//! falls into takes the minimum of another, found by probing at places that depend on the bin alone, so that two sets
//! look in the same places (Shrivastava, "Optimal densification for fast and accurate minwise hashing", 2017). That costs
//! one multiplication an element instead of one for each minimum, and finds as much: `examples/sketches.rs` weighs it
//! against its alternatives. [`BANDS`] bands of [`ROWS`] minima each make pairs of similarity `s` meet in at least
//! one band with probability `1 - (1 - s^ROWS)^BANDS` (locality-sensitive hashing, Indyk and Motwani, 1998): .9976 at
//! s = .7, .76 at .5, .03 at .2. Candidates are verified, so bands only have to find, not to decide.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::shingle::Shingles;

/// Bands in a signature.
pub(super) const BANDS: usize = 22;
/// Minima in a band.
const ROWS: usize = 4;
/// Minima in a signature, and bins of the permutation.
const BINS: usize = BANDS * ROWS;

/// What no minimum is.
const EMPTY: u64 = u64::MAX;

/// The band keys of a shingle set; none for an empty one.
pub(super) fn bands(shingles: &Shingles) -> Vec<i64> {
    if shingles.hashes().is_empty() {
        return Vec::new();
    }
    let signature = signature(shingles.hashes());
    (0_u64..).zip(signature.chunks_exact(ROWS)).map(|(band, rows)| band_key(band, rows)).collect()
}

/// The minimum of each bin over `hashes`, of which there is at least one.
fn signature(hashes: &[u64]) -> [u64; BINS] {
    let mut minima = [EMPTY; BINS];
    for &hash in hashes {
        let permuted = split_mix(hash);
        let bin = ((u128::from(permuted) * BINS as u128) >> 64) as usize;
        if let Some(minimum) = minima.get_mut(bin) {
            *minimum = permuted.min(*minimum);
        }
    }
    let filled = minima;
    for (bin, minimum) in (0_u64..).zip(&mut minima).filter(|(_, minimum)| **minimum == EMPTY) {
        let places = (0..).map(|probe| (split_mix((bin << 32) | probe) % BINS as u64) as usize);
        let probed = places.filter_map(|place| filled.get(place));
        *minimum = probed.copied().find(|minimum| *minimum != EMPTY).unwrap_or(EMPTY);
    }
    minima
}

/// The key of one band; bands of different numbers never share keys but by accident.
fn band_key(band: u64, rows: &[u64]) -> i64 {
    let mut bytes = [0; ROWS * size_of::<u64>()];
    for (place, row) in bytes.chunks_exact_mut(size_of::<u64>()).zip(rows) {
        place.copy_from_slice(&row.to_le_bytes());
    }
    xxh3_64_with_seed(&bytes, band) as i64
}

/// The `n`-th value of the `SplitMix64` generator (Steele, Lea and Flood, 2014), which never has one value twice: a
/// permutation. Fixed, for keys are stored and must stay the same across builds.
const fn split_mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
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
