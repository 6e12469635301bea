//! What a second run does.

use crate::harness::{Bench, page};

#[test]
fn a_run_follows_what_changed() {
    let bench = Bench::new();
    bench.write("stays.md", page("stays"));
    bench.write("shrinks.md", format!("{}\n{}", page("lantern"), page("rudder")));
    bench.write("goes.md", page("capstan"));
    bench.ingest();
    assert!(bench.found("rudder").contains(&"shrinks.md".to_owned()));
    assert_eq!(bench.found("capstan"), ["goes.md"; 1]);

    bench.write("shrinks.md", page("lantern"));
    bench.remove("goes.md");
    bench.write("comes.md", page("bollard"));
    let summary = bench.ingest();
    let documents = &summary["documents"];
    for (what, count) in [("seen", 3), ("new", 1), ("changed", 1), ("unchanged", 1), ("removed", 1), ("failed", 0)] {
        assert_eq!(documents[what], count, "{what}: {summary}");
    }
    // No old tail, no ghost, and the new page is there.
    assert!(bench.found("rudder").is_empty());
    assert!(bench.found("capstan").is_empty());
    assert_eq!(bench.found("bollard")[0], "comes.md");
    bench.verify();

    let summary = bench.ingest();
    assert_eq!(summary["documents"]["unchanged"], 3, "{summary}");
    assert_eq!(summary["embedded"], 0, "{summary}");
}

#[test]
fn equal_documents_stay_two_and_the_second_takes_over() {
    let bench = Bench::new();
    bench.write("a/first.md", page("keelson"));
    bench.write("b/second.md", page("keelson"));
    bench.ingest();
    let health = bench.run(&["health", "--format", "json"]).expect(0).json();
    assert_eq!(health["documents"], 2, "{health}");
    assert!(bench.found("keelson").iter().all(|uri| uri == "a/first.md"));
    bench.remove("a/first.md");
    bench.ingest();
    assert!(!bench.found("keelson").is_empty());
    assert!(bench.found("keelson").iter().all(|uri| uri == "b/second.md"));
    bench.verify();
}

#[test]
fn a_newer_document_changes_the_verdict_on_an_older_one_in_the_same_run() {
    let dated = |date: &str, days: &str| {
        format!(
            "---\nupdated: {date}\n---\n# Returns\n\nCustomers of the lighthouse shop may return unused lamps within {days} days of \
             delivery.\n"
        )
    };
    let bench = Bench::new();
    bench.write("policy-old.md", dated("2026-01-10", "30"));
    let summary = bench.ingest();
    assert_eq!(summary["chunks"]["quarantined"], 0, "{summary}");

    bench.write("policy-new.md", dated("2026-08-20", "14"));
    let summary = bench.ingest();
    assert_eq!(summary["chunks"]["by_rule"]["contradiction.number"], 1, "{summary}");
    assert_eq!(bench.found("unused lamps"), ["policy-new.md"]);
    let queue = bench.run(&["quarantine", "list", "--format", "json"]).expect(0).json();
    let item = &queue["items"][0];
    assert_eq!(item["uri"], "policy-old.md", "{queue}");
    let quoted = item["findings"][0]["counterpart"]["quote"].as_str().unwrap();
    assert!(quoted.contains("14 days"), "{queue}");
    // The newer page goes, and with it what contested the older one.
    bench.remove("policy-new.md");
    bench.ingest();
    assert_eq!(bench.found("unused lamps"), ["policy-old.md"]);
    bench.verify();
}
