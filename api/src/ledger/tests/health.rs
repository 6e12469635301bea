//! Health over time: snapshots, which findings came and went, forecasts, incidents.

use jiff::{Span, Timestamp};

use super::{Bench, TOPICS, texts};
use crate::ledger::{
    Bucket, Error, FindingChanges, FindingStatus, Firing, Health, HistoryFilter, Incident, IncidentAction,
    IncidentStatus, JobFilter, JobKind, JobStatus, SourceHealth,
};

impl Bench {
    /// Takes the figures as if it were `day` days after a fixed time.
    async fn snapshot(&self, day: i64) -> Health {
        let health = Health { at: at(day), ..self.ledger.health().await.unwrap() };
        self.ledger.snapshot_health(None, &health).await.unwrap();
        health
    }

    /// Rule, document and status of what became of findings between two days.
    async fn changes(&self, from: i64, to: i64) -> Vec<(String, String, FindingStatus)> {
        let filter = FindingChanges { from: at(from), to: at(to), limit: 100, ..FindingChanges::default() };
        let changes = self.ledger.finding_changes(&filter).await.unwrap();
        let mut found: Vec<_> = changes.into_iter().map(|one| (one.rule, one.uri, one.status)).collect();
        found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        found
    }

    async fn history(&self, filter: HistoryFilter) -> Vec<Timestamp> {
        let filter = HistoryFilter { limit: 500, ..filter };
        self.ledger.health_history(&filter).await.unwrap().into_iter().map(|point| point.health.at).collect()
    }
}

/// Noon of a day, counted from 2026-01-01.
fn at(day: i64) -> Timestamp {
    "2026-01-01T12:00:00Z".parse::<Timestamp>().unwrap() + Span::new().hours(24 * day)
}

#[tokio::test]
async fn findings_keep_their_identity_over_readings_and_edits_elsewhere() {
    let mut bench = Bench::new().await;
    let page = |last: &str| {
        format!(
            "# Ferry\n\n{}\n\n## Filler\n\nLorem ipsum dolor sit amet, consectetur adipiscing elit.\n\n## Bread\n\n{last}\n",
            TOPICS[5]
        )
    };
    bench.documents.insert("a.md".into(), page(TOPICS[1]));
    bench.run().await;
    bench.snapshot(0).await;
    // The page changes elsewhere, and another one comes that copies.
    bench.documents.insert("a.md".into(), page(TOPICS[2]));
    bench.documents.insert("b.md".into(), texts()[0].clone());
    bench.documents.insert("c.md".into(), texts()[0].clone());
    bench.run().await;
    bench.snapshot(1).await;
    let changes = bench.changes(0, 1).await;
    let placeholder = ("structure.placeholder".to_owned(), "a.md".to_owned(), FindingStatus::Persisting);
    assert!(changes.contains(&placeholder), "{changes:?}");
    assert!(changes.iter().any(|(rule, _, status)| rule == "duplication.exact" && *status == FindingStatus::New));
    // The filler is replaced, the copy goes; read under the same rules again, nothing else moves.
    bench.documents.insert(
        "a.md".into(),
        page(TOPICS[2]).replace("Lorem ipsum dolor sit amet, consectetur adipiscing elit", TOPICS[3]),
    );
    bench.documents.remove("c.md");
    bench.run().await;
    bench.snapshot(2).await;
    let resolved = |changes: &[(String, String, FindingStatus)], rule: &str| {
        changes.iter().any(|(of, _, status)| of == rule && *status == FindingStatus::Resolved)
    };
    let changes = bench.changes(1, 2).await;
    assert!(resolved(&changes, "structure.placeholder") && resolved(&changes, "duplication.exact"), "{changes:?}");
    // Between the first day and the last the copy came and went, and is not told.
    let changes = bench.changes(0, 2).await;
    assert!(!changes.iter().any(|(rule, ..)| rule == "duplication.exact"), "{changes:?}");
    assert!(resolved(&changes, "structure.placeholder"));
    // What stays the same costs no row.
    let rows = bench.count("select count(*) from finding_history").await;
    bench.snapshot(3).await;
    assert_eq!(bench.count("select count(*) from finding_history").await, rows);
    assert!(bench.changes(2, 3).await.iter().all(|(.., status)| *status == FindingStatus::Persisting));
}

