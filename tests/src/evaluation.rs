//! `tamis eval`: what curation buys.

use serde_json::json;

use crate::harness::Bench;

#[test]
fn an_outdated_page_no_longer_answers_first() {
    let bench = Bench::new();
    let page = |note: &str, port: u32| {
        format!(
            "{note}# Harbour service\n\nThe harbour service keeps the list of berths and the ships that lie there, and tells \
             the tide gauge when one of them leaves.\n\n## Port\n\nThe harbour service listens on port {port} for the tide \
             gauge, and no other port is opened by it.\n"
        )
    };
    bench.write("now/harbour.md", page("", 7100));
    bench.write("then/harbour.md", page("---\nsuperseded_by: ../now/harbour.md\n---\n\n", 6100));
    bench.ingest();
    let golden = json!({ "id": "port", "query": "which port does the harbour service listen on",
                         "answers": ["port 7100"], "wrong": ["port 6100"] });
    std::fs::write(bench.path("golden.jsonl"), golden.to_string()).unwrap();

    let args = ["eval", "--golden", "golden.jsonl", "--compare", "raw", "--mode", "lexical", "--format", "json"];
    let evaluation = bench.run(&args).expect(0).json();
    assert_eq!(
        (&evaluation["curated"]["accuracy"], &evaluation["curated"]["wrong"]),
        (&json!(1.0), &json!(0.0)),
        "{evaluation}"
    );
    assert_eq!(evaluation["results"][0]["curated"]["outcome"], "right", "{evaluation}");
    assert!(evaluation["raw_chunks"].as_u64() > evaluation["curated_chunks"].as_u64(), "{evaluation}");
    assert!(evaluation["results"][0]["raw"]["rank"].is_u64(), "the right page is among all as well: {evaluation}");
    bench.run(&["eval", "--golden", "golden.jsonl", "--fail-under", "1"]).expect(0);
    let left: Vec<_> =
        std::fs::read_dir(bench.path(".tamis")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("uncurated")), "{left:?}");

    std::fs::write(bench.path("golden.jsonl"), "{\"id\": 1}\n").unwrap();
    let refused = bench.run(&["eval", "--golden", "golden.jsonl"]).expect(3);
    assert!(refused.stderr.contains("golden.jsonl:1") && refused.stderr.contains("relevant"), "{}", refused.stderr);
}
