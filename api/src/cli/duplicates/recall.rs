//! `tamis duplicates --recall`

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;
use tamis_ingest::ChunkId;
use tamis_scoring::duplication::Found;

use crate::cli::{Exit, Format};
use crate::ledger::Ledger;

/// Which chunks are picked. Fixed, so that the same corpus gives the same answer.
const SEED: u64 = 0;

/// How many of the copies in the corpus the keys find.
#[derive(Debug, Serialize)]
struct Answer {
    /// Chunks that were compared with all others, word by word.
    sampled: usize,
    /// Chunks there are.
    chunks: u64,
    /// Near copies: at least seven tenths of the three-word shingles of both agree.
    near: Pairs,
    /// Chunks that stand inside longer ones: at least nine tenths of their shingles are there.
    contained: Pairs,
}

/// Pairs of one kind.
#[derive(Debug, Serialize)]
struct Pairs {
    /// How many there are among those compared.
    total: usize,
    /// How many of them share a key and so are found.
    found: usize,
    /// `found` as a share of `total`, 0..=1; 1 where there are none.
    recall: f64,
    /// Some of those that share none.
    missed: Vec<(ChunkId, ChunkId)>,
}

impl From<&Found> for Pairs {
    fn from(found: &Found) -> Self {
        Self { total: found.pairs, found: found.found, recall: found.share(), missed: found.missed.clone() }
    }
}

pub(super) async fn run(ledger: &Ledger, sample: usize, format: Format) -> Result<Exit> {
    let (chunks, meter) = ledger.measure_recall(sample, SEED).await?;
    let recall = meter.recall();
    let answer =
        Answer { sampled: recall.sampled, chunks, near: (&recall.near).into(), contained: (&recall.contained).into() };
    let mut out = io::stdout().lock();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&answer)?)?,
        Format::Text => write(&mut out, &answer)?,
    }
    Ok(Exit::Done)
}

fn write(out: &mut impl Write, answer: &Answer) -> Result<()> {
    writeln!(out, "{} of {} chunks compared with all of them, word by word", answer.sampled, answer.chunks)?;
    for (name, pairs) in [("near copies", &answer.near), ("passages inside longer ones", &answer.contained)] {
        if pairs.total == 0 {
            writeln!(out, "{name}: there are none")?;
            continue;
        }
        writeln!(out, "{name}: {} of {} pairs found, recall {:.3}", pairs.found, pairs.total, pairs.recall)?;
        for (a, b) in &pairs.missed {
            writeln!(out, "    missed: {} {}", short(a), short(b))?;
        }
    }
    writeln!(out, "every pair is verified before it is reported, so precision is 1")?;
    Ok(())
}

fn short(chunk: &ChunkId) -> &str {
    chunk.as_str().get(..12).unwrap_or(chunk.as_str())
}
