//! How many chunks a second `measure` and `decide` take on generated pages of technical prose, on one core.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use tamis_ingest::{ByteSpan, Chunk, ChunkId, DateSource, Document, DocumentId, MediaType, SourceName};
use tamis_scoring::{Policy, QualityReport, decide, measure};

const CHUNKS: usize = 200;
const WORDS: [&str; 24] = [
    "cache",
    "server",
    "the",
    "keeps",
    "every",
    "answer",
    "for",
    "five",
    "minutes",
    "and",
    "then",
    "asks",
    "it",
    "again",
    "when",
    "a",
    "client",
    "sends",
    "`SIGHUP`",
    "naïve",
    "it’s",
    "[guide](https://example.org/a)",
    "value",
    "in",
];

/// A section of about 200 words: a heading, two paragraphs, a list, a table or some code.
fn section(number: usize) -> String {
    let mut seed = number as u64 * 2_654_435_761 + 1;
    let mut words = |count: usize| {
        let pick = |_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            WORDS[(seed >> 33) as usize % WORDS.len()]
        };
        (0..count).map(pick).collect::<Vec<_>>().join(" ")
    };
    let extra = if number.is_multiple_of(3) {
        format!("```rust\nlet n = {number};\n```\n\n")
    } else {
        format!("| name | value |\n|---|---|\n| {} | {number} |\n\n", words(2))
    };
    format!("## Part {number}\n\n{}.\n\n- {}\n- {}\n\n{}.\n\n{extra}", words(90), words(15), words(15), words(70))
}

fn page() -> (Document, Vec<Chunk>) {
    let id = DocumentId::new(&SourceName::new("bench").unwrap_or_else(|_| unreachable!()), "page.md");
    let mut text = String::new();
    let mut chunks = Vec::new();
    for number in 0..CHUNKS {
        let section = section(number);
        let span = ByteSpan::new(text.len(), text.len() + section.len());
        text.push_str(&section);
        chunks.push(Chunk {
            id: ChunkId::new(&id, &[], &section, 0),
            ordinal: number as u32,
            tokens: 256,
            text: section,
            span,
            heading_path: Vec::new(),
            table_head: None,
            language: None,
            page: None,
        });
    }
    let document = Document {
        uri: "page.md".to_owned(),
        media_type: MediaType::Markdown,
        title: Some("Page".to_owned()),
        authors: Vec::new(),
        language: Some("en".to_owned()),
        language_stated: false,
        published_at: None,
        modified_at: Some(Timestamp::UNIX_EPOCH),
        modified_at_source: Some(DateSource::FrontMatter),
        text,
        line_offset: Some(0),
        pages: Vec::new(),
        notices: Vec::new(),
        authority: None,
        metadata: BTreeMap::new(),
    };
    (document, chunks)
}

fn measuring(criterion: &mut Criterion) {
    let (document, chunks) = page();
    let policy = Policy::default();
    let mut group = criterion.benchmark_group("scoring");
    group.throughput(Throughput::Elements(CHUNKS as u64));
    group.bench_function("measure and decide", |bencher| {
        bencher.iter(|| {
            let measured = measure(black_box(&document), &chunks, &policy, Timestamp::UNIX_EPOCH);
            for (chunk, measurement) in chunks.iter().zip(&measured) {
                black_box(decide(&QualityReport::compose(chunk.id.clone(), measurement, Vec::new()), &policy));
            }
        });
    });
    group.finish();
}

/// The macro makes a public function without documentation, which a private module may hold.
mod run {
    use super::{criterion_group, measuring};

    criterion_group!(benches, measuring);
}
use run::benches;
criterion_main!(benches);
