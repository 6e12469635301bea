//! The report as one HTML page that needs nothing else: no scripts, no other files.

use std::io::Write;

use anyhow::Result;
use tamis_scoring::Severity;

use super::escape::xml;
use super::report::{CheckReport, Found};
use crate::plural::{chunks, documents};

const STYLE: &str = include_str!("report.css");

pub(super) fn write(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    let verdict = if report.passed { "passed" } else { "failed" };
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(
        out,
        "<title>tamis check: {:.1} of 100</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>",
        report.score
    )?;
    writeln!(out, "<h1><strong>{:.1}</strong> of 100 <span class=\"{verdict}\">{verdict}</span></h1>", report.score)?;
    writeln!(
        out,
        "<p>{}, {}: {} accepted, {} quarantined.</p>",
        documents(report.documents as u64),
        chunks(report.chunks as u64),
        report.accepted,
        report.quarantined
    )?;
    if let Some(comparison) = report.baseline {
        writeln!(
            out,
            "<p>Against the baseline: {} new findings, {} known, {} fixed.</p>",
            comparison.new, comparison.known, comparison.fixed
        )?;
    }
    write_dimensions(out, report)?;
    write_rules(out, report)?;
    for failure in report.failures {
        writeln!(
            out,
            "<p class=\"error\"><b>Could not be read:</b> {}: {}</p>",
            xml(&failure.uri),
            xml(&failure.message)
        )?;
    }
    for (uri, found) in report.by_document().filter(|(_, found)| !found.is_empty()) {
        writeln!(out, "<section>\n<h2>{}</h2>\n<ul>", xml(uri))?;
        for one in found {
            write_finding(out, one)?;
        }
        writeln!(out, "</ul>\n</section>")?;
    }
    writeln!(out, "</main>\n</body>\n</html>")?;
    Ok(())
}

fn write_dimensions(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    writeln!(out, "<table>\n<thead><tr><th>Dimension<th>Mean<th>Failing</thead>\n<tbody>")?;
    for (name, health) in &report.by_dimension {
        writeln!(out, "<tr><td>{name}<td>{:.2}<td>{}", health.mean, health.failing)?;
    }
    writeln!(out, "</tbody>\n</table>")?;
    Ok(())
}

fn write_rules(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    if report.by_rule.is_empty() {
        writeln!(out, "<p>Nothing was found.</p>")?;
        return Ok(());
    }
    writeln!(out, "<table>\n<thead><tr><th>Rule<th>Findings</thead>\n<tbody>")?;
    for (rule, count) in report.rules_by_count() {
        writeln!(out, "<tr><td><code>{rule}</code><td>{count}")?;
    }
    writeln!(out, "</tbody>\n</table>")?;
    Ok(())
}

fn write_finding(out: &mut impl Write, found: &Found<'_>) -> Result<()> {
    let finding = found.finding;
    let severity = match finding.severity {
        Severity::Info => "info",
        Severity::Warn => "warn",
        Severity::Error => "error",
    };
    let line = found.line.map(|line| format!("line {line}, ")).unwrap_or_default();
    let known = if found.new { "" } else { ", known" };
    writeln!(
        out,
        "<li class=\"{severity}\"><p>{} <small>{line}<code>{}</code>{known}</small></p>",
        xml(&finding.message),
        finding.rule
    )?;
    if !finding.quote.is_empty() {
        writeln!(out, "<blockquote>{}</blockquote>", xml(&finding.quote))?;
    }
    if let Some(other) = &finding.counterpart {
        writeln!(out, "<blockquote><cite>{}</cite> {}</blockquote>", xml(&other.uri), xml(&other.quote))?;
    }
    writeln!(out, "</li>")?;
    Ok(())
}
