//! `tamis compare` and `POST /v1/compare`'s command-line twin: two passages, and files of pairs.

use serde_json::{Value, json};

use crate::harness::Bench;

const A: &str = "The gateway keeps deleted files for 30 days.";
const B: &str = "The gateway keeps deleted files for 14 days.";

#[test]
fn two_passages_are_compared_as_texts_and_as_files() {
    let bench = Bench::new();
    let answer = bench.run(&["compare", A, B, "--format", "json"]).expect(0).json();
    assert_eq!(answer["relation"], "contradiction", "{answer}");
    let sum: f64 = ["contradiction", "duplicate", "overlap", "neutral"]
        .iter()
        .map(|relation| answer["probabilities"][relation].as_f64().unwrap())
        .sum();
    assert!((sum - 1.0).abs() < 1e-9, "{answer}");
    let finding = &answer["findings"][0];
    assert_eq!(finding["rule"], "contradiction.number", "{answer}");
    assert_eq!(finding["quote"], A, "{answer}");
    assert_eq!(finding["spans"], json!([[0, A.len()]]), "{answer}");
    assert_eq!(finding["counterpart"]["quote"], B, "{answer}");
    bench.write("a.txt", A);
    let from_file = bench.run(&["compare", "docs/a.txt", B, "--format", "json"]).expect(0).json();
    assert_eq!(from_file, answer);
    let shown = bench.run(&["compare", A, A]).expect(0).stdout;
    assert!(shown.starts_with("duplicate"), "{shown}");
}

#[test]
fn a_file_of_pairs_gives_a_line_each_and_bad_lines_say_where() {
    let bench = Bench::new();
    let lines = [json!({"id": "one", "a": A, "b": B}), json!({"id": 2, "a": A, "b": "The choir sang three songs."})];
    bench.write("pairs.jsonl", lines.map(|line| line.to_string()).join("\n"));
    let answers = bench.run(&["compare", "--pairs", "docs/pairs.jsonl"]).expect(0).json_lines();
    let told: Vec<(&Value, &Value)> = answers.iter().map(|answer| (&answer["id"], &answer["relation"])).collect();
    assert_eq!(told, [(&json!("one"), &json!("contradiction")), (&json!("2"), &json!("neutral"))]);

    for (text, expected) in [
        ("{\"id\": \"1\", \"a\": \"x\"}", "pairs.jsonl:1"),
        ("{\"id\": \"1\", \"a\": \"\", \"b\": \"x\"}", "a must hold"),
        (&format!("\n{{\"id\": 1, \"a\": \"{}\", \"b\": \"x\"}}", "x".repeat(70_000)), "pairs.jsonl:2"),
        (&"x".repeat(2_000_000), "longer than"),
    ] {
        bench.write("pairs.jsonl", text);
        let ran = bench.run(&["compare", "--pairs", "docs/pairs.jsonl"]).expect(2);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
    bench.run(&["compare", "only one"]).expect(2);
    bench.run(&["compare"]).expect(2);
    bench.run(&["compare", A, B, "--pairs", "docs/pairs.jsonl"]).expect(2);
    bench.run(&["compare", "--pairs", "nowhere.jsonl"]).expect(3);
}
