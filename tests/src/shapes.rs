//! Every field that is promised of a command's JSON is there, null or not.

use serde_json::Value;

use crate::harness::{Bench, page};

const FINDING: [&str; 7] = ["rule", "dimension", "severity", "message", "spans", "quote", "counterpart"];
const SCORES: [&str; 4] = ["freshness", "duplication", "contradiction", "structure"];

/// Two copies, two pages that deny each other, and one that says nothing.
fn corpus() -> Bench {
    let bench = Bench::new();
    bench.write("oar.md", page("oar"));
    bench.write("copy.md", page("oar"));
    bench.write(
        "pump.md",
        "# Pump P4\n\nThe pump P4 of the harbour delivers 40 litres of water a minute at full speed.\n",
    );
    bench.write(
        "sheet.md",
        "# Pump P4\n\nThe pump P4 of the harbour delivers 55 litres of water a minute at full speed.\n",
    );
    bench.write("empty.md", "");
    bench
}

#[track_caller]
fn has(value: &Value, fields: &[&str]) {
    for field in fields {
        let found = field.split('.').try_fold(value, |value, name| value.get(name));
        assert!(found.is_some(), "{field} is missing in {value}");
    }
}

#[track_caller]
fn first(value: &Value) -> &Value {
    value.get(0).unwrap_or_else(|| panic!("nothing in {value}"))
}

#[track_caller]
fn has_evidence(finding: &Value) {
    has(finding, &FINDING);
    assert!(["info", "warn", "error"].contains(&finding["severity"].as_str().unwrap()), "{finding}");
    if !finding["counterpart"].is_null() {
        has(&finding["counterpart"], &["document", "uri", "chunk", "spans", "quote"]);
    }
}

#[test]
fn commands_without_a_corpus_print_what_is_promised() {
    let bench = corpus();
    let files = bench.run(&["extract", "docs", "--format", "jsonl"]).expect(0).json_lines();
    for file in &files {
        has(
            file,
            &[
                "uri",
                "media_type",
                "title",
                "authors",
                "language",
                "published_at",
                "modified_at",
                "modified_at_source",
                "text",
                "pages",
                "findings",
                "error",
            ],
        );
    }
    let chunks = bench.run(&["grade", "docs", "--format", "jsonl", "--summary", "summary.json"]).expect(0).json_lines();
    for chunk in &chunks {
        has(
            chunk,
            &[
                "document",
                "uri",
                "chunk",
                "ordinal",
                "span",
                "heading_path",
                "tokens",
                "text",
                "scores.overall",
                "verdict",
                "findings",
            ],
        );
        has(&chunk["scores"], &SCORES);
        for finding in chunk["findings"].as_array().unwrap() {
            has_evidence(finding);
        }
    }
    let summary = std::fs::read_to_string(bench.path("summary.json")).unwrap();
    assert!(serde_json::from_str::<Value>(&summary).unwrap().is_object());

    let report = bench.run(&["check", "docs", "--fail-under", "0", "--format", "json"]).expect(0).json();
    has(
        &report,
        &[
            "score",
            "documents",
            "chunks",
            "accepted",
            "quarantined",
            "by_dimension",
            "by_rule",
            "findings",
            "clusters",
            "passed",
        ],
    );
    for finding in report["findings"].as_array().unwrap() {
        has_evidence(finding);
        has(finding, &["document", "uri", "line"]);
    }
    has(first(&report["clusters"]), &["kind", "canonical", "members"]);

    let compared = bench.run(&["compare", "The mast is 12 m high.", "The mast is 19 m high.", "--format", "json"]);
    let compared = compared.expect(0).json();
    has(&compared, &["id", "relation", "findings"]);
    has(&compared["probabilities"], &["contradiction", "duplicate", "overlap", "neutral"]);
}