#[tokio::test]
async fn a_finding_that_went_and_came_again_persists() {
    let mut bench = Bench::new().await;
    for (day, copied) in [(0, true), (1, false), (2, true)] {
        bench.documents.insert("a.md".into(), texts()[0].clone());
        let other = format!("# Other\n\n{}\n", TOPICS[5]);
        bench.documents.insert("b.md".into(), if copied { texts()[0].clone() } else { other });
        bench.run().await;
        bench.snapshot(day).await;
    }
    let copies = |changes: Vec<(String, String, FindingStatus)>| {
        changes
            .into_iter()
            .filter(|(rule, ..)| rule == "duplication.exact")
            .map(|(.., status)| status)
            .collect::<Vec<_>>()
    };
    assert_eq!(copies(bench.changes(0, 2).await), [FindingStatus::Persisting]);
    assert_eq!(copies(bench.changes(0, 1).await), [FindingStatus::Resolved]);
    assert_eq!(copies(bench.changes(1, 2).await), [FindingStatus::New]);
}

#[tokio::test]
async fn history_is_told_by_buckets_and_thinned_with_age() {
    let mut bench = Bench::new().await;
    bench.documents.insert("guide/a.md".into(), format!("---\nowner: harbour\n---\n{}", texts()[0]));
    bench.documents.insert("b.md".into(), texts()[0].clone());
    bench.run().await;
    let health = bench.snapshot(0).await;
    assert!((health.rates.duplicate - 0.5).abs() < 1e-9 && (health.coverage - 0.5).abs() < 1e-9, "{health:?}");
    let names = |sort: &str| health.groups[sort].iter().map(|group| group.name.clone()).collect::<Vec<_>>();
    assert_eq!(
        (names("owner"), names("prefix")),
        (vec!["harbour".to_owned()], vec!["docs/".to_owned(), "docs/guide".to_owned()])
    );
    // The one source tells what the corpus tells.
    let one = &health.sources[0];
    assert_eq!((&one.dimensions, &one.review, one.coverage), (&health.dimensions, &health.review, health.coverage));
    let of = |sort: &str, name: &str| health.groups[sort].iter().find(|group| group.name == name).unwrap();
    let (held, owned) = (of("prefix", "docs/"), of("owner", "harbour"));
    let pending = |group: &SourceHealth| group.review.pending;
    assert_eq!((pending(held) + pending(of("prefix", "docs/guide")), health.review.pending), (1, 1), "{health:?}");
    let copied = |group: &SourceHealth| 1.0 - group.dimensions["duplication"].mean;
    assert!(copied(owned) + copied(held) > 0.9 && owned.coverage + held.coverage > 0.9, "{health:?}");
    for hours in [1, 2, 24 * 7] {
        let taken = Health { at: at(0) + Span::new().hours(hours), ..health.clone() };
        bench.ledger.snapshot_health(Some("run"), &taken).await.unwrap();
    }
    assert_eq!(bench.history(HistoryFilter::default()).await.len(), 4);
    let days = bench.history(HistoryFilter { bucket: Bucket::Day, ..HistoryFilter::default() }).await;
    assert_eq!(days, [at(0) + Span::new().hours(2), at(7)]);
    assert_eq!(bench.history(HistoryFilter { from: Some(at(1)), ..HistoryFilter::default() }).await, [at(7)]);
    let after = Some(days[0].as_microsecond());
    assert_eq!(bench.history(HistoryFilter { after, ..HistoryFilter::default() }).await, [at(7)]);
    // A year later one a day is left, and after four years only the new one.
    bench.snapshot(365).await;
    assert_eq!(bench.history(HistoryFilter::default()).await, [days[0], at(7), at(365)]);
    bench.snapshot(4 * 365).await;
    assert_eq!(bench.history(HistoryFilter::default()).await, [at(4 * 365)]);
}

