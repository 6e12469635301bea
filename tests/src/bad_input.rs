//! What goes wrong in real folders: each names the thing and the way out, and the rest of the run goes on.

use std::fs;
use std::process::Stdio;

use crate::harness::{Bench, page, ran};

#[test]
fn bad_documents_are_findings_and_the_rest_goes_on() {
    let bench = Bench::new();
    bench.write("good.md", page("windlass"));
    bench.write("empty.md", "");
    bench.write("empty.pdf", "");
    bench.write("broken.pdf", "%PDF-1.7\nthis is not what it says\n%%EOF");
    bench.write(
        "latin1.txt",
        b"Le ph\xe9nom\xe8ne du c\xf4t\xe9 de la mer \xe0 No\xebl \xe9tait d\xe9j\xe0 connu des gardiens du phare."
            .as_slice(),
    );
    let summary = bench.ingest();
    assert_eq!(summary["documents"]["seen"], 5, "{summary}");
    assert_eq!(summary["documents"]["failed"], 0, "{summary}");
    let by_rule = &summary["chunks"]["by_rule"];
    assert!(by_rule["structure.empty"].as_u64() >= Some(1), "{summary}");
    assert!(by_rule["structure.malformed"].as_u64() >= Some(1), "{summary}");
    assert!(bench.found("windlass greeting").contains(&"good.md".to_owned()));
    assert_eq!(bench.found("phénomène gardiens"), ["latin1.txt"]);
    bench.verify();
}

#[test]
fn a_broken_line_and_a_repeated_id_are_named_and_the_others_are_read() {
    let bench = Bench::new();
    let mut lines: Vec<String> = (1..=8)
        .map(|n| serde_json::json!({ "id": format!("doc-{n}"), "markdown": page(&format!("topic{n}")) }).to_string())
        .collect();
    lines[6] = "{\"id\": \"doc-7\", \"markdown\": ".to_owned();
    lines[7] = lines[1].clone();
    bench.write("corpus.jsonl", lines.join("\n"));
    let ran = bench.run(&["ingest", "docs/corpus.jsonl", "--format", "json"]).expect(1);
    let summary = ran.json();
    assert_eq!(summary["documents"]["seen"], 6, "{summary}");
    assert_eq!(summary["documents"]["failed"], 2, "{summary}");
    let failures = summary["failures"].to_string();
    assert!(failures.contains("corpus.jsonl:7") && failures.contains("doc-2"), "{failures}");
    bench.verify();
    // A gate never passes over what it could not read.
    let report = bench.run(&["check", "docs/corpus.jsonl", "--fail-under", "0", "--format", "json"]).expect(1).json();
    assert_eq!(report["passed"], false, "{report}");
}

#[test]
fn what_cannot_be_listed_is_not_taken_for_gone() {
    let bench = Bench::new();
    let line = |n: u32| serde_json::json!({ "id": n, "markdown": page(&format!("topic{n}")) }).to_string();
    bench.write("corpus.jsonl", format!("{}\n{}\n", line(1), line(2)));
    bench.run(&["ingest", "docs/corpus.jsonl"]).expect(0);
    let before = bench.verify();
    bench.write("corpus.jsonl", format!("{}\n{{\"id\": 2, \"mark\n", line(1)));
    bench.run(&["ingest", "docs/corpus.jsonl"]).expect(1);
    assert_eq!(bench.verify(), before);
    bench.write("corpus.jsonl", format!("{}\n", line(1)));
    bench.run(&["ingest", "docs/corpus.jsonl"]).expect(0);
    assert!(bench.verify() < before);
}

#[test]
fn a_document_over_the_limit_is_named() {
    let bench = Bench::new();
    bench.write("good.md", page("windlass"));
    bench.write("huge.txt", "all work and no play ".repeat(10_000));
    let mut command = bench.command(&["ingest", "docs", "--format", "json"]);
    let ran = ran(&command.env("TAMIS__LIMITS__MAX_DOCUMENT_BYTES", "100000").output().unwrap()).expect(1);
    let failures = ran.json()["failures"].to_string();
    assert!(failures.contains("huge.txt") && failures.contains("limits.max_document_bytes"), "{failures}");
    bench.verify();
}

