//! Publishing a batch, and searching a corpus in each mode: 20,000 chunks, or as many as `TAMIS_BENCH_CHUNKS` says
//! (`TAMIS_BENCH_CHUNKS=100000 cargo bench -p tamis-index --bench search`). The vectors are made up, around topics as
//! those of texts are: embedding is not measured. Besides criterion's figures it prints how long building takes and how
//! large it gets, how many of the nearest ten are found, p50 and p99 of searches one by one, beside what tantivy and Lance
//! take by themselves for the same, and how many searches a second two tasks get while a third publishes, at the speed of
//! ingestion and at its own.

use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion};
use futures::TryStreamExt;
use lancedb::query::{ExecutableQuery, QueryBase, Select};
use tamis_index::{Corpus, IndexEntry, ModelFingerprint, SearchFilter, SearchMode, SearchRequest, Vector};
use tamis_ingest::{ChunkId, DocumentId, SourceName};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, Term};
use tokio::runtime::Runtime;

const DIMENSION: usize = 384;
const CHUNKS: usize = 20_000;
const TIMED: usize = 500;
const BATCH: usize = 1_000;
const WORDS_IN_CHUNK: usize = 180;
/// So many of the most frequent words hold sentences together.
const FUNCTION_WORDS: f64 = 150.0;
/// One topic for so many chunks, and how far a vector strays from its topics.
const CHUNKS_A_TOPIC: usize = 100;
const STRAYS: f64 = 0.9;
/// Searches compared with an exact one.
const COMPARED: usize = 100;
/// Candidates of each leg that a hybrid search fuses.
const FUSED: usize = 300;
/// What a word is worth by the field it stands in, as in a search of ours.
const WEIGHTS: [(&str, f32); 3] = [("body", 1.0), ("title", 0.2), ("headings", 0.1)];
/// How long searches and publishes run beside each other, and in which batches is published.
const BESIDE: Duration = Duration::from_secs(10);
const BESIDE_BATCH: usize = 200;
/// 100 chunks a second, more than two cores embed.
const AT_SPEED_OF_INGESTION: Duration = Duration::from_secs(2);

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

    /// A word of a question: none of the most frequent, for function words are left out of a search.
    fn asked_word(&mut self) -> String {
        let least = FUNCTION_WORDS.ln() / 30_000_f64.ln();
        format!("w{}", (30_000_f64.powf(least + (1.0 - least) * self.unit())) as u64)
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn direction(&mut self) -> Vec<f64> {
        (0..DIMENSION).map(|_| self.unit() - 0.5).collect()
    }

    /// Of one topic mostly, of another a little, and of its own.
    fn vector(&mut self, chunks: usize) -> Vector {
        let topics = (chunks / CHUNKS_A_TOPIC).max(1) as u64;
        let [near, far] = [self.next() % topics, self.next() % topics].map(|topic| Random(!topic).direction());
        let own = self.direction();
        let numbers: Vec<f64> =
            near.iter().zip(far).zip(own).map(|((near, far), own)| near + 0.4 * far + STRAYS * own).collect();
        let length = numbers.iter().map(|number| number * number).sum::<f64>().sqrt();
        numbers.into_iter().map(|number| (number / length) as f32).collect()
    }
}

fn entries(source: &SourceName, chunks: usize, from: usize, count: usize) -> Vec<(IndexEntry, Vector)> {
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
            (entry, random.vector(chunks))
        })
        .collect()
}

fn corpus(runtime: &Runtime, dir: &Path) -> Corpus {
    ok(runtime.block_on(Corpus::open(dir, &model())))
}

fn model() -> ModelFingerprint {
    ModelFingerprint { name: "made up".to_owned(), hash: "0".repeat(64), dimension: DIMENSION }
}

fn ok<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    #[expect(clippy::expect_used, reason = "a bench that cannot set itself up has nothing to say")]
    result.expect("set up")
}

