//! The review queue on a terminal.

use std::io::Write;

use anyhow::Result;
use console::style;
use tamis_scoring::{Finding, Severity};

use crate::cli::grade::severity_mark;
use crate::ledger::{QuarantinedChunk, ReviewEvent, RuleRate};

pub(super) fn short(out: &mut impl Write, item: &QuarantinedChunk) -> Result<()> {
    let id = item.chunk.get(..12).unwrap_or(&item.chunk);
    writeln!(out, "{} {}", style(id).cyan(), style(&item.uri).bold())?;
    for finding in item.findings.iter().filter(|finding| matters(item, finding)) {
        writeln!(out, "    {} {}: {}", severity_mark(finding.severity), finding.rule, finding.message)?;
        writeln!(out, "      {}", style(one_line(&finding.quote)).dim())?;
        if let Some(other) = &finding.counterpart {
            writeln!(out, "      {}: {}", other.uri, style(one_line(&other.quote)).dim())?;
        }
    }
    if let (Some(canonical), 1..) = (&item.canonical, item.copies) {
        let canonical = canonical.get(..12).unwrap_or(canonical);
        writeln!(out, "    and {} more copies of {}: decide with --cluster", item.copies, style(canonical).cyan())?;
    }
    Ok(())
}

/// What holds the chunk back; of one that is searchable, what denies it.
fn matters(item: &QuarantinedChunk, finding: &Finding) -> bool {
    if item.reasons.is_empty() {
        finding.severity > Severity::Info && finding.counterpart.is_some()
    } else {
        item.reasons.iter().any(|rule| rule == finding.rule.id())
    }
}

pub(super) fn long(out: &mut impl Write, item: &QuarantinedChunk) -> Result<()> {
    short(out, item)?;
    let scores = item.scores;
    writeln!(
        out,
        "    {}, overall {:.2}: freshness {:.2}, duplication {:.2}, contradiction {:.2}, structure {:.2}",
        item.status.name(),
        item.overall,
        scores.freshness.get(),
        scores.duplication.get(),
        scores.contradiction.get(),
        scores.structure.get()
    )?;
    if let (Some(by), Some(at)) = (&item.decided_by, item.decided_at) {
        let note = item.note.as_ref().map(|note| format!(": {}", one_line(note))).unwrap_or_default();
        let until = item.until.map(|until| format!(" until {until}")).unwrap_or_default();
        writeln!(out, "    by {by}, {at}{until}{note}")?;
    }
    if let (Some(by), Some(until)) = (&item.claimed_by, item.claimed_until) {
        writeln!(out, "    {by} works on it until {until}")?;
    }
    if !item.heading_path.is_empty() {
        writeln!(out, "    {}", item.heading_path.join(" › "))?;
    }
    writeln!(out, "\n{}", item.text.trim_end())?;
    if let Some(original) = &item.original_text {
        writeln!(out, "\n{}\n{}", style("as it was read:").bold(), style(original.trim_end()).dim())?;
    }
    Ok(())
}

pub(super) fn history(out: &mut impl Write, events: &[ReviewEvent]) -> Result<()> {
    if events.is_empty() {
        writeln!(out, "nobody has done anything about it")?;
    }
    for event in events {
        let at = event.at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
        let until = event.until.map(|until| format!(" until {until}")).unwrap_or_default();
        let undone = if event.undone { " (taken back)" } else { "" };
        writeln!(out, "{at}  {}  {}{until}{undone}", style(&event.action).bold(), event.actor)?;
        for (name, text) in [("note", &event.note), ("before", &event.text_before), ("after", &event.text_after)] {
            if let Some(text) = text {
                writeln!(out, "    {name}: {}", one_line(text))?;
            }
        }
    }
    Ok(())
}

pub(super) fn rates(out: &mut impl Write, rates: &[RuleRate]) -> Result<()> {
    if rates.is_empty() {
        writeln!(out, "nobody has decided about anything yet")?;
    }
    for rate in rates {
        let rule = rate.rule.as_deref().unwrap_or("overall score");
        writeln!(
            out,
            "{:<32}{:>6} decided{:>6} released{:>6} confirmed  {:>3.0} % released",
            style(rule).bold(),
            rate.decided,
            rate.released,
            rate.confirmed,
            100.0 * rate.release_rate
        )?;
        if let Some(change) = &rate.suggestion {
            writeln!(out, "    {}: {} → {} ({})", change.setting, change.from, change.to, change.reason)?;
        }
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
