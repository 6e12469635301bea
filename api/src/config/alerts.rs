//! Settings of alerts and webhooks.

use std::fmt;

use serde::Deserialize;

use super::{Error, Result};

/// Shortest secret, in bytes: shorter ones can be guessed.
const MIN_SECRET: usize = 16;

/// When to call somebody, and how.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// What is watched.
    #[serde(default)]
    pub rules: Vec<AlertRule>,
    /// Who is told.
    #[serde(default)]
    pub webhooks: Vec<Webhook>,
}

/// A figure that is watched.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Its name, which alerts carry.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// Only of this source; of the whole corpus where it is not said.
    pub source: Option<String>,
    /// Fires below this.
    pub floor: Option<f64>,
    /// Fires above this.
    pub ceiling: Option<f64>,
    /// Fires where it is worse by more than this than at its best within `within_days`; of what is older than the last
    /// `window` figures, the last one of each hour counts.
    pub drop: Option<f64>,
    /// Days that `drop` looks back.
    #[serde(default = "default_within_days")]
    pub within_days: u32,
    /// Fires where it is worse by more than so many standard deviations than the mean of the last `window` figures. A
    /// deviation is at least a point of score, 0.01 of a share, and 1 or a twentieth of the mean of what is counted.
    pub z_score: Option<f64>,
    /// Figures that `z_score` looks back.
    #[serde(default = "default_window")]
    pub window: u32,
    /// Fewest figures from which `z_score` says anything.
    #[serde(default = "default_min_history")]
    pub min_history: u32,
}

/// A figure of the corpus or of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// The score, 0 to 100.
    Score,
    /// Mean freshness, 0..=1.
    Freshness,
    /// Mean duplication score, 0..=1.
    Duplication,
    /// Mean contradiction score, 0..=1.
    Contradiction,
    /// Mean structure score, 0..=1.
    Structure,
    /// Documents of which something may be searched, as a share.
    Coverage,
    /// Chunks out of date, as a share.
    Stale,
    /// Chunks said elsewhere, as a share.
    Duplicate,
    /// Chunks denied by others, as a share.
    Contradicted,
    /// Malformed chunks, as a share.
    Malformed,
    /// Chunks held back, as a share.
    Quarantined,
    /// Documents that could not be read.
    Failed,
    /// Chunks that wait for review.
    Pending,
    /// Age of the oldest of them, in days.
    OldestDays,
}

/// Somebody who is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Its name.
    pub name: String,
    /// Where to post.
    pub url: String,
    /// What signs the body.
    pub secret: Secret,
    /// What the body looks like.
    #[serde(default)]
    pub format: PayloadFormat,
}

/// What a webhook's body looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayloadFormat {
    /// The event and the incident.
    #[default]
    Json,
    /// `{"text": …}`, which Slack and those that follow it take.
    Slack,
}

/// Something that no log may show.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

fn default_within_days() -> u32 {
    7
}

fn default_window() -> u32 {
    30
}

fn default_min_history() -> u32 {
    10
}

impl Figure {
    /// The name used in settings and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Freshness => "freshness",
            Self::Duplication => "duplication",
            Self::Contradiction => "contradiction",
            Self::Structure => "structure",
            Self::Coverage => "coverage",
            Self::Stale => "stale",
            Self::Duplicate => "duplicate",
            Self::Contradicted => "contradicted",
            Self::Malformed => "malformed",
            Self::Quarantined => "quarantined",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::OldestDays => "oldest_days",
        }
    }

    /// Whether more of it is better.
    #[must_use]
    pub fn more_is_better(self) -> bool {
        match self {
            Self::Score
            | Self::Freshness
            | Self::Duplication
            | Self::Contradiction
            | Self::Structure
            | Self::Coverage => true,
            Self::Stale
            | Self::Duplicate
            | Self::Contradicted
            | Self::Malformed
            | Self::Quarantined
            | Self::Failed
            | Self::Pending
            | Self::OldestDays => false,
        }
    }

    /// Whether each source has it.
    #[must_use]
    pub fn is_by_source(self) -> bool {
        matches!(
            self,
            Self::Score | Self::Stale | Self::Duplicate | Self::Contradicted | Self::Malformed | Self::Quarantined
        )
    }
}

impl Alerts {
    /// Refuses what can never work.
    pub(super) fn check(&self) -> Result<()> {
        let refuse = |key: String, problem: &str| Err(Error::Value { key, problem: problem.to_owned() });
        for (place, rule) in self.rules.iter().enumerate() {
            let key = |field: &str| format!("alerts.rules.{place}.{field}");
            let bounds = [rule.floor, rule.ceiling, rule.drop, rule.z_score];
            if rule.name.trim().is_empty() || self.rules[..place].iter().any(|other| other.name == rule.name) {
                return refuse(key("name"), "must be a name that no other rule has");
            }
            if bounds.iter().all(Option::is_none) || bounds.iter().flatten().any(|bound| !bound.is_finite()) {
                return refuse(key("floor"), "a rule needs floor, ceiling, drop or z_score, a number each");
            }
            if [rule.drop, rule.z_score].iter().flatten().any(|bound| *bound <= 0.0) {
                return refuse(key("drop"), "drop and z_score must be greater than 0");
            }
            if rule.source.is_some() && !rule.figure.is_by_source() {
                return refuse(
                    key("source"),
                    "only score, stale, duplicate, contradicted, malformed and quarantined are known by source",
                );
            }
            if rule.min_history < 2 || rule.window < rule.min_history || rule.window > 1_000 {
                return refuse(key("min_history"), "must be at least 2 and at most window, and window at most 1000");
            }
            if rule.within_days == 0 || rule.within_days > 366 {
                return refuse(key("within_days"), "must be between 1 and 366");
            }
        }
        for (place, hook) in self.webhooks.iter().enumerate() {
            let key = |field: &str| format!("alerts.webhooks.{place}.{field}");
            if hook.name.trim().is_empty() || self.webhooks[..place].iter().any(|other| other.name == hook.name) {
                return refuse(key("name"), "must be a name that no other webhook has");
            }
            if !hook.url.starts_with("https://") && !hook.url.starts_with("http://") {
                return refuse(key("url"), "must begin with https:// or http://");
            }
            if hook.secret.reveal().len() < MIN_SECRET {
                return refuse(key("secret"), "must have at least 16 characters");
            }
        }
        Ok(())
    }
}
