//! Keeping the corpus's figures for the history, and calling somebody where they are bad.

use anyhow::Result;
use jiff::{Span, Timestamp};

use crate::alerting;
use crate::config::AlertRule;
use crate::ledger::{Bucket, Health, HistoryFilter, Incident, IncidentStatus, Ledger};
use crate::service::Service;

/// Snapshots that are read at a time.
const PAGE: u32 = 100;
/// Most incidents of a status that are looked through. A scope has one at most that is not resolved.
const MAX_INCIDENTS: u32 = 1_000;

/// Keeps figures that were just taken, and brings incidents to what they say.
///
/// # Errors
/// Where the ledger fails.
pub(super) async fn snapshot(service: &Service, run: Option<&str>, health: &Health) -> Result<()> {
    service.ledger.snapshot_health(run, health).await?;
    let rules = &service.config.alerts.rules;
    if rules.is_empty() {
        return Ok(());
    }
    settle(&service.ledger, rules, &service.webhook_names()).await
}

/// Takes the day's figures where nobody has.
///
/// # Errors
/// Where the ledger fails.
pub(super) async fn daily_snapshot(service: &Service) -> Result<()> {
    if service.ledger.snapshot_is_due().await? {
        let health = service.ledger.health().await?;
        if says_something(&service.ledger, &health).await? {
            snapshot(service, None, &health).await?;
        }
    }
    Ok(())
}

/// Whether figures are of a corpus that was read, be it that everything in it was lost or failed. Before the first run
/// there is nothing to tell: an empty corpus scores 100, and whatever comes next would look like a fall.
async fn says_something(ledger: &Ledger, health: &Health) -> Result<bool> {
    if health.chunks > 0 || health.failed_documents > 0 {
        return Ok(true);
    }
    Ok(!health.sources.is_empty() && !ledger.last_snapshots(1).await?.is_empty())
}

/// Brings incidents to what the last snapshot says.
async fn settle(ledger: &Ledger, rules: &[AlertRule], hooks: &[String]) -> Result<()> {
    let snapshots = history(ledger, rules).await?;
    let mut firing = alerting::firing(rules, &snapshots);
    if let Some(now) = snapshots.first().filter(|now| alerting::leave_something_unknown(rules, now)) {
        firing.extend(alerting::going_on(rules, now, &incidents(ledger).await?));
    }
    ledger.settle_alerts(&firing, hooks).await?;
    Ok(())
}

/// The snapshots that the rules look back on, the newest first: the last ones, and before them one an hour, for a run
/// every few minutes makes more of them than a drop within a year needs.
async fn history(ledger: &Ledger, rules: &[AlertRule]) -> Result<Vec<Health>> {
    let mut snapshots = ledger.last_snapshots(alerting::look_back(rules)).await?;
    for one in &mut snapshots {
        alerting::keep_watched(rules, one);
    }
    let since = snapshots.first().and_then(|now| alerting::drops_since(rules, now.at));
    if let (Some(since), Some(oldest)) = (since, snapshots.last().map(|one| one.at)) {
        let older = hourly(ledger, rules, since, oldest.checked_sub(Span::new().microseconds(1))?).await?;
        snapshots.extend(older.into_iter().rev());
    }
    Ok(snapshots)
}

/// The last snapshot of each hour, the oldest first, with what the rules watch only: a year of them fits in memory.
async fn hourly(ledger: &Ledger, rules: &[AlertRule], from: Timestamp, to: Timestamp) -> Result<Vec<Health>> {
    let mut snapshots: Vec<Health> = Vec::new();
    loop {
        let after = snapshots.last().map(|one| one.at.as_microsecond());
        let filter = HistoryFilter { from: Some(from), to: Some(to), bucket: Bucket::Hour, after, limit: PAGE };
        let page = ledger.health_history(&filter).await?;
        if page.is_empty() {
            return Ok(snapshots);
        }
        snapshots.extend(page.into_iter().map(|mut point| {
            alerting::keep_watched(rules, &mut point.health);
            point.health
        }));
    }
}

