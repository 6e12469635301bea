use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::super::{SourceLimits, fetch, list};
use super::*;
use crate::{DateSource, ExtractLimits, extract};

/// A repository made with the `git` program; none where there is no such program.
struct Repository(TempDir);

impl Repository {
    fn new() -> Option<Self> {
        let repository = Self(tempfile::tempdir().unwrap());
        if Command::new("git").arg("--version").output().is_err() {
            eprintln!("skipped: there is no git here");
            return None;
        }
        repository.git("2001-01-01", &["init", "--quiet", "--initial-branch=main"]);
        Some(repository)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, day: &str, arguments: &[&str]) {
        let time = format!("{day}T12:00:00+0000");
        let output = Command::new("git")
            .current_dir(self.path())
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"])
            .args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"])
            .args(arguments)
            .env("GIT_AUTHOR_DATE", &time)
            .env("GIT_COMMITTER_DATE", &time)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self, day: &str, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(day, &["add", "--all"]);
        self.git(day, &["commit", "--quiet", "--allow-empty", "--message=x"]);
    }
}

/// The date of every document under `path` and what it rests on, as text.
fn dates(path: &Path) -> Vec<String> {
    dates_with(path, &Histories::default())
}

fn dates_with(path: &Path, histories: &Histories) -> Vec<String> {
    let listed = list(path, SourceLimits::default(), histories).unwrap();
    let documents = listed.filter_map(|one| match one {
        Listed::Document(location) => {
            Some(extract(&fetch(&location, SourceLimits::default()).unwrap(), ExtractLimits::default()))
        }
        Listed::Unsupported { .. } | Listed::Failed { .. } => None,
    });
    documents
        .map(|document| {
            let day = document.modified_at.map(|at| at.to_string()[..10].to_owned()).unwrap_or_default();
            match document.modified_at_source {
                // Today.
                Some(DateSource::FileTime) => format!("{} file", document.uri),
                Some(DateSource::GitCommit) => format!("{} {day}", document.uri),
                Some(other) => format!("{} {day} {other:?}", document.uri),
                None => format!("{} undated", document.uri),
            }
        })
        .collect()
}

#[test]
fn files_have_the_date_of_the_last_commit_that_changed_them() {
    let Some(repository) = Repository::new() else { return };
    repository.commit("2019-01-01", &[("a.md", "one"), ("docs/b.md", "one"), ("docs/deep/c.md", "one"), ("d.md", "1")]);
    repository.commit("2020-02-02", &[("docs/b.md", "two"), ("d.md", "2")]);
    repository.commit("2021-03-03", &[("docs/deep/c.md", "two"), ("e.md", "---\nupdated: 2018-08-08\n---\nx")]);
    // Undone: the file is again what it was, since this day.
    repository.commit("2022-04-04", &[("d.md", "1")]);
    repository.commit("2023-05-05", &[]);
    assert_eq!(
        dates(repository.path()),
        [
            "a.md 2019-01-01",
            "d.md 2022-04-04",
            "docs/b.md 2020-02-02",
            "docs/deep/c.md 2021-03-03",
            "e.md 2018-08-08 FrontMatter"
        ]
    );
    assert_eq!(dates(&repository.path().join("docs")), ["b.md 2020-02-02", "deep/c.md 2021-03-03"]);
    let file = repository.path().join("docs/b.md");
    assert_eq!(dates(&file), [format!("{} 2020-02-02", file.display())]);
}

#[test]
fn what_was_not_committed_has_the_time_of_its_file() {
    let Some(repository) = Repository::new() else { return };
    repository.commit("2019-01-01", &[("a.md", "one\n"), ("b.md", "one\ntwo\n"), (".gitignore", "x.md\n")]);
    repository.write("a.md", "changed\n");
    repository.write("new.md", "new");
    // As git checks files out on Windows.
    repository.write("b.md", "one\r\ntwo\r\n");
    assert_eq!(dates(repository.path()), ["a.md file", "b.md 2019-01-01", "new.md file"]);
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.md"), "one").unwrap();
    assert_eq!(dates(outside.path()), ["a.md file"]);
}

