//! Seconds of one core for the sketches and for the whole fingerprints of a file of passages, as one JSON object:
//! `cargo run --release -p tamis-scoring --example fingerprints -- FILE`, FILE being JSON lines with a `text` each.

#![expect(clippy::print_stdout, reason = "an example that prints what it measured")]

use std::hint::black_box;
use std::time::Instant;

use serde::Deserialize;
use tamis_scoring::Fingerprint;

#[derive(Deserialize)]
struct Line {
    text: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a file of JSON lines with a text each")?;
    let lines = std::fs::read_to_string(file)?;
    let texts: Vec<String> =
        lines.lines().map(|line| serde_json::from_str(line).map(|line: Line| line.text)).collect::<Result<_, _>>()?;
    let start = Instant::now();
    let keys: usize = texts.iter().map(|text| black_box(Fingerprint::of(text)).bands.len()).sum();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{}",
        serde_json::json!({ "seconds": seconds, "processor": seconds, "passages": texts.len(), "keys": keys })
    );
    Ok(())
}
