//! The corpus's state in figures.

mod changes;
mod count;
mod distribution;
mod forecast;
mod snapshots;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Sqlite};
use tamis_scoring::{Dimension, Scores};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, time};

pub(super) use count::faults;

pub use changes::{FindingChange, FindingChanges, FindingStatus};
pub use forecast::{Forecast, ForecastDay};
pub use snapshots::{Bucket, HistoryFilter, HistoryPoint};

/// A chunk fails a dimension below this score.
const FAILING_BELOW: f32 = 0.5;
const MICROSECONDS_A_DAY: f64 = 86_400e6;

/// SQL for the chunks `c`, with their reviews `r`, that nobody has decided about at the time that is bound in between.
const UNDECIDED_BEFORE_TIME: &str = "c.harm is not null and c.retired = 0 and (r.state is null or r.state = 'pending'
    or (r.state = 'snoozed' and r.until <= ";
const UNDECIDED_AFTER_TIME: &str = ") or (r.state = 'edited' and c.verdict = 'quarantine'))";

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
    /// Documents of which something may be searched, as a share of all, 0..=1; 1 for an empty corpus.
    #[serde(default)]
    pub coverage: f64,
    /// What is wrong, as shares of the chunks.
    #[serde(default)]
    pub rates: Rates,
    /// Each dimension's distribution.
    pub dimensions: BTreeMap<String, DimensionHealth>,
    /// Chunks held back, by the rules that hold them.
    pub by_rule: BTreeMap<String, u64>,
    /// Each source's figures.
    pub sources: Vec<SourceHealth>,
    /// The figures of the 50 largest groups by `kind`, `prefix` (source and first folder) and `owner` (where known).
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<SourceHealth>>,
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

/// What is wrong, as shares of chunks, 0..=1. A chunk can count in several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rates {
    /// Out of date: by age, by what it says, or because something newer lies beside it.
    pub stale: f64,
    /// Said elsewhere.
    pub duplicate: f64,
    /// Denied by another chunk that stands, or might.
    pub contradicted: f64,
    /// Held back for its structure, or read from a damaged file.
    pub malformed: f64,
}

/// One source's figures, or one group's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
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
    /// Documents that could not be read.
    #[serde(default)]
    pub failed_documents: u64,
    /// Documents of which something may be searched, as a share of all, 0..=1; 1 where there is none.
    #[serde(default)]
    pub coverage: f64,
    /// What is wrong, as shares of the chunks.
    #[serde(default)]
    pub rates: Rates,
    /// Each dimension's distribution; empty in figures that were kept by an earlier tamis.
    #[serde(default)]
    pub dimensions: BTreeMap<String, DimensionHealth>,
    /// Its part of the review queue.
    #[serde(default)]
    pub review: ReviewHealth,
}

/// The review queue's figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewHealth {
    /// Chunks of the queue that nobody has decided about, claimed ones among them: held back, or contested.
    pub pending: u64,
    /// Age of the oldest of them, in days.
    pub oldest_days: f64,
}

impl ReviewHealth {
    /// So many that nobody has decided about, the oldest since that time (microseconds since 1970).
    fn new(pending: u64, oldest: Option<i64>) -> Self {
        let age = oldest.map_or(0.0, |since| (time::now() - since).max(0) as f64 / MICROSECONDS_A_DAY);
        Self { pending, oldest_days: round_tenth(age) }
    }
}

impl Ledger {
    /// The corpus's figures now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn health(&self) -> Result<Health> {
        let counted = count::count(&self.pool).await?;
        let all = counted.all.figures("");
        let documents = all.documents;
        let failed_documents = self.count("select count(*) from documents where status = 'failed'").await?;
        let covered = self
            .count(
                "select count(*) from documents d where d.status in ('ready', 'queued')
                 and exists (select 1 from chunks c where c.document_id = d.id and c.searchable = 1)",
            )
            .await?;
        let mut sources = counted.by_source();
        for name in self.source_names().await? {
            if !sources.iter().any(|one| one.name == name) {
                sources.push(count::Group::default().figures(&name));
            }
        }
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Health {
            at: Timestamp::now(),
            score: all.score,
            documents,
            failed_documents,
            chunks: all.chunks,
            accepted: all.accepted,
            quarantined: all.quarantined,
            coverage: share(covered, documents + failed_documents, 1.0),
            rates: all.rates,
            dimensions: all.dimensions,
            by_rule: self.quarantined_by_rule().await?,
            sources,
            groups: counted.groups(),
            review: all.review,
        })
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

    async fn source_names(&self) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar("select name from sources").fetch_all(&self.pool).await?)
    }

    pub(super) async fn review_health(&self) -> Result<ReviewHealth> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "select count(*), min(c.quarantined_at) from chunks c left join reviews r on r.chunk_id = c.id where ",
        );
        query.push(UNDECIDED_BEFORE_TIME).push_bind(time::now()).push(UNDECIDED_AFTER_TIME);
        let (pending, oldest): (i64, Option<i64>) = query.build_query_as().fetch_one(&self.pool).await?;
        Ok(ReviewHealth::new(pending.unsigned_abs(), oldest))
    }

    async fn count(&self, sql: &'static str) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

/// The distribution of one dimension over chunks, given as scores and how many chunks have them.
pub(crate) fn distribution(scores: &[(Scores, u64)], dimension: Dimension) -> DimensionHealth {
    let mut values: Vec<(f32, u64)> =
        scores.iter().map(|(scores, count)| (scores.get(dimension).get(), *count)).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let chunks: u64 = values.iter().map(|(_, count)| count).sum();
    let quantile = |share: f64| {
        let mut before = (chunks.saturating_sub(1) as f64 * share).floor() as u64;
        let at = values.iter().find(|(_, count)| {
            let found = before < *count;
            before = before.saturating_sub(*count);
            found
        });
        at.map_or(1.0, |(value, _)| f64::from(*value))
    };
    let sum: f64 = values.iter().map(|(value, count)| f64::from(*value) * *count as f64).sum();
    DimensionHealth {
        mean: if chunks == 0 { 1.0 } else { round_thousandth(sum / chunks as f64) },
        p10: round_thousandth(quantile(0.1)),
        p50: round_thousandth(quantile(0.5)),
        failing: values.iter().filter(|(value, _)| *value < FAILING_BELOW).map(|(_, count)| count).sum(),
    }
}

fn share(part: u64, whole: u64, of_nothing: f64) -> f64 {
    if whole == 0 { of_nothing } else { round_thousandth(part as f64 / whole as f64) }
}

fn round_tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn round_thousandth(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
