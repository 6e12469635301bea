//! `tamis worker`

use anyhow::Result;

use super::{Exit, Global};
use crate::jobs::{Stop, begin, work_forever};
use crate::service::Writer;

pub(super) async fn run(global: &Global) -> Result<Exit> {
    let writer = Writer::open(global.config()?, &global.data(), "worker").await?;
    let service = &writer.service;
    let stop = Stop::on_signals();
    begin(service, &stop).await?;
    eprintln!("tamis works on {} (Ctrl-C stops it)", service.data.root().display());
    let working = Box::pin(work_forever(service, stop.clone()));
    if let Some(worked) = stop.within(service.config.drain_time(), working).await {
        worked?;
        service.ledger.close().await;
    }
    Ok(Exit::Done)
}
