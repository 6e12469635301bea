//! `tamis policy`

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use console::style;
use jiff::Timestamp;
use serde::Serialize;
use tamis_ingest::{DocumentId, MediaType, RawDocument, SourceName, Supplied, TokenCounter};
use tamis_scoring::{QualityReport, Rule, Verdict, decide};

use super::{Exit, Format, Global, Usage};
use crate::config::{Config, Expected, PolicyTest};
use crate::graded_line::verdict_name;
use crate::grading;
use crate::ledger::{Ledger, PolicyPreview, PolicyRevision};
use crate::plural::chunks;
use crate::service::token_counter;

#[derive(Debug, Args)]
pub(super) struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Show the policy in force, as TOML or JSON
    Show(ShowArgs),
    /// Check the policy of a settings file, and run its tests, the tables `policy_tests`
    Check(CheckArgs),
    /// Show what the policy of a settings file would change in the corpus, without changing it
    Preview(PreviewArgs),
    /// List the policies that were in force, the newest first
    History(HistoryArgs),
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// TOML for people, JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The settings file [default: the one in use]
    file: Option<PathBuf>,
    /// For people, or one JSON object
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How the tests of a policy went.
#[derive(Debug, Serialize)]
struct Checked {
    passed: bool,
    tests: Vec<Tested>,
}

/// How one test went.
#[derive(Debug, Serialize)]
struct Tested {
    name: String,
    passed: bool,
    /// What was expected and is not so.
    problems: Vec<String>,
}

#[derive(Debug, Args)]
struct PreviewArgs {
    /// The settings file
    file: PathBuf,
    /// Show at most so many chunks that would change
    #[arg(short = 'n', long, default_value_t = 20)]
    limit: usize,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct HistoryArgs {
    /// At most so many
    #[arg(short = 'n', long, default_value_t = 20)]
    limit: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: PolicyArgs) -> Result<Exit> {
    match args.command {
        PolicyCommand::Show(args) => show(global, &args).await,
        PolicyCommand::Check(args) => check(global, &args),
        PolicyCommand::Preview(args) => preview(global, &args).await,
        PolicyCommand::History(args) => history(global, &args).await,
    }
}

/// The policy of the corpus, else the configured one: a corpus that was never made has none.
async fn show(global: &Global, args: &ShowArgs) -> Result<Exit> {
    let configured = global.config()?.policy;
    let data = global.data();
    let policy = if data.must_exist().is_ok() {
        Ledger::open(&data.ledger()).await?.policy().await?.map_or(configured, |revision| revision.policy)
    } else {
        configured
    };
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&policy)?)?,
        Format::Text => write!(out, "{}", toml::to_string(&serde_json::json!({ "policy": policy }))?)?,
    }
    Ok(Exit::Done)
}

fn check(global: &Global, args: &CheckArgs) -> Result<Exit> {
    let config = match &args.file {
        Some(file) => Config::load(Some(file))?,
        None => global.config()?,
    };
    let tokens = token_counter(&config)?;
    let tested = |test: &PolicyTest| {
        let problems = problems_of(test, &config, &tokens)?;
        Ok(Tested { name: test.name.clone(), passed: problems.is_empty(), problems })
    };
    let tests = config.policy_tests.iter().map(tested).collect::<Result<Vec<_>>>()?;
    let checked = Checked { passed: tests.iter().all(|test| test.passed), tests };
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&checked)?)?,
        Format::Text => print_checked(&mut out, &checked)?,
    }
    Ok(if checked.passed { Exit::Done } else { Exit::No })
}

fn print_checked(out: &mut impl Write, checked: &Checked) -> Result<()> {
    for test in &checked.tests {
        let mark = if test.passed { style("passed").green() } else { style("failed").red().bold() };
        writeln!(out, "{mark} {}", test.name)?;
        for problem in &test.problems {
            writeln!(out, "    {problem}")?;
        }
    }
    let failed = checked.tests.iter().filter(|test| !test.passed).count();
    writeln!(out, "the policy is valid; {failed} of {} tests failed", checked.tests.len())?;
    Ok(())
}

