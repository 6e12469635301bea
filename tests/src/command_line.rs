//! What people see: help, reports, and the promised shapes.

use serde_json::{Value, json};

use crate::harness::{Bench, page};

#[test]
fn help_and_the_api_description_are_as_agreed() {
    let bench = Bench::new();
    insta::assert_snapshot!("help", bench.run(&["--help"]).expect(0).stdout);
    insta::assert_snapshot!("openapi", bench.run(&["openapi"]).expect(0).stdout);
    bench.run(&["completions", "bash"]).expect(0);
    bench.run(&["no-such-command"]).expect(2);
}

#[test]
fn init_writes_the_defaults_once() {
    let bench = Bench::new();
    bench.run(&["init"]).expect(0);
    let written = std::fs::read_to_string(bench.path("tamis.toml")).unwrap();
    assert!(written.contains("max_document_bytes"));
    bench.run(&["init"]).expect(2);
    bench.run(&["init", "--force"]).expect(0);
    // What it writes is what it reads.
    bench.write("oar.md", page("oar"));
    bench.run(&["grade", "docs"]).expect(0);
}

#[test]
fn check_gates_on_score_and_rules() {
    let bench = Bench::new();
    bench.write("oar.md", page("oar"));
    let report = bench.run(&["check", "docs", "--format", "json"]).expect(0).json();
    assert_eq!(report["passed"], true, "{report}");
    for field in
        ["score", "documents", "chunks", "accepted", "quarantined", "by_dimension", "by_rule", "findings", "clusters"]
    {
        assert!(!report[field].is_null(), "{field}: {report}");
    }
    bench.write("copy.md", page("oar"));
    let report = bench.run(&["check", "docs", "--format", "json"]).expect(1).json();
    assert_eq!(report["clusters"][0]["kind"], "exact", "{report}");
    let finding = &report["findings"][0];
    for field in
        ["rule", "dimension", "severity", "message", "spans", "quote", "counterpart", "document", "uri", "line"]
    {
        assert!(!finding[field].is_null(), "{field}: {finding}");
    }
    bench.run(&["check", "docs", "--fail-under", "10"]).expect(0);
    bench.run(&["check", "docs", "--fail-under", "99"]).expect(1);
    bench.run(&["check", "docs", "--fail-on", "duplication"]).expect(1);
    bench.run(&["check", "docs", "--fail-on", "structure.mojibake"]).expect(0);
    let ran = bench.run(&["check", "docs", "--fail-on", "duplication.exct"]).expect(2);
    assert!(ran.stderr.contains("duplication.exact"), "{}", ran.stderr);
}

#[test]
fn grade_prints_one_object_a_chunk_whose_spans_cover_the_text() {
    let bench = Bench::new();
    bench.write("long.md", (0..12).map(|n| page(&format!("topic{n}"))).collect::<String>());
    let chunks = bench.run(&["grade", "docs", "--format", "jsonl"]).expect(0).json_lines();
    let extracted = bench.run(&["extract", "docs", "--format", "jsonl"]).expect(0).json_lines();
    let text = extracted[0]["text"].as_str().unwrap();
    assert!(chunks.len() > 1);
    let mut end = 0;
    for chunk in &chunks {
        let span = (chunk["span"][0].as_u64().unwrap() as usize, chunk["span"][1].as_u64().unwrap() as usize);
        assert_eq!(span.0, end);
        assert_eq!(text.get(span.0..span.1), chunk["text"].as_str());
        end = span.1;
        for field in ["document", "uri", "chunk", "ordinal", "heading_path", "tokens", "scores", "verdict", "findings"]
        {
            assert!(!chunk[field].is_null(), "{field}: {chunk}");
        }
        for score in ["freshness", "duplication", "contradiction", "structure", "overall"] {
            assert!((0.0..=1.0).contains(&chunk["scores"][score].as_f64().unwrap()), "{chunk}");
        }
    }
    assert_eq!(end, text.len());
}

#[test]
fn extract_writes_markdown_text_and_json() {
    let bench = Bench::new();
    bench.write("a.md", "---\ntitle: Knots\nauthor: Mara\nupdated: 2025-03-04\n---\n# Knots\n\nTie *two* of them.\n");
    let json = &bench.run(&["extract", "docs", "--format", "jsonl"]).expect(0).json_lines()[0];
    assert_eq!(json["title"], "Knots");
    assert_eq!(json["authors"][0], "Mara");
    assert_eq!(json["modified_at_source"], "front_matter");
    assert!(json["modified_at"].as_str().unwrap().starts_with("2025-03-04"), "{json}");
    assert_eq!(json["error"], serde_json::Value::Null);
    assert!(bench.run(&["extract", "docs"]).expect(0).stdout.contains("Tie *two* of them."));
    assert!(bench.run(&["extract", "docs", "--format", "text"]).expect(0).stdout.contains("Tie two of them."));
}

