//! A folder with documents, a data folder, and the binary between them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A place to work in, gone when dropped.
pub(crate) struct Bench {
    dir: TempDir,
}

/// How a command ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|problem| panic!("{problem}: {}\n{}", self.stdout, self.stderr))
    }

    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.stdout
            .split('\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Fails the test unless the command ended with this code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("docs")).unwrap();
        Self { dir }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a document under `docs`.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path("docs").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path("docs").join(name)).unwrap();
    }

    /// The binary with these arguments, in this place, deaf to the settings of whoever runs the tests.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TAMIS__")) {
            command.env_remove(name);
        }
        command.env_remove("TAMIS_DATA_DIR").env_remove("TAMIS_LOG").env("NO_COLOR", "1");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        ran(&self.command(args).output().unwrap())
    }

    /// Ingests `docs` and returns the summary.
    #[track_caller]
    pub(crate) fn ingest(&self) -> Value {
        self.run(&["ingest", "docs", "--format", "json"]).expect(0).json()
    }

    /// Checks that ledger and indexes agree, and returns how many chunks they hold.
    #[track_caller]
    pub(crate) fn verify(&self) -> u64 {
        let report = self.run(&["verify", "--format", "json"]).expect(0).json();
        assert_eq!(report["ok"], true, "{report}");
        assert_eq!(report["ledger"], report["lance"], "{report}");
        assert_eq!(report["ledger"], report["tantivy"], "{report}");
        report["ledger"].as_u64().unwrap()
    }

    /// URIs of the hits of a lexical search.
    #[track_caller]
    pub(crate) fn found(&self, query: &str) -> Vec<String> {
        let answer = self.run(&["search", query, "--mode", "lexical", "--format", "json"]).expect(0).json();
        answer["hits"].as_array().unwrap().iter().map(|hit| hit["uri"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// `tamis`, built beside this test: `$TAMIS`, else in the folder above the test binary's.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("TAMIS") {
        return path.into();
    }
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent().and_then(Path::parent).unwrap().join("tamis");
    assert!(path.is_file(), "{} is missing: cargo build -p tamis-api", path.display());
    path
}

/// A page of plain prose on `topic`, long enough to be worth keeping, unlike the page on any other topic.
pub(crate) fn page(topic: &str) -> String {
    format!(
        "# {topic}\n\nThis chapter explains how the {topic} service of the lighthouse project is installed by operators. \
         Before anything else, the {topic} team checks which harbour the keeper belongs to and writes that into the log.\n\n\
         ## Using {topic}\n\nOnce installed, {topic} listens for signals from the boats nearby and answers each of them \
         with a greeting made of {topic} words. Fishermen who need another language ask their {topic} keeper for a \
         translated greeting, which usually arrives with the following tide.\n"
    )
}