#[test]
fn branches_date_files_by_the_commit_that_made_them_what_they_are() {
    let Some(repository) = Repository::new() else { return };
    repository.commit("2019-01-01", &[("a.md", "one"), ("b.md", "one"), ("c.md", "one")]);
    repository.git("2019-01-01", &["checkout", "--quiet", "-b", "side"]);
    repository.commit("2020-02-02", &[("a.md", "side"), ("b.md", "thrown away")]);
    repository.git("2020-02-02", &["checkout", "--quiet", "main"]);
    repository.commit("2021-03-03", &[("c.md", "main")]);
    repository.git("2022-04-04", &["merge", "--quiet", "--no-commit", "side"]);
    repository.git("2022-04-04", &["checkout", "main", "--", "b.md"]);
    repository.git("2022-04-04", &["commit", "--quiet", "--message=merge"]);
    assert_eq!(dates(repository.path()), ["a.md 2020-02-02", "b.md 2019-01-01", "c.md 2021-03-03"]);
}

#[test]
fn the_end_of_a_shallow_clone_dates_nothing() {
    let Some(repository) = Repository::new() else { return };
    for (day, text) in [("2019-01-01", "one"), ("2020-02-02", "two"), ("2021-03-03", "three")] {
        repository.commit(day, &[("old.md", "old"), ("new.md", text)]);
    }
    repository.commit("2022-04-04", &[("last.md", "last")]);
    let place = tempfile::tempdir().unwrap();
    let origin = format!("file://{}", repository.path().display());
    for (depth, expected, undated) in [
        ("1", ["last.md undated", "new.md undated", "old.md undated"], 3),
        ("2", ["last.md 2022-04-04", "new.md undated", "old.md undated"], 2),
        ("3", ["last.md 2022-04-04", "new.md 2021-03-03", "old.md undated"], 1),
        ("9", ["last.md 2022-04-04", "new.md 2021-03-03", "old.md 2019-01-01"], 0),
    ] {
        let clone = place.path().join(depth);
        repository.git("2022-04-04", &["clone", "--quiet", "--depth", depth, &origin, clone.to_str().unwrap()]);
        let histories = Histories::default();
        assert_eq!(dates_with(&clone, &histories), expected, "depth {depth}");
        let short: Vec<_> = histories.short().iter().map(|short| (short.undated, short.cause)).collect();
        assert_eq!(short, if undated > 0 { vec![(undated, HistoryEnd::Shallow)] } else { Vec::new() });
    }
}

#[test]
fn repositories_in_a_folder_and_working_trees_have_histories_of_their_own() {
    let (Some(one), Some(two)) = (Repository::new(), Repository::new()) else { return };
    one.commit("2019-01-01", &[("a.md", "one")]);
    two.commit("2020-02-02", &[("b.md", "one")]);
    let place = tempfile::tempdir().unwrap();
    for (repository, name) in [(&one, "one"), (&two, "two")] {
        let tree = place.path().join(name);
        repository.git("2022-04-04", &["worktree", "add", "--quiet", tree.to_str().unwrap(), "-b", "other"]);
    }
    fs::write(place.path().join("c.md"), "loose").unwrap();
    let histories = Histories::default();
    assert_eq!(dates_with(place.path(), &histories), ["c.md file", "one/a.md 2019-01-01", "two/b.md 2020-02-02"]);
    // Each was read once, whatever was asked of it.
    assert_eq!(dates_with(&place.path().join("one"), &histories), ["a.md 2019-01-01"]);
    assert_eq!(histories.0.lock().unwrap().histories.len(), 2);
}

#[test]
fn a_commit_dates_what_lies_in_a_committed_file_no_better_than_its_file() {
    let Some(repository) = Repository::new() else { return };
    repository.commit("2019-01-01", &[("a.jsonl", "{\"id\": \"x\", \"text\": \"one\"}\n")]);
    let listed = list(repository.path(), SourceLimits::default(), &Histories::default()).unwrap();
    let at: Vec<_> = listed
        .filter_map(|one| match one {
            Listed::Document(location) => {
                Some(extract(&fetch(&location, SourceLimits::default()).unwrap(), ExtractLimits::default()))
            }
            Listed::Unsupported { .. } | Listed::Failed { .. } => None,
        })
        .map(|document| (document.modified_at.map(|at| at.to_string()), document.modified_at_source))
        .collect();
    assert_eq!(at, [(Some("2019-01-01T12:00:00Z".to_owned()), Some(DateSource::FileTime))]);
}

#[test]
fn damaged_repositories_date_nothing() {
    let Some(repository) = Repository::new() else { return };
    repository.commit("2019-01-01", &[("a.md", "one"), ("docs/b.md", "two")]);
    for head in ["ref: refs/heads/gone\n", "nonsense", ""] {
        fs::write(repository.path().join(".git/HEAD"), head).unwrap();
        assert_eq!(dates(repository.path()), ["a.md file", "docs/b.md file"]);
    }
}
