//! `tamis audit`

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;

use super::{Exit, Format, Global};
use crate::jobs::{self, Stop};
use crate::plural::{chunks, counted};
use crate::service::Writer;

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    /// How to print the summary
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &AuditArgs) -> Result<Exit> {
    let data = global.data();
    data.must_exist()?;
    let writer = Writer::open(global.config()?, &data, "audit").await?;
    let service = &writer.service;
    let stop = Stop::on_signals();
    let summary = jobs::audit(service, &stop).await?;
    // What the policy hides for it leaves the indexes at once.
    jobs::publish_all(service, &jobs::Unobserved, &stop).await?;
    service.ledger.close().await;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&summary)?)?,
        Format::Text => {
            writeln!(
                out,
                "{} held against {}: {} and {} in other words",
                chunks(summary.chunks),
                counted(summary.pairs, "neighbour", "neighbours"),
                counted(summary.contradictions, "contradiction", "contradictions"),
                counted(summary.paraphrases, "repetition", "repetitions")
            )?;
            if summary.waiting > 0 {
                writeln!(out, "left for the next audit: {}", chunks(summary.waiting))?;
            }
        }
    }
    Ok(Exit::Done)
}
