//! `tamis rebuild`

use std::fs;
use std::io;

use anyhow::{Context, Result};
use clap::Args;

use super::progress::Bars;
use super::{Exit, Global};
use crate::jobs::{Stop, publish_all};
use crate::ledger::Ledger;
use crate::service::Writer;

#[derive(Debug, Args)]
pub(super) struct RebuildArgs {}

pub(super) async fn run(global: &Global, _: &RebuildArgs) -> Result<Exit> {
    let config = global.config()?;
    let data = global.data();
    data.must_exist()?;
    {
        // First the facts, then the files: killed in between, the indexes hold what the ledger has forgotten, and the
        // next rebuild clears them again.
        let _lock = data.lock("rebuild")?;
        let ledger = Ledger::open(&data.ledger()).await?;
        ledger.forget_publications().await?;
        ledger.close().await;
        match fs::remove_dir_all(data.index()) {
            Err(problem) if problem.kind() != io::ErrorKind::NotFound => {
                return Err(problem).with_context(|| format!("cannot clear {}", data.index().display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    let writer = Writer::open(config, &data, "rebuild").await?;
    let stop = Stop::on_signals();
    let bars = Bars::new(global.shows_progress());
    let embedded = publish_all(&writer.service, &bars, &stop).await?;
    writer.service.corpus.optimize().await?;
    if stop.is_ordered() {
        eprintln!("stopped before the end: `tamis ingest` or `tamis rebuild` goes on");
        return Ok(Exit::No);
    }
    eprintln!("indexed {embedded} chunks");
    Ok(Exit::Done)
}
