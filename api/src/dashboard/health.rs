//! `GET /`: how the corpus is.

use std::cmp::Reverse;

use askama::Template;
use axum::response::Response;
use tamis_scoring::{Dimension, Rule};

use super::failure::Failure;
use super::format;
use super::incidents::{self, IncidentView};
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use super::trend::Trend;
use crate::http::State;
use crate::ledger::{DimensionHealth, Forecast, ForecastDay, Health, Rates, SourceHealth, Waiting};

/// Snapshots that the trend is drawn from.
const SNAPSHOTS: u32 = 400;
/// How far the forecast looks ahead.
const FORECAST_DAYS: u32 = 365;
/// Rules shown at once; the others on demand.
const RULES: usize = 8;

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage {
    shell: Shell,
    empty: bool,
    score: String,
    grade: &'static str,
    change: Option<Change>,
    trend: Option<Trend>,
    incidents: Vec<IncidentView>,
    had_incidents: bool,
    facts: Facts,
    rates: Vec<(&'static str, &'static str, String)>,
    forecast: ForecastView,
    dimensions: Vec<DimensionView>,
    rules: Vec<RuleView>,
    more_rules: Vec<RuleView>,
    sources: Vec<SourceView>,
}

/// What time alone will do.
struct ForecastView {
    threshold: String,
    chunks: String,
    falling: u64,
    falling_text: String,
    first_falling: String,
    stale: u64,
    stale_text: String,
    first_stale: String,
}

struct Change {
    by: String,
    better: bool,
    since: String,
}

struct Facts {
    documents: String,
    failed: u64,
    chunks: String,
    accepted: String,
    quarantined: String,
    quarantined_share: String,
    pending: u64,
    pending_text: String,
    oldest: String,
    conflicts: u64,
    conflicts_text: String,
}

struct DimensionView {
    name: &'static str,
    question: &'static str,
    mean: String,
    length: String,
    grade: &'static str,
    p10: String,
    p50: String,
    failing: u64,
    failing_text: String,
}

struct RuleView {
    id: String,
    help: &'static str,
    count: String,
    length: String,
}

struct SourceView {
    name: String,
    score: String,
    grade: &'static str,
    documents: String,
    chunks: String,
    quarantined: String,
    share: String,
}

/// The corpus's health.
pub(super) async fn show(state: State, visitor: Visitor) -> Result<Response, Failure> {
    let health = state.ledger.health().await?;
    let incidents = incidents::open(&state, &visitor, health.at).await?;
    let had_incidents = !state.ledger.incidents(None, None, 1).await?.is_empty();
    let shell = Shell::load(&state, visitor, Tab::Health, "Health").await?;
    let mut points = state.ledger.last_scores(SNAPSHOTS).await?;
    let policy = state.policy();
    let forecast = state.ledger.forecast(FORECAST_DAYS, policy.accept_at_least, &policy).await?;
    let change = points.iter().rev().nth(1).and_then(|(at, before)| {
        let by = format::change(health.score - before);
        let (since, _) = format::apart(*at, health.at);
        (!by.is_empty()).then_some(Change { by, better: health.score > *before, since })
    });
    // The score of this moment ends the line: a decision since the last run shows at once.
    if !points.is_empty() {
        points.push((health.at, health.score));
    }
    let most = health.by_rule.values().copied().max().unwrap_or(1).max(1);
    let mut by_rule: Vec<(&String, u64)> = health.by_rule.iter().map(|(rule, count)| (rule, *count)).collect();
    by_rule.sort_by_key(|(_, count)| Reverse(*count));
    let mut rules: Vec<RuleView> = by_rule
        .into_iter()
        .map(|(id, count)| RuleView {
            id: id.clone(),
            help: help(id),
            count: format::count(count),
            length: length(count as f64 / most as f64),
        })
        .collect();
    let more_rules = rules.split_off(rules.len().min(RULES));
    page(&HealthPage {
        empty: health.documents == 0,
        score: format::score(health.score),
        grade: format::grade(health.score),
        change,
        trend: Trend::of(&points),
        incidents,
        had_incidents,
        rates: rates(&health.rates),
        forecast: forecast_view(&forecast),
        facts: facts(&health, state.ledger.waiting().await?),
        dimensions: Dimension::ALL
            .into_iter()
            .filter_map(|dimension| Some(dimension_view(dimension, health.dimensions.get(dimension.name())?)))
            .collect(),
        rules,
        more_rules,
        sources: health.sources.iter().map(source_view).collect(),
        shell,
    })
}

