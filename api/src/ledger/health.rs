//! The corpus's state in figures.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use tamis_scoring::{Dimension, Scores};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, hits, time};

/// A chunk fails a dimension below this score.
const FAILING_BELOW: f32 = 0.5;
const MICROSECONDS_A_DAY: f64 = 86_400e6;

/// The corpus's figures at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// When (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The corpus score, 0 to 100: the mean of the chunks' overall scores, by tokens. 100 for an empty corpus.
    pub score: f64,
    /// Documents that were read.
    pub documents: u64,
    /// Documents that could not be read.
    pub failed_documents: u64,
    /// Their chunks.
    pub chunks: u64,
    /// Chunks that may be searched.
    pub accepted: u64,
    /// Chunks held back.
    pub quarantined: u64,
    /// Each dimension's distribution.
    pub dimensions: BTreeMap<String, DimensionHealth>,
    /// Chunks held back, by the rules that hold them.
    pub by_rule: BTreeMap<String, u64>,
    /// Each source's figures.
    pub sources: Vec<SourceHealth>,
    /// The review queue.
    pub review: ReviewHealth,
}

/// The distribution of one dimension's scores over chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DimensionHealth {
    /// Mean, 0..=1.
    pub mean: f64,
    /// A tenth of the chunks score no higher, 0..=1.
    pub p10: f64,
    /// Half of the chunks score no higher, 0..=1.
    pub p50: f64,
    /// Chunks below 0.5.
    pub failing: u64,
}

/// One source's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceHealth {
    /// Its name.
    pub name: String,
    /// Score, 0 to 100, as for the corpus.
    pub score: f64,
    /// Documents that were read.
    pub documents: u64,
    /// Their chunks.
    pub chunks: u64,
    /// Chunks that may be searched.
    pub accepted: u64,
    /// Chunks held back.
    pub quarantined: u64,
}

/// The review queue's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewHealth {
    /// Chunks of the queue that nobody has decided about, claimed ones among them: held back, or contested.
    pub pending: u64,
    /// Age of the oldest of them, in days.
    pub oldest_days: f64,
}

/// A running weighted mean of scores.
#[derive(Default)]
struct Tally {
    weight: f64,
    weighted: f64,
    chunks: u64,
    accepted: u64,
}

impl Tally {
    fn add(&mut self, overall: f64, tokens: i64, accepted: bool) {
        // An empty chunk has no tokens and still is a fault: it weighs as one.
        let weight = tokens.max(1) as f64;
        self.weight += weight;
        self.weighted += weight * overall;
        self.chunks += 1;
        self.accepted += u64::from(accepted);
    }

    fn score(&self) -> f64 {
        if self.chunks == 0 { 100.0 } else { round_tenth(100.0 * self.weighted / self.weight) }
    }
}

impl Ledger {
    /// The corpus's figures now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn health(&self) -> Result<Health> {
        let rows = sqlx::query(
            "select d.source, c.tokens, c.searchable, c.freshness, c.duplication, c.contradiction, c.structure, c.overall
             from chunks c join documents d on d.id = c.document_id where c.retired = 0",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut all = Tally::default();
        let mut by_source: BTreeMap<String, Tally> = BTreeMap::new();
        let mut scores: Vec<Scores> = Vec::with_capacity(rows.len());
        for row in &rows {
            let (overall, tokens): (f64, i64) = (row.get("overall"), row.get("tokens"));
            let accepted = row.get::<i64, _>("searchable") == 1;
            all.add(overall, tokens, accepted);
            by_source.entry(row.get("source")).or_default().add(overall, tokens, accepted);
            scores.push(hits::scores(row));
        }
        let documents = self.documents_by_source().await?;
        let sources = documents
            .iter()
            .map(|(name, documents)| {
                let empty = Tally::default();
                let tally = by_source.get(name).unwrap_or(&empty);
                SourceHealth {
                    name: name.clone(),
                    score: tally.score(),
                    documents: *documents,
                    chunks: tally.chunks,
                    accepted: tally.accepted,
                    quarantined: tally.chunks - tally.accepted,
                }
            })
            .collect();
        Ok(Health {
            at: Timestamp::now(),
            score: all.score(),
            documents: documents.values().sum(),
            failed_documents: self.count("select count(*) from documents where status = 'failed'").await?,
            chunks: all.chunks,
            accepted: all.accepted,
            quarantined: all.chunks - all.accepted,
            dimensions: Dimension::ALL
                .into_iter()
                .map(|dimension| (dimension.name().to_owned(), distribution(&scores, dimension)))
                .collect(),
            by_rule: self.quarantined_by_rule().await?,
            sources,
            review: self.review_health().await?,
        })
    }

