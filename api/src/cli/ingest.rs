//! `tamis ingest`

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use console::style;
use tamis_ingest::SourceName;

use super::progress::Bars;
use super::recorded::naming;
use super::{Exit, Format, Global, Usage};
use crate::config::Config;
use crate::jobs::{self, IngestSummary, SourceSpec, Stop};
use crate::ledger::Ledger;
use crate::plural::{self, plural};
use crate::service::Writer;

/// Failures shown before the rest is only counted.
const SHOWN_FAILURES: usize = 20;

#[derive(Debug, Args)]
pub(super) struct IngestArgs {
    /// Folders, documents or JSONL files; without any, the sources of the configuration
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Name of the source [default: made from the path's last part]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// How to print the summary
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl IngestArgs {
    /// What the audit log calls it.
    pub(super) fn recorded(&self) -> String {
        naming("ingest", self.paths.iter().map(|path| path.to_string_lossy()))
    }
}

pub(super) async fn run(global: &Global, args: IngestArgs) -> Result<Exit> {
    let config = global.config()?;
    let data = global.data();
    if args.paths.is_empty() && config.sources.is_empty() {
        return Err(Usage(
            "nothing to ingest: give a PATH, or name [[sources]] in tamis.toml (`tamis init` writes one)".into(),
        )
        .into());
    }
    if args.source.is_some() && args.paths.len() != 1 {
        return Err(Usage("--source names one source: give it with exactly one PATH".into()).into());
    }
    for path in args.paths.iter().chain(config.sources.iter().map(|source| &source.path)) {
        std::fs::metadata(path).map_err(|problem| tamis_ingest::Error::opening(path, problem))?;
    }
    let writer = Writer::open(config, &data, "ingest").await?;
    let service = &writer.service;
    let specs = specs(&args, &service.config, &service.ledger).await?;
    let bars = Bars::new(global.shows_progress());
    let summary = jobs::ingest(service, &specs, &bars, Stop::on_signals()).await?;
    jobs::deliver_once(service).await?;
    service.ledger.close().await;
    match args.format {
        Format::Json => writeln!(io::stdout(), "{}", serde_json::to_string(&summary)?)?,
        Format::Text => print(&summary, global)?,
    }
    Ok(if summary.failures.is_empty() && !summary.stopped { Exit::Done } else { Exit::No })
}

/// The sources to read: those of the configuration, or one for each path, under the name its place is known by.
async fn specs(args: &IngestArgs, config: &Config, ledger: &Ledger) -> Result<Vec<SourceSpec>> {
    if args.paths.is_empty() {
        return config
            .sources
            .iter()
            .map(|source| {
                let path = absolute(&source.path)?;
                Ok(SourceSpec { name: source.name.clone(), path, authority: source.authority })
            })
            .collect();
    }
    let known = ledger.sources().await?;
    let mut taken: HashSet<String> = known.iter().map(|source| source.name.clone()).collect();
    let mut specs = Vec::new();
    for path in &args.paths {
        let path = absolute(path)?;
        let configured = config.sources.iter().find(|source| absolute(&source.path).is_ok_and(|other| other == path));
        let name = if let Some(name) = &args.source {
            SourceName::new(name.clone()).map_err(|problem| Usage(problem.to_string()))?
        } else if let Some(configured) = configured {
            configured.name.clone()
        } else if let Some(known) = known.iter().find(|source| source.path == path) {
            SourceName::new(known.name.clone())?
        } else {
            free_name(&path, &taken)?
        };
        taken.insert(name.to_string());
        let authority = configured.and_then(|source| source.authority);
        specs.push(SourceSpec { name, path, authority });
    }
    Ok(specs)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("cannot read {}", path.display()))
}

/// A name made from the path's last part that no other place has.
fn free_name(path: &Path, taken: &HashSet<String>) -> Result<SourceName> {
    let last = path.file_stem().map(|part| part.to_string_lossy().to_lowercase()).unwrap_or_default();
    let dashed: String =
        last.chars().map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' }).take(48).collect();
    let trimmed = dashed.trim_matches('-');
    let stem = if trimmed.is_empty() { "documents" } else { trimmed };
    // One more number than there are names to avoid.
    let numbered = (2..=taken.len() + 2).map(|number| format!("{stem}-{number}"));
    let name = std::iter::once(stem.to_owned()).chain(numbered).find(|candidate| !taken.contains(candidate));
    Ok(SourceName::new(name.unwrap_or_else(|| stem.to_owned()))?)
}

fn print(summary: &IngestSummary, global: &Global) -> Result<()> {
    let mut out = io::stdout().lock();
    let documents = summary.documents;
    writeln!(
        out,
        "{} {}: {} new, {} changed, {} unchanged, {} removed, {} failed",
        style("read").bold(),
        plural::documents(documents.seen),
        documents.new,
        documents.changed,
        documents.unchanged,
        documents.removed,
        documents.failed
    )?;
    let chunks = &summary.chunks;
    writeln!(
        out,
        "{} {} {} accepted, {} quarantined; {} embedded",
        style("sifted").bold(),
        style(chunks.accepted).green(),
        plural(chunks.accepted, "chunk", "chunks"),
        style(chunks.quarantined).yellow(),
        summary.embedded
    )?;
    for (rule, count) in by_count(&chunks.by_rule) {
        writeln!(out, "  {count:>6}  {rule}")?;
    }
    if !summary.unsupported.is_empty() {
        let kinds: Vec<String> =
            by_count(&summary.unsupported).into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        writeln!(out, "{} {}", style("no reader for").bold(), kinds.join(", "))?;
    }
    for failure in summary.failures.iter().take(SHOWN_FAILURES) {
        writeln!(out, "{} {}: {}", style("failed").red().bold(), failure.uri, failure.message)?;
    }
    if summary.failures.len() > SHOWN_FAILURES {
        writeln!(out, "  and {} more: --format json lists all", summary.failures.len() - SHOWN_FAILURES)?;
    }
    let seconds = summary.seconds;
    writeln!(
        out,
        "{} {:.1} → {:.1} of 100, in {:.1} s (threads together: extract {:.1}, score {:.1}, embed {:.1}, index {:.1})",
        style("health").bold(),
        summary.health.before,
        summary.health.after,
        seconds.total,
        seconds.extract,
        seconds.score,
        seconds.embed,
        seconds.index
    )?;
    if summary.stopped {
        writeln!(out, "{} before the end: run the same command again to go on", style("stopped").yellow().bold())?;
    } else if !global.quiet {
        writeln!(out, "next: tamis search QUERY, tamis quarantine list, tamis health")?;
    }
    Ok(())
}

/// The entries of a count, the largest first.
pub(super) fn by_count(counts: &std::collections::BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut entries: Vec<(&str, u64)> = counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    entries.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    entries
}
