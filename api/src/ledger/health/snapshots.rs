//! Health over time: figures kept after every run and once a day.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite};
use utoipa::ToSchema;

use super::{Health, changes};
use crate::ledger::{Error, Ledger, Result, queue_moves, time};

const DAY: i64 = 86_400_000_000;
/// Days for which every snapshot is kept; of older days the last one is.
const KEEP_ALL_DAYS: i64 = 90;
/// Days after which snapshots and resolved findings are forgotten: two years and some.
const KEEP_DAYS: i64 = 800;

/// How snapshots are put together: of each bucket the last one is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bucket {
    /// Every snapshot.
    #[default]
    Snapshot,
    /// One an hour.
    Hour,
    /// One a day (UTC).
    Day,
    /// One a week, counted from 1970-01-01.
    Week,
}

/// Which part of the history to show.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    /// From this time on.
    pub from: Option<Timestamp>,
    /// Up to and with this time.
    pub to: Option<Timestamp>,
    /// One figure for each of these.
    pub bucket: Bucket,
    /// After this time, in microseconds since 1970: where an earlier page ended.
    pub after: Option<i64>,
    /// At most this many.
    pub limit: u32,
}

/// The figures at one time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistoryPoint {
    /// The run after which they were taken; null for the daily ones.
    pub run: Option<String>,
    /// The figures.
    #[serde(flatten)]
    pub health: Health,
}

impl Bucket {
    fn length(self) -> i64 {
        match self {
            Self::Snapshot => 1,
            Self::Hour => DAY / 24,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
        }
    }
}

impl Ledger {
    /// Keeps figures for the history, notes which findings came and went since the last time, and forgets what is too
    /// old.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn snapshot_health(&self, run: Option<&str>, health: &Health) -> Result<()> {
        let body = serde_json::to_string(health).map_err(|source| Error::Stored { what: "health snapshot", source })?;
        let at = health.at.as_microsecond();
        let mut write = self.write().await?;
        sqlx::query("insert into health_snapshots (id, at, run, score, body) values ($1, $2, $3, $4, $5)")
            .bind(uuid::Uuid::now_v7().to_string())
            .bind(at)
            .bind(run)
            .bind(health.score)
            .bind(body)
            .execute(&mut *write.tx)
            .await?;
        changes::note(&mut write.tx, at).await?;
        sqlx::query(
            "delete from health_snapshots where at < $1 or (at < $2 and exists (select 1 from health_snapshots later
                 where later.at > health_snapshots.at and later.at / $3 = health_snapshots.at / $3))",
        )
        .bind(at - KEEP_DAYS * DAY)
        .bind(at - KEEP_ALL_DAYS * DAY)
        .bind(DAY)
        .execute(&mut *write.tx)
        .await?;
        changes::forget(&mut write.tx, at - KEEP_DAYS * DAY).await?;
        queue_moves::forget(&mut write.tx).await?;
        write.commit().await
    }

    /// Whether no figures were kept today (UTC).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn snapshot_is_due(&self) -> Result<bool> {
        let last: Option<i64> =
            sqlx::query_scalar("select max(at) from health_snapshots").fetch_one(&self.pool).await?;
        Ok(last.is_none_or(|last| last.div_euclid(DAY) < time::now().div_euclid(DAY)))
    }

    /// A page of the history, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn health_history(&self, filter: &HistoryFilter) -> Result<Vec<HistoryPoint>> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "select run, body from health_snapshots where at in (select max(at) from health_snapshots where at >= ",
        );
        query.push_bind(filter.from.map_or(i64::MIN, Timestamp::as_microsecond));
        query.push(" and at <= ").push_bind(filter.to.map_or(i64::MAX, Timestamp::as_microsecond));
        query.push(" group by at / ").push_bind(filter.bucket.length()).push(")");
        query.push(" and at > ").push_bind(filter.after.unwrap_or(i64::MIN));
        query.push(" order by at, id limit ").push_bind(i64::from(filter.limit));
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let health = serde_json::from_str(row.get("body"))
                    .map_err(|source| Error::Stored { what: "health snapshot", source })?;
                Ok(HistoryPoint { run: row.get("run"), health })
            })
            .collect()
    }

    /// When the last `count` snapshots were taken, and the corpus score of each, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_scores(&self, count: u32) -> Result<Vec<(Timestamp, f64)>> {
        let rows: Vec<(i64, f64)> =
            sqlx::query_as("select at, score from health_snapshots order by at desc, id desc limit $1")
                .bind(i64::from(count))
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().rev().filter_map(|(at, score)| Some((time::read(Some(at))?, score))).collect())
    }

    /// The last `count` snapshots, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_snapshots(&self, count: u32) -> Result<Vec<Health>> {
        let bodies: Vec<String> =
            sqlx::query_scalar("select body from health_snapshots order by at desc, id desc limit $1")
                .bind(i64::from(count))
                .fetch_all(&self.pool)
                .await?;
        bodies
            .iter()
            .map(|body| serde_json::from_str(body).map_err(|source| Error::Stored { what: "health snapshot", source }))
            .collect()
    }
}
