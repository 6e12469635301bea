//! Publishing a batch, and searching a corpus in each mode: 20,000 chunks, or as many as `TAMIS_BENCH_CHUNKS` says
//! (`TAMIS_BENCH_CHUNKS=100000 cargo bench -p tamis-index --bench search`). The vectors are made up: embedding is not
//! measured. Besides criterion's figures, hybrid searches are timed one by one, for p50 and p99.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use criterion::{BatchSize, Criterion};
use tamis_index::{Corpus, IndexEntry, ModelFingerprint, SearchFilter, SearchMode, SearchRequest, Vector};
use tamis_ingest::{ChunkId, DocumentId, SourceName};
use tokio::runtime::Runtime;

const DIMENSION: usize = 384;
const CHUNKS: usize = 20_000;
const TIMED: usize = 500;
const BATCH: usize = 1_000;
const WORDS_IN_CHUNK: usize = 180;

/// A small generator of its own, so that every run measures the same corpus.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Few words are frequent and many are rare, as in prose.
    fn word(&mut self) -> String {
        format!("w{}", (30_000_f64.powf(self.unit())) as u64)
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn vector(&mut self) -> Vector {
        let numbers: Vec<f64> = (0..DIMENSION).map(|_| self.unit() - 0.5).collect();
        let length = numbers.iter().map(|number| number * number).sum::<f64>().sqrt();
        numbers.into_iter().map(|number| (number / length) as f32).collect()
    }
}

fn entries(source: &SourceName, from: usize, count: usize) -> Vec<(IndexEntry, Vector)> {
    (from..from + count)
        .map(|number| {
            let mut random = Random(number as u64);
            let document = DocumentId::new(source, &format!("{}.md", number / 10));
            let text = random.words(WORDS_IN_CHUNK);
            let entry = IndexEntry {
                chunk: ChunkId::new(&document, &[], &text, number as u32),
                document,
                source: source.clone(),
                uri: format!("{}.md", number / 10),
                title: Some(random.words(5)),
                heading_path: vec![random.words(3)],
                text,
                language: Some("en".to_owned()),
                modified_at: None,
                kind: None,
                metadata: Vec::new(),
            };
            (entry, random.vector())
        })
        .collect()
}

fn corpus(runtime: &Runtime, dir: &Path) -> Corpus {
    let model = ModelFingerprint { name: "made up".to_owned(), hash: "0".repeat(64), dimension: DIMENSION };
    ok(runtime.block_on(Corpus::open(dir, &model)))
}

fn ok<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    #[expect(clippy::expect_used, reason = "a bench that cannot set itself up has nothing to say")]
    result.expect("set up")
}

fn publish(criterion: &mut Criterion) {
    let runtime = ok(Runtime::new());
    let source = ok(SourceName::new("bench"));
    let batch = entries(&source, 0, BATCH);
    let mut group = criterion.benchmark_group("publish");
    group.sample_size(10);
    group.bench_function("1,000 chunks into an empty corpus", |bencher| {
        bencher.iter_batched(
            || {
                let dir = ok(tempfile::tempdir());
                (corpus(&runtime, dir.path()), dir)
            },
            |(corpus, dir)| {
                ok(runtime.block_on(corpus.publish(1, &batch, &[])));
                (corpus, dir)
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn search(criterion: &mut Criterion) {
    let runtime = ok(Runtime::new());
    let source = ok(SourceName::new("bench"));
    let dir = ok(tempfile::tempdir());
    let corpus = corpus(&runtime, dir.path());
    let chunks = std::env::var("TAMIS_BENCH_CHUNKS").ok().and_then(|count| count.parse().ok()).unwrap_or(CHUNKS);
    for number in 0..chunks / BATCH {
        let batch = entries(&source, number * BATCH, BATCH);
        ok(runtime.block_on(corpus.publish(number as u64, &batch, &[])));
    }
    ok(runtime.block_on(corpus.optimize()));

    percentiles(&runtime, &corpus, chunks);
    let mut group = criterion.benchmark_group(format!("search {chunks} chunks"));
    group.sample_size(20);
    for mode in [SearchMode::Lexical, SearchMode::Vector, SearchMode::Hybrid] {
        group.bench_function(format!("{mode:?}"), |bencher| {
            let mut random = Random(CHUNKS as u64);
            bencher.iter_batched(
                || {
                    let query = random.words(8);
                    (SearchRequest { query, limit: 10, mode, filter: SearchFilter::default() }, random.vector())
                },
                |(request, vector)| black_box(ok(runtime.block_on(corpus.search(&request, Some(&vector))))),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// Prints what half, and all but a hundredth, of hybrid searches take at most.
fn percentiles(runtime: &Runtime, corpus: &Corpus, chunks: usize) {
    let mut random = Random(7);
    let mut times: Vec<f64> = (0..TIMED)
        .map(|_| {
            let request = SearchRequest {
                query: random.words(8),
                limit: 10,
                mode: SearchMode::Hybrid,
                filter: SearchFilter::default(),
            };
            let vector = random.vector();
            let begun = Instant::now();
            black_box(ok(runtime.block_on(corpus.search(&request, Some(&vector)))));
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("hybrid, {chunks} chunks: p50 {:.1} ms, p99 {:.1} ms", times[TIMED / 2], times[TIMED * 99 / 100]);
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    publish(&mut criterion);
    search(&mut criterion);
    criterion.final_summary();
}
