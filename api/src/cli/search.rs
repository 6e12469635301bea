//! `tamis search`

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use console::style;
use serde::Deserialize;
use tamis_index::{SearchFilter, SearchMode, SearchRequest};
use tamis_ingest::SourceName;

use super::{Exit, Format, Global, Usage};
use crate::searching::{Hit, MAX_HITS, SearchAnswer, search};
use crate::service::Service;

/// Characters of a hit's text shown.
const SHOWN_CHARACTERS: usize = 300;

#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// What to search for
    #[arg(value_name = "QUERY", required_unless_present = "queries", conflicts_with = "queries")]
    query: Option<String>,
    /// Read queries from a JSONL file of {"id","query"} and print one result object a line; `-` for standard input
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// How many hits at most
    #[arg(short = 'k', long = "limit", value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Which indexes answer
    #[arg(long, value_enum, default_value_t = Mode::Hybrid)]
    mode: Mode,
    /// Only this source; can be given several times
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Show where each hit stood in either index, and its grades
    #[arg(long)]
    explain: bool,
    /// How to print the hits; `--queries` always prints JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Hybrid,
    Lexical,
    Vector,
}

impl From<Mode> for SearchMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Hybrid => Self::Hybrid,
            Mode::Lexical => Self::Lexical,
            Mode::Vector => Self::Vector,
        }
    }
}

/// A line of a query file.
#[derive(Debug, Deserialize)]
struct Query {
    #[serde(alias = "_id")]
    id: serde_json::Value,
    #[serde(alias = "text")]
    query: String,
}

pub(super) async fn run(global: &Global, args: SearchArgs) -> Result<Exit> {
    if args.limit == 0 || args.limit > MAX_HITS {
        return Err(Usage(format!("-k must be between 1 and {MAX_HITS}")).into());
    }
    let sources = args.source.iter().map(|name| SourceName::new(name.clone())).collect::<Result<Vec<_>, _>>();
    let filter =
        SearchFilter { sources: sources.map_err(|problem| Usage(problem.to_string()))?, ..SearchFilter::default() };
    let request =
        |query: String| SearchRequest { query, limit: args.limit, mode: args.mode.into(), filter: filter.clone() };
    let service = Service::open(global.config()?, &global.data()).await?;
    let mut out = BufWriter::new(io::stdout().lock());
    if let Some(path) = &args.queries {
        for (number, line) in open(path)?.lines().enumerate() {
            let line = line.with_context(|| format!("cannot read {}", path.display()))?;
            if line.trim().is_empty() {
                continue;
            }
            let query: Query = serde_json::from_str(&line).map_err(|problem| {
                let wanted = r#"expected an object such as {"id": "1", "query": "…"}"#;
                Usage(format!("{}:{}: {problem}; {wanted}", path.display(), number + 1))
            })?;
            let id = query.id.as_str().map_or_else(|| query.id.to_string(), str::to_owned);
            let answer = search(&service, &request(query.query), Some(id)).await?;
            writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        }
    } else {
        let answer = search(&service, &request(args.query.clone().unwrap_or_default()), None).await?;
        match args.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string(&answer)?)?,
            Format::Text => print(&mut out, &answer, args.explain)?,
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn open(path: &PathBuf) -> Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

fn print(out: &mut impl Write, answer: &SearchAnswer, explain: bool) -> Result<()> {
    if answer.hits.is_empty() {
        writeln!(out, "nothing found: try fewer or other words")?;
    }
    for hit in &answer.hits {
        let title = hit.title.as_deref().unwrap_or(&hit.uri);
        let headings = hit.heading_path.join(" › ");
        writeln!(
            out,
            "{} {} {}",
            style(format!("{:>2}.", hit.rank)).dim(),
            style(title).bold(),
            style(headings).cyan()
        )?;
        writeln!(out, "    {}", style(&hit.uri).dim())?;
        writeln!(out, "    {}", excerpt(&hit.text))?;
        if explain {
            writeln!(out, "    {}", explanation(hit))?;
        }
        for conflict in &hit.conflicts {
            writeln!(out, "    {} {}", style("sources disagree:").yellow(), conflict.message)?;
        }
    }
    Ok(())
}

fn explanation(hit: &Hit) -> String {
    let leg = |rank: Option<u32>, score: Option<f32>| match (rank, score) {
        (Some(rank), Some(score)) => format!("#{rank} ({score:.3})"),
        (Some(rank), None) => format!("#{rank}"),
        (None, _) => "not found".to_owned(),
    };
    let scores = hit.scores.dimensions;
    format!(
        "score {:.4} = lexical {} + vector {}; grades: freshness {:.2}, duplication {:.2}, contradiction {:.2}, structure {:.2}, overall {:.2}",
        hit.score,
        leg(hit.lexical_rank, hit.lexical_score),
        leg(hit.vector_rank, hit.vector_score),
        scores.freshness.get(),
        scores.duplication.get(),
        scores.contradiction.get(),
        scores.structure.get(),
        hit.scores.overall
    )
}

fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_CHARACTERS) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or(&line)),
        None => line,
    }
}