#[tokio::test]
async fn a_forecast_says_when_age_will_have_told() {
    let mut bench = Bench::new().await;
    let now = Timestamp::now();
    let dated = |days: i64, text: &str| {
        let day = (now - Span::new().hours(24 * days)).strftime("%Y-%m-%d").to_string();
        format!("---\ndate: {day}\n---\n{text}")
    };
    // A document of unknown kind has halved after 730 days.
    bench.documents.insert("a.md".into(), dated(700, TOPICS[0]));
    bench.documents.insert("b.md".into(), dated(100, TOPICS[1]));
    bench.documents.insert("c.md".into(), TOPICS[2].to_owned());
    bench.run().await;
    // The bench has no files, and every document says so of itself.
    sqlx::query("delete from findings where rule = 'freshness.source_changed'")
        .execute(bench.ledger.pool())
        .await
        .unwrap();
    let policy = bench.policy.clone();
    let soon = bench.ledger.forecast(90, policy.accept_at_least, &policy).await.unwrap();
    assert_eq!((soon.chunks, soon.falling, soon.stale, soon.items.len()), (3, 0, 1, 1), "{soon:?}");
    let days = soon.items[0].date.since(jiff::tz::TimeZone::UTC.to_datetime(now).date()).unwrap().get_days();
    assert!((28..=33).contains(&days), "{days}");
    let later = bench.ledger.forecast(730, 0.93, &policy).await.unwrap();
    assert_eq!(later.stale, 2, "{later:?}");
    assert!(later.falling >= 2 && later.items.is_sorted_by_key(|day| (day.date, day.falling, day.stale)), "{later:?}");
    assert_eq!(bench.ledger.forecast(1, 0.0, &policy).await.unwrap().items, []);
}

fn firing(rule: &str, source: Option<&str>) -> Firing {
    Firing {
        rule: rule.into(),
        kind: "floor",
        scope: source.map(str::to_owned),
        figure: "score",
        value: 50.0,
        bound: 80.0,
        message: "score is 50, and should be at least 80".into(),
    }
}

#[tokio::test]
async fn incidents_group_grow_resolve_themselves_and_are_told_once() {
    let bench = Bench::new().await;
    let hooks = ["on-call".to_owned()];
    let settle = async |firing: &[Firing]| bench.ledger.settle_alerts(firing, &hooks).await.unwrap();
    let list = async || -> Vec<Incident> { bench.ledger.incidents(None, None, 10).await.unwrap() };
    let told = "select count(*) from webhook_deliveries";
    settle(&[firing("a", None), firing("b", None), firing("a", Some("docs"))]).await;
    let incidents = list().await;
    assert_eq!(incidents.len(), 2, "one for the corpus, one for the source: {incidents:?}");
    assert_eq!(bench.count(told).await, 2, "each is told once, as opened");
    let corpus = incidents.iter().find(|one| one.source.is_none()).unwrap().clone();
    assert_eq!((corpus.status, corpus.alerts.len()), (IncidentStatus::Open, 2));
    // Nothing new, nothing told. One more alert is.
    settle(&[firing("a", None), firing("b", None), firing("a", Some("docs"))]).await;
    assert_eq!(bench.count(told).await, 2);
    settle(&[firing("a", None), firing("b", None), firing("c", None), firing("a", Some("docs"))]).await;
    assert_eq!(bench.count(told).await, 3);
    let act = async |action: IncidentAction| bench.ledger.act_on_incident(&corpus.id, &action, "ada", &hooks).await;
    let known = act(IncidentAction::Acknowledge).await.unwrap();
    assert_eq!((known.status, known.acknowledged_by.as_deref()), (IncidentStatus::Acknowledged, Some("ada")));
    assert_eq!(act(IncidentAction::Assign(Some("grace".into()))).await.unwrap().assignee.as_deref(), Some("grace"));
    // The source recovers by itself; the corpus is resolved by hand while its alerts go on, and stays quiet until they
    // have ceased once.
    settle(&[firing("a", None), firing("b", None), firing("c", None)]).await;
    assert_eq!(act(IncidentAction::Resolve).await.unwrap().resolved_by.as_deref(), Some("ada"));
    assert!(matches!(act(IncidentAction::Resolve).await, Err(Error::IncidentResolved { .. })));
    settle(&[firing("a", None)]).await;
    let incidents = list().await;
    assert!(incidents.iter().all(|one| one.status == IncidentStatus::Resolved), "{incidents:?}");
    assert!(incidents.iter().any(|one| one.resolved_by.is_none()));
    settle(&[]).await;
    settle(&[firing("a", None)]).await;
    let incidents = list().await;
    assert_eq!((incidents.len(), incidents[0].status), (3, IncidentStatus::Open));
    assert!(matches!(
        bench.ledger.act_on_incident("nope", &IncidentAction::Resolve, "ada", &[]).await,
        Err(Error::NoIncident { .. })
    ));
}

