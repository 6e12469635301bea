use std::collections::BTreeMap;

use proptest::prelude::*;
use tamis_ingest::{DocumentId, SourceName};

use super::*;

const DIMENSION: usize = 24;

/// A small generator of its own, so that every run sees the same vectors.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn vector(&mut self) -> Vec<f32> {
        (0..DIMENSION).map(|_| self.unit() - 0.5).collect()
    }

    /// Near one of `topics`, as texts are.
    fn near(&mut self, topics: &[Vec<f32>]) -> Vec<f32> {
        let topic = (self.unit() * topics.len() as f32) as usize;
        topics[topic].iter().map(|number| number + 0.5 * (self.unit() - 0.5)).collect()
    }
}

fn entry(number: usize) -> IndexEntry {
    let source = SourceName::new(if number.is_multiple_of(2) { "even" } else { "odd" }).unwrap();
    IndexEntry {
        chunk: ChunkId::from_bits(number as u128),
        document: DocumentId::new(&source, &number.to_string()),
        source,
        uri: String::new(),
        title: None,
        heading_path: Vec::new(),
        text: String::new(),
        language: None,
        modified_at: None,
        kind: None,
        metadata: Vec::new(),
    }
}

fn exact(
    vectors: &BTreeMap<usize, Vec<f32>>,
    query: &[f32],
    limit: usize,
    accepts: impl Fn(usize) -> bool,
) -> Vec<u128> {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let mut all: Vec<(f32, u128)> = vectors
        .iter()
        .filter(|(number, _)| accepts(**number))
        .map(|(number, vector)| (product(query, vector) / product(vector, vector).sqrt(), *number as u128))
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.into_iter().take(limit).map(|(_, chunk)| chunk).collect()
}

fn found(neighbours: &Neighbours, query: &[f32], filter: &SearchFilter, limit: usize, share: f64) -> Vec<u128> {
    let hits = neighbours.search_share(query, filter, limit, share);
    assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
    hits.into_iter().map(|hit| hit.chunk).collect()
}

/// How many of the first are among the second, as a share.
fn recall(expected: &[u128], found: &[u128]) -> f64 {
    if expected.is_empty() {
        return 1.0;
    }
    expected.iter().filter(|chunk| found.contains(chunk)).count() as f64 / expected.len() as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_is_put_and_not_removed_is_found_whole_and_in_cells(
        changes in prop::collection::vec((0..60_usize, any::<bool>(), any::<u64>()), 1..200),
        cut_at in 0..200_usize,
    ) {
        let mut neighbours = Neighbours::new(DIMENSION);
        let mut model: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
        for (place, (number, puts, seed)) in changes.into_iter().enumerate() {
            if place == cut_at && !model.is_empty() {
                neighbours = neighbours.into_cells();
            }
            if puts {
                let vector = Random(seed).vector();
                neighbours.put(&entry(number), &vector);
                model.insert(number, vector);
            } else {
                neighbours.remove(&entry(number).chunk);
                model.remove(&number);
            }
        }
        prop_assert_eq!(neighbours.len(), model.len());
        let query = Random(7).vector();
        let odd = SearchFilter { sources: vec![SourceName::new("odd").unwrap()], ..SearchFilter::default() };
        for (filter, step) in [(SearchFilter::default(), 1), (odd, 2)] {
            // Every entry, or every odd one.
            let accepts = |number: usize| step == 1 || number % step == 1;
            for limit in [0, 1, 7, 100] {
                let (expected, found) = (exact(&model, &query, limit, accepts), found(&neighbours, &query, &filter, limit, 1.0));
                prop_assert_eq!(found.len(), expected.len());
                // Rounding may have two of nearly one similarity change places, and no more.
                prop_assert!(limit == 0 || recall(&expected, &found) >= 1.0 - 1.0 / limit as f64 - 1e-9);
            }
        }
    }
}

#[test]
fn cells_find_nearly_all_that_an_exact_search_does_also_after_growth() {
    let mut random = Random(1);
    let topics: Vec<Vec<f32>> = (0..200).map(|_| random.vector()).collect();
    let (mut neighbours, mut model) = (Neighbours::new(DIMENSION), BTreeMap::new());
    let mut grow = |neighbours: &mut Neighbours, model: &mut BTreeMap<usize, Vec<f32>>, to: usize| {
        for number in model.len()..to {
            let vector = random.near(&topics);
            neighbours.put(&entry(number), &vector);
            model.insert(number, vector);
        }
    };
    grow(&mut neighbours, &mut model, 20_000);
    neighbours = neighbours.into_cells();
    // What comes later goes into the cells there are.
    grow(&mut neighbours, &mut model, 30_000);
    let mut asked = Random(2);
    let recalls: Vec<f64> = (0..40)
        .map(|_| {
            let query = asked.near(&topics);
            let found = found(&neighbours, &query, &SearchFilter::default(), 10, LOOKED_AT);
            recall(&exact(&model, &query, 10, |_| true), &found)
        })
        .collect();
    let mean = recalls.iter().sum::<f64>() / recalls.len() as f64;
    assert!(mean >= 0.98, "recall of the first ten is {mean}");
}

#[test]
fn cells_are_wanted_where_there_are_many_chunks_and_again_where_they_are_twice_as_many_or_half() {
    assert!(!wants_cells(CELLS_FROM - 1, 0));
    for (before, wanted) in [(0, true), (CELLS_FROM / 2, true), (CELLS_FROM, false), (CELLS_FROM * 2, true)] {
        assert_eq!(wants_cells(CELLS_FROM, before), wanted, "{before}");
    }
}
