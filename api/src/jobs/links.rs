//! Ask whether the pages that documents link to are still there.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Result;
use tokio::task::spawn_blocking;

use super::Stop;
use crate::service::Service;
use crate::web_page;

const DAY: Duration = Duration::from_hours(24);

/// Asks for linked pages once a day, if the settings say so, until the order to stop comes.
pub(super) async fn check_links_forever(service: &Arc<Service>, mut stop: Stop) {
    if !service.config.links.check {
        return;
    }
    loop {
        match check_links(service, &stop).await {
            // What links came to is settled with the rest of what a source shows.
            Ok(_) => service.unsettled.store(true, Ordering::Relaxed),
            Err(problem) => tracing::error!(error = format!("{problem:#}"), "asking for linked pages failed"),
        }
        tokio::select! {
            () = stop.ordered() => return,
            () = tokio::time::sleep(DAY) => {}
        }
    }
}

/// Asks for linked pages whose turn it is. Returns how many were asked for.
async fn check_links(service: &Service, stop: &Stop) -> Result<usize> {
    let settings = service.config.links;
    service.ledger.collect_web_links().await?;
    let again = DAY * settings.again_days.max(1);
    let urls = service.ledger.pages_to_ask_for(again, settings.most).await?;
    let stop = stop.clone();
    let answers = spawn_blocking(move || web_page::ask_all(urls, settings, &|| stop.is_ordered())).await?;
    service.ledger.record_answers(&answers).await?;
    tracing::info!(pages = answers.len(), "linked pages asked for");
    Ok(answers.len())
}