    /// Keeps today's figures for the history.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn snapshot_health(&self, run: Option<&str>, health: &Health) -> Result<()> {
        let body = serde_json::to_string(health).map_err(|source| Error::Stored { what: "health snapshot", source })?;
        let mut write = self.write().await?;
        sqlx::query("insert into health_snapshots (id, at, run, score, body) values ($1, $2, $3, $4, $5)")
            .bind(uuid::Uuid::now_v7().to_string())
            .bind(health.at.as_microsecond())
            .bind(run)
            .bind(health.score)
            .bind(body)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// All snapshots, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn health_history(&self) -> Result<Vec<Health>> {
        let bodies: Vec<String> =
            sqlx::query_scalar("select body from health_snapshots order by at").fetch_all(&self.pool).await?;
        bodies
            .iter()
            .map(|body| serde_json::from_str(body).map_err(|source| Error::Stored { what: "health snapshot", source }))
            .collect()
    }

    /// Quarantined chunks by the rules that hold them; a chunk held by two rules counts for both.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn quarantined_by_rule(&self) -> Result<BTreeMap<String, u64>> {
        let reasons: Vec<(String, i64)> = sqlx::query_as(
            "select reasons, count(*) from chunks where verdict = 'quarantine' and retired = 0 group by reasons",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut counts = BTreeMap::new();
        for (rules, count) in reasons {
            let rules: Vec<String> =
                serde_json::from_str(&rules).map_err(|source| Error::Stored { what: "list of reasons", source })?;
            for rule in rules {
                *counts.entry(rule).or_default() += count.unsigned_abs();
            }
        }
        Ok(counts)
    }

    async fn documents_by_source(&self) -> Result<BTreeMap<String, u64>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select s.name, (select count(*) from documents d where d.source = s.name and d.status = 'ready') from sources s",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(name, count)| (name, count.unsigned_abs())).collect())
    }

    async fn review_health(&self) -> Result<ReviewHealth> {
        let (pending, oldest): (i64, Option<i64>) = sqlx::query_as(
            "select count(*), min(c.quarantined_at) from chunks c left join reviews r on r.chunk_id = c.id
             where c.harm is not null and c.retired = 0 and (r.state is null or r.state = 'pending'
                or (r.state = 'snoozed' and r.until <= $1) or (r.state = 'edited' and c.verdict = 'quarantine'))",
        )
        .bind(time::now())
        .fetch_one(&self.pool)
        .await?;
        let age = oldest.map_or(0.0, |since| (time::now() - since).max(0) as f64 / MICROSECONDS_A_DAY);
        Ok(ReviewHealth { pending: pending.unsigned_abs(), oldest_days: round_tenth(age) })
    }

    async fn count(&self, sql: &'static str) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

pub(crate) fn distribution(scores: &[Scores], dimension: Dimension) -> DimensionHealth {
    let mut values: Vec<f32> = scores.iter().map(|one| one.get(dimension).get()).collect();
    values.sort_by(f32::total_cmp);
    let quantile = |share: f64| {
        let last = values.len().saturating_sub(1);
        values.get((last as f64 * share).floor() as usize).map_or(1.0, |value| f64::from(*value))
    };
    let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
    DimensionHealth {
        mean: if values.is_empty() { 1.0 } else { round_thousandth(sum / values.len() as f64) },
        p10: round_thousandth(quantile(0.1)),
        p50: round_thousandth(quantile(0.5)),
        failing: values.iter().filter(|value| **value < FAILING_BELOW).count() as u64,
    }
}

fn round_tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn round_thousandth(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
