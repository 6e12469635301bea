//! How many of the copies that comparing all with all would find the keys find: measured, on the user's own passages.

use std::collections::{HashMap, HashSet};

use tamis_ingest::ChunkId;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::shingle::{Overlap, Shingles};
use super::{DuplicateKind, judge};
use crate::Passage;

/// Copies that comparing a sample with everything shows, and how many of them share a key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recall {
    /// Passages compared with all others.
    pub sampled: usize,
    /// Near copies: Jaccard similarity of at least .7 over three-word shingles.
    pub near: Found,
    /// Passages that stand inside longer ones: at least nine tenths of their shingles are there.
    pub contained: Found,
}

/// Pairs of one kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// How many there are.
    pub pairs: usize,
    /// How many of them share a key.
    pub found: usize,
    /// Up to twenty of those that do not.
    pub missed: Vec<(ChunkId, ChunkId)>,
}

/// Most missed pairs kept, to be looked at.
const MISSED: usize = 20;

impl Found {
    /// The share of the pairs that was found, 0..=1; 1 where there are none.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.pairs == 0 { 1.0 } else { self.found as f64 / self.pairs as f64 }
    }

    fn add(&mut self, one: &Passage, other: &Passage, found: bool) {
        self.pairs += 1;
        self.found += usize::from(found);
        if !found && self.missed.len() < MISSED {
            self.missed.push((one.chunk.clone(), other.chunk.clone()));
        }
    }
}

/// Compares `sample` of the passages, picked by a hash of their id with `seed`, with every one of `passages`; see
/// [`RecallMeter`].
#[must_use]
pub fn measure_recall(passages: &[Passage], sample: usize, seed: u64) -> Recall {
    let mut ranked: Vec<(u64, &Passage)> = passages
        .iter()
        .filter(|passage| !passage.fingerprint.bands.is_empty())
        .map(|passage| (sample_rank(&passage.chunk, seed), passage))
        .collect();
    ranked.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.chunk.as_str().cmp(y.chunk.as_str())));
    let mut meter = RecallMeter::new(ranked.into_iter().take(sample).map(|(_, passage)| passage.clone()).collect());
    for passage in passages {
        meter.meet(passage);
    }
    meter.recall
}

/// Where a chunk stands in the order in which chunks are picked for a sample.
#[must_use]
pub fn sample_rank(chunk: &ChunkId, seed: u64) -> u64 {
    xxh3_64_with_seed(chunk.as_str().as_bytes(), seed)
}

/// Holds a sample against one passage after the other, and counts which near and contained copies share a key. Exact
/// copies are left out, for their hash always finds them, and so are passages without keys and passages of another
/// scope. Cost grows with the words of all passages, for they are read once past an index of the sample's shingles.
#[derive(Debug)]
pub struct RecallMeter {
    sample: Vec<Passage>,
    shingles: Vec<Shingles>,
    keys: Vec<HashSet<i64>>,
    /// The sampled passages that have a shingle.
    holders: HashMap<u64, Vec<usize>>,
    places: HashMap<ChunkId, usize>,
    recall: Recall,
}

impl RecallMeter {
    /// A meter for these passages.
    #[must_use]
    pub fn new(sample: Vec<Passage>) -> Self {
        let shingles: Vec<Shingles> = sample.iter().map(|passage| Shingles::of(&passage.text)).collect();
        let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
        for (i, shingles) in shingles.iter().enumerate() {
            for hash in shingles.hashes() {
                holders.entry(*hash).or_default().push(i);
            }
        }
        Self {
            keys: sample.iter().map(|passage| passage.fingerprint.bands.iter().copied().collect()).collect(),
            places: sample.iter().enumerate().map(|(i, one)| (one.chunk.clone(), i)).collect(),
            recall: Recall { sampled: sample.len(), ..Recall::default() },
            sample,
            shingles,
            holders,
        }
    }

    /// Holds the sample against one passage.
    pub fn meet(&mut self, other: &Passage) {
        let shingles = Shingles::of(&other.text);
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for i in shingles.hashes().iter().filter_map(|hash| self.holders.get(hash)).flatten() {
            *shared.entry(*i).or_default() += 1;
        }
        for (i, shared) in shared {
            let one = &self.sample[i];
            // Of two sampled passages each meets the other; the pair counts once.
            let met = self.places.get(&other.chunk).is_some_and(|place| *place <= i);
            if met || !comparable(one, other) {
                continue;
            }
            let shares_key = other.fingerprint.bands.iter().any(|key| self.keys[i].contains(key));
            match judge(Overlap::of(shared, self.shingles[i].hashes().len(), shingles.hashes().len())) {
                Some((DuplicateKind::Near, _)) => self.recall.near.add(one, other, shares_key),
                Some((DuplicateKind::Containment, _)) => self.recall.contained.add(one, other, shares_key),
                Some((DuplicateKind::Exact, _)) | None => {}
            }
        }
    }

    /// What was found so far.
    #[must_use]
    pub fn recall(&self) -> &Recall {
        &self.recall
    }
}

/// Whether two passages are different texts for the same readers.
fn comparable(one: &Passage, other: &Passage) -> bool {
    one.chunk != other.chunk
        && one.fingerprint.exact != other.fingerprint.exact
        && one.fingerprint.scope(&one.text) == other.fingerprint.scope(&other.text)
}
