//! The report as Markdown, for a comment on a change or a job's summary.

use std::io::Write;

use anyhow::Result;
use tamis_scoring::Severity;

use super::escape::markdown_cell;
use super::report::CheckReport;
use crate::plural::{chunks, documents};

/// Findings shown; hosts refuse comments that are too long.
const MAX_SHOWN: usize = 200;

pub(super) fn write(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    let verdict = if report.passed { "passed" } else { "failed" };
    writeln!(out, "## Corpus check {verdict}: {:.1} of 100\n", report.score)?;
    writeln!(
        out,
        "{}, {}: {} accepted, {} quarantined.",
        documents(report.documents as u64),
        chunks(report.chunks as u64),
        report.accepted,
        report.quarantined
    )?;
    if let Some(comparison) = report.baseline {
        writeln!(
            out,
            "Against the baseline: {} new findings, {} known, {} fixed.",
            comparison.new, comparison.known, comparison.fixed
        )?;
    }
    writeln!(out, "\n| Dimension | Mean | Failing |\n|---|--:|--:|")?;
    for (name, health) in &report.by_dimension {
        writeln!(out, "| {name} | {:.2} | {} |", health.mean, health.failing)?;
    }
    let shown: Vec<_> = report.findings.iter().filter(|one| one.new && one.finding.severity > Severity::Info).collect();
    if !shown.is_empty() {
        writeln!(out, "\n| Where | Rule | Finding |\n|---|---|---|")?;
    }
    for found in shown.iter().take(MAX_SHOWN) {
        let line = found.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = markdown_cell(&format!("{}{line}", found.uri));
        writeln!(out, "| {place} | `{}` | {} |", found.finding.rule.id(), markdown_cell(&found.told()))?;
    }
    if shown.len() > MAX_SHOWN {
        writeln!(out, "\n{} more findings: `--format json` has them all.", shown.len() - MAX_SHOWN)?;
    }
    for failure in report.failures {
        writeln!(out, "\n**Could not be read:** {}: {}", markdown_cell(&failure.uri), markdown_cell(&failure.message))?;
    }
    Ok(())
}