fn facts(health: &Health, waiting: Waiting) -> Facts {
    let oldest = health.review.oldest_days;
    Facts {
        documents: format::count(health.documents),
        failed: health.failed_documents,
        chunks: format::count(health.chunks),
        accepted: format::count(health.accepted),
        quarantined: format::count(health.quarantined),
        quarantined_share: format::percent(health.quarantined, health.chunks),
        pending: waiting.reviews,
        pending_text: format::count(waiting.reviews),
        oldest: if oldest < 1.0 {
            "the oldest since today".to_owned()
        } else {
            format!("the oldest for {}", format::counted(oldest as u64, "day", "days"))
        },
        conflicts: waiting.conflicts,
        conflicts_text: format::count(waiting.conflicts),
    }
}

/// What is wrong, as shares of the chunks.
fn rates(rates: &Rates) -> Vec<(&'static str, &'static str, String)> {
    [
        ("stale", "out of date", rates.stale),
        ("duplicate", "said elsewhere", rates.duplicate),
        ("contradicted", "denied by another", rates.contradicted),
        ("malformed", "not well-formed", rates.malformed),
    ]
    .map(|(name, meaning, share)| (name, meaning, format!("{:.1} %", share * 100.0)))
    .into()
}

fn forecast_view(forecast: &Forecast) -> ForecastView {
    let first = |fallen: fn(&ForecastDay) -> u64| {
        let day = forecast.items.iter().find(|day| fallen(day) > 0);
        day.map(|day| day.date.strftime("%-d %b %Y").to_string()).unwrap_or_default()
    };
    ForecastView {
        threshold: format!("{:.0}", forecast.threshold * 100.0),
        chunks: format::counted(forecast.chunks, "chunk", "chunks"),
        falling: forecast.falling,
        falling_text: format::count(forecast.falling),
        first_falling: first(|day| day.falling),
        stale: forecast.stale,
        stale_text: format::count(forecast.stale),
        first_stale: first(|day| day.stale),
    }
}

fn dimension_view(dimension: Dimension, health: &DimensionHealth) -> DimensionView {
    let hundred = |value: f64| format!("{:.0}", value * 100.0);
    DimensionView {
        name: dimension.name(),
        question: match dimension {
            Dimension::Freshness => "Is it still true?",
            Dimension::Duplication => "Is it said only once?",
            Dimension::Contradiction => "Does nothing deny it?",
            Dimension::Structure => "Is it well-formed?",
        },
        mean: hundred(health.mean),
        length: length(health.mean),
        grade: format::grade(health.mean * 100.0),
        p10: hundred(health.p10),
        p50: hundred(health.p50),
        failing: health.failing,
        failing_text: format::counted(health.failing, "chunk", "chunks"),
    }
}

fn source_view(source: &SourceHealth) -> SourceView {
    SourceView {
        name: source.name.clone(),
        score: format::score(source.score),
        grade: format::grade(source.score),
        documents: format::count(source.documents),
        chunks: format::count(source.chunks),
        quarantined: format::count(source.quarantined),
        share: format::percent(source.quarantined, source.chunks),
    }
}

/// What a rule means.
pub(super) fn help(id: &str) -> &'static str {
    Rule::ALL.iter().find(|rule| rule.id() == id).map_or("", |rule| rule.help())
}

/// A share of a bar of length 100.
fn length(share: f64) -> String {
    format!("{:.1}", share.clamp(0.0, 1.0) * 100.0)
}
