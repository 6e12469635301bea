//! `tamis quarantine`

mod decide;
mod print;

use std::io::{self, Write};

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};

use super::recorded::naming;
use super::{Exit, Format, Global};
use crate::data_dir::DataDir;
use crate::ledger::{Ledger, QuarantineFilter, QuarantineOrder, ReviewState};

#[derive(Debug, Args)]
pub(super) struct QuarantineArgs {
    #[command(subcommand)]
    command: QuarantineCommand,
}

#[derive(Debug, Subcommand)]
enum QuarantineCommand {
    /// List chunks that are held back, the most harmful first
    List(ListArgs),
    /// Show a chunk with everything found about it
    Show(ShowArgs),
    /// Show everything that was done about a chunk
    History(ShowArgs),
    /// Show how often people agree with each rule, and what that suggests
    Rules(RulesArgs),
    /// Let chunks be searched in spite of what was found
    Release(decide::DecideArgs),
    /// Keep chunks out for good
    Reject(decide::DecideArgs),
    /// Keep chunks out because something newer replaces them
    Supersede(decide::DecideArgs),
    /// Ask about chunks again later
    Snooze(decide::SnoozeArgs),
    /// Put other words in a chunk's place, and grade those
    Edit(decide::EditArgs),
    /// Take back the last decision about each chunk
    Undo(decide::UndoArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only chunks in this state
    #[arg(long, value_enum, default_value_t = Status::Undecided)]
    status: Status,
    /// Only chunks held back by this rule
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Only chunks of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Every copy of a chunk by itself, instead of one for all that nobody decided about
    #[arg(long)]
    each_copy: bool,
    /// In which order
    #[arg(long, value_enum, default_value_t = Sort::Harm)]
    sort: Sort,
    /// At most this many
    #[arg(short = 'n', long, default_value_t = 50)]
    limit: u32,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    /// Held back, contested or being worked on: whatever wants a decision.
    Undecided,
    /// Held back, and nobody has decided.
    Pending,
    /// Searchable, but another chunk denies it and nothing says which is right.
    Contested,
    /// Somebody works on it.
    Claimed,
    /// Put off until a day that has not come.
    Snoozed,
    /// Let through by a person.
    Released,
    /// Kept out by a person.
    Rejected,
    /// Kept out by a person, because something newer replaces it.
    Superseded,
    /// Given other words by a person.
    Edited,
    /// All of them.
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// Contradictions, then what is searched for, last copies, low scores, what waits longest.
    Harm,
    /// What waits longest first.
    Oldest,
    /// What came last first.
    Newest,
    /// By source, document and place in it.
    Document,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// The chunk's id, or its beginning
    id: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct RulesArgs {
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl QuarantineArgs {
    /// What the audit log calls it; nothing where it only looks.
    pub(super) fn recorded(&self) -> Option<String> {
        let (verb, ids) = match &self.command {
            QuarantineCommand::List(_)
            | QuarantineCommand::Show(_)
            | QuarantineCommand::History(_)
            | QuarantineCommand::Rules(_) => return None,
            QuarantineCommand::Release(args) => ("release", args.ids()),
            QuarantineCommand::Reject(args) => ("reject", args.ids()),
            QuarantineCommand::Supersede(args) => ("supersede", args.ids()),
            QuarantineCommand::Snooze(args) => ("snooze", args.ids()),
            QuarantineCommand::Edit(args) => ("edit", args.ids()),
            QuarantineCommand::Undo(args) => ("undo", args.ids()),
        };
        Some(naming(&format!("quarantine {verb}"), ids.iter()))
    }
}

pub(super) async fn run(global: &Global, args: QuarantineArgs) -> Result<Exit> {
    let data = global.data();
    data.must_exist()?;
    match args.command {
        QuarantineCommand::List(args) => list(&data, args).await,
        QuarantineCommand::Show(args) => show(&data, &args).await,
        QuarantineCommand::History(args) => history(&data, &args).await,
        QuarantineCommand::Rules(args) => rules(global, &data, &args).await,
        QuarantineCommand::Release(args) => decide::decide(global, &data, args.wish("release")).await,
        QuarantineCommand::Reject(args) => decide::decide(global, &data, args.wish("reject")).await,
        QuarantineCommand::Supersede(args) => decide::decide(global, &data, args.wish("supersede")).await,
        QuarantineCommand::Snooze(args) => decide::decide(global, &data, args.wish()?).await,
        QuarantineCommand::Edit(args) => decide::decide(global, &data, args.wish()?).await,
        QuarantineCommand::Undo(args) => decide::undo(global, &data, &args).await,
    }
}

impl Status {
    fn states(self) -> Vec<ReviewState> {
        match self {
            Self::Undecided => ReviewState::UNDECIDED.to_vec(),
            Self::Pending => vec![ReviewState::Pending],
            Self::Contested => vec![ReviewState::Contested],
            Self::Claimed => vec![ReviewState::Claimed],
            Self::Snoozed => vec![ReviewState::Snoozed],
            Self::Released => vec![ReviewState::Released],
            Self::Rejected => vec![ReviewState::Rejected],
            Self::Superseded => vec![ReviewState::Superseded],
            Self::Edited => vec![ReviewState::Edited],
            Self::All => Vec::new(),
        }
    }
}

impl From<Sort> for QuarantineOrder {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Harm => Self::Harm,
            Sort::Oldest => Self::Oldest,
            Sort::Newest => Self::Newest,
            Sort::Document => Self::Document,
        }
    }
}

async fn list(data: &DataDir, args: ListArgs) -> Result<Exit> {
    let ledger = Ledger::open(&data.ledger()).await?;
    // One more than wanted tells whether there is a next page.
    let filter = QuarantineFilter {
        states: args.status.states(),
        rule: args.rule,
        source: args.source,
        each_copy: args.each_copy,
        order: args.sort.into(),
        after: None,
        limit: args.limit.saturating_add(1),
    };
    let mut items = ledger.quarantine(&filter).await?;
    let more = items.len() > args.limit as usize;
    items.truncate(args.limit as usize);
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => {
            let next_cursor = if more { items.last().map(|item| item.place.clone()) } else { None };
            writeln!(out, "{}", serde_json::json!({ "items": items, "next_cursor": next_cursor }))?;
        }
        Format::Text => {
            if items.is_empty() {
                writeln!(out, "nothing in quarantine")?;
            }
            for item in &items {
                print::short(&mut out, item)?;
            }
            if more {
                writeln!(out, "there is more: raise --limit, or narrow with --rule and --source")?;
            }
        }
    }
    Ok(Exit::Done)
}

