//! `tamis conflicts`

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;
use console::style;
use tamis_scoring::ConflictGround;

use super::{Exit, Format, Global};
use crate::ledger::{ConflictSide, Ledger, OpenConflict};

#[derive(Debug, Args)]
pub(super) struct ConflictsArgs {
    /// At most this many pairs
    #[arg(short = 'n', long, default_value_t = 50)]
    limit: u32,
    /// How to print the pairs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &ConflictsArgs) -> Result<Exit> {
    let data = global.data();
    data.must_exist()?;
    let ledger = Ledger::open(&data.ledger()).await?;
    // One more than wanted tells whether there are others.
    let mut conflicts = ledger.open_conflicts(None, args.limit.saturating_add(1)).await?;
    let more = conflicts.len() > args.limit as usize;
    conflicts.truncate(args.limit as usize);
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::json!({ "items": conflicts, "more": more }))?,
        Format::Text => {
            if conflicts.is_empty() {
                writeln!(out, "no open conflicts")?;
            }
            for conflict in &conflicts {
                print(&mut out, conflict)?;
            }
            if more {
                writeln!(out, "there are more: raise --limit")?;
            }
        }
    }
    Ok(Exit::Done)
}

fn print(out: &mut impl Write, conflict: &OpenConflict) -> Result<()> {
    for one in &conflict.disagreements {
        writeln!(out, "{} {} ({:.0} %)", style(one.rule).bold(), one.message, one.confidence * 100.0)?;
        for (i, (side, quote)) in conflict.sides.iter().zip(&one.quotes).enumerate() {
            let role = match (conflict.ground, i) {
                (Some(_), 0) if conflict.decided => style("stands    ").green(),
                (Some(_), _) if conflict.decided => style("gives way ").red(),
                // The audit saw it: a person is to say whether they exclude each other.
                (Some(_), 0) => style("would stand ").yellow(),
                (Some(_), _) => style("would yield ").yellow(),
                (None, _) => style("undecided ").yellow(),
            };
            let short = side.chunk.get(..12).unwrap_or(&side.chunk);
            let date = side.effective_at.map(|at| format!(", {}", at.strftime("%Y-%m-%d"))).unwrap_or_default();
            let why = match conflict.ground.filter(|_| i == 0) {
                Some(ground) => format!("; {}", because(ground, side)),
                None => String::new(),
            };
            writeln!(out, "    {role}{} {}{date}{why}", style(short).cyan(), style(&side.uri).bold())?;
            writeln!(out, "        {}", style(quote).dim())?;
        }
    }
    Ok(())
}

/// Why a side stands, in a few words.
fn because(ground: ConflictGround, side: &ConflictSide) -> String {
    match ground {
        ConflictGround::Authority => format!("it has more authority ({})", side.authority),
        ConflictGround::Version => "it is the newer version".to_owned(),
        ConflictGround::Date => "it is dated later".to_owned(),
        ConflictGround::Agreement => format!("more documents say so: {}", side.confirmed_by.join(", ")),
    }
}
