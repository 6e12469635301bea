//! The report for people.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use console::style;
use tamis_scoring::Severity;

use super::report::{CheckReport, one_line};
use crate::assessment::Assessment;
use crate::cli::grade::severity_mark;
use crate::cli::ingest::by_count;
use crate::plural::{chunks, documents};

pub(super) fn write(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    for one in report.findings.iter().filter(|one| one.new && one.finding.severity > Severity::Info) {
        let finding = one.finding;
        let line = one.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = style(format!("{}{line}", one.uri)).bold();
        writeln!(out, "{place}: {} {}: {}", severity_mark(finding.severity), finding.rule, finding.message)?;
        if !finding.quote.is_empty() {
            writeln!(out, "    {}", style(one_line(&finding.quote)).dim())?;
        }
        if let Some(counterpart) = &finding.counterpart {
            writeln!(out, "    {}: {}", counterpart.uri, style(one_line(&counterpart.quote)).dim())?;
        }
    }
    write_totals(out, report)?;
    if let Some(comparison) = report.baseline {
        writeln!(
            out,
            "against the baseline: {} new findings, {} known, {} fixed",
            comparison.new, comparison.known, comparison.fixed
        )?;
    }
    let mark = if report.passed { style("passed").green().bold() } else { style("failed").red().bold() };
    writeln!(out, "{mark}")?;
    Ok(())
}

/// The sums of a report.
pub(in crate::cli) fn write_totals(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    writeln!(
        out,
        "{} {:.1} of 100: {}, {}, {} accepted, {} quarantined",
        style("score").bold(),
        report.score,
        documents(report.documents as u64),
        chunks(report.chunks as u64),
        style(report.accepted).green(),
        style(report.quarantined).yellow()
    )?;
    for (rule, count) in report.rules_by_count() {
        writeln!(out, "  {count:>6}  {rule}")?;
    }
    Ok(())
}

/// Says on stderr what could not be read, and what has no reader.
pub(in crate::cli) fn print_failures(assessment: &Assessment) {
    for failure in &assessment.failures {
        eprintln!("{} {}: {}", style("failed").red().bold().for_stderr(), failure.uri, failure.message);
    }
    print_unsupported(&assessment.unsupported);
}

/// Says on stderr which files have no reader.
pub(in crate::cli) fn print_unsupported(unsupported: &BTreeMap<String, u64>) {
    if !unsupported.is_empty() {
        let kinds: Vec<String> =
            by_count(unsupported).into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        eprintln!("{} {}", style("no reader for").bold().for_stderr(), kinds.join(", "));
    }
}
