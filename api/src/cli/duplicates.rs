//! `tamis duplicates`

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;
use console::style;

use super::{Exit, Format, Global};
use crate::ledger::{DuplicateCluster, Ledger};

/// Members of a cluster printed for people.
const SHOWN_MEMBERS: usize = 10;
/// Characters of the canonical text printed for people.
const SHOWN_TEXT: usize = 160;

#[derive(Debug, Args)]
pub(super) struct DuplicatesArgs {
    /// At most this many clusters, the largest first
    #[arg(short = 'n', long, default_value_t = 20)]
    limit: u32,
    /// How to print the clusters
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &DuplicatesArgs) -> Result<Exit> {
    let data = global.data();
    data.must_exist()?;
    let ledger = Ledger::open(&data.ledger()).await?;
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

fn print(out: &mut impl Write, cluster: &DuplicateCluster) -> Result<()> {
    let text: String = cluster.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN_TEXT).collect();
    writeln!(out, "{} {} chunks", style(&cluster.kind).bold(), cluster.size)?;
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