async fn show(data: &DataDir, args: &ShowArgs) -> Result<Exit> {
    let ledger = Ledger::open(&data.ledger()).await?;
    let id = ledger.resolve_chunk(&args.id).await?;
    let item = ledger.quarantined_chunk(&id).await?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&item)?)?,
        Format::Text => print::long(&mut out, &item)?,
    }
    Ok(Exit::Done)
}

async fn history(data: &DataDir, args: &ShowArgs) -> Result<Exit> {
    let ledger = Ledger::open(&data.ledger()).await?;
    // What has left its document has a history still, under its whole id.
    let id = ledger.resolve_chunk(&args.id).await.unwrap_or_else(|_| args.id.clone());
    let events = ledger.review_history(&id, None, u32::MAX).await?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::json!({ "items": events, "next_cursor": null }))?,
        Format::Text => print::history(&mut out, &events)?,
    }
    Ok(Exit::Done)
}

async fn rules(global: &Global, data: &DataDir, args: &RulesArgs) -> Result<Exit> {
    let ledger = Ledger::open(&data.ledger()).await?;
    let rates = ledger.review_rates(&ledger.adopt_policy(&global.config()?.policy).await?.policy).await?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::json!({ "items": rates, "next_cursor": null }))?,
        Format::Text => print::rates(&mut out, &rates)?,
    }
    Ok(Exit::Done)
}
