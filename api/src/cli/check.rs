//! `tamis check`

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use console::style;
use serde::Serialize;
use tamis_scoring::{Cluster, Dimension, Finding, Policy, Rule, Severity, Verdict};

use super::grade::severity_mark;
use super::ingest::by_count;
use super::{Exit, Format, Global, Usage};
use crate::assessment::{AssessedDocument, Assessment, assess};
use crate::config::nearest;
use crate::jobs::Failure;
use crate::ledger::{DimensionHealth, distribution};
use crate::service::token_counter;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Folders, documents or JSONL files
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Fail where the score, 0 to 100, is below this [default without any gate: fail where a chunk is quarantined]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(f64))]
    fail_under: Option<f64>,
    /// Fail where one of these rules finds something; a prefix such as `duplication` names all its rules
    #[arg(long, value_name = "RULE", num_args = 1.., value_delimiter = ',')]
    fail_on: Vec<String>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What a check found.
#[derive(Debug, Serialize)]
pub(super) struct CheckReport<'a> {
    score: f64,
    documents: usize,
    chunks: usize,
    accepted: usize,
    quarantined: usize,
    by_dimension: BTreeMap<&'static str, DimensionHealth>,
    by_rule: BTreeMap<&'static str, usize>,
    findings: Vec<Found<'a>>,
    clusters: &'a [Cluster],
    unsupported: &'a BTreeMap<String, u64>,
    failures: &'a [Failure],
    pub(super) passed: bool,
}

/// A finding with its place.
#[derive(Debug, Serialize)]
struct Found<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    document: &'a str,
    uri: &'a str,
    chunk: &'a str,
    /// The line of the file, from 1, where text lines are file lines.
    line: Option<usize>,
}

pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<Exit> {
    let fail_on = args.fail_on.iter().map(|name| known_rule(name)).collect::<Result<Vec<&str>>>()?;
    let config = global.config()?;
    let tokens = token_counter(&config)?;
    let assessment = assess(&args.paths, &config, &tokens)?;
    let mut report = CheckReport::new(&assessment, &config.policy);
    // What could not be read was not checked.
    report.passed = assessment.failures.is_empty() && passes(&report, args.fail_under, &fail_on);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&report)?)?,
        Format::Text => {
            report.write_findings(&mut out)?;
            report.write_totals(&mut out)?;
            let mark = if report.passed { style("passed").green().bold() } else { style("failed").red().bold() };
            writeln!(out, "{mark}")?;
        }
    }
    out.flush()?;
    if args.format == Format::Text {
        print_failures(&assessment);
    }
    Ok(if report.passed { Exit::Done } else { Exit::No })
}

/// Says on stderr what could not be read, and what has no reader.
pub(super) fn print_failures(assessment: &Assessment) {
    for failure in &assessment.failures {
        eprintln!("{} {}: {}", style("failed").red().bold().for_stderr(), failure.uri, failure.message);
    }
    print_unsupported(&assessment.unsupported);
}

/// Says on stderr which files have no reader.
pub(super) fn print_unsupported(unsupported: &BTreeMap<String, u64>) {
    if !unsupported.is_empty() {
        let kinds: Vec<String> =
            by_count(unsupported).into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        eprintln!("{} {}", style("no reader for").bold().for_stderr(), kinds.join(", "));
    }
}

fn passes(report: &CheckReport<'_>, fail_under: Option<f64>, fail_on: &[&str]) -> bool {
    if fail_under.is_none() && fail_on.is_empty() {
        return report.quarantined == 0;
    }
    let scored = fail_under.is_none_or(|least| report.score >= least);
    let forbidden = report.by_rule.keys().any(|rule| fail_on.iter().any(|name| names(name, rule)));
    scored && !forbidden
}

/// Whether `name` is the rule or the dimension it belongs to.
fn names(name: &str, rule: &str) -> bool {
    rule == name || rule.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}

