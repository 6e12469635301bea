//! How many chunks of 200 words a core fingerprints and reads claims from in a second.

#![expect(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tamis_scoring::{Fingerprint, claims};

/// Chunks in a batch.
const CHUNKS: u64 = 200;

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
            _ => text += &["word", &(draw() % 4000).to_string(), " "].concat(),
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

criterion_group!(benches, chunks);
criterion_main!(benches);
