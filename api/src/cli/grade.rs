//! `tamis grade`

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use console::style;
use tamis_scoring::{Severity, Verdict};

use super::check::{CheckReport, print_failures, write_totals};
use super::{Exit, Global};
use crate::assessment::{AssessedChunk, AssessedDocument, assess};
use crate::graded_line::GradedLine;
use crate::plural::chunks;
use crate::service::token_counter;

#[derive(Debug, Args)]
pub(super) struct GradeArgs {
    /// Folders, documents or JSONL files
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Text for people, or one JSON object a chunk
    #[arg(long, value_enum, default_value_t = GradeFormat::Text)]
    format: GradeFormat,
    /// Also write the summary, as `tamis check --format json` prints it, to this file
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GradeFormat {
    Text,
    Jsonl,
}

pub(super) fn run(global: &Global, args: &GradeArgs) -> Result<Exit> {
    let config = global.config()?;
    let tokens = token_counter(&config)?;
    let assessment = assess(&args.paths, &config, &tokens)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for document in &assessment.documents {
        match args.format {
            GradeFormat::Jsonl => write_lines(&mut out, document)?,
            GradeFormat::Text => write_text(&mut out, document)?,
        }
    }
    let report = CheckReport::new(&assessment, &config.policy, None);
    if args.format == GradeFormat::Text {
        write_totals(&mut out, &report)?;
    }
    out.flush()?;
    if let Some(path) = &args.summary {
        fs::write(path, serde_json::to_string_pretty(&report)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    print_failures(&assessment);
    Ok(if assessment.failures.is_empty() { Exit::Done } else { Exit::No })
}

pub(super) fn severity_mark(severity: Severity) -> console::StyledObject<&'static str> {
    match severity {
        Severity::Error => style("error").red(),
        Severity::Warn => style("warn ").yellow(),
        Severity::Info => style("info ").dim(),
    }
}

fn write_lines(out: &mut impl Write, document: &AssessedDocument) -> Result<()> {
    for line in GradedLine::of(document) {
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}

fn write_text(out: &mut impl Write, document: &AssessedDocument) -> Result<()> {
    let held = document.chunks.iter().filter(|one| one.decision.verdict != Verdict::Accept).count();
    let kept = document.chunks.len() - held;
    let mark = if held == 0 { style("✓").green() } else { style("✗").red() };
    writeln!(
        out,
        "{mark} {}: {kept} of {} accepted",
        style(&document.document.uri).bold(),
        chunks(document.chunks.len() as u64)
    )?;
    let mut by_rule: BTreeMap<&str, Vec<&AssessedChunk>> = BTreeMap::new();
    for one in document.chunks.iter().filter(|one| one.decision.verdict != Verdict::Accept) {
        let rule = one.report.findings.first().map_or("overall score too low", |finding| finding.rule.id());
        by_rule.entry(rule).or_default().push(one);
    }
    for (rule, chunks) in by_rule {
        let example = chunks.first().and_then(|one| one.report.findings.first());
        let message = example.map(|finding| finding.message.as_str()).unwrap_or_default();
        writeln!(out, "    {:>4} × {rule}: {message}", chunks.len())?;
    }
    Ok(())
}
