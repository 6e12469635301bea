//! The command line: one file a command.

mod audit;
mod check;
mod compare;
mod completions;
mod conflicts;
mod doctor;
mod duplicates;
mod eval;
mod extract;
mod grade;
mod health;
mod ingest;
mod init;
mod keys;
mod model;
mod openapi;
mod policy;
mod progress;
mod quarantine;
mod rebuild;
mod recorded;
mod search;
mod serve;
mod verify;
mod worker;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{self, Config};
use crate::data_dir::DataDir;
use crate::telemetry::Telemetry;

/// Threads for requests and jobs at least, few as the processors may be: what keeps one busy for a while must not keep
/// an answer waiting.
const LEAST_THREADS: usize = 4;

/// Sift a RAG corpus: parse documents, grade every chunk, quarantine what would harm answers, index and search the rest.
#[derive(Debug, Parser)]
#[command(name = "tamis", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What all commands understand.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Configuration file [default: tamis.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder that holds the ledger and the indexes
    #[arg(long, global = true, value_name = "DIR", default_value = ".tamis", env = "TAMIS_DATA_DIR")]
    data: PathBuf,
    /// Say less: no progress, only errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more; twice for debugging
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Text for people or JSON for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a commented tamis.toml with the default settings
    Init(init::InitArgs),
    /// Read sources into the corpus: parse, grade, quarantine, embed, index
    Ingest(ingest::IngestArgs),
    /// Show what the parsers read
    Extract(extract::ExtractArgs),
    /// Grade documents and cross-check them among themselves, without a corpus
    Grade(grade::GradeArgs),
    /// Grade documents as a gate for CI
    Check(check::CheckArgs),
    /// Say how two passages relate: contradiction, duplicate, overlap or neutral
    Compare(compare::CompareArgs),
    /// Search the corpus
    Search(search::SearchArgs),
    /// Ask questions whose answers are known: what does curation buy?
    Eval(eval::EvalArgs),
    /// Show the corpus's state
    Health(health::HealthArgs),
    /// Work the review queue
    Quarantine(quarantine::QuarantineArgs),
    /// Show open contradictions, both sentences of each
    Conflicts(conflicts::ConflictsArgs),
    /// Find published neighbours that contradict or repeat each other in other words
    Audit(audit::AuditArgs),
    /// Show duplicate clusters, each with the chunk that stands
    Duplicates(duplicates::DuplicatesArgs),
    /// Show the policy, run its tests, see what another would change
    Policy(policy::PolicyArgs),
    /// Compare ledger and indexes, chunk by chunk
    Verify(verify::VerifyArgs),
    /// Make the indexes anew from the ledger
    Rebuild(rebuild::RebuildArgs),
    /// Serve the HTTP API, do scheduled runs, and keep the indexes up to date
    Serve(serve::ServeArgs),
    /// Make and end the API keys that requests need
    Keys(keys::KeysArgs),
    /// Do what `serve` does in the background, without HTTP: scheduled runs, reading, publishing
    Worker,
    /// Fetch or show the embedding model
    Model(model::ModelArgs),
    /// Say what is missing, and how to get it
    Doctor(doctor::DoctorArgs),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
    /// Print the OpenAPI description of the HTTP API
    Openapi,
}

/// How a command ended, as its exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done,
    /// The answer is "no": a gate failed, an inconsistency was found, some inputs could not be read.
    No,
}

/// A wrong use that clap cannot see.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

const EXIT_NO: u8 = 1;
const EXIT_USAGE: u8 = 2;
const EXIT_FAILED: u8 = 3;

impl Global {
    fn config(&self) -> config::Result<Config> {
        Config::load(self.config.as_deref())
    }

    fn data(&self) -> DataDir {
        DataDir::new(&self.data)
    }

    /// Progress is for people who watch.
    fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }
}

impl Cli {
    /// Runs the command and reports what stopped it, if anything did.
    #[must_use]
    pub fn run(self) -> ExitCode {
        set_up_colors(&self.global);
        let telemetry = match self.telemetry() {
            Ok(telemetry) => telemetry,
            Err(problem) => return report(&problem),
        };
        set_up_log(&self.global, self.is_service(), telemetry.as_ref());
        let threads = available_parallelism().map_or(LEAST_THREADS, |count| count.get().max(LEAST_THREADS));
        let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build() {
            Ok(runtime) => runtime,
            Err(problem) => {
                eprintln!("error: cannot start: {problem}");
                return ExitCode::from(EXIT_FAILED);
            }
        };
        let result = runtime.block_on(async {
            let (global, change) = (self.global.clone(), recorded::change(&self.command));
            let result = Box::pin(dispatch(self)).await;
            if let Some(change) = change {
                recorded::write_down(&global, &change, &result).await;
            }
            result
        });
        // A document that outran its time limit may still hold a thread; it is not worth waiting for.
        runtime.shutdown_background();
        if let Some(telemetry) = telemetry {
            telemetry.finish();
        }
        match result {
            Ok(Exit::Done) => ExitCode::SUCCESS,
            Ok(Exit::No) => ExitCode::from(EXIT_NO),
            Err(problem) => report(&problem),
        }
    }

