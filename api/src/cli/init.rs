//! `tamis init`

use std::fs::OpenOptions;
use std::io::{self, Write};

use anyhow::{Context, Result};
use clap::Args;

use super::{Exit, Usage};
use crate::config::{DEFAULT, FILE_NAME};

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Overwrite a tamis.toml that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &InitArgs) -> Result<Exit> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    if !args.force {
        options.create_new(true);
    }
    match options.open(FILE_NAME) {
        Ok(mut file) => {
            file.write_all(DEFAULT.as_bytes()).with_context(|| format!("cannot write {FILE_NAME}"))?;
            eprintln!("wrote {FILE_NAME}; next: tamis ingest PATH");
            Ok(Exit::Done)
        }
        Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => {
            Err(Usage(format!("{FILE_NAME} is there already: --force overwrites it")).into())
        }
        Err(problem) => Err(problem).context(format!("cannot write {FILE_NAME}")),
    }
}