fn publish(criterion: &mut Criterion) {
    let runtime = ok(Runtime::new());
    let source = ok(SourceName::new("bench"));
    let batch = entries(&source, CHUNKS, 0, BATCH);
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
    let corpus = Arc::new(corpus(&runtime, dir.path()));
    let chunks = std::env::var("TAMIS_BENCH_CHUNKS").ok().and_then(|count| count.parse().ok()).unwrap_or(CHUNKS);
    let mut written = Duration::ZERO;
    for number in 0..chunks / BATCH {
        let batch = entries(&source, chunks, number * BATCH, BATCH);
        let begun = Instant::now();
        ok(runtime.block_on(corpus.publish(number as u64, &batch, &[])));
        written += begun.elapsed();
    }
    let begun = Instant::now();
    ok(runtime.block_on(corpus.optimize()));
    println!(
        "{chunks} chunks: written in {written:.1?}, compacted in {:.1?}, {} MB",
        begun.elapsed(),
        size(dir.path()) / 1_000_000
    );

    // The first searches of a process, before its copy is made, go to Lance; each of these is a process of its own.
    let exact: Vec<HashSet<ChunkId>> = asked(chunks, SearchMode::Vector)
        .take(COMPARED)
        .map(|(request, vector)| {
            let corpus = ok(runtime.block_on(Corpus::open(dir.path(), &model())));
            nearest(&runtime, &corpus, &request, &vector)
        })
        .collect();
    let begun = Instant::now();
    ok(runtime.block_on(corpus.keep_in_memory()));
    println!("vectors in memory after {:.1?}; {} MB resident", begun.elapsed(), resident() / 1_000_000);
    let found: usize = asked(chunks, SearchMode::Vector)
        .zip(&exact)
        .map(|((request, vector), exact)| nearest(&runtime, &corpus, &request, &vector).intersection(exact).count())
        .sum();
    println!(
        "of the nearest ten, {:.4} are found",
        found as f64 / exact.iter().map(HashSet::len).sum::<usize>() as f64
    );
    bare_tantivy(dir.path(), chunks);
    bare_lance(&runtime, dir.path(), chunks);
    for mode in [SearchMode::Lexical, SearchMode::Vector, SearchMode::Hybrid] {
        percentiles(&format!("{mode:?}"), chunks, mode, |request, vector| {
            black_box(ok(runtime.block_on(corpus.search(request, Some(vector)))));
        });
    }
    for every in [AT_SPEED_OF_INGESTION, Duration::ZERO] {
        beside_publishes(&runtime, &corpus, &source, chunks, every);
    }

    let mut group = criterion.benchmark_group(format!("search {chunks} chunks"));
    group.sample_size(20);
    for mode in [SearchMode::Lexical, SearchMode::Vector, SearchMode::Hybrid] {
        group.bench_function(format!("{mode:?}"), |bencher| {
            let mut questions = asked(chunks, mode);
            bencher.iter_batched(
                || ok(questions.next().ok_or("no more questions")),
                |(request, vector)| black_box(ok(runtime.block_on(corpus.search(&request, Some(&vector))))),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// Questions without end, the same each time.
fn asked(chunks: usize, mode: SearchMode) -> impl Iterator<Item = (SearchRequest, Vector)> {
    let mut random = Random(7);
    std::iter::repeat_with(move || {
        let query = (0..8).map(|_| random.asked_word()).collect::<Vec<_>>().join(" ");
        let request = SearchRequest { query, limit: 10, mode, filter: SearchFilter::default() };
        (request, random.vector(chunks))
    })
}

fn nearest(runtime: &Runtime, corpus: &Corpus, request: &SearchRequest, vector: &Vector) -> HashSet<ChunkId> {
    let results = ok(runtime.block_on(corpus.search(request, Some(vector))));
    results.hits.into_iter().map(|hit| hit.chunk).collect()
}

/// Prints what half, and all but a hundredth, of searches take at most.
fn percentiles(name: &str, chunks: usize, mode: SearchMode, mut search: impl FnMut(&SearchRequest, &Vector)) {
    let mut times: Vec<f64> = asked(chunks, mode)
        .take(TIMED)
        .map(|(request, vector)| {
            let begun = Instant::now();
            search(&request, &vector);
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name}, {chunks} chunks: p50 {:.2} ms, p99 {:.2} ms", times[TIMED / 2], times[TIMED * 99 / 100]);
}

/// The same words in the same fields, each worth the same, and the ids of as many hits as a hybrid search fuses, from
/// tantivy by itself.
fn bare_tantivy(dir: &Path, chunks: usize) {
    let index = ok(Index::open_in_dir(dir.join("lexical")));
    let fields = WEIGHTS.map(|(name, weight)| (ok(index.schema().get_field(name)), weight));
    let reader = ok(index.reader());
    percentiles("tantivy by itself", chunks, SearchMode::Lexical, |request, _| {
        let searcher = reader.searcher();
        let term = |(field, weight), word| -> (Occur, Box<dyn Query>) {
            let term = TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight)))
        };
        let clauses = request.query.split(' ').flat_map(|word| fields.map(|field| term(field, word))).collect();
        let found = ok(searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(FUSED).order_by_score()));
        let columns = searcher.segment_readers().iter().map(|segment| {
            ["chunk_high", "chunk_low", "document_high", "document_low"].map(|name| ok(segment.fast_fields().u64(name)))
        });
        let columns: Vec<_> = columns.collect();
        for (_, address) in found {
            black_box(columns[address.segment_ord as usize].each_ref().map(|column| column.first(address.doc_id)));
        }
    });
}

/// As many of the nearest, from the table of vectors by itself: exact, as there is no index on it.
fn bare_lance(runtime: &Runtime, dir: &Path, chunks: usize) {
    let folder = dir.join("vectors");
    let connection = ok(runtime.block_on(lancedb::connect(&folder.to_string_lossy()).execute()));
    let table = ok(runtime.block_on(connection.open_table("chunks").execute()));
    percentiles("Lance by itself", chunks, SearchMode::Vector, |_, vector| {
        let query = ok(table.query().nearest_to(vector.as_slice()))
            .distance_type(lancedb::DistanceType::Cosine)
            .select(Select::columns(&["chunk", "document", "_distance"]))
            .limit(FUSED);
        let found: Vec<_> = ok(runtime.block_on(async { ok(query.execute().await).try_collect().await }));
        black_box(found);
    });
}

/// Prints how many hybrid searches a second two tasks get done while chunks are replaced, a batch each `every`.
fn beside_publishes(runtime: &Runtime, corpus: &Arc<Corpus>, source: &SourceName, chunks: usize, every: Duration) {
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let searches: Vec<_> = (0..2)
        .map(|_| {
            let (corpus, stop, done) = (Arc::clone(corpus), Arc::clone(&stop), Arc::clone(&done));
            runtime.spawn(async move {
                for (request, vector) in asked(chunks, SearchMode::Hybrid) {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    black_box(ok(corpus.search(&request, Some(&vector)).await));
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let (begun, mut batches) = (Instant::now(), 0_usize);
    while begun.elapsed() < BESIDE {
        let next = begun + every * batches as u32;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        let batch = entries(source, chunks, (batches * BESIDE_BATCH) % chunks.max(BESIDE_BATCH), BESIDE_BATCH);
        ok(runtime.block_on(corpus.publish((chunks + batches) as u64, &batch, &[])));
        batches += 1;
    }
    stop.store(true, Ordering::Relaxed);
    let seconds = begun.elapsed().as_secs_f64();
    for search in searches {
        ok(runtime.block_on(search));
    }
    println!(
        "beside each other: {:.0} searches and {:.0} chunks published a second",
        done.load(Ordering::Relaxed) as f64 / seconds,
        (batches * BESIDE_BATCH) as f64 / seconds
    );
}

fn size(dir: &Path) -> u64 {
    let items = ok(std::fs::read_dir(dir)).map(ok);
    items.map(|item| if item.path().is_dir() { size(&item.path()) } else { ok(item.metadata()).len() }).sum()
}

/// Bytes of memory this process holds; 0 where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default() * 1024
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    publish(&mut criterion);
    search(&mut criterion);
    criterion.final_summary();
}
