//! Decisions from a terminal.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use jiff::{Span, Timestamp};

use crate::cli::{Exit, Global, Usage, progress};
use crate::data_dir::{self, DataDir};
use crate::jobs::{self, Stop};
use crate::ledger::{Choice, Decision, Ledger};
use crate::plural;
use crate::reviewing::{self, Wish};
use crate::service::{self, Writer};

#[derive(Debug, Args)]
pub(super) struct DecideArgs {
    /// The chunks' ids, or their beginnings
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Decide about all copies in the queue too: an ID is the canonical chunk of its cluster
    #[arg(long)]
    cluster: bool,
    /// Why
    #[arg(long)]
    note: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct SnoozeArgs {
    #[command(flatten)]
    decision: DecideArgs,
    /// For so many days
    #[arg(long, value_name = "DAYS", default_value_t = 7, conflicts_with = "until")]
    days: i64,
    /// Until this time, such as 2030-01-31T09:00:00Z
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(super) struct EditArgs {
    /// The chunk's id, or its beginning
    #[arg(value_name = "ID")]
    id: String,
    /// The words
    #[arg(long, required_unless_present = "file")]
    text: Option<String>,
    /// A file with the words; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    file: Option<PathBuf>,
    /// Why
    #[arg(long)]
    note: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct UndoArgs {
    /// The chunks' ids, or their beginnings
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

/// What is to be done about which chunks.
pub(super) struct Task {
    ids: Vec<String>,
    cluster: bool,
    wish: Wish,
}

impl DecideArgs {
    pub(super) fn ids(&self) -> &[String] {
        &self.ids
    }

    pub(super) fn wish(self, action: &str) -> Task {
        let wish = Wish { action: action.to_owned(), note: self.note, ..Wish::default() };
        Task { ids: self.ids, cluster: self.cluster, wish }
    }
}

impl SnoozeArgs {
    pub(super) fn ids(&self) -> &[String] {
        self.decision.ids()
    }

    pub(super) fn wish(self) -> Result<Task> {
        let until = match self.until {
            Some(until) => until,
            None => Timestamp::now()
                .checked_add(Span::new().try_hours(self.days.saturating_mul(24)).map_err(|_| days(self.days))?)
                .map_err(|_| days(self.days))?,
        };
        let task = self.decision.wish("snooze");
        Ok(Task { wish: Wish { until: Some(until), ..task.wish }, ..task })
    }
}

impl UndoArgs {
    pub(super) fn ids(&self) -> &[String] {
        &self.ids
    }
}

impl EditArgs {
    pub(super) fn ids(&self) -> &[String] {
        std::slice::from_ref(&self.id)
    }

    pub(super) fn wish(self) -> Result<Task> {
        let text = match (self.text, self.file) {
            (Some(text), _) => text,
            (None, Some(file)) => read(&file)?,
            (None, None) => String::new(),
        };
        let wish = Wish { action: "edit".to_owned(), note: self.note, until: None, text: Some(text) };
        Ok(Task { ids: vec![self.id], cluster: false, wish })
    }
}

fn days(days: i64) -> Usage {
    Usage(format!("--days must be between 1 and {}, not {days}", reviewing::MAX_SNOOZE_DAYS))
}

/// A text from a file, no more than an edit may hold and a byte, so that too much is refused and not cut.
fn read(file: &std::path::Path) -> Result<String> {
    let limit = reviewing::MAX_TEXT as u64 + 1;
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text))
    };
    read.with_context(|| format!("cannot read {} as UTF-8 text", file.display()))?;
    Ok(text)
}

/// Records the decision, and publishes it at once unless a running `tamis serve` does.
pub(super) async fn decide(global: &Global, data: &DataDir, task: Task) -> Result<Exit> {
    let config = global.config()?;
    let note = task.wish.note.clone();
    let tokens = service::token_counter(&config)?;
    let action = reviewing::action(task.wish, &tokens, config.chunks.max, Timestamp::now())
        .map_err(|problem| Usage(problem.to_string()))?;
    let ledger = Ledger::open(&data.ledger()).await?;
    let policy = ledger.adopt_policy(&config.policy).await?.policy;
    let mut chunks = Vec::with_capacity(task.ids.len());
    for id in &task.ids {
        let chunk = ledger.resolve_chunk(id).await?;
        if task.cluster { chunks.extend(ledger.cluster_in_queue(&chunk).await?) } else { chunks.push(chunk) }
    }
    chunks.sort_unstable();
    chunks.dedup();
    let what = action.state().name();
    let choices: Vec<Choice> = chunks.into_iter().map(Choice::from).collect();
    ledger.decide(&choices, &Decision { action, actor: actor(), note }, &policy).await?;
    ledger.close().await;
    publish(global, data, &format!("{} {what}", plural::chunks(choices.len() as u64))).await
}

/// Takes decisions back, and publishes what follows.
pub(super) async fn undo(global: &Global, data: &DataDir, args: &UndoArgs) -> Result<Exit> {
    let config = global.config()?;
    let ledger = Ledger::open(&data.ledger()).await?;
    let policy = ledger.adopt_policy(&config.policy).await?.policy;
    for id in &args.ids {
        let chunk = ledger.resolve_chunk(id).await?;
        let action = ledger.undo_review(&Choice::from(chunk), &actor(), &policy).await?;
        eprintln!("{id}: {action} taken back");
    }
    ledger.close().await;
    publish(global, data, &format!("{} as before", plural::chunks(args.ids.len() as u64))).await
}

async fn publish(global: &Global, data: &DataDir, done: &str) -> Result<Exit> {
    match Writer::open(global.config()?, data, "quarantine").await {
        Ok(writer) => {
            let bars = progress::Bars::new(global.shows_progress());
            jobs::publish_all(&writer.service, &bars, &Stop::on_signals()).await?;
            eprintln!("{done}");
        }
        Err(problem) if matches!(problem.downcast_ref(), Some(data_dir::Error::Locked { .. })) => {
            eprintln!("{done}; the tamis that is working in {} takes it up", data.root().display());
        }
        Err(problem) => return Err(problem),
    }
    Ok(Exit::Done)
}

fn actor() -> String {
    std::env::var("USER").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "cli".to_owned())
}