/// How a text fares against what a test expects of it.
fn problems_of(test: &PolicyTest, config: &Config, tokens: &TokenCounter) -> Result<Vec<String>> {
    let now = Timestamp::now();
    let raw = RawDocument {
        uri: test.path.clone().unwrap_or_else(|| "test.md".to_owned()),
        media_type: MediaType::Markdown,
        bytes: test.text.clone().into_bytes(),
        fetched_at: now,
        stored_at: Some(now),
        place: None,
        supplied: Supplied::default(),
    };
    let source = SourceName::new("policy-test").map_err(|problem| anyhow!("{problem}"))?;
    let (document, chunks) = grading::read(&DocumentId::new(&source, &raw.uri), &raw, None, tokens, config);
    let graded = grading::grade(document, chunks, &config.policy, now);
    let (mut verdicts, mut found) = (Vec::new(), BTreeSet::new());
    for one in graded.chunks {
        let report = QualityReport::compose(one.chunk.id.clone(), &one.measurement, Vec::new());
        let counted = report.findings.iter().filter(|f| config.policy.severity(f.rule, f.severity).is_some());
        found.extend(counted.map(|finding| finding.rule));
        verdicts.push(decide(&report, &config.policy).verdict);
    }
    let verdict = verdicts.iter().find(|one| **one != Verdict::Accept).unwrap_or(&Verdict::Accept);
    let mut problems = Vec::new();
    let expected = match test.expect {
        Expected::Accept => "accept",
        Expected::Quarantine => "quarantine",
    };
    if verdict_name(verdict) != expected {
        let rules: Vec<&str> = found.iter().map(|rule: &Rule| rule.id()).collect();
        problems.push(format!("expected {expected}, got {}; found: {}", verdict_name(verdict), list(&rules)));
    }
    let missing: Vec<&str> = test.rules.iter().filter(|rule| !found.contains(rule)).map(|rule| rule.id()).collect();
    if !missing.is_empty() {
        problems.push(format!("expected to be found and was not: {}", list(&missing)));
    }
    Ok(problems)
}

fn list(rules: &[&str]) -> String {
    if rules.is_empty() { "nothing".to_owned() } else { rules.join(", ") }
}

async fn preview(global: &Global, args: &PreviewArgs) -> Result<Exit> {
    let policy = Config::load(Some(&args.file))?.policy;
    let data = global.data();
    data.must_exist()?;
    let preview = Ledger::open(&data.ledger()).await?.preview_policy(&policy, args.limit).await?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&preview)?)?,
        Format::Text => print_preview(&mut out, &preview)?,
    }
    Ok(Exit::Done)
}

fn print_preview(out: &mut impl Write, preview: &PolicyPreview) -> Result<()> {
    writeln!(
        out,
        "score {:.1} → {:.1}, accepted {} → {} of {}",
        preview.score.before,
        preview.score.after,
        preview.accepted.before,
        preview.accepted.after,
        chunks(preview.chunks)
    )?;
    writeln!(out, "{} would be quarantined, {} accepted", preview.to_quarantine, preview.to_accept)?;
    for (rule, count) in &preview.by_rule {
        writeln!(out, "  {count:>6}  {rule}")?;
    }
    for flip in &preview.examples {
        let reasons: Vec<&str> = flip.reasons.iter().map(|rule| rule.id()).collect();
        writeln!(
            out,
            "{} {:.2} → {:.2} {}  {} {}",
            style(&flip.verdict).bold(),
            flip.overall_before,
            flip.overall_after,
            flip.uri,
            style(flip.chunk.get(..12).unwrap_or(&flip.chunk)).dim(),
            reasons.join(", ")
        )?;
    }
    Ok(())
}

async fn history(global: &Global, args: &HistoryArgs) -> Result<Exit> {
    let data = global.data();
    data.must_exist()?;
    if args.limit == 0 {
        return Err(Usage("--limit must be at least 1".to_owned()).into());
    }
    let revisions = Ledger::open(&data.ledger()).await?.policy_revisions(None, args.limit).await?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::json!({ "items": revisions }))?,
        Format::Text if revisions.is_empty() => writeln!(out, "no policy was in force yet: `tamis ingest` begins")?,
        Format::Text => {
            for (newer, older) in revisions.iter().zip(revisions.iter().skip(1).map(Some).chain([None])) {
                print_revision(&mut out, newer, older)?;
            }
        }
    }
    Ok(Exit::Done)
}

fn print_revision(out: &mut impl Write, revision: &PolicyRevision, before: Option<&PolicyRevision>) -> Result<()> {
    let at = revision.at.map(|at| at.strftime("%Y-%m-%d %H:%MZ").to_string()).unwrap_or_default();
    let note = revision.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
    writeln!(out, "{} {at} by {}{note}", style(format!("#{}", revision.revision)).bold(), revision.actor)?;
    if let Some(before) = before {
        let (old, new) = (serde_json::to_value(&before.policy)?, serde_json::to_value(&revision.policy)?);
        for line in differences("", &old, &new) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

/// The settings in which two policies differ, one a line.
fn differences(path: &str, old: &serde_json::Value, new: &serde_json::Value) -> Vec<String> {
    use serde_json::Value;
    match (old, new) {
        _ if old == new => Vec::new(),
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            let none = Value::Null;
            keys.into_iter()
                .flat_map(|key| differences(&at(key), a.get(key).unwrap_or(&none), b.get(key).unwrap_or(&none)))
                .collect()
        }
        _ => vec![format!("{path}: {old} → {new}")],
    }
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn only_what_differs_is_told() {
        let old = serde_json::json!({ "accept_at_least": 0.5, "rules": {}, "weights": { "freshness": 1.5 } });
        let new = serde_json::json!({ "accept_at_least": 0.6, "rules": { "structure.empty": "off" }, "weights": { "freshness": 1.5 } });
        assert_eq!(
            differences("", &old, &new),
            ["accept_at_least: 0.5 → 0.6", "rules.structure.empty: null → \"off\""]
        );
    }
}
