//! Keys under which statements in nearly the same words meet.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::amount::Amount;
use super::occurrence::Occurrence;
use super::statement::{Statement, names};

/// Keys that survive a small difference; the chance that two statements sharing all but one of n + 1 words share one
/// of them is above .93 from n = 6.
const LOOSE: u64 = 3;
/// Words behind a loose key: enough that unrelated statements seldom share all.
const ROWS: u64 = 3;

/// The band of entries, which meet entries only.
const ENTRY: u64 = 100;
/// The band of short sentences together with the heading above them.
const UNDER_HEADING: u64 = 101;
/// The band of amounts.
const AMOUNT: u64 = 102;
/// The band of what is denied, or has its time.
const OCCURRENCE: u64 = 103;
/// From how many content words on a sentence can be reworded and is still known.
const LONG: usize = 4;

/// The keys of a statement below the heading `subject`: one of all its content words, values and polarity left out. For
/// sentences long enough to be reworded [`LOOSE`] more of a few words each, chosen by smallest hash (`MinHash` bands);
/// for short ones another with the heading, so that where very many say the same, those about the same meet first. What
/// states an amount has one of what it measures, and what is denied, or has its time, one of that.
pub(super) fn of(statement: &Statement, subject: &str) -> Vec<i64> {
    let mut words: Vec<u64> = statement.words.iter().map(|word| xxh3_64(word.stem.to_lowercase().as_bytes())).collect();
    words.sort_unstable();
    words.dedup();
    let mut keys = vec![combine(if statement.entry { ENTRY } else { 0 }, &words)];
    if statement.entry {
        return keys;
    }
    if words.len() < LONG && !subject.is_empty() {
        let headed = names(subject).into_iter().map(|word| xxh3_64(word.stem.to_lowercase().as_bytes()));
        let mut all: Vec<u64> = words.iter().copied().chain(headed).collect();
        all.sort_unstable();
        all.dedup();
        keys.push(combine(UNDER_HEADING, &all));
    }
    if words.len() >= LONG {
        keys.extend((1..=LOOSE).map(|band| {
            let rows: Vec<u64> = (0..ROWS).map(|row| least(&words, band * ROWS + row)).collect();
            combine(band, &rows)
        }));
    }
    keys.extend(Amount::of(statement).map(|amount| under_amount(&amount)));
    keys.extend(Occurrence::of(statement).map(|occurrence| combine(OCCURRENCE, &hashed(&occurrence.words))));
    keys
}

/// The key of all that measure the same.
fn under_amount(amount: &Amount<'_>) -> i64 {
    let dimension = xxh3_64(format!("{:?}", amount.dimension()).as_bytes());
    let mut all = hashed(&amount.words);
    all.push(dimension);
    combine(AMOUNT, &all)
}

/// The hashes of words in one order, whatever their case.
fn hashed<'a>(words: impl IntoIterator<Item = &'a (impl AsRef<str> + 'a)>) -> Vec<u64> {
    let mut all: Vec<u64> = words.into_iter().map(|word| xxh3_64(word.as_ref().to_lowercase().as_bytes())).collect();
    all.sort_unstable();
    all
}

/// The least of the words' hashes under the permutation of this number.
fn least(words: &[u64], permutation: u64) -> u64 {
    words.iter().map(|word| xxh3_64_with_seed(&word.to_le_bytes(), permutation)).min().unwrap_or_default()
}

/// One key of several hashes; keys of different bands never meet but by accident.
fn combine(band: u64, hashes: &[u64]) -> i64 {
    let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
    xxh3_64_with_seed(&bytes, band) as i64
}