#[test]
fn commands_on_a_corpus_print_what_is_promised() {
    let bench = corpus();
    let json = |args: &[&str]| bench.run(&[args, &["--format", "json"]].concat()).expect(0).json();
    let summary = bench.ingest();
    has(
        &summary,
        &[
            "run",
            "documents.seen",
            "documents.new",
            "documents.changed",
            "documents.unchanged",
            "documents.removed",
            "documents.failed",
            "chunks.accepted",
            "chunks.quarantined",
            "chunks.by_rule",
            "embedded",
            "seconds.total",
            "seconds.extract",
            "seconds.score",
            "seconds.embed",
            "seconds.index",
            "health.before",
            "health.after",
        ],
    );
    let found = json(&["search", "oar", "-k", "2", "--explain"]);
    has(&found, &["id", "took_ms", "hits"]);
    let hit = first(&found["hits"]);
    has(
        hit,
        &[
            "rank",
            "score",
            "document",
            "uri",
            "chunk",
            "title",
            "heading_path",
            "text",
            "scores",
            "lexical_rank",
            "vector_rank",
            "conflicts",
        ],
    );
    has(&hit["scores"], &SCORES);
    std::fs::write(
        bench.path("queries.jsonl"),
        "{\"id\": \"q1\", \"query\": \"oar\"}\n{\"id\": 2, \"query\": \"pump\"}\n",
    )
    .unwrap();
    let answers = bench.run(&["search", "--queries", "queries.jsonl", "-k", "1"]).expect(0).json_lines();
    assert_eq!(answers.len(), 2);
    for answer in &answers {
        has(answer, &["id", "took_ms", "hits"]);
    }

    let health = json(&["health"]);
    has(
        &health,
        &[
            "at",
            "score",
            "documents",
            "chunks",
            "accepted",
            "quarantined",
            "sources",
            "review.pending",
            "review.oldest_days",
        ],
    );
    for dimension in SCORES {
        has(&health["dimensions"][dimension], &["mean", "p10", "p50", "failing"]);
    }
    assert!(json(&["health", "--history"]).is_array());
    json(&["health", "--forecast", "30"]);
    json(&["health", "--by", "source"]);

    let queue = json(&["quarantine", "list"]);
    let chunk = first(&queue["items"])["chunk"].as_str().unwrap().to_owned();
    has(&json(&["quarantine", "show", &chunk]), &["chunk", "text", "findings", "status"]);
    for command in ["conflicts", "duplicates"] {
        let listed = json(&[command]);
        let items = listed.get("items").unwrap_or(&listed);
        assert!(items.get(0).is_some(), "{command}: {listed}");
    }
    let verified = json(&["verify"]);
    has(
        &verified,
        &["ok", "ledger", "lance", "tantivy", "orphans.lance", "orphans.tantivy", "missing.lance", "missing.tantivy"],
    );
    std::fs::write(bench.path("golden.jsonl"), "{\"id\": \"g\", \"query\": \"oar\", \"relevant\": [\"oar.md\"]}\n")
        .unwrap();
    json(&["eval", "--golden", "golden.jsonl"]);
    for args in [&["policy", "show"][..], &["policy", "check"], &["policy", "history"], &["doctor"], &["model", "show"]]
    {
        json(args);
    }
}

#[test]
fn colour_is_for_terminals_and_whoever_asks_for_it() {
    let bench = corpus();
    let run = |args: &[&str], no_color: bool| {
        let mut command = bench.command(args);
        if !no_color {
            command.env_remove("NO_COLOR");
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(!run(&["check", "docs"], false).contains('\u{1b}'), "a pipe is no terminal");
    assert!(!run(&["check", "docs", "--color", "never"], false).contains('\u{1b}'));
    assert!(run(&["check", "docs", "--color", "always"], false).contains('\u{1b}'));
    // What is asked for on the command line wins over the environment (no-color.org).
    assert!(run(&["check", "docs", "--color", "always"], true).contains('\u{1b}'));
    bench.run(&["-q", "-v", "check", "docs"]).expect(2);
    let quiet = bench.run(&["-q", "ingest", "docs", "--format", "json"]).expect(0);
    assert_eq!(quiet.stderr, "");
    quiet.json();
}
