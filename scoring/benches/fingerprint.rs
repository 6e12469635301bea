//! How many chunks of 200 words a core fingerprints, reads claims from and places among candidates in a second, and how
//! long checking ten and a hundred thousand against each other takes.

#![expect(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tamis_ingest::{ChunkId, DocumentId, SourceName};
use tamis_scoring::{Fingerprint, Lineage, Passage, Policy, Standing, claims, cross_check_under, place};

/// Chunks in a batch.
const CHUNKS: u64 = 200;

/// Words of a vocabulary of 4,096 are put together of these.
const SYLLABLES: [&str; 16] =
    ["ba", "co", "du", "fel", "gra", "him", "jo", "ken", "lu", "mar", "nis", "po", "ri", "sta", "tur", "ve"];

/// A chunk of 200 words: sentences of words drawn from a vocabulary by a fixed generator, one in four with a number.
fn chunk(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut text = String::new();
    for i in 0..200 {
        match (i % 14, draw() % 4) {
            (0, _) => text.push_str("The "),
            (7, 0) => text += &[&(draw() % 90).to_string(), " days "].concat(),
            (13, _) => text.push_str("end. "),
            _ => {
                let number = draw();
                text.extend([8, 4, 0].map(|shift| SYLLABLES[(number >> shift & 15) as usize]));
                text.push(' ');
            }
        }
    }
    text
}

fn chunks(criterion: &mut Criterion) {
    let texts: Vec<String> = (1..=CHUNKS).map(chunk).collect();
    let mut group = criterion.benchmark_group("chunks of 200 words");
    group.throughput(Throughput::Elements(CHUNKS)).sample_size(20);
    group.bench_function("fingerprint", |bencher| {
        bencher.iter(|| texts.iter().map(|text| Fingerprint::of(black_box(text)).bands.len()).sum::<usize>());
    });
    group.bench_function("claims", |bencher| {
        bencher.iter(|| texts.iter().map(|text| claims(black_box(text)).len()).sum::<usize>());
    });
    group.finish();
}

/// Candidates looked at for one chunk.
const CANDIDATES: usize = 32;

/// A passage of a document of its own.
fn passage(number: u64, text: String) -> Passage {
    let uri = ["page-", &number.to_string(), ".md"].concat();
    let document = DocumentId::new(&SourceName::new("bench").unwrap_or_else(|_| unreachable!()), &uri);
    Passage {
        chunk: ChunkId::new(&document, &[], &text, 0),
        document,
        document_name: uri.clone(),
        standing: Standing {
            authority: 50,
            effective_at: None,
            lineage: Lineage::default(),
            words: 200,
            document_words: 200,
            uri: uri.clone(),
            ordinal: 0,
        },
        uri,
        offset: 0,
        named: Vec::new(),
        language: None,
        fingerprint: Fingerprint::of(&text),
        claims: Vec::new(),
        text,
    }
}

/// `count` passages, every fifth a copy of the one before it but for two words.
fn corpus(count: u64) -> Vec<Passage> {
    let text = |number: u64| match number % 5 {
        4 => chunk(number).replacen("The ", "Now ", 2),
        _ => chunk(number + 1),
    };
    (0..count).map(|number| passage(number, text(number))).collect()
}

fn comparing(criterion: &mut Criterion) {
    let all = corpus(CHUNKS);
    let mut group = criterion.benchmark_group("chunks of 200 words");
    group.throughput(Throughput::Elements(CHUNKS)).sample_size(20);
    group.bench_function("placed among 32 candidates", |bencher| {
        let sets = || all.iter().zip(all.windows(CANDIDATES).cycle());
        bencher.iter(|| sets().filter(|(one, others)| place(one, others).shadowed_by.is_some()).count());
    });
    group.finish();
    let policy = Policy::default();
    let mut group = criterion.benchmark_group("cross-check");
    group.sample_size(10);
    for count in [10_000, 100_000] {
        let mut all = corpus(count);
        group.throughput(Throughput::Elements(count));
        group.bench_function(["duplicates among ", &count.to_string()].concat(), |bencher| {
            bencher.iter(|| cross_check_under(black_box(&mut all), &policy).clusters.len());
        });
    }
    group.finish();
}

/// Passages of a manual: a sentence that very many pages have with a value of its own, a setting, and prose.
fn manual(count: u64) -> Vec<Passage> {
    let text = |number: u64| {
        format!(
            "# Part {}\n\nThe default limit is {} files.\n\n- `max_jobs_{}` (default: {}): how many jobs run\n\n{}",
            number % 50,
            number,
            number % 900,
            number % 7,
            chunk(number + 1)
        )
    };
    let with_claims = |one: Passage| Passage { claims: claims(&one.text), ..one };
    (0..count).map(|number| with_claims(passage(number, text(number)))).collect()
}

fn contradicting(criterion: &mut Criterion) {
    let policy = Policy::default();
    let mut group = criterion.benchmark_group("cross-check");
    group.sample_size(10);
    for count in [2_000, 20_000] {
        let mut all = manual(count);
        group.throughput(Throughput::Elements(count));
        group.bench_function(["contradictions among ", &count.to_string()].concat(), |bencher| {
            bencher.iter(|| cross_check_under(black_box(&mut all), &policy).findings.len());
        });
    }
    group.finish();
}

criterion_group!(benches, chunks, comparing, contradicting);
criterion_main!(benches);