#[tokio::test]
async fn a_delivery_is_tried_again_and_outlives_a_crash() {
    let bench = Bench::new().await;
    bench.ledger.settle_alerts(&[firing("a", None)], &["on-call".to_owned()]).await.unwrap();
    let id = bench.ledger.pending_deliveries().await.unwrap().remove(0);
    let first = bench.ledger.begin_delivery(&id).await.unwrap().unwrap();
    assert_eq!((first.attempt, first.hook.as_str()), (1, "on-call"));
    assert!(first.body.contains("\"opened\"") && first.body.contains("should be at least 80"), "{}", first.body);
    assert_eq!(bench.ledger.begin_delivery(&id).await.unwrap(), None, "nobody else tells it meanwhile");
    bench.ledger.fail_delivery(&id, "it answered 503", Some(2)).await.unwrap();
    assert_eq!(bench.ledger.begin_delivery(&id).await.unwrap().unwrap().attempt, 2);
    // The process dies here; the next one finds it waiting, with one fresh job.
    bench.ledger.reset_webhooks().await.unwrap();
    assert_eq!(bench.ledger.pending_deliveries().await.unwrap(), std::slice::from_ref(&id));
    assert_eq!(bench.count("select count(*) from Jobs where job_type = 'webhook'").await, 1);
    assert_eq!(bench.ledger.begin_delivery(&id).await.unwrap().unwrap().attempt, 3);
    bench.ledger.end_delivery(&id).await.unwrap();
    assert!(bench.ledger.pending_deliveries().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_delivery_that_was_given_up_is_a_failed_job() {
    let bench = Bench::new().await;
    bench.ledger.settle_alerts(&[firing("a", Some("docs"))], &["on-call".to_owned()]).await.unwrap();
    let id = bench.ledger.pending_deliveries().await.unwrap().remove(0);
    let listed = async || {
        let filter = JobFilter { kind: Some(JobKind::Webhook), limit: 10, ..JobFilter::default() };
        bench.ledger.jobs(&filter).await.unwrap().into_iter().map(|job| (job.id, job.status)).collect::<Vec<_>>()
    };
    let give_up = async || {
        bench.ledger.begin_delivery(&id).await.unwrap().unwrap();
        bench.ledger.fail_delivery(&id, "it answered 404: check the url", None).await.unwrap();
    };
    assert_eq!(listed().await, [(id.clone(), JobStatus::Queued)]);
    assert!(matches!(bench.ledger.retry_job(&id).await, Err(Error::NoFailedJob { .. })), "it has not failed");
    give_up().await;
    assert_eq!(bench.ledger.waiting().await.unwrap().failed_jobs, 1);
    let filter = JobFilter { status: Some(JobStatus::Failed), limit: 10, ..JobFilter::default() };
    let job = bench.ledger.jobs(&filter).await.unwrap().remove(0);
    assert_eq!((job.webhook.as_deref(), job.source.as_str(), job.attempts), (Some("on-call"), "docs", 1));
    assert_eq!(job.error.as_deref(), Some("it answered 404: check the url"));
    assert_eq!(bench.ledger.retry_job(&id).await.unwrap(), JobKind::Webhook);
    assert_eq!(listed().await, [(id.clone(), JobStatus::Queued)]);
    assert_eq!(bench.ledger.pending_deliveries().await.unwrap(), std::slice::from_ref(&id));
    give_up().await;
    assert_eq!(bench.ledger.discard_job(&id).await.unwrap(), JobKind::Webhook);
    assert_eq!(listed().await, []);
    bench.ledger.reset_webhooks().await.unwrap();
    assert!(bench.ledger.pending_deliveries().await.unwrap().is_empty(), "what was discarded stays so");
    assert!(matches!(bench.ledger.discard_job(&id).await, Err(Error::NoFailedJob { .. })));
}
