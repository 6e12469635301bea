//! `tamis compare`

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use console::style;
use serde::Deserialize;

use super::{Exit, Format, Usage};
use crate::comparing::{Comparison, MAX_PASSAGE, Pair, Relation, compare};

/// Longest line of a file of pairs, in bytes: two passages with their escapes.
const MAX_LINE: usize = 16 * MAX_PASSAGE;

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The first passage: a text, or the path of a text file
    ///
    /// An argument that names a file that exists is read from there; anything else is the passage itself.
    #[arg(value_name = "A", required_unless_present = "pairs", conflicts_with = "pairs", requires = "b")]
    a: Option<String>,
    /// The second passage: a text, or the path of a text file
    #[arg(value_name = "B")]
    b: Option<String>,
    /// Read pairs from a JSONL file of {"id","a","b"}, both texts, and print one result object a line; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// How to print the answer; `--pairs` always prints JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A line of a file of pairs.
#[derive(Debug, Deserialize)]
struct Line {
    id: serde_json::Value,
    a: String,
    b: String,
}

pub(super) fn run(args: &CompareArgs) -> Result<Exit> {
    let mut out = BufWriter::new(io::stdout().lock());
    if let Some(path) = &args.pairs {
        compare_lines(path, &mut out)?;
    } else {
        let (a, b) = (args.a.as_deref().unwrap_or_default(), args.b.as_deref().unwrap_or_default());
        let answer = compare(Pair { id: None, a: passage(a)?, b: passage(b)? }).map_err(Usage)?;
        match args.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string(&answer)?)?,
            Format::Text => print(&mut out, &answer)?,
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// Compares the pairs of a JSONL file, in input order.
fn compare_lines(path: &Path, out: &mut impl Write) -> Result<()> {
    let mut lines: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(path).with_context(|| format!("cannot read {}", path.display()))?))
    };
    let mut line = Vec::new();
    for number in 1_usize.. {
        let wrong = |problem: &dyn std::fmt::Display| Usage(format!("{}:{number}: {problem}", path.display()));
        line.clear();
        let read = lines.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line);
        if read.with_context(|| format!("cannot read {}", path.display()))? == 0 {
            break;
        }
        if line.len() > MAX_LINE {
            return Err(wrong(&format!("the line is longer than {MAX_LINE} bytes")).into());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let pair: Line = serde_json::from_slice(&line).map_err(|problem| {
            wrong(&format!(r#"{problem}; expected an object such as {{"id": "1", "a": "…", "b": "…"}}"#))
        })?;
        let id = pair.id.as_str().map_or_else(|| pair.id.to_string(), str::to_owned);
        let answer = compare(Pair { id: Some(id), a: pair.a, b: pair.b }).map_err(|problem| wrong(&problem))?;
        serde_json::to_writer(&mut *out, &answer)?;
        writeln!(out)?;
    }
    Ok(())
}

/// The passage that an argument is or names.
fn passage(argument: &str) -> Result<String> {
    let path = Path::new(argument);
    if argument.len() > 4_096 || !path.is_file() {
        return Ok(argument.to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot read {argument}"))?;
    file.take(MAX_PASSAGE as u64 + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {argument}"))?;
    if bytes.len() > MAX_PASSAGE {
        return Err(
            Usage(format!("{argument} is longer than {MAX_PASSAGE} bytes: `tamis check` compares documents")).into()
        );
    }
    String::from_utf8(bytes)
        .map_err(|_| Usage(format!("{argument} is no UTF-8 text: `tamis extract` reads other formats")).into())
}

fn print(out: &mut impl Write, answer: &Comparison) -> Result<()> {
    let (name, sure) = match answer.relation {
        Relation::Contradiction => (style("contradiction").red(), answer.probabilities.contradiction),
        Relation::Duplicate => (style("duplicate").yellow(), answer.probabilities.duplicate),
        Relation::Overlap => (style("overlap").cyan(), answer.probabilities.overlap),
        Relation::Neutral => (style("neutral").green(), answer.probabilities.neutral),
    };
    writeln!(out, "{} ({:.0} %)", name.bold(), sure * 100.0)?;
    for finding in &answer.findings {
        writeln!(out, "  {}", finding.message)?;
        writeln!(out, "    a: {}", style(&finding.quote).dim())?;
        writeln!(out, "    b: {}", style(&finding.counterpart.quote).dim())?;
    }
    Ok(())
}
