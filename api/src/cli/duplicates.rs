//! `tamis duplicates`

mod recall;

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;
use console::style;

use super::{Exit, Format, Global};
use crate::ledger::{DuplicateCluster, Ledger};
use crate::plural::chunks;

/// Members of a cluster printed for people.
const SHOWN_MEMBERS: usize = 10;
/// Characters of the canonical text printed for people.
const SHOWN_TEXT: usize = 160;

#[derive(Debug, Args)]
pub(super) struct DuplicatesArgs {
    /// At most this many clusters, the largest first
    #[arg(short = 'n', long, default_value_t = 20)]
    limit: u32,
    /// Whole documents of which most stands in another, instead of chunks
    #[arg(long, conflicts_with = "recall")]
    documents: bool,
    /// Instead of clusters, measure how many copies are found: a sample is compared with every chunk word by word
    #[arg(long)]
    recall: bool,
    /// How many chunks to compare with all others
    #[arg(long, value_name = "N", default_value_t = 500, requires = "recall")]
    sample: usize,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &DuplicatesArgs) -> Result<Exit> {
    let data = global.data();
    data.must_exist()?;
    let ledger = Ledger::open(&data.ledger()).await?;
    if args.recall {
        return recall::run(&ledger, args.sample, args.format).await;
    }
    if args.documents {
        return documents(&ledger, args).await;
    }
    // One more than wanted tells whether there are others.
    let mut clusters = ledger.duplicate_clusters(None, args.limit.saturating_add(1)).await?;
    let more = clusters.len() > args.limit as usize;
    clusters.truncate(args.limit as usize);
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::json!({ "items": clusters, "more": more }))?,
        Format::Text => {
            if clusters.is_empty() {
                writeln!(out, "no duplicates")?;
            }
            for cluster in &clusters {
                print(&mut out, cluster)?;
            }
            if more {
                writeln!(out, "there are more: raise --limit")?;
            }
        }
    }
    Ok(Exit::Done)
}

async fn documents(ledger: &Ledger, args: &DuplicatesArgs) -> Result<Exit> {
    let clusters = ledger.copied_documents(args.limit).await?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::json!({ "items": clusters }))?,
        Format::Text => {
            if clusters.is_empty() {
                writeln!(out, "no document is mostly a copy of another")?;
            }
            for cluster in &clusters {
                writeln!(out, "{}", style(&cluster.canonical).bold())?;
                for copy in cluster.members.iter().take(SHOWN_MEMBERS) {
                    let edition = if copy.edition { ", an older edition" } else { "" };
                    writeln!(out, "    {:3.0} % of {}{edition}", copy.share * 100.0, copy.document)?;
                }
                if let more @ 1.. = cluster.members.len().saturating_sub(SHOWN_MEMBERS) {
                    writeln!(out, "    and {more} more: --format json tells them")?;
                }
            }
        }
    }
    Ok(Exit::Done)
}

fn print(out: &mut impl Write, cluster: &DuplicateCluster) -> Result<()> {
    let text: String = cluster.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN_TEXT).collect();
    writeln!(out, "{} {}", style(&cluster.kind).bold(), chunks(cluster.size))?;
    writeln!(out, "    {}", style(text).dim())?;
    for member in cluster.chunks.iter().take(SHOWN_MEMBERS) {
        let relation = match (&member.kind, member.similarity) {
            (None, _) => style("stands".to_owned()).green(),
            (Some(kind), Some(similarity)) => style(format!("{kind} {similarity:.2}")).yellow(),
            (Some(kind), None) => style(kind.clone()).yellow(),
        };
        let short = member.chunk.get(..12).unwrap_or(&member.chunk);
        writeln!(out, "    {} {relation} {}", style(short).cyan(), member.uri)?;
    }
    let left = usize::try_from(cluster.size).unwrap_or(usize::MAX).saturating_sub(SHOWN_MEMBERS);
    if left > 0 {
        writeln!(out, "    and {left} more: --format json tells them")?;
    }
    Ok(())
}
