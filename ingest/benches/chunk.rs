//! Chunking speed on generated Markdown. The second size is ten times the first: the bytes per second of both should
//! be about the same, for chunking is linear in the text.

#![expect(missing_docs, reason = "criterion_group! writes a public function without any")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tamis_ingest::chunk::chunk;
use tamis_ingest::{ChunkLimits, Document, DocumentId, MediaType, TokenCounter};

const SIZES: [usize; 2] = [1 << 20, 10 << 20];

fn chunking(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chunk");
    group.sample_size(10);
    let id = DocumentId::from_stored("bench".to_owned());
    for (shape, text_of) in [("manual", manual as fn(usize) -> String), ("one_line", one_line), ("list", list)] {
        for size in SIZES {
            let document = document(text_of(size));
            group.throughput(Throughput::Bytes(document.text.len() as u64));
            group.bench_with_input(BenchmarkId::new(shape, size), &document, |bencher, document| {
                bencher.iter(|| {
                    chunk(black_box(&id), black_box(document), &TokenCounter::Estimate, ChunkLimits::default())
                });
            });
        }
    }
    group.finish();
}

/// Sections with paragraphs, lists, tables and code.
fn manual(size: usize) -> String {
    grow(size, |text, n| {
        let level = "#".repeat(1 + n % 4);
        write!(
            text,
            "{level} Section {n}\n\nThe setting `key{n}` takes {n} values, e.g. one. Others are refused! See part {}.\n\n\
             - first item of {n}\n- second item\n  - with a child\n\n\
             | Key | Value |\n|-----|-------|\n| a{n} | {n} |\n| b{n} | 2 |\n\n\
             ```rust\nfn section_{n}() -> u32 {{\n    {n}\n}}\n```\n\n",
            n / 2
        )
    })
}

/// Sentences without a line break.
fn one_line(size: usize) -> String {
    grow(size, |text, n| write!(text, "Sentence {n} says that the value is {}.5 and not more. ", n % 97))
}

/// A single list of short items, the most units to pack for its size.
fn list(size: usize) -> String {
    grow(size, |text, n| writeln!(text, "- {n}"))
}

fn grow(size: usize, write: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut text = String::with_capacity(size + 1024);
    let mut n = 0;
    while text.len() < size && write(&mut text, n).is_ok() {
        n += 1;
    }
    text
}

fn document(text: String) -> Document {
    Document {
        uri: "bench.md".to_owned(),
        media_type: MediaType::Markdown,
        title: None,
        authors: Vec::new(),
        language: None,
        language_stated: false,
        published_at: None,
        modified_at: None,
        modified_at_source: None,
        text,
        line_offset: None,
        pages: Vec::new(),
        notices: Vec::new(),
        authority: None,
        metadata: BTreeMap::new(),
    }
}

criterion_group!(benches, chunking);
criterion_main!(benches);
