//! What is changed from a terminal stands in the audit log beside what is changed over HTTP.

use std::fmt::Write;

use anyhow::Result;

use super::{Command, EXIT_NO, Exit, Global, exit_of};
use crate::ledger::{self, Audited, Ledger};

/// What stands in place of an HTTP method.
const METHOD: &str = "CLI";
/// Most things of one command that are named.
const NAMED: usize = 20;

/// What a command changes, as the log calls it; none where it only looks. Words and secrets are no part of it.
pub(super) fn change(command: &Command) -> Option<String> {
    match command {
        Command::Ingest(args) => Some(args.recorded()),
        Command::Quarantine(args) => args.recorded(),
        Command::Audit(_) => Some("audit".to_owned()),
        Command::Rebuild(_) => Some("rebuild".to_owned()),
        Command::Keys(args) => args.recorded(),
        // A policy is changed in the settings file, or over HTTP, and has revisions of its own.
        Command::Policy(_)
        | Command::Init(_)
        | Command::Extract(_)
        | Command::Grade(_)
        | Command::Check(_)
        | Command::Compare(_)
        | Command::Search(_)
        | Command::Eval(_)
        | Command::Health(_)
        | Command::Conflicts(_)
        | Command::Duplicates(_)
        | Command::Verify(_)
        | Command::Serve(_)
        | Command::Worker
        | Command::Model(_)
        | Command::Doctor(_)
        | Command::Completions(_)
        | Command::Openapi => None,
    }
}

/// A command and what it was given.
pub(super) fn naming(command: &str, things: impl ExactSizeIterator<Item = impl AsRef<str>>) -> String {
    let more = things.len().saturating_sub(NAMED);
    let mut text = command.to_owned();
    for thing in things.take(NAMED) {
        text.push(' ');
        text.push_str(thing.as_ref());
    }
    if more > 0 {
        // Writing to a String cannot fail.
        let _ = write!(text, " and {more} more");
    }
    text
}

/// Writes down what a command changed, and how it ended.
pub(super) async fn write_down(global: &Global, change: &str, outcome: &Result<Exit>) {
    // A command that could not even begin changed nothing.
    let Ok(config) = global.config() else { return };
    if global.data().must_exist().is_err() {
        return;
    }
    let status = match outcome {
        Ok(Exit::Done) => 0,
        Ok(Exit::No) => EXIT_NO,
        Err(problem) => exit_of(problem),
    };
    let (actor, request_id) = (actor(), uuid::Uuid::now_v7().to_string());
    let entry =
        Audited { actor: &actor, method: METHOD, path: change, status: u16::from(status), request_id: &request_id };
    // The change is made; not to have it written down is no reason to call it a failure.
    if let Err(problem) = append(global, entry, config.serve.audit_days).await {
        tracing::error!(change, %problem, "a change is missing in the audit log");
    }
}

async fn append(global: &Global, entry: Audited<'_>, keep_days: u32) -> ledger::Result<()> {
    let ledger = Ledger::open(&global.data().ledger()).await?;
    ledger.audit(entry, keep_days).await?;
    ledger.close().await;
    Ok(())
}

/// `cli`, and whose terminal it is, where the system says so.
fn actor() -> String {
    let user = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    user.filter(|name| !name.is_empty()).map_or_else(|| "cli".to_owned(), |name| format!("cli:{name}"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::Cli;
    use super::*;

    #[test]
    fn what_changes_something_is_named_without_what_was_said_about_it() {
        let of = |line: &str| change(&Cli::parse_from(line.split(' ')).command);
        for (line, expected) in [
            ("tamis quarantine release 0a 0b --note secret", Some("quarantine release 0a 0b")),
            ("tamis quarantine edit 0a --text secret", Some("quarantine edit 0a")),
            ("tamis quarantine undo 0a", Some("quarantine undo 0a")),
            ("tamis quarantine list", None),
            ("tamis ingest docs", Some("ingest docs")),
            ("tamis rebuild", Some("rebuild")),
            ("tamis keys create app", Some("keys create app")),
            ("tamis keys list", None),
            ("tamis search secret", None),
        ] {
            assert_eq!(of(line).as_deref(), expected, "{line}");
        }
        let many: Vec<String> = (0..25).map(|number| number.to_string()).collect();
        assert!(naming("quarantine reject", many.iter()).ends_with(" 18 19 and 5 more"));
    }
}