#[test]
fn an_unknown_setting_names_the_nearest_one() {
    let bench = Bench::new();
    bench.write("good.md", page("windlass"));
    fs::write(bench.path("tamis.toml"), "[limits]\nmax_page = 3\n").unwrap();
    let ran = bench.run(&["ingest", "docs"]).expect(2);
    assert!(ran.stderr.contains("limits.max_page") && ran.stderr.contains("max_pages"), "{}", ran.stderr);
}

#[test]
fn a_missing_model_says_how_to_get_it() {
    let bench = Bench::new();
    bench.write("good.md", page("windlass"));
    let mut command = bench.command(&["ingest", "docs"]);
    let ran = ran(&command.env("TAMIS__MODEL__DIR", "nowhere").output().unwrap()).expect(3);
    assert!(ran.stderr.contains("nowhere") && ran.stderr.contains("make setup"), "{}", ran.stderr);
    // Grading needs no model: tokens are estimated, and it says so.
    let mut command = bench.command(&["grade", "docs", "--format", "jsonl"]);
    let ran = crate::harness::ran(&command.env("TAMIS__MODEL__DIR", "nowhere").output().unwrap()).expect(0);
    assert!(!ran.stdout.is_empty());
    assert!(ran.stderr.contains("estimated"), "{}", ran.stderr);
}

#[test]
fn a_folder_that_is_not_there_and_a_corpus_that_is_not_there_are_named() {
    let bench = Bench::new();
    let ran = bench.run(&["ingest", "nowhere"]).expect(3);
    assert!(ran.stderr.contains("nowhere"), "{}", ran.stderr);
    let ran = bench.run(&["search", "anything"]).expect(3);
    assert!(ran.stderr.contains("tamis ingest"), "{}", ran.stderr);
    bench.run(&["ingest"]).expect(2);
}

#[test]
fn a_ledger_from_a_newer_tamis_is_left_alone() {
    let bench = Bench::new();
    bench.write("good.md", page("windlass"));
    bench.ingest();
    let database = bench.path(".tamis/ledger.sqlite");
    let before = bench.verify();
    let status = std::process::Command::new("python3")
        .arg("-c")
        .arg(
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); \
             db.execute(\"insert into _sqlx_migrations values (9999, 'later', '2030-01-01', 1, x'00', 0)\"); db.commit()",
        )
        .arg(&database)
        .status()
        .unwrap();
    assert!(status.success());
    let ran = bench.run(&["ingest", "docs"]).expect(3);
    assert!(ran.stderr.contains("newer tamis") && ran.stderr.contains("9999"), "{}", ran.stderr);
    assert!(before > 0);
}

#[test]
fn two_ingests_at_once_are_told_apart() {
    let bench = Bench::new();
    for n in 0..40 {
        bench.write(&format!("{n}.md"), page(&format!("topic{n}")));
    }
    // The first has the folder from the moment it logs its first step.
    let mut first =
        bench.command(&["ingest", "docs", "-vv"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(first.stderr.take().unwrap()));
    lines.next().unwrap().unwrap();
    let second = bench.run(&["ingest", "docs"]).expect(3);
    assert!(
        second.stderr.contains("another tamis") && second.stderr.contains(&first.id().to_string()),
        "{}",
        second.stderr
    );
    for line in lines {
        line.unwrap();
    }
    assert!(first.wait().unwrap().success());
    bench.verify();
}

#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.write("good.md", page("windlass"));
    bench.write("secret.md", page("secret"));
    let path = bench.path("docs/secret.md");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let ran = bench.run(&["ingest", "docs", "--format", "json"]).expect(1);
    assert!(ran.json()["failures"].to_string().contains("secret.md"), "{}", ran.stdout);
    bench.verify();
}
