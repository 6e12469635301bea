//! `/v1/health`: the corpus's figures now, over time, and in time.

use axum::Json;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::Parameters;
use super::page::Page;
use super::quarantine::known_rule;
use super::{Code, Problem, State, cursor};
use crate::ledger::{
    Bucket, FindingChange, FindingChanges, FindingStatus, Forecast, Health, HistoryFilter, HistoryPoint,
};
use crate::searching::check_share;

/// Longest forecast, in days.
const MAX_DAYS: u32 = 3_650;

/// Which part of the history to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryParameters {
    /// From this time on (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Up to and with this time (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// One figure for each of these: the last snapshot in it.
    #[serde(default)]
    #[param(inline)]
    bucket: BucketName,
    /// Only these figures, beside the score; all of them where it is not said.
    #[param(inline)]
    by: Option<By>,
    /// Go on after an earlier page: its `next_cursor`.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// How snapshots are put together.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BucketName {
    /// Every snapshot.
    #[default]
    Snapshot,
    /// One an hour.
    Hour,
    /// One a day (UTC).
    Day,
    /// One a week.
    Week,
}

/// What the figures are told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    /// By source.
    Source,
    /// By dimension.
    Dimension,
    /// By kind of document.
    Kind,
    /// By source and first folder.
    Prefix,
    /// By owner or author, where known.
    Owner,
}

/// A page of the history.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HistoryPage {
    /// The figures, the oldest first.
    items: Vec<HistoryPoint>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// How far to look ahead.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ForecastParameters {
    /// For so many days, 1 to 3,650.
    #[serde(default = "default_days")]
    #[param(minimum = 1, maximum = 3650, default = 90)]
    days: u32,
    /// The overall score that counts, 0 to 1; where it is not said, the policy's `accept_at_least`.
    #[param(minimum = 0.0, maximum = 1.0)]
    threshold: Option<f64>,
}

/// Which changes of findings to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangeParameters {
    /// The first time (RFC 3339); a week before the second where it is not said.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// The second time (RFC 3339); now where it is not said.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Only these.
    #[param(inline)]
    status: Option<FindingStatus>,
    /// Only of this rule.
    rule: Option<String>,
    /// Only of this source.
    source: Option<String>,
    /// Go on after an earlier page: its `next_cursor`, with the same `from` and `to`.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// A page of the changes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangePage {
    /// The findings, the first seen first.
    items: Vec<FindingChange>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

fn default_limit() -> u32 {
    50
}

fn default_days() -> u32 {
    90
}

impl From<BucketName> for Bucket {
    fn from(name: BucketName) -> Self {
        match name {
            BucketName::Snapshot => Self::Snapshot,
            BucketName::Hour => Self::Hour,
            BucketName::Day => Self::Day,
            BucketName::Week => Self::Week,
        }
    }
}

impl By {
    /// Leaves of the figures told by something only what was asked for.
    fn keep(self, health: &mut Health) {
        if self != Self::Source {
            health.sources.clear();
        }
        if self != Self::Dimension {
            health.dimensions.clear();
        }
        let group = match self {
            Self::Kind => Some("kind"),
            Self::Prefix => Some("prefix"),
            Self::Owner => Some("owner"),
            Self::Source | Self::Dimension => None,
        };
        health.groups.retain(|sort, _| Some(sort.as_str()) == group);
    }
}

/// The corpus's figures now.
#[utoipa::path(get, path = "/v1/health", tag = "health", responses(
    (status = 200, description = "The figures", body = Health),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn health(state: State) -> Result<Json<Health>, Problem> {
    Ok(Json(state.ledger.health().await?))
}

/// The corpus's figures over time: they are kept after every run and once a day, all of them for 90 days, then one a day.
#[utoipa::path(get, path = "/v1/health/history", tag = "health", params(HistoryParameters), responses(
    (status = 200, description = "The page", body = HistoryPage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn health_history(
    state: State,
    Parameters(parameters): Parameters<HistoryParameters>,
) -> Result<Json<HistoryPage>, Problem> {
    let asked = parameters;
    let page = Page::new(asked.cursor.as_deref(), asked.limit)?;
    let after = page.after.as_ref().map(|place| place.parse()).transpose();
    let after =
        after.map_err(|_| Problem::new(Code::InvalidRequest, "cursor must be the next_cursor of an earlier answer"))?;
    let filter = HistoryFilter {
        from: asked.from,
        to: asked.to,
        bucket: asked.bucket.into(),
        after,
        limit: page.limit_and_one(),
    };
    let mut items = state.ledger.health_history(&filter).await?;
    let more = page.cut(&mut items);
    let next_cursor =
        items.last().filter(|_| more).map(|last| cursor::encode(&last.health.at.as_microsecond().to_string()));
    if let Some(by) = asked.by {
        for item in &mut items {
            by.keep(&mut item.health);
        }
    }
    Ok(Json(HistoryPage { items, next_cursor }))
}

/// How many of the chunks that pass today fall below the threshold by which day, and how many lose their freshness, if
/// nothing but the clock changes.
#[utoipa::path(get, path = "/v1/health/forecast", tag = "health", params(ForecastParameters), responses(
    (status = 200, description = "The forecast", body = Forecast),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn health_forecast(
    state: State,
    Parameters(parameters): Parameters<ForecastParameters>,
) -> Result<Json<Forecast>, Problem> {
    let asked = parameters;
    if asked.days == 0 || asked.days > MAX_DAYS {
        return Err(Problem::new(Code::InvalidRequest, format!("days must be between 1 and {MAX_DAYS}")));
    }
    let policy = state.policy();
    let threshold = asked.threshold.map_or(Ok(policy.accept_at_least), |threshold| check_share("threshold", threshold));
    let threshold = threshold.map_err(|detail| Problem::new(Code::InvalidRequest, detail))?;
    Ok(Json(state.ledger.forecast(asked.days, threshold, &policy).await?))
}

/// Which findings are new, resolved or persisting between two times, as the snapshots around them saw it: findings that
/// cost score or hold back.
#[utoipa::path(get, path = "/v1/health/findings", tag = "health", params(ChangeParameters), responses(
    (status = 200, description = "The page", body = ChangePage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn health_findings(
    state: State,
    Parameters(parameters): Parameters<ChangeParameters>,
) -> Result<Json<ChangePage>, Problem> {
    let asked = parameters;
    let page = Page::new(asked.cursor.as_deref(), asked.limit)?;
    let to = asked.to.unwrap_or_else(Timestamp::now);
    let week = Span::new().hours(7 * 24);
    let from = asked.from.unwrap_or_else(|| to.checked_sub(week).unwrap_or(Timestamp::MIN));
    if from > to {
        return Err(Problem::new(Code::InvalidRequest, "from must not lie after to"));
    }
    if let Some(rule) = &asked.rule {
        known_rule(rule)?;
    }
    let limit = page.limit_and_one();
    let ChangeParameters { status, rule, source, .. } = asked;
    let filter = FindingChanges { from, to, status, rule, source, after: page.after.clone(), limit };
    let mut items = state.ledger.finding_changes(&filter).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.place));
    Ok(Json(ChangePage { items, next_cursor }))
}
