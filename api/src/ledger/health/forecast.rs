//! When time alone will have made how many chunks too bad, by the function that grades age.

use std::collections::{BTreeMap, HashMap};

use futures::TryStreamExt;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::Serialize;
use sqlx::{Row, sqlite::SqliteRow};
use tamis_ingest::{ChunkId, DateSource};
use tamis_scoring::freshness::{Ageing, falls_below};
use tamis_scoring::{DocumentKind, Finding, Policy, QualityReport, Rule, Score, Scores, Severity, Weights};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use crate::ledger::{Ledger, Result, decay};

/// A chunk's freshness fails below this.
const FRESH_ENOUGH: f32 = 0.5;

/// What time alone will do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Forecast {
    /// When it was made (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How many days it looks ahead.
    pub days: u32,
    /// The overall score, 0..=1, that counts.
    pub threshold: f32,
    /// Chunks that pass today, and are looked at.
    pub chunks: u64,
    /// Of these, below the threshold at the end.
    pub falling: u64,
    /// Of these, with a freshness below 0.5 at the end.
    pub stale: u64,
    /// The days on which something changes, in order; counts are of all that fell up to and with that day.
    pub items: Vec<ForecastDay>,
}

/// A day of the forecast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ForecastDay {
    /// The day (UTC).
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Chunks whose overall score is below the threshold.
    pub falling: u64,
    /// Chunks whose freshness is below 0.5.
    pub stale: u64,
}

/// All that decides when a chunk falls. Most chunks share it with many others, so each case is worked out once.
#[derive(PartialEq, Eq, Hash)]
struct Case {
    kind: DocumentKind,
    modified_at: Option<Timestamp>,
    source: Option<DateSource>,
    findings: Vec<(Rule, Severity)>,
}

impl Ledger {
    /// How many of the chunks that pass today fall below `threshold` within `days`, and by which day, if nothing but the
    /// clock changes. Time is linear in the chunks.
    ///
    /// # Errors
    /// [`crate::ledger::Error::Database`].
    pub async fn forecast(&self, days: u32, threshold: f32, policy: &Policy) -> Result<Forecast> {
        let cases = self.cases().await?;
        let policy = policy.clone();
        let now = Timestamp::now();
        let empty = Forecast { at: now, days, threshold, chunks: 0, falling: 0, stale: 0, items: Vec::new() };
        let work = spawn_blocking(move || foretell(&cases, &empty, &policy));
        work.await.map_err(|panic| crate::ledger::Error::Queue(format!("the forecast failed: {panic}")))
    }

    async fn cases(&self) -> Result<HashMap<Case, u64>> {
        let rules: HashMap<&str, Rule> = Rule::ALL.iter().map(|rule| (rule.id(), *rule)).collect();
        let mut cases = HashMap::new();
        let mut rows = sqlx::query(
            "select c.id, d.kind, d.modified_at, d.modified_at_source, d.published_at, f.rule, f.severity
             from chunks c join documents d on d.id = c.document_id
             left join findings f on f.chunk_id = c.id and f.severity <> 'info'
             where c.retired = 0 and c.verdict = 'accept' order by c.id",
        )
        .fetch(&self.pool);
        let mut open: Option<(String, Case)> = None;
        while let Some(row) = rows.try_next().await? {
            let chunk: &str = row.get("id");
            if open.as_ref().is_none_or(|(known, _)| known != chunk) {
                let begun = (chunk.to_owned(), case(&row)?);
                if let Some((_, done)) = open.replace(begun) {
                    *cases.entry(done.sorted()).or_default() += 1;
                }
            }
            let rule = row.get::<Option<&str>, _>("rule").and_then(|id| rules.get(id).copied());
            if let (Some((_, case)), Some(rule)) = (&mut open, rule) {
                let severe = row.get::<Option<&str>, _>("severity") == Some("error");
                case.findings.push((rule, if severe { Severity::Error } else { Severity::Warn }));
            }
        }
        if let Some((_, done)) = open {
            *cases.entry(done.sorted()).or_default() += 1;
        }
        Ok(cases)
    }
}

fn case(row: &SqliteRow) -> Result<Case> {
    let Ageing { kind, modified_at, source } = decay::ageing(row)?;
    Ok(Case { kind, modified_at, source, findings: Vec::new() })
}

impl Case {
    fn sorted(mut self) -> Self {
        self.findings.sort_unstable();
        self
    }

    fn ageing(&self) -> Ageing {
        Ageing { kind: self.kind, modified_at: self.modified_at, source: self.source }
    }

    /// A report with these findings; a forecast goes by nothing else of it.
    fn report(&self) -> QualityReport {
        let finding = |&(rule, severity): &(Rule, Severity)| Finding::new(rule, "", Vec::new(), "").at(severity);
        let good = Score::GOOD;
        QualityReport {
            version: QualityReport::VERSION,
            chunk: ChunkId::from_stored(String::new()),
            scores: Scores { freshness: good, duplication: good, contradiction: good, structure: good },
            findings: self.findings.iter().map(finding).collect(),
        }
    }
}

fn foretell(cases: &HashMap<Case, u64>, empty: &Forecast, policy: &Policy) -> Forecast {
    let now = empty.at;
    let today = TimeZone::UTC.to_datetime(now).date();
    let last = today.checked_add(i64::from(empty.days).days()).unwrap_or(Date::MAX);
    // Where freshness alone weighs, the overall score is the freshness.
    let fresh = Policy {
        weights: Weights { freshness: 1.0, duplication: 0.0, contradiction: 0.0, structure: 0.0 },
        ..policy.clone()
    };
    let mut by_day: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    let mut chunks = 0;
    for (case, count) in cases {
        chunks += count;
        let (report, ageing) = (case.report(), case.ageing());
        if let Some(day) =
            falls_below(&report, &ageing, policy, Score::new(empty.threshold), now).filter(|day| *day <= last)
        {
            by_day.entry(day).or_default().0 += count;
        }
        if let Some(day) =
            falls_below(&report, &ageing, &fresh, Score::new(FRESH_ENOUGH), now).filter(|day| *day <= last)
        {
            by_day.entry(day).or_default().1 += count;
        }
    }
    let (mut falling, mut stale) = (0, 0);
    let items = by_day
        .into_iter()
        .map(|(date, (more_falling, more_stale))| {
            falling += more_falling;
            stale += more_stale;
            ForecastDay { date, falling, stale }
        })
        .collect();
    Forecast { chunks, falling, stale, items, ..empty.clone() }
}
