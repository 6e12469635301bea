//! `tamis keys`

use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use console::style;
use jiff::Timestamp;

use super::recorded::naming;
use super::{Exit, Format, Global, Usage};
use crate::access::{ApiKey, NewKey, Scope};
use crate::ledger::Ledger;

const HOUR: u64 = 3600;

#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a key and print it: it is shown this once. From the first key on, every request needs one
    Create(CreateArgs),
    /// List the keys, without their secrets
    List(ListArgs),
    /// Make a new key of the same name and scopes; the old one ends after a while
    Rotate(RotateArgs),
    /// End a key now
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// Whose it is, or what for: the name in history and in the audit log
    name: String,
    /// What it allows; read where nothing is said
    #[arg(long = "scope", value_enum, value_name = "SCOPE", value_delimiter = ',', default_value = "read")]
    scopes: Vec<Scope>,
    /// It ends after so many days [default: never]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: Option<u32>,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Show keys that have ended too
    #[arg(long)]
    all: bool,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct RotateArgs {
    /// The key's name
    name: String,
    /// The old key goes on for so many hours
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u64).range(..=8_760))]
    grace: u64,
}

#[derive(Debug, Args)]
struct RevokeArgs {
    /// The key's id, or a name for all keys of that name
    key: String,
}

impl KeysArgs {
    /// What the audit log calls it; nothing where it only looks.
    pub(super) fn recorded(&self) -> Option<String> {
        let (verb, name) = match &self.command {
            KeysCommand::Create(args) => ("create", &args.name),
            KeysCommand::Rotate(args) => ("rotate", &args.name),
            KeysCommand::Revoke(args) => ("revoke", &args.key),
            KeysCommand::List(_) => return None,
        };
        Some(naming(&format!("keys {verb}"), [name].into_iter()))
    }
}

pub(super) async fn run(global: &Global, args: KeysArgs) -> Result<Exit> {
    let data = global.data();
    data.create()?;
    let ledger = Ledger::open(&data.ledger()).await?;
    let exit = match args.command {
        KeysCommand::Create(args) => create(&ledger, args).await,
        KeysCommand::List(args) => list(&ledger, &args).await,
        KeysCommand::Rotate(args) => rotate(&ledger, &args).await,
        KeysCommand::Revoke(args) => revoke(&ledger, &args).await,
    };
    ledger.close().await;
    exit
}

async fn create(ledger: &Ledger, args: CreateArgs) -> Result<Exit> {
    if args.name.trim().is_empty() || args.name.len() > 100 || args.name.contains(char::is_control) {
        return Err(Usage("a key's name must hold 1 to 100 bytes, and no control characters".to_owned()).into());
    }
    if live(ledger).await?.iter().any(|key| key.name == args.name) {
        let name = args.name;
        return Err(Usage(format!("there is a key named {name}: `tamis keys rotate {name}` replaces it")).into());
    }
    let valid = args.days.map(|days| Duration::from_secs(u64::from(days) * 24 * HOUR));
    hand_out(ledger, &args.name, &args.scopes, valid).await
}

async fn rotate(ledger: &Ledger, args: &RotateArgs) -> Result<Exit> {
    let Some(old) = live(ledger).await?.into_iter().find(|key| key.name == args.name) else {
        return Err(Usage(format!("there is no key named {}: `tamis keys list` shows them", args.name)).into());
    };
    ledger.end_keys(&args.name, Duration::from_secs(args.grace * HOUR)).await?;
    hand_out(ledger, &old.name, &old.scopes, None).await
}

async fn revoke(ledger: &Ledger, args: &RevokeArgs) -> Result<Exit> {
    let ended = ledger.end_keys(&args.key, Duration::ZERO).await?;
    if ended == 0 {
        return Err(Usage(format!("there is no key {}: `tamis keys list` shows them", args.key)).into());
    }
    eprintln!("ended {ended} key{}", if ended == 1 { "" } else { "s" });
    Ok(Exit::Done)
}

/// Makes a key and prints it, the only thing on stdout, so that a script can keep it.
async fn hand_out(ledger: &Ledger, name: &str, scopes: &[Scope], valid: Option<Duration>) -> Result<Exit> {
    let key = NewKey::random().context("the system gives no randomness")?;
    ledger.add_key(&key, name, scopes, valid).await?;
    writeln!(io::stdout(), "{key}")?;
    eprintln!("keep it now: tamis holds only its hash and cannot show it again");
    Ok(Exit::Done)
}

async fn live(ledger: &Ledger) -> Result<Vec<ApiKey>> {
    let now = Timestamp::now();
    let mut keys = ledger.keys().await?;
    keys.retain(|key| key.expires_at.is_none_or(|end| end > now));
    Ok(keys)
}

async fn list(ledger: &Ledger, args: &ListArgs) -> Result<Exit> {
    let keys = if args.all { ledger.keys().await? } else { live(ledger).await? };
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::json!({ "items": keys }))?,
        Format::Text if keys.is_empty() => {
            writeln!(out, "no keys: tamis serves this machine only, and everyone on it")?;
        }
        Format::Text => {
            for key in &keys {
                let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
                let day = |time: Option<Timestamp>, none: &str| {
                    time.map_or_else(|| none.to_owned(), |time| time.strftime("%Y-%m-%d %H:%MZ").to_string())
                };
                writeln!(
                    out,
                    "{}  {}  {}  last used {}, ends {}",
                    style(&key.id).bold(),
                    key.name,
                    scopes.join(","),
                    day(key.last_used_at, "never"),
                    day(key.expires_at, "never"),
                )?;
            }
        }
    }
    Ok(Exit::Done)
}
