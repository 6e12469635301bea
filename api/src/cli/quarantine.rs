//! `tamis quarantine`

use std::io::{self, Write};

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use console::style;

use super::grade::severity_mark;
use super::{Exit, Format, Global};
use crate::data_dir::{self, DataDir};
use crate::jobs::{self, Stop};
use crate::ledger::{Ledger, QuarantineFilter, QuarantinedChunk, ReviewAction, ReviewState};
use crate::service::Writer;

#[derive(Debug, Args)]
pub(super) struct QuarantineArgs {
    #[command(subcommand)]
    command: QuarantineCommand,
}

#[derive(Debug, Subcommand)]
enum QuarantineCommand {
    /// List chunks that are held back, contradictions first
    List(ListArgs),
    /// Show a chunk with everything found about it
    Show(ShowArgs),
    /// Let chunks be searched in spite of what was found
    Release(DecideArgs),
    /// Keep chunks out for good
    Reject(DecideArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only chunks in this state
    #[arg(long, value_enum, default_value_t = Status::Pending)]
    status: Status,
    /// Only chunks held back by this rule
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Only chunks of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// At most this many
    #[arg(short = 'n', long, default_value_t = 50)]
    limit: u32,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    Pending,
    Released,
    Rejected,
    All,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// The chunk's id, or its beginning
    id: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct DecideArgs {
    /// The chunks' ids, or their beginnings
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Why
    #[arg(long)]
    note: Option<String>,
}

pub(super) async fn run(global: &Global, args: QuarantineArgs) -> Result<Exit> {
    let data = global.data();
    data.must_exist()?;
    match args.command {
        QuarantineCommand::List(args) => list(&data, args).await,
        QuarantineCommand::Show(args) => show(&data, &args).await,
        QuarantineCommand::Release(args) => decide(global, &data, args, ReviewAction::Release).await,
        QuarantineCommand::Reject(args) => decide(global, &data, args, ReviewAction::Reject).await,
    }
}

async fn list(data: &DataDir, args: ListArgs) -> Result<Exit> {
    let ledger = Ledger::open(&data.ledger()).await?;
    let state = match args.status {
        Status::Pending => Some(ReviewState::Pending),
        Status::Released => Some(ReviewState::Released),
        Status::Rejected => Some(ReviewState::Rejected),
        Status::All => None,
    };
    // One more than wanted tells whether there is a next page.
    let filter = QuarantineFilter {
        state,
        rule: args.rule,
        source: args.source,
        after: None,
        limit: args.limit.saturating_add(1),
    };
    let mut items = ledger.quarantine(&filter).await?;
    let more = items.len() > args.limit as usize;
    items.truncate(args.limit as usize);
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => {
            let next_cursor = if more { items.last().map(|item| item.place.clone()) } else { None };
            writeln!(out, "{}", serde_json::json!({ "items": items, "next_cursor": next_cursor }))?;
        }
        Format::Text => {
            if items.is_empty() {
                writeln!(out, "nothing in quarantine")?;
            }
            for item in &items {
                print_short(&mut out, item)?;
            }
            if more {
                writeln!(out, "there is more: raise --limit, or narrow with --rule and --source")?;
            }
        }
    }
    Ok(Exit::Done)
}

async fn show(data: &DataDir, args: &ShowArgs) -> Result<Exit> {
    let ledger = Ledger::open(&data.ledger()).await?;
    let id = ledger.resolve_chunk(&args.id).await?;
    let item = ledger.quarantined_chunk(&id).await?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&item)?)?,
        Format::Text => print_long(&mut out, &item)?,
    }
    Ok(Exit::Done)
}

/// Records the decision, and publishes it at once unless a running `tamis serve` does.
async fn decide(global: &Global, data: &DataDir, args: DecideArgs, action: ReviewAction) -> Result<Exit> {
    let config = global.config()?;
    let ledger = Ledger::open(&data.ledger()).await?;
    let policy = ledger.adopt_policy(&config.policy).await?.policy;
    let mut chunks = Vec::with_capacity(args.ids.len());
    for id in &args.ids {
        chunks.push(ledger.resolve_chunk(id).await?);
    }
    let actor = std::env::var("USER").unwrap_or_else(|_| "cli".to_owned());
    ledger.review(&chunks, action, &actor, args.note.as_deref(), &policy).await?;
    ledger.close().await;
    let what = action.state().name();
    match Writer::open(config, data, "quarantine").await {
        Ok(writer) => {
            let bars = super::progress::Bars::new(global.shows_progress());
            jobs::publish_all(&writer.service, &bars, &Stop::on_signals()).await?;
            eprintln!("{} chunks {what}", chunks.len());
        }
        Err(problem) if matches!(problem.downcast_ref(), Some(data_dir::Error::Locked { .. })) => {
            eprintln!(
                "{} chunks {what}; the tamis that is working in {} takes it up",
                chunks.len(),
                data.root().display()
            );
        }
        Err(problem) => return Err(problem),
    }
    Ok(Exit::Done)
}

fn print_short(out: &mut impl Write, item: &QuarantinedChunk) -> Result<()> {
    let short = item.chunk.get(..12).unwrap_or(&item.chunk);
    writeln!(out, "{} {}", style(short).cyan(), style(&item.uri).bold())?;
    for finding in item.findings.iter().filter(|finding| item.reasons.iter().any(|rule| rule == finding.rule.id())) {
        writeln!(out, "    {} {}: {}", severity_mark(finding.severity), finding.rule, finding.message)?;
        writeln!(out, "      {}", style(one_line(&finding.quote)).dim())?;
        if let Some(other) = &finding.counterpart {
            writeln!(out, "      {}: {}", other.uri, style(one_line(&other.quote)).dim())?;
        }
    }
    Ok(())
}

fn print_long(out: &mut impl Write, item: &QuarantinedChunk) -> Result<()> {
    print_short(out, item)?;
    let scores = item.scores;
    writeln!(
        out,
        "    {}, overall {:.2}: freshness {:.2}, duplication {:.2}, contradiction {:.2}, structure {:.2}",
        item.status.name(),
        item.overall,
        scores.freshness.get(),
        scores.duplication.get(),
        scores.contradiction.get(),
        scores.structure.get()
    )?;
    if !item.heading_path.is_empty() {
        writeln!(out, "    {}", item.heading_path.join(" › "))?;
    }
    writeln!(out, "\n{}", item.text.trim_end())?;
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
