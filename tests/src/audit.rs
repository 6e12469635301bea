//! The audit of vectors, on real vectors.

use std::fs;

use crate::harness::Bench;

#[path = "../../index/src/nli/tests/tiny_model.rs"]
mod tiny_model;

const AGREED: &str = "Backups of the archive are kept in two copies for 30 days by the archivist.";

/// The same, or another number of days, in words that no rule brings together: the sentence has two figures.
fn other_words(days: u32) -> String {
    format!("The archivist keeps two copies of each backup of the archive for {days} days.")
}

/// A page about the archive, with what it says of backups.
fn page(title: &str, said: &str) -> String {
    format!(
        "# {title}\n\n{said} They lie in the cellar of the old customs house, in cupboards that only the archivist opens, \
         and a list of them hangs on the door. Whoever needs one asks at the front desk and signs for it.\n"
    )
}

#[test]
fn neighbours_that_deny_each_other_in_other_words_are_marked_and_asked_about() {
    let bench = Bench::new();
    bench.write("archive.md", page("Archive backups", AGREED));
    bench.write("desk.md", page("Archive backups", &other_words(14)));
    bench.write(
        "ferry.md",
        "# Ferry\n\nThe night ferry leaves from the eastern quay once the customs officer has signed.\n",
    );
    bench.ingest();
    let by_rules = bench.run(&["conflicts", "--format", "json"]).expect(0).json();
    assert_eq!(by_rules["items"].as_array().map(Vec::len), Some(0), "{by_rules}");
    let first = bench.run(&["audit", "--format", "json"]).expect(0).json();
    assert_eq!(first["chunks"], 3, "{first}");
    assert_eq!(first["contradictions"], 1, "{first}");
    assert_eq!(first["waiting"], 0, "{first}");

    // Both sides are quoted, nothing decides, and both are still searched and say that somebody disagrees.
    let listed = bench.run(&["conflicts", "--format", "json"]).expect(0).json();
    let pair = &listed["items"][0];
    assert_eq!(pair["relation"], "conflicts_with", "{listed}");
    assert_eq!(pair["ground"], serde_json::Value::Null, "{listed}");
    assert_eq!(pair["disagreements"][0]["rule"], "contradiction.paraphrase", "{listed}");
    assert!(pair["disagreements"][0]["quotes"].to_string().contains("14 days"), "{listed}");
    assert!(pair["disagreements"][0]["quotes"].to_string().contains("30 days"), "{listed}");
    let found =
        bench.run(&["search", "archive backups cellar", "--mode", "lexical", "--format", "json"]).expect(0).json();
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 2, "{found}");
    assert!(hits.iter().all(|hit| hit["conflicts"][0]["rule"] == "contradiction.paraphrase"), "{found}");
    let queue = bench.run(&["quarantine", "list", "--status", "contested", "--format", "json"]).expect(0).json();
    assert_eq!(queue["items"].as_array().map(Vec::len), Some(2), "{queue}");
    assert!(queue.to_string().contains("contradiction.paraphrase"), "{queue}");

    // Nothing changed: nothing is looked at again.
    let second = bench.run(&["audit", "--format", "json"]).expect(0).json();
    assert_eq!((&second["chunks"], &second["contradictions"]), (&0.into(), &0.into()), "{second}");

    // What one of them says now agrees: the other is free, and only what changed is looked at.
    bench.write("desk.md", page("Archive backups", &other_words(30)));
    bench.ingest();
    let third = bench.run(&["audit", "--format", "json"]).expect(0).json();
    assert_eq!(third["chunks"], 1, "{third}");
    let listed = bench.run(&["conflicts", "--format", "json"]).expect(0).json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(0), "{listed}");
    bench.verify();
}

#[test]
fn a_second_opinion_can_silence_what_the_audit_sees_and_another_model_looks_again() {
    let bench = Bench::new();
    bench.write("archive.md", page("Archive backups", AGREED));
    bench.write("desk.md", page("Archive backups", &other_words(14)));
    bench.ingest();
    let audit = |labels: &str, settings: &str| {
        tiny_model::write(&bench.path("nli"), labels);
        fs::write(bench.path("tamis.toml"), format!("[nli]\nmodel = 'nli'\n{settings}")).unwrap();
        bench.run(&["audit", "--format", "json"]).expect(0).json()
    };
    // It knows hardly a word of both sentences, and words that it does not know speak for the second label.
    let calm = audit(tiny_model::ORDER, "");
    assert_eq!((&calm["asked"], &calm["contradictions"]), (&1.into(), &0.into()), "{calm}");
    let alarmed = r#"{"id2label": {"0": "entailment", "1": "contradiction", "2": "neutral"}}"#;
    let alarm = audit(alarmed, "contradiction_at_least = 0.9\n");
    assert_eq!((&alarm["asked"], &alarm["contradictions"]), (&1.into(), &1.into()), "{alarm}");
    assert_eq!(alarm["chunks"], 2, "under other settings they are looked at again: {alarm}");

    fs::write(bench.path("tamis.toml"), "[nli]\nmodel = 'nowhere'\n").unwrap();
    let failed = bench.run(&["audit"]).expect(3);
    assert!(failed.stderr.contains("nowhere is no folder"), "{}", failed.stderr);
}
