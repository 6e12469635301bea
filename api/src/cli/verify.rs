//! `tamis verify`

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;
use console::style;

use super::{Exit, Format, Global};
use crate::consistency::{Consistency, compare};
use crate::plural::{chunks, counted, plural};
use crate::service::Service;

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// How to print the comparison
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &VerifyArgs) -> Result<Exit> {
    let service = Service::open(global.config()?, &global.data()).await?;
    let consistency = compare(&service).await?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&consistency)?)?,
        Format::Text => print(&mut out, &consistency)?,
    }
    Ok(if consistency.ok { Exit::Done } else { Exit::No })
}

fn print(out: &mut impl Write, one: &Consistency) -> Result<()> {
    let mark = if one.ok { style("consistent").green().bold() } else { style("inconsistent").red().bold() };
    writeln!(
        out,
        "{mark}: {} in the ledger, {} in LanceDB, {} in tantivy",
        counted(one.ledger as u64, "searchable chunk", "searchable chunks"),
        one.lance,
        one.tantivy
    )?;
    for (index, orphans, missing) in
        [("LanceDB", &one.orphans.lance, &one.missing.lance), ("tantivy", &one.orphans.tantivy, &one.missing.tantivy)]
    {
        if !orphans.is_empty() || !missing.is_empty() {
            writeln!(out, "  {index}: {} orphans, {} missing", orphans.len(), missing.len())?;
        }
    }
    if !one.ok && one.unpublished > 0 {
        writeln!(
            out,
            "{} {} to be published: run `tamis ingest` again to finish it",
            chunks(one.unpublished),
            plural(one.unpublished, "waits", "wait")
        )?;
    } else if !one.ok {
        writeln!(out, "`tamis rebuild` makes both indexes anew from the ledger")?;
    }
    Ok(())
}
