//! Keys under which a passage is found that stands inside a longer one.
//!
//! Bands speak of whole passages: one of fifty words inside one of four hundred shares a tenth of their shingles and
//! meets it in no band. Winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document
//! fingerprinting", 2003) keeps of every [`WINDOW`] runs of [`RUN`] words in a row the one with the least hash. What two
//! texts share word for word over `WINDOW + RUN - 1` words then has the same key in both, wherever it stands, at about
//! two keys for every `WINDOW + 1` words.

use super::shingle::combine;

/// Words in a run: long enough that only copied text shares one.
const RUN: usize = 5;
/// Runs in a window.
const WINDOW: usize = 16;

/// The keys of a text whose words have these hashes, without repeats; none for a text shorter than a window.
pub(super) fn keys(words: &[u64]) -> Vec<i64> {
    let runs: Vec<u64> = words.windows(RUN).map(combine).collect();
    let mut keys = Vec::with_capacity(2 * runs.len() / WINDOW + 1);
    let mut least: Option<usize> = None;
    for (start, window) in runs.windows(WINDOW).enumerate() {
        let newest = start + WINDOW - 1;
        let at = match least {
            Some(at) if at >= start && runs[newest] > runs[at] => at,
            Some(at) if at >= start => newest,
            // Of equal hashes the last, which stays in sight longest.
            Some(_) | None => {
                let last_least = window.iter().enumerate().min_by_key(|(i, hash)| (**hash, WINDOW - i));
                start + last_least.map_or(0, |(i, _)| i)
            }
        };
        if least != Some(at) {
            keys.push(runs[at] as i64);
        }
        least = Some(at);
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_keys_and_none_for_a_short_text() {
        let words: Vec<u64> = (0..10_000_u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        assert!(keys(&words[..WINDOW + RUN - 2]).is_empty());
        assert_eq!(keys(&words[..WINDOW + RUN - 1]).len(), 1);
        let expected = 2 * words.len() / (WINDOW + 1);
        let found = keys(&words).len();
        assert!(found.abs_diff(expected) < expected / 10, "{found} keys, about {expected} expected");
    }

    #[test]
    fn one_word_again_and_again_has_one_key() {
        assert_eq!(keys(&[7; 1000]).len(), 1);
    }

    proptest! {
        #[test]
        fn shared_stretches_share_a_key(
            before in proptest::collection::vec(any::<u64>(), 0..60),
            shared in proptest::collection::vec(any::<u64>(), WINDOW + RUN - 1..90),
            after in proptest::collection::vec(any::<u64>(), 0..60),
        ) {
            let long: Vec<u64> = before.iter().chain(&shared).chain(&after).copied().collect();
            let found = keys(&long);
            prop_assert!(keys(&shared).iter().any(|key| found.contains(key)));
        }
    }
}