/// Incidents whose alerts may not have ceased. Those that a person resolved are among them: they stay quiet until their
/// alerts have ceased once.
async fn incidents(ledger: &Ledger) -> Result<Vec<Incident>> {
    let mut found = Vec::new();
    for status in [IncidentStatus::Open, IncidentStatus::Acknowledged, IncidentStatus::Resolved] {
        found.extend(ledger.incidents(Some(status), None, MAX_INCIDENTS).await?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tamis_ingest::SourceName;

    use super::*;
    use crate::ledger::{IncidentAction, Rates, ReviewHealth, SourceHealth};

    const SCORE_FLOOR: &str = "name = \"floor\"\nfigure = \"score\"\nfloor = 80";

    struct Bench {
        ledger: Ledger,
        rules: Vec<AlertRule>,
        _dir: tempfile::TempDir,
    }

    impl Bench {
        async fn new(rules: &[&str]) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let ledger = Ledger::open(&dir.path().join("ledger.sqlite")).await.unwrap();
            let rules = rules.iter().map(|rule| toml::from_str(rule).unwrap()).collect();
            Self { ledger, rules, _dir: dir }
        }

        /// Keeps figures, and settles alerts by them.
        async fn settle(&self, health: &Health) {
            self.ledger.snapshot_health(None, health).await.unwrap();
            settle(&self.ledger, &self.rules, &[]).await.unwrap();
        }

        async fn with_status(&self, status: IncidentStatus) -> Vec<Incident> {
            self.ledger.incidents(Some(status), None, 10).await.unwrap()
        }

        /// The rules of alerts that fire in open incidents, in order.
        async fn open(&self) -> Vec<String> {
            let alerts = self.with_status(IncidentStatus::Open).await.into_iter().flat_map(|one| one.alerts);
            let mut rules: Vec<_> = alerts.filter(|one| one.cleared_at.is_none()).map(|one| one.rule).collect();
            rules.sort();
            rules
        }
    }

    /// A corpus of a source, so many minutes after a fixed time.
    fn health(minutes: i64, score: f64, chunks: u64) -> Health {
        let source = SourceHealth { name: "docs".into(), score, chunks, ..SourceHealth::default() };
        Health {
            at: "2026-06-01T00:30:00Z".parse::<Timestamp>().unwrap() + Span::new().minutes(minutes),
            score,
            documents: u64::from(chunks > 0),
            failed_documents: 0,
            chunks,
            accepted: chunks,
            quarantined: 0,
            coverage: 1.0,
            rates: Rates::default(),
            dimensions: BTreeMap::new(),
            by_rule: BTreeMap::new(),
            sources: vec![source],
            groups: BTreeMap::new(),
            review: ReviewHealth { pending: 0, oldest_days: 0.0 },
        }
    }

    #[tokio::test]
    async fn a_drop_alert_looks_back_by_time_however_often_runs_come() {
        let drop = "name = \"drop\"\nfigure = \"score\"\ndrop = 5\nwithin_days = 9\nwindow = 10";
        let bench = Bench::new(&[drop]).await;
        // A run every five minutes for ten days would be slow to keep here: one every twenty minutes does.
        let (every, days) = (20, 10);
        let last = days * 24 * 60;
        for minutes in (0..last).step_by(every) {
            let score = if minutes < 26 * 60 { 90.0 } else { 84.0 };
            bench.ledger.snapshot_health(None, &health(minutes, score, 9)).await.unwrap();
        }
        bench.settle(&health(last, 84.0, 9)).await;
        assert_eq!(bench.open().await, ["drop"]);
        let snapshots = history(&bench.ledger, &bench.rules).await.unwrap();
        assert!(snapshots.is_sorted_by(|a, b| a.at >= b.at), "the newest first");
        assert!((9 * 24..=9 * 24 + 12).contains(&snapshots.len()), "one an hour: {}", snapshots.len());
        assert!(snapshots.iter().all(|one| one.sources.is_empty()), "no rule watches a source");
        // Three hours later the good score is too long ago.
        bench.settle(&health(last + 3 * 60, 84.0, 9)).await;
        assert!(bench.open().await.is_empty());
    }

    #[tokio::test]
    async fn a_short_history_is_told_once_to_an_alert() {
        let bench = Bench::new(&["name = \"drop\"\nfigure = \"score\"\ndrop = 5"]).await;
        for minutes in [0, 5, 90] {
            bench.ledger.snapshot_health(None, &health(minutes, 90.0, 9)).await.unwrap();
        }
        let snapshots = history(&bench.ledger, &bench.rules).await.unwrap();
        let times: Vec<_> = snapshots.iter().map(|one| one.at).collect();
        assert_eq!(times, [90, 5, 0].map(|minutes| health(minutes, 90.0, 9).at));
    }

    #[tokio::test]
    async fn an_alert_ends_by_a_healthy_figure_and_not_by_an_empty_corpus() {
        let of_source = format!("{}\nsource = \"docs\"", SCORE_FLOOR.replace("name = \"floor\"", "name = \"source\""));
        let coverage = "name = \"coverage\"\nfigure = \"coverage\"\nfloor = 0.5";
        let failed = "name = \"failed\"\nfigure = \"failed\"\nceiling = 2";
        let bench = Bench::new(&[SCORE_FLOOR, &of_source, coverage, failed]).await;
        bench.settle(&health(0, 70.0, 9)).await;
        assert_eq!(bench.open().await, ["floor", "source"]);
        // Nothing can be read any more.
        bench.settle(&Health { failed_documents: 3, coverage: 0.0, ..health(5, 100.0, 0) }).await;
        assert_eq!(bench.open().await, ["coverage", "failed", "floor", "source"]);
        // Nothing is there: no document fails, and of the others nothing is known.
        for minutes in 10..50 {
            bench.settle(&health(minutes, 100.0, 0)).await;
        }
        assert_eq!(bench.open().await, ["coverage", "floor", "source"]);
        let told = bench.with_status(IncidentStatus::Open).await.remove(0).alerts.remove(0);
        assert_eq!((told.value, told.message.as_str()), (70.0, "score is 70, and should be at least 80"));
        bench.settle(&health(60, 85.0, 9)).await;
        assert!(bench.open().await.is_empty());
    }

    #[tokio::test]
    async fn an_alert_resolved_by_hand_stays_quiet_over_an_empty_corpus() {
        let bench = Bench::new(&[SCORE_FLOOR]).await;
        bench.settle(&health(0, 70.0, 9)).await;
        let id = bench.with_status(IncidentStatus::Open).await.remove(0).id;
        bench.ledger.act_on_incident(&id, &IncidentAction::Resolve, "ada", &[]).await.unwrap();
        bench.settle(&health(5, 100.0, 0)).await;
        bench.settle(&health(10, 70.0, 9)).await;
        assert!(bench.open().await.is_empty());
    }

    #[tokio::test]
    async fn alerts_of_a_source_end_when_it_is_deleted() {
        let bench = Bench::new(&[&format!("{SCORE_FLOOR}\nsource = \"docs\"")]).await;
        bench.settle(&health(0, 70.0, 9)).await;
        assert_eq!(bench.open().await, ["floor"]);
        bench.settle(&Health { sources: Vec::new(), ..health(5, 90.0, 9) }).await;
        assert!(bench.open().await.is_empty());
    }

    #[tokio::test]
    async fn the_daily_figures_for_alerts_are_taken_of_a_corpus_that_lost_all_it_had() {
        let bench = Bench::new(&[]).await;
        let says = async || says_something(&bench.ledger, &bench.ledger.health().await.unwrap()).await.unwrap();
        assert!(!says().await, "nothing is there");
        let source = SourceName::new("docs").unwrap();
        bench.ledger.register_source(&source, std::path::Path::new("docs"), None).await.unwrap();
        assert!(!says().await, "nothing was read yet");
        let all_failed = Health { failed_documents: 3, ..health(0, 100.0, 0) };
        assert!(says_something(&bench.ledger, &all_failed).await.unwrap());
        bench.ledger.snapshot_health(None, &health(0, 90.0, 9)).await.unwrap();
        assert!(says().await, "its source is empty now");
    }
}
