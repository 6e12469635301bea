//! Time and memory of finding the duplicates among many chunks of 200 words:
//! `cargo run --release -p tamis-scoring --example duplicates_at_scale -- CHUNKS [prose|equal|empty|stubs]`.
//!
//! Prose: every fifth chunk is the one before it but for two words. Equal and empty chunks are all the same. Stubs say in
//! one sentence each where a page has moved to.

#![expect(clippy::print_stdout, reason = "an example that prints what it measured")]

use std::thread;
use std::time::Instant;

use tamis_ingest::{ChunkId, DocumentId, SourceName};
use tamis_scoring::{Fingerprint, Lineage, Passage, Policy, Standing, cross_check_under};

/// A chunk of 200 words drawn from a vocabulary by a fixed generator (Marsaglia's xorshift64).
fn prose(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::with_capacity(2_000);
    for _ in 0..200 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(&word(state % 40_000));
        text.push(' ');
    }
    text
}

/// A number as a word of letters alone: figures in a word would tell copies apart.
fn word(mut number: u64) -> String {
    let mut word = String::new();
    for _ in 0..4 {
        let (consonant, vowel) = (number % 15, number / 15 % 4);
        word.extend([b"bdfghklmnprstvz"[consonant as usize], b"aeio"[vowel as usize]].map(char::from));
        number /= 60;
    }
    word
}

fn text(kind: &str, number: u64) -> Option<String> {
    Some(match kind {
        "prose" if number % 5 == 4 => prose(number).replacen("ba ", "but ", 2),
        "prose" => prose(number + 1),
        "equal" => prose(1),
        "empty" => "---\n".to_owned(),
        "stubs" => format!(
            "The page {} has moved to another part of the manual, please follow this link to find it there again.",
            prose(number + 1).split(' ').next().unwrap_or_default()
        ),
        _ => return None,
    })
}

fn passage(number: u64, text: String, source: &SourceName) -> Passage {
    let uri = format!("page-{number}.md");
    let document = DocumentId::new(source, &uri);
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

/// The most memory the process ever held, in MiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().ok_or("say how many chunks")?.parse()?;
    let kind = arguments.next().unwrap_or_else(|| "prose".to_owned());
    text(&kind, 0).ok_or("prose, equal, empty or stubs")?;
    let source = SourceName::new("scale")?;
    let start = Instant::now();
    let workers = thread::available_parallelism().map_or(1, usize::from) as u64;
    let (kind, source) = (kind.as_str(), &source);
    let part = move |worker: u64| -> Vec<Passage> {
        (count * worker / workers..count * (worker + 1) / workers)
            .filter_map(|number| Some(passage(number, text(kind, number)?, source)))
            .collect()
    };
    let mut passages: Vec<Passage> = thread::scope(|scope| {
        let parts: Vec<_> = (0..workers).map(|worker| scope.spawn(move || part(worker))).collect();
        parts.into_iter().filter_map(|part| part.join().ok()).flatten().collect()
    });
    let made = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let report = cross_check_under(&mut passages, &Policy::default());
    println!(
        "{count} chunks ({kind}): made with keys in {made:.1} s, held against each other in {:.1} s, {} clusters, peak {} MiB",
        start.elapsed().as_secs_f64(),
        report.clusters.len(),
        peak().map_or_else(|| "?".to_owned(), |peak| peak.to_string())
    );
    Ok(())
}
