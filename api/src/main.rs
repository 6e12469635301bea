//! The `tamis` command.
#![recursion_limit = "256"]

use std::process::ExitCode;

use clap::Parser;
use tamis_api::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
