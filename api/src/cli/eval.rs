//! `tamis eval`

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use console::style;
use indicatif::ProgressBar;
use tamis_index::SearchMode;

use super::{Exit, Format, Global};
use crate::evaluation::metrics::Summary;
use crate::evaluation::{Evaluation, evaluate, golden};
use crate::jobs::Stop;
use crate::plural::{self, counted};
use crate::service::Service;

#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// Questions, one JSON object a line: {"id", "query", "relevant": [document ids]}, or {"id", "query", "answers": [texts],
    /// "wrong": [texts]}
    #[arg(long, value_name = "FILE")]
    golden: PathBuf,
    /// Ask the same of all chunks, with nothing held back: they are embedded and indexed in a folder of their own, which
    /// takes as long as ingesting them did, and deleted afterwards
    #[arg(long, value_enum)]
    compare: Option<Compare>,
    /// Which indexes answer
    #[arg(long, value_enum, default_value_t = Mode::Hybrid)]
    mode: Mode,
    /// Fail where the accuracy, 0 to 1, is below this
    #[arg(long, value_name = "SHARE")]
    fail_under: Option<f64>,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Compare {
    /// Everything that was read.
    Raw,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Hybrid,
    Lexical,
    Vector,
}

pub(super) async fn run(global: &Global, args: &EvalArgs) -> Result<Exit> {
    let file = File::open(&args.golden).with_context(|| format!("cannot read {}", args.golden.display()))?;
    let questions = golden::read(&args.golden, BufReader::new(file))?;
    let data = global.data();
    let service = Service::open(global.config()?, &data).await?;
    let mode = match args.mode {
        Mode::Hybrid => SearchMode::Hybrid,
        Mode::Lexical => SearchMode::Lexical,
        Mode::Vector => SearchMode::Vector,
    };
    let raw = args.compare.map(|Compare::Raw| data.scratch("uncurated")).transpose()?;
    let bar = if global.shows_progress() && raw.is_some() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let folder = raw.as_ref().map(tempfile::TempDir::path);
    let evaluation = evaluate(&service, &questions, mode, folder, &progress, &Stop::on_signals()).await?;
    bar.finish_and_clear();
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&evaluation)?)?,
        Format::Text => print(&mut out, &evaluation)?,
    }
    let passed = args.fail_under.is_none_or(|least| evaluation.curated.accuracy >= least);
    Ok(if passed { Exit::Done } else { Exit::No })
}

fn print(out: &mut impl Write, evaluation: &Evaluation) -> Result<()> {
    writeln!(out, "{}", counted(evaluation.questions as u64, "question", "questions"))?;
    writeln!(out, "{:<24}{:>9}{:>9}{:>9}{:>11}{:>9}", "", "accuracy", "wrong", "MRR", "recall@10", "nDCG@10")?;
    let mut row = |name: &str, chunks: u64, one: &Summary| {
        let label = format!("{name}, {}", plural::chunks(chunks));
        writeln!(
            out,
            "{}{:>9.3}{:>9.3}{:>9.3}{:>11.3}{:>9.3}",
            style(format!("{label:<24}")).bold(),
            one.accuracy,
            one.wrong,
            one.mrr,
            one.recall_at_10,
            one.ndcg_at_10
        )
    };
    row("curated", evaluation.curated_chunks, &evaluation.curated)?;
    if let (Some(chunks), Some(raw)) = (evaluation.raw_chunks, &evaluation.raw) {
        row("raw", chunks, raw)?;
    }
    Ok(())
}