    fn is_service(&self) -> bool {
        matches!(self.command, Command::Serve(_) | Command::Worker)
    }

    /// Traces, of the commands that work on a corpus for long. Settings that cannot be read are the command's to report.
    fn telemetry(&self) -> Result<Option<Telemetry>> {
        if !self.is_service() && !matches!(self.command, Command::Ingest(_)) {
            return Ok(None);
        }
        let Ok(config) = self.global.config() else { return Ok(None) };
        Telemetry::start(&config.telemetry)
    }
}

async fn dispatch(cli: Cli) -> Result<Exit> {
    let global = cli.global;
    match cli.command {
        Command::Init(args) => init::run(&args),
        Command::Ingest(args) => Box::pin(ingest::run(&global, args)).await,
        Command::Extract(args) => extract::run(&global, &args),
        Command::Grade(args) => grade::run(&global, &args),
        Command::Check(args) => check::run(&global, &args),
        Command::Compare(args) => compare::run(&args),
        Command::Search(args) => Box::pin(search::run(&global, args)).await,
        Command::Eval(args) => Box::pin(eval::run(&global, &args)).await,
        Command::Health(args) => health::run(&global, &args).await,
        Command::Quarantine(args) => Box::pin(quarantine::run(&global, args)).await,
        Command::Conflicts(args) => conflicts::run(&global, &args).await,
        Command::Audit(args) => Box::pin(audit::run(&global, &args)).await,
        Command::Duplicates(args) => duplicates::run(&global, &args).await,
        Command::Policy(args) => policy::run(&global, args).await,
        Command::Verify(args) => Box::pin(verify::run(&global, &args)).await,
        Command::Rebuild(args) => Box::pin(rebuild::run(&global, &args)).await,
        Command::Serve(args) => Box::pin(serve::run(&global, args)).await,
        Command::Keys(args) => keys::run(&global, args).await,
        Command::Worker => Box::pin(worker::run(&global)).await,
        Command::Model(args) => model::run(&global, args).await,
        Command::Doctor(args) => doctor::run(&global, &args),
        Command::Completions(args) => Ok(completions::run(&args)),
        Command::Openapi => openapi::run(),
    }
}

/// Colours, where the output can show them or somebody asked.
fn set_up_colors(global: &Global) {
    match global.color {
        Color::Auto => {
            let off = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            console::set_colors_enabled(!off && io::stdout().is_terminal());
            console::set_colors_enabled_stderr(!off && io::stderr().is_terminal());
        }
        Color::Always => {
            console::set_colors_enabled(true);
            console::set_colors_enabled_stderr(true);
        }
        Color::Never => {
            console::set_colors_enabled(false);
            console::set_colors_enabled_stderr(false);
        }
    }
}

/// The log, and traces. Only a service's log needs times: a command's is read while it runs.
fn set_up_log(global: &Global, with_time: bool, telemetry: Option<&Telemetry>) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        // A slow statement says something of the machine, and a parser's limits something of a page: nothing to whoever
        // runs a command.
        (false, 0) => "warn,sqlx::query=error,html5ever=error",
        (false, 1) => "tamis_api=info,tamis_index=info,tamis_ingest=info,tamis_scoring=info,warn",
        (false, _) => "tamis_api=debug,tamis_index=debug,tamis_ingest=debug,tamis_scoring=debug,info",
    };
    let filter = EnvFilter::try_from_env("TAMIS_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(console::colors_enabled_stderr())
        .with_target(false);
    let log = if with_time { log.boxed() } else { log.without_time().boxed() };
    tracing_subscriber::registry()
        .with(telemetry.map(Telemetry::layer::<Registry>))
        .with(log.with_filter(filter))
        .init();
}

/// Prints an error and its causes, without saying the same thing twice.
fn report(problem: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(problem) {
        return ExitCode::SUCCESS;
    }
    eprintln!("{} {problem}", console::style("error:").red().bold().for_stderr());
    for cause in problem.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
    ExitCode::from(exit_of(problem))
}

/// The exit code of a command that could not do its work.
fn exit_of(problem: &anyhow::Error) -> u8 {
    let usage = problem.is::<Usage>() || problem.downcast_ref::<config::Error>().is_some();
    if usage { EXIT_USAGE } else { EXIT_FAILED }
}

/// Whoever read our output has seen enough, as `head` does.
fn is_broken_pipe(problem: &anyhow::Error) -> bool {
    problem.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|inner| inner.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|inner| inner.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}
