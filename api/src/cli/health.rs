//! `tamis health`

use std::io::{self, Write};

use anyhow::Result;
use clap::{Args, ValueEnum};
use console::style;

use super::ingest::by_count;
use super::{Exit, Format, Global};
use crate::ledger::{Forecast, Health, HistoryFilter, HistoryPoint, Ledger};
use crate::plural::{chunks, counted, documents};

#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// Show the score after each run and each day instead
    #[arg(long, conflicts_with = "forecast")]
    history: bool,
    /// Show how many chunks time alone will make too bad in so many days instead
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    forecast: Option<u32>,
    /// Show the figures of each source, or of each dimension
    #[arg(long, value_enum)]
    by: Option<By>,
    /// How to print the figures
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Source,
    Dimension,
}

pub(super) async fn run(global: &Global, args: &HealthArgs) -> Result<Exit> {
    let data = global.data();
    data.must_exist()?;
    let ledger = Ledger::open(&data.ledger()).await?;
    let mut out = io::stdout().lock();
    if let Some(days) = args.forecast {
        let policy = ledger.adopt_policy(&global.config()?.policy).await?.policy;
        let forecast = ledger.forecast(days, policy.accept_at_least, &policy).await?;
        match args.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string(&forecast)?)?,
            Format::Text => print_forecast(&mut out, &forecast)?,
        }
        return Ok(Exit::Done);
    }
    if args.history {
        let filter = HistoryFilter { limit: u32::MAX, ..HistoryFilter::default() };
        let history = ledger.health_history(&filter).await?;
        match args.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string(&history)?)?,
            Format::Text => print_history(&mut out, &history)?,
        }
        return Ok(Exit::Done);
    }
    let health = ledger.health().await?;
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&health)?)?,
        Format::Text => print(&mut out, &health, args.by)?,
    }
    Ok(Exit::Done)
}

fn print(out: &mut impl Write, health: &Health, by: Option<By>) -> Result<()> {
    writeln!(out, "{} {}", style("corpus health").bold(), score(health.score))?;
    let failed = if health.failed_documents > 0 {
        format!(" ({} could not be read)", health.failed_documents)
    } else {
        String::new()
    };
    writeln!(out, "  {}{failed}, {}", documents(health.documents), chunks(health.chunks))?;
    writeln!(
        out,
        "  {} accepted, {} quarantined, {} waiting for review",
        style(health.accepted).green(),
        style(health.quarantined).yellow(),
        health.review.pending
    )?;
    if by != Some(By::Source) {
        writeln!(out, "{:<16}{:>8}{:>8}{:>8}{:>10}", style("dimension").bold(), "mean", "p10", "median", "failing")?;
        for (name, one) in &health.dimensions {
            writeln!(out, "{name:<16}{:>8.3}{:>8.3}{:>8.3}{:>10}", one.mean, one.p10, one.p50, one.failing)?;
        }
    }
    if by != Some(By::Dimension) && (by == Some(By::Source) || health.sources.len() > 1) {
        writeln!(
            out,
            "{:<24}{:>8}{:>12}{:>10}{:>14}",
            style("source").bold(),
            "score",
            "documents",
            "chunks",
            "quarantined"
        )?;
        for one in &health.sources {
            writeln!(
                out,
                "{:<24}{:>8.1}{:>12}{:>10}{:>14}",
                one.name, one.score, one.documents, one.chunks, one.quarantined
            )?;
        }
    }
    if by.is_none() && !health.by_rule.is_empty() {
        writeln!(out, "{}", style("quarantined by rule").bold())?;
        for (rule, count) in by_count(&health.by_rule) {
            writeln!(out, "  {count:>6}  {rule}")?;
        }
    }
    Ok(())
}

fn print_forecast(out: &mut impl Write, forecast: &Forecast) -> Result<()> {
    writeln!(
        out,
        "of {} that pass today, below {:.2} in {}: {}, and with a freshness below 0.50 by then: {}",
        chunks(forecast.chunks),
        forecast.threshold,
        counted(forecast.days.into(), "day", "days"),
        style(forecast.falling).yellow(),
        style(forecast.stale).yellow()
    )?;
    if !forecast.items.is_empty() {
        writeln!(out, "{:<12}{:>10}{:>10}", style("by").bold(), "falling", "stale")?;
    }
    for day in &forecast.items {
        writeln!(out, "{:<12}{:>10}{:>10}", day.date.to_string(), day.falling, day.stale)?;
    }
    Ok(())
}

fn print_history(out: &mut impl Write, history: &[HistoryPoint]) -> Result<()> {
    for one in history.iter().map(|point| &point.health) {
        writeln!(
            out,
            "{}  {}  {}, {} accepted, {} quarantined",
            one.at,
            score(one.score),
            documents(one.documents),
            one.accepted,
            one.quarantined
        )?;
    }
    Ok(())
}

fn score(value: f64) -> console::StyledObject<String> {
    let text = style(format!("{value:.1}")).bold();
    if value >= 85.0 {
        text.green()
    } else if value >= 60.0 {
        text.yellow()
    } else {
        text.red()
    }
}
