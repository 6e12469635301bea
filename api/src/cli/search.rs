//! `tamis search`

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use console::style;
use jiff::Timestamp;
use serde::Deserialize;
use tamis_index::{SearchFilter, SearchMode, SearchRequest, Snippet};
use tamis_ingest::SourceName;

use super::{Exit, Format, Global, Usage};
use crate::searching::{Hit, MAX_HITS, Question, SearchAnswer, check_share, parse_metadata, parse_time, search};
use crate::service::Service;

#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// What to search for; "…" holds a phrase that must occur, foo* stands for words that begin so
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
    /// Only this kind of document (reference, tutorial, policy, changelog, news, evergreen, unknown); can be given
    /// several times
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// Only documents in this language (ISO 639-1)
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Only documents changed at or after this time (2026-05-01, or RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    after: Option<Timestamp>,
    /// Only documents changed before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    before: Option<Timestamp>,
    /// Only documents with this in their metadata; can be given several times, and then all must hold
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_metadata)]
    metadata: Vec<(String, String)>,
    /// Only chunks graded at least so, 0 to 1
    #[arg(long, value_name = "SCORE")]
    min_score: Option<f32>,
    /// How much a document's further chunks give way to other documents, 0 (not at all) to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    diversity: f32,
    /// Show how each hit's score came about, and its grades
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
    let filter = SearchFilter {
        sources: sources.map_err(|problem| Usage(problem.to_string()))?,
        kinds: args.kind.clone(),
        language: args.language.clone(),
        modified_after: args.after,
        modified_before: args.before,
        metadata: args.metadata.clone(),
    };
    let min_score = args.min_score.map(|score| check_share("--min-score", score)).transpose().map_err(Usage)?;
    let diversity = check_share("--diversity", args.diversity).map_err(Usage)?;
    let question = |query: String| Question {
        request: SearchRequest { query, limit: args.limit, mode: args.mode.into(), filter: filter.clone() },
        min_score,
        diversity,
        explain: args.explain,
    };
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
            let answer = search(&service, &question(query.query), Some(id)).await?;
            writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        }
    } else {
        let answer = search(&service, &question(args.query.clone().unwrap_or_default()), None).await?;
        match args.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string(&answer)?)?,
            Format::Text => print(&mut out, &answer)?,
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

fn print(out: &mut impl Write, answer: &SearchAnswer) -> Result<()> {
    for correction in &answer.corrections {
        let searched = correction.searched.join(", ");
        writeln!(out, "{} occurs nowhere: searched for {searched} instead", style(&correction.typed).bold())?;
    }
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
        writeln!(out, "    {}", marked(&hit.snippet))?;
        if let Some(explanation) = explanation(hit) {
            writeln!(out, "    {explanation}")?;
        }
        if hit.repeated_by > 0 {
            writeln!(out, "    {}", style(format!("repeated by {} other chunks", hit.repeated_by)).dim())?;
        }
        for conflict in &hit.conflicts {
            writeln!(out, "    {} {}", style("sources disagree:").yellow(), conflict.message)?;
        }
    }
    Ok(())
}

fn explanation(hit: &Hit) -> Option<String> {
    let parts = hit.explain?;
    let leg = |rank: Option<u32>, score: Option<f32>| match (rank, score) {
        (Some(rank), Some(score)) => format!("#{rank}, {score:.3}"),
        (Some(rank), None) => format!("#{rank}"),
        (None, _) => "not found".to_owned(),
    };
    let scores = hit.scores.dimensions;
    let reranked = parts.reranked.map(|score| format!("reranked {score:.4}, before: ")).unwrap_or_default();
    Some(format!(
        "score {:.4} = ({reranked}lexical {:.4} [{}] + vector {:.4} [{}]) × freshness {:.3} × authority {:.3} × diversity {:.3}; grades: freshness {:.2}, duplication {:.2}, contradiction {:.2}, structure {:.2}, overall {:.2}",
        parts.score,
        parts.lexical,
        leg(hit.lexical_rank, hit.lexical_score),
        parts.vector,
        leg(hit.vector_rank, hit.vector_score),
        parts.freshness,
        parts.authority,
        parts.diversity,
        scores.freshness.get(),
        scores.duplication.get(),
        scores.contradiction.get(),
        scores.structure.get(),
        hit.scores.overall
    ))
}

/// The snippet with what was asked for in bold.
fn marked(snippet: &Snippet) -> String {
    let chars: Vec<char> = snippet.text.chars().collect();
    let slice = |from: usize, to: usize| chars.get(from..to).unwrap_or_default().iter().collect::<String>();
    let mut shown = String::new();
    let mut done = 0;
    for &(from, to) in &snippet.highlights {
        shown.push_str(&slice(done, from));
        shown.push_str(&style(slice(from, to)).bold().to_string());
        done = to;
    }
    shown + &slice(done, chars.len())
}