#[test]
fn extract_says_what_it_could_not_read() {
    let bench = Bench::new();
    bench.write("broken.pdf", "%PDF-1.7\nnothing of a document");
    bench.write("whole.md", "# Knots\n\nTie two of them.\n");
    let files = bench.run(&["extract", "docs", "--format", "jsonl"]).expect(1).json_lines();
    assert_eq!(files.len(), 2);
    assert_eq!(files[0]["error"]["code"], "malformed");
    assert!(!files[0]["error"]["message"].as_str().unwrap().is_empty());
    assert_eq!(files[0]["findings"].as_array().unwrap().len(), 1, "{}", files[0]);
    assert_eq!(files[1]["error"], serde_json::Value::Null);
    let shown = bench.run(&["extract", "docs"]).expect(1);
    assert!(shown.stderr.contains("broken.pdf") && shown.stdout.contains("Tie two"), "{}", shown.stderr);
}

#[test]
fn check_speaks_to_code_hosts_and_people() {
    let bench = Bench::new();
    bench.write("oar <&>.md", page("oar"));
    bench.write("copy.md", page("oar"));
    let check = |format: &str| bench.run(&["check", "docs", "--format", format]).expect(1).stdout;

    let sarif: Value = serde_json::from_str(&check("sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "duplication.exact", "{result}");
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!(rule["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().starts_with("docs/"), "{place}");
    assert!(place["region"]["startLine"].as_u64().unwrap() >= 1, "{place}");

    let junit = check("junit");
    assert!(junit.contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{junit}");
    assert!(junit.contains("oar &lt;&amp;&gt;.md") && !junit.contains("oar <&>"), "{junit}");
    let github = check("github");
    assert!(
        github.lines().all(|line| line.starts_with("::")) && github.contains("title=duplication.exact::"),
        "{github}"
    );
    let markdown = check("markdown");
    assert!(
        markdown.starts_with("## Corpus check failed") && markdown.contains("| `duplication.exact` |"),
        "{markdown}"
    );
    let html = check("html");
    assert!(
        html.contains("<h2>oar &lt;&amp;&gt;.md</h2>") || html.contains("<cite>oar &lt;&amp;&gt;.md</cite>"),
        "{html}"
    );
    assert!(!html.contains("<script"), "{html}");
}

#[test]
fn a_baseline_lets_only_what_is_new_fail() {
    let bench = Bench::new();
    bench.write("oar.md", page("oar"));
    bench.write("copy.md", page("oar"));
    let report = bench.run(&["check", "docs", "--format", "json"]).expect(1).stdout;
    std::fs::write(bench.path("baseline.json"), report).unwrap();
    let against = |more: &[&str], code: i32| {
        let args = [&["check", "docs", "--baseline", "baseline.json", "--format", "json"], more].concat();
        bench.run(&args).expect(code).json()
    };
    assert_eq!(against(&[], 0)["baseline"], json!({ "known": 1, "new": 0, "fixed": 0 }));
    against(&["--fail-on", "duplication"], 0);

    bench.write("second-copy.md", page("oar"));
    let report = against(&[], 1);
    assert_eq!(report["baseline"], json!({ "known": 1, "new": 1, "fixed": 0 }));
    against(&["--fail-on", "duplication"], 1);

    bench.remove("copy.md");
    bench.remove("second-copy.md");
    assert_eq!(against(&[], 0)["baseline"], json!({ "known": 0, "new": 0, "fixed": 1 }));
    let ran = bench.run(&["check", "docs", "--baseline", "docs/oar.md"]).expect(2);
    assert!(ran.stderr.contains("--format json"), "{}", ran.stderr);
}

#[test]
fn check_asks_for_linked_pages_only_when_told_to() {
    use std::io::{BufRead, BufReader, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let status = if head[0].contains("/gone") { 404 } else { 200 };
            let _ = write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let bench = Bench::new();
    bench.write("oar.md", format!("{}\nSee [the old chart]({base}/gone) and [the new]({base}/there).\n", page("oar")));
    let check = |more: &[&str]| {
        let args = [&["check", "docs", "--fail-on", "freshness.dead_link", "--format", "json"], more].concat();
        let mut command = bench.command(&args);
        command.env("TAMIS__LINKS__PRIVATE_NETWORKS", "true").env("TAMIS__LINKS__PAUSE_MILLISECONDS", "0");
        crate::harness::ran(&command.output().unwrap())
    };
    check(&[]).expect(0);
    let report = check(&["--links"]).expect(1).json();
    let dead: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().filter(|one| one["rule"] == "freshness.dead_link").collect();
    assert_eq!(dead.len(), 1, "{report}");
    assert!(dead[0]["message"].as_str().unwrap().contains("404"), "{report}");
    assert_eq!(dead[0]["quote"], format!("[the old chart]({base}/gone)"));
}
