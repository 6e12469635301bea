//! The main job on a small corpus.

use crate::harness::{Bench, page};

#[test]
fn documents_are_sifted_searched_reviewed_and_rebuilt() {
    let bench = Bench::new();
    bench.write("foghorn.md", page("foghorn"));
    bench.write("guide/beacon.md", page("beacon"));
    bench.write("guide/copy-of-beacon.md", page("beacon"));
    bench.write("empty.md", "");
    bench.write("picture.png", [0x89, b'P', b'N', b'G', 0, 1, 2, 3]);
    bench.write("page.html", "<html><body><nav><a href=/>Home</a></nav><article><h1>Anchor</h1><p>An anchor keeps the barge in its place while the tide runs out, and the crew sleeps soundly through the night because of it.</p></article></body></html>");

    let summary = bench.ingest();
    assert_eq!(summary["documents"]["seen"], 5, "{summary}");
    assert_eq!(summary["documents"]["new"], 5, "{summary}");
    assert_eq!(summary["unsupported"][".png"], 1, "{summary}");
    assert!(summary["chunks"]["by_rule"]["structure.empty"] == 1, "{summary}");
    assert!(summary["chunks"]["by_rule"]["duplication.exact"].as_u64() >= Some(1), "{summary}");
    let held = bench.verify();
    assert_eq!(Some(held), summary["chunks"]["accepted"].as_u64());

    for mode in ["hybrid", "lexical", "vector"] {
        let answer = bench.run(&["search", "foghorn greeting", "--mode", mode, "--format", "json"]).expect(0).json();
        assert_eq!(answer["hits"][0]["uri"], "foghorn.md", "{mode}: {answer}");
    }
    assert_eq!(bench.found("anchor barge"), ["page.html"]);

    // The copy waits in quarantine with its evidence; a person can let it in, and throw it out again.
    let queue = bench.run(&["quarantine", "list", "--rule", "duplication.exact", "--format", "json"]).expect(0).json();
    let item = &queue["items"][0];
    assert_eq!(item["uri"], "guide/copy-of-beacon.md", "{queue}");
    assert_eq!(item["findings"][0]["counterpart"]["uri"], "guide/beacon.md", "{queue}");
    let chunk = item["chunk"].as_str().unwrap();
    bench.run(&["quarantine", "release", chunk, "--note", "wanted"]).expect(0);
    assert!(bench.found("beacon greeting").contains(&"guide/copy-of-beacon.md".to_owned()));
    assert_eq!(bench.verify(), held + 1);
    bench.run(&["quarantine", "reject", &chunk[..12]]).expect(0);
    assert!(!bench.found("beacon greeting").contains(&"guide/copy-of-beacon.md".to_owned()));
    assert_eq!(bench.verify(), held);
    // The decision outlives another reading of the same content.
    bench.ingest();
    let rejected = bench.run(&["quarantine", "list", "--status", "rejected", "--format", "json"]).expect(0).json();
    assert_eq!(rejected["items"][0]["chunk"], chunk);

    bench.run(&["rebuild"]).expect(0);
    assert_eq!(bench.verify(), held);
    let health = bench.run(&["health", "--format", "json"]).expect(0).json();
    assert_eq!(health["accepted"].as_u64(), Some(held), "{health}");
    assert_eq!(health["documents"], 5, "{health}");
}

#[test]
fn a_jsonl_file_keeps_its_ids_and_queries_come_in_files() {
    let bench = Bench::new();
    let line = |id: &str, topic: &str| {
        serde_json::json!({ "id": id, "markdown": page(topic), "modified_at": "2026-01-02T03:04:05Z" }).to_string()
    };
    bench.write("corpus.jsonl", format!("{}\n{}\n", line("a-1", "pulley"), line("b-2", "windlass")));
    bench.run(&["ingest", "docs/corpus.jsonl", "--source", "hoists"]).expect(0);
    bench.write(
        "queries.jsonl",
        "{\"id\": 7, \"query\": \"windlass keeper\"}\n{\"id\": \"x\", \"query\": \"pulley keeper\"}\n",
    );
    let ran = bench.run(&["search", "--queries", "docs/queries.jsonl", "-k", "3"]).expect(0);
    let answers = ran.json_lines();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["id"], "7");
    assert_eq!(answers[0]["hits"][0]["document"], "b-2", "{}", answers[0]);
    assert_eq!(answers[1]["hits"][0]["document"], "a-1", "{}", answers[1]);
}

#[test]
fn duplicates_and_conflicts_are_listed_with_who_stands() {
    let bench = Bench::new();
    bench.write("beacon.md", page("beacon"));
    bench.write("z/copy-of-beacon.md", page("beacon"));
    bench.write("z/second-copy-of-beacon.md", page("beacon").replace(" the ", "  the "));
    let refunds = |date: &str, days: u32| {
        format!(
            "---\ndate: {date}\n---\n# Refunds\n\nCustomers may return an item within {days} days of delivery for a full refund.\n"
        )
    };
    bench.write("old.md", refunds("2025-02-01", 30));
    bench.write("new.md", refunds("2026-02-01", 14));
    bench.ingest();

    let clusters = bench.run(&["duplicates", "--format", "json"]).expect(0).json();
    let cluster = &clusters["items"][0];
    assert_eq!(clusters["more"], false, "{clusters}");
    assert_eq!(cluster["canonical"], "beacon.md", "{clusters}");
    let members: Vec<_> =
        cluster["chunks"].as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap()).collect();
    assert_eq!(Some(members.len() as u64), cluster["size"].as_u64(), "{clusters}");
    assert!(members.contains(&"z/copy-of-beacon.md"), "{clusters}");
    assert!(cluster["chunks"][0]["kind"].is_null() && cluster["chunks"][1]["kind"].is_string(), "{clusters}");
    let shown = bench.run(&["duplicates", "-n", "1"]).expect(0).stdout;
    assert!(shown.contains("stands beacon.md") && shown.contains("1.00 z/copy-of-beacon.md"), "{shown}");

    let conflicts = bench.run(&["conflicts", "--format", "json"]).expect(0).json();
    let conflict = &conflicts["items"][0];
    assert_eq!(conflict["decided"], true, "{conflicts}");
    assert_eq!((&conflict["relation"], &conflict["ground"]), (&"supersedes".into(), &"date".into()), "{conflicts}");
    assert_eq!((&conflict["sides"][0]["uri"], &conflict["sides"][1]["uri"]), (&"new.md".into(), &"old.md".into()));
    let quotes = &conflict["disagreements"][0]["quotes"];
    assert!(quotes[0].as_str().unwrap().contains("14 days") && quotes[1].as_str().unwrap().contains("30 days"));
    let shown = bench.run(&["conflicts"]).expect(0).stdout;
    assert!(shown.contains("contradiction.number") && shown.contains("gives way"), "{shown}");

    // Without its canonical member the cluster has another; without one side there is no conflict.
    bench.remove("beacon.md");
    bench.remove("old.md");
    bench.ingest();
    let clusters = bench.run(&["duplicates", "--format", "json"]).expect(0).json();
    assert_ne!(clusters["items"][0]["canonical"], "beacon.md", "{clusters}");
    assert_eq!(bench.run(&["conflicts"]).expect(0).stdout, "no open conflicts\n");
}
