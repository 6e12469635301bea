//! Ask whether the pages that documents link to are still there.

use std::time::Duration;

use anyhow::Result;
use tokio::task::spawn_blocking;

use super::Stop;
use crate::service::Service;
use crate::web_page;

const DAY: Duration = Duration::from_hours(24);

/// Asks for linked pages whose turn it is, if the settings say so. Returns how many were asked for.
///
/// # Errors
/// Where the ledger fails. A page that does not answer is no error.
pub(super) async fn check_links(service: &Service, stop: &Stop) -> Result<usize> {
    let settings = service.config.links;
    if !settings.check {
        return Ok(0);
    }
    service.ledger.collect_web_links().await?;
    let again = DAY * settings.again_days.max(1);
    let urls = service.ledger.pages_to_ask_for(again, settings.most).await?;
    let stop = stop.clone();
    let answers = spawn_blocking(move || web_page::ask_all(urls, settings, &|| stop.is_ordered())).await?;
    service.ledger.record_answers(&answers).await?;
    tracing::info!(pages = answers.len(), "linked pages asked for");
    Ok(answers.len())
}
