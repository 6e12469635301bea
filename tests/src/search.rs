//! What a search finds, shows and leaves out.

use serde_json::{Value, json};

use crate::harness::{Bench, page};

fn hits(bench: &Bench, args: &[&str]) -> Vec<Value> {
    let all: Vec<&str> = ["search"].iter().chain(args).chain(&["--format", "json"]).copied().collect();
    bench.run(&all).expect(0).json()["hits"].as_array().unwrap().clone()
}

fn documents(bench: &Bench, args: &[&str]) -> Vec<String> {
    let mut found: Vec<String> =
        hits(bench, args).iter().map(|hit| hit["document"].as_str().unwrap().to_owned()).collect();
    found.sort();
    found.dedup();
    found
}

fn library() -> Bench {
    let bench = Bench::new();
    let line = |id: &str, topic: &str, day: &str, team: &str| {
        let time = format!("{day}T00:00:00Z");
        let metadata = json!({ "team": team, "type": if team == "law" { "policy" } else { "tutorial" } });
        json!({ "id": id, "markdown": page(topic), "modified_at": time, "metadata": metadata }).to_string()
    };
    let lines = [
        line("a", "anchor", "2026-01-10", "deck"),
        line("b", "bilge", "2026-06-10", "deck"),
        line("c", "cleat", "2026-09-10", "law"),
    ];
    bench.write("corpus.jsonl", lines.join("\n"));
    bench.run(&["ingest", "docs/corpus.jsonl", "--source", "ship"]).expect(0);
    bench
}

#[test]
fn filters_hold_in_every_mode() {
    let bench = library();
    let cases: [(&[&str], &[&str]); 9] = [
        (&[], &["a", "b", "c"]),
        (&["--metadata", "team=deck"], &["a", "b"]),
        (&["--metadata", "team=deck", "--metadata", "team=law"], &[]),
        (&["--kind", "policy"], &["c"]),
        (&["--after", "2026-06-10"], &["b", "c"]),
        (&["--before", "2026-06-10"], &["a"]),
        (&["--after", "2026-06-10", "--before", "2026-09-10T00:00:00Z"], &["b"]),
        (&["--source", "nobody"], &[]),
        (&["--min-score", "1"], &[]),
    ];
    for (filter, expected) in cases {
        for mode in ["lexical", "vector", "hybrid"] {
            let args: Vec<&str> = ["keeper greeting", "--mode", mode].iter().chain(filter).copied().collect();
            assert_eq!(documents(&bench, &args), expected, "{mode} {filter:?}");
        }
    }
    for wrong in [&["--after", "yesterday"], &["--metadata", "team"], &["--min-score", "2"], &["--diversity", "-1"]] {
        let args: Vec<&str> = ["search", "x"].iter().chain(wrong).copied().collect();
        bench.run(&args).expect(2);
    }
}

#[test]
fn hits_show_what_was_asked_for_and_say_how_they_came() {
    let bench = library();
    let hit = &hits(&bench, &["bilge fishermen", "--explain"])[0];
    assert_eq!(hit["document"], "b");
    let text: Vec<char> = hit["snippet"]["text"].as_str().unwrap().chars().collect();
    let marked: Vec<String> = hit["snippet"]["highlights"]
        .as_array()
        .unwrap()
        .iter()
        .map(|range| {
            let at = |end: usize| usize::try_from(range[end].as_u64().unwrap()).unwrap();
            text[at(0)..at(1)].iter().collect()
        })
        .collect();
    assert!(marked.contains(&"bilge".to_owned()) && marked.contains(&"Fishermen".to_owned()), "{hit}");
    let part = |name: &str| hit["explain"][name].as_f64().unwrap();
    let product = (part("lexical") + part("vector")) * part("freshness") * part("authority") * part("diversity");
    assert!((product - hit["score"].as_f64().unwrap()).abs() < 1e-5, "{hit}");
    assert!(hits(&bench, &["bilge"])[0].get("explain").is_none());

    let shown = bench.run(&["search", "fishremen", "--mode", "lexical"]).expect(0).stdout;
    assert!(shown.contains("fishremen occurs nowhere: searched for fishermen instead"), "{shown}");
}

#[test]
fn diversity_brings_other_documents_forward() {
    let bench = library();
    let order = |diversity: &str| -> Vec<Value> {
        let found = hits(&bench, &["anchor keeper greeting signals", "-k", "3", "--diversity", diversity]);
        found.iter().map(|hit| hit["document"].clone()).collect()
    };
    let different = |diversity: &str| {
        let mut found: Vec<String> = order(diversity).iter().map(ToString::to_string).collect();
        found.sort();
        found.dedup();
        found.len()
    };
    assert!(different("1") >= different("0"));
    assert_eq!(different("1"), 3);
    assert_eq!(order("0")[0], order("1")[0]);
}
