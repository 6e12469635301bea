//! `tamis check`

mod baseline;
mod escape;
mod github;
mod html;
mod junit;
mod markdown;
mod report;
mod sarif;
mod text;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use tamis_scoring::{Dimension, Rule};

pub(super) use report::CheckReport;
pub(super) use text::{print_failures, print_unsupported, write_totals};

use self::baseline::Baseline;
use super::{Exit, Global, Usage};
use crate::assessment::assess;
use crate::config::nearest;
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
    /// Ask whether linked pages elsewhere are still there: this asks other people's servers, once for each page
    #[arg(long)]
    links: bool,
    /// What an earlier check wrote as JSON: what it knew of does not fail, and is not told again
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// For people.
    Text,
    /// One JSON object; also what --baseline reads.
    Json,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
    /// `JUnit` XML, for CI servers.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
    /// For a comment on a change.
    Markdown,
    /// A page by itself.
    Html,
}

pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<Exit> {
    let fail_on = args.fail_on.iter().map(|name| known_rule(name)).collect::<Result<Vec<&str>>>()?;
    let mut baseline = args.baseline.as_deref().map(Baseline::read).transpose()?;
    let mut config = global.config()?;
    config.links.check |= args.links;
    let tokens = token_counter(&config)?;
    let assessment = assess(&args.paths, &config, &tokens)?;
    let mut report = CheckReport::new(&assessment, &config.policy, baseline.as_mut());
    // What could not be read was not checked.
    report.passed = assessment.failures.is_empty() && passes(&report, args.fail_under, &fail_on);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.format {
        CheckFormat::Text => text::write(&mut out, &report)?,
        CheckFormat::Json => writeln!(out, "{}", serde_json::to_string(&report)?)?,
        CheckFormat::Sarif => sarif::write(&mut out, &report)?,
        CheckFormat::Junit => junit::write(&mut out, &report)?,
        CheckFormat::Github => github::write(&mut out, &report)?,
        CheckFormat::Markdown => markdown::write(&mut out, &report)?,
        CheckFormat::Html => html::write(&mut out, &report)?,
    }
    out.flush()?;
    if args.format == CheckFormat::Text {
        print_failures(&assessment);
    }
    Ok(if report.passed { Exit::Done } else { Exit::No })
}

fn passes(report: &CheckReport<'_>, fail_under: Option<f64>, fail_on: &[&str]) -> bool {
    if fail_under.is_none() && fail_on.is_empty() {
        return report.newly_quarantined == 0;
    }
    let scored = fail_under.is_none_or(|least| report.score >= least);
    let mut new = report.findings.iter().filter(|found| found.new).map(|found| found.finding.rule.id());
    let forbidden = new.any(|rule| fail_on.iter().any(|name| names(name, rule)));
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
