//! Prints what contradicts what in a folder or a JSON-lines file of documents, without a ledger and without a model:
//! one JSON object a finding, those of both sides and of chunks with themselves, and the number of chunks on stderr.
//!
//! `cargo run --release -p tamis-scoring --example conflicts -- PATH`

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for developers"
)]

#[path = "../tests/corpus/mod.rs"]
mod corpus;

use std::path::PathBuf;
use std::time::Instant;

use tamis_scoring::{Dimension, Passage, cross_check};

fn main() {
    let path = PathBuf::from(std::env::args().nth(1).unwrap());
    let read = corpus::read(&path);
    let start = Instant::now();
    let passages: Vec<Passage> = read.iter().flat_map(corpus::passages).collect();
    let prepared = start.elapsed();
    let claims: usize = passages.iter().map(|passage| passage.claims.len()).sum();
    let report = cross_check(&passages);
    for passage in &passages {
        for finding in report.findings.get(&passage.chunk).into_iter().flatten() {
            if finding.rule.dimension() == Dimension::Contradiction {
                let value =
                    serde_json::json!({"document": passage.document_name, "chunk": passage.chunk, "finding": finding});
                println!("{value}");
            }
        }
    }
    for one in &read {
        for (chunk, measurement) in &one.chunks {
            for finding in measurement.findings.iter().filter(|one| one.rule.dimension() == Dimension::Contradiction) {
                println!(
                    "{}",
                    serde_json::json!({"document": one.document.uri, "chunk": chunk.id, "finding": finding})
                );
            }
        }
    }
    let chunks: usize = read.iter().map(|one| one.chunks.len()).sum();
    eprintln!(
        "{chunks} chunks, {} passages, {claims} claims; fingerprints and claims {prepared:?}, all {:?}",
        passages.len(),
        start.elapsed()
    );
}
