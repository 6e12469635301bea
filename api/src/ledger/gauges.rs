//! Figures for Prometheus: each is a look into an index or the last snapshot, so that asking often costs little.

use sqlx::Row;

use super::{Ledger, Result, time};
use crate::metrics::Gauge;

impl Ledger {
    /// The figures now; scores are those of the last snapshot.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn gauges(&self) -> Result<Vec<Gauge>> {
        let counts = |name, help, label, values| Gauge { name, help, kind: "gauge", label, values };
        let one = |value: f64| vec![(String::new(), value)];
        let chunks = self.counts("select verdict, count(*) from chunks where retired = 0 group by verdict").await?;
        let documents = self.counts("select status, count(*) from documents group by status").await?;
        let deliveries = self.counts("select status, count(*) from webhook_deliveries group by status").await?;
        let jobs = self
            .counts(
                "select job_type || '/' || lower(status), count(*) from Jobs group by job_type || '/' || lower(status)",
            )
            .await?;
        let incidents = self.counts("select '', count(*) from incidents where resolved_at is null").await?;
        let review = self.review_health().await?;
        let mut gauges = vec![
            counts("tamis_chunks", "Chunks, by verdict.", "verdict", chunks),
            counts("tamis_documents", "Documents, by status.", "status", documents),
            counts("tamis_jobs", "Jobs in the queues, by queue and status.", "job", jobs),
            counts(
                "tamis_unpublished_chunks",
                "Chunks that the indexes do not hold yet.",
                "",
                one(self.unpublished().await? as f64),
            ),
            counts("tamis_review_pending", "Chunks that wait for review.", "", one(review.pending as f64)),
            counts("tamis_review_oldest_seconds", "Age of the oldest of them.", "", one(review.oldest_days * 86_400.0)),
            counts("tamis_open_incidents", "Incidents that are not resolved.", "", incidents),
            counts("tamis_webhook_deliveries", "Webhook deliveries of 90 days, by status.", "status", deliveries),
        ];
        let last = sqlx::query("select at, score from health_snapshots order by at desc limit 1")
            .fetch_optional(&self.pool)
            .await?;
        if let Some(last) = last {
            let age = (time::now() - last.get::<i64, _>("at")) as f64 / 1e6;
            gauges.push(counts(
                "tamis_score",
                "Corpus score at the last snapshot, 0 to 100.",
                "",
                one(last.get("score")),
            ));
            gauges.push(counts("tamis_snapshot_age_seconds", "Age of the last snapshot.", "", one(age)));
        }
        Ok(gauges)
    }

    async fn counts(&self, sql: &'static str) -> Result<Vec<(String, f64)>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|(name, count)| (name, count as f64)).collect())
    }
}
