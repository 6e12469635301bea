//! Keeping the corpus's figures for the history, and calling somebody where they are bad.

use anyhow::Result;

use crate::alerting;
use crate::ledger::Health;
use crate::service::Service;

/// Keeps figures that were just taken, and brings incidents to what they say.
///
/// # Errors
/// Where the ledger fails.
pub(super) async fn snapshot(service: &Service, run: Option<&str>, health: &Health) -> Result<()> {
    service.ledger.snapshot_health(run, health).await?;
    let alerts = &service.config.alerts;
    if alerts.rules.is_empty() {
        return Ok(());
    }
    let snapshots = service.ledger.last_snapshots(alerting::look_back(&alerts.rules)).await?;
    let firing = alerting::firing(&alerts.rules, &snapshots);
    service.ledger.settle_alerts(&firing, &service.webhook_names()).await?;
    Ok(())
}

/// Takes the day's figures where nobody has.
///
/// # Errors
/// Where the ledger fails.
pub(super) async fn daily_snapshot(service: &Service) -> Result<()> {
    if service.ledger.snapshot_is_due().await? {
        let health = service.ledger.health().await?;
        // An empty corpus scores 100, and whatever comes next would look like a fall.
        if health.chunks > 0 {
            snapshot(service, None, &health).await?;
        }
    }
    Ok(())
}