fn known_rule(name: &str) -> Result<&str> {
    let known: Vec<&str> =
        Rule::ALL.iter().map(|rule| rule.id()).chain(Dimension::ALL.iter().map(|one| one.name())).collect();
    if known.contains(&name) {
        return Ok(name);
    }
    let hint = nearest(name, &known).map(|one| format!(": did you mean {one}?")).unwrap_or_default();
    Err(Usage(format!("unknown rule {name}{hint}")).into())
}

impl<'a> CheckReport<'a> {
    /// Sums an assessment up; it passes until gates say otherwise.
    pub(super) fn new(assessment: &'a Assessment, policy: &Policy) -> Self {
        let chunks: Vec<_> = assessment.documents.iter().flat_map(|document| &document.chunks).collect();
        let weight = |tokens: u32| f64::from(tokens.max(1));
        let total: f64 = chunks.iter().map(|one| weight(one.chunk.tokens)).sum();
        let points: f64 =
            chunks.iter().map(|one| weight(one.chunk.tokens) * f64::from(one.decision.overall.get())).sum();
        let score = if chunks.is_empty() { 100.0 } else { (1_000.0 * points / total).round() / 10.0 };
        let quarantined = chunks.iter().filter(|one| one.decision.verdict != Verdict::Accept).count();
        let scores: Vec<_> = chunks.iter().map(|one| one.report.scores).collect();
        let findings: Vec<Found<'a>> =
            assessment.documents.iter().flat_map(|document| found(document, policy)).collect();
        let mut by_rule = BTreeMap::new();
        for one in &findings {
            *by_rule.entry(one.finding.rule.id()).or_default() += 1;
        }
        Self {
            score,
            documents: assessment.documents.len(),
            chunks: chunks.len(),
            accepted: chunks.len() - quarantined,
            quarantined,
            by_dimension: Dimension::ALL.iter().map(|one| (one.name(), distribution(&scores, *one))).collect(),
            by_rule,
            findings,
            clusters: &assessment.clusters,
            unsupported: &assessment.unsupported,
            failures: &assessment.failures,
            passed: true,
        }
    }

    fn write_findings(&self, out: &mut impl Write) -> Result<()> {
        for one in self.findings.iter().filter(|one| one.finding.severity > Severity::Info) {
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
        Ok(())
    }

    pub(super) fn write_totals(&self, out: &mut impl Write) -> Result<()> {
        writeln!(
            out,
            "{} {:.1} of 100: {} documents, {} chunks, {} accepted, {} quarantined",
            style("score").bold(),
            self.score,
            self.documents,
            self.chunks,
            style(self.accepted).green(),
            style(self.quarantined).yellow()
        )?;
        let mut rules: Vec<_> = self.by_rule.iter().collect();
        rules.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        for (rule, count) in rules {
            writeln!(out, "  {count:>6}  {rule}")?;
        }
        Ok(())
    }
}

/// The findings of a document that the policy cares about. One about the whole document stands on each of its chunks,
/// and is told once.
fn found<'a>(document: &'a AssessedDocument, policy: &Policy) -> Vec<Found<'a>> {
    let mut told = HashSet::new();
    let mut all = Vec::new();
    for one in &document.chunks {
        for finding in &one.report.findings {
            let is_new = told.insert((finding.rule, &finding.spans, &finding.message));
            if is_new && policy.severity(finding.rule, finding.severity).is_some() {
                let line = finding.spans.first().and_then(|span| line_of(document, span.start()));
                all.push(Found {
                    finding,
                    document: &document.name,
                    uri: &document.document.uri,
                    chunk: one.chunk.id.as_str(),
                    line,
                });
            }
        }
    }
    all
}

/// The line of the file that holds a byte of the text, where the text is the file's own.
fn line_of(document: &AssessedDocument, offset: usize) -> Option<usize> {
    let before = document.document.line_offset?;
    let text = document.document.text.get(..offset)?;
    Some(before + text.matches('\n').count() + 1)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
