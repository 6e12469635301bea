//! `kill -9` in the middle of an ingest, and again from where it stopped.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::harness::{Bench, page};

const KILLS: usize = 20;

/// Enough documents for several steps of every kind, with a copy whose verdict depends on the others.
fn documents(bench: &Bench) {
    for topic in ["anchor", "bilge", "cleat", "davit", "ensign", "fender", "gunwale", "hawser", "jib", "keel"] {
        bench.write(&format!("{topic}.md"), page(topic));
    }
    bench.write("copy.md", page("jib"));
}

/// Ingests with every step logged, and kills the process when `kill_after` lines are out. Returns how many lines came.
fn ingest_killed_after(bench: &Bench, kill_after: usize) -> usize {
    let mut child =
        bench.command(&["ingest", "docs", "-vv"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut count = 0;
    for line in lines {
        line.unwrap();
        count += 1;
        if count == kill_after {
            // SIGKILL on Unix: no destructor, no handler, nothing flushed.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    count
}

fn searchable(bench: &Bench) -> BTreeSet<String> {
    let answer = bench
        .run(&["search", "keeper greeting", "-k", "1000", "--mode", "lexical", "--format", "json"])
        .expect(0)
        .json();
    answer["hits"].as_array().unwrap().iter().map(|hit| hit["chunk"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_ingest_killed_anywhere_finishes_the_next_time() {
    let calm = Bench::new();
    documents(&calm);
    let steps = ingest_killed_after(&calm, usize::MAX);
    assert!(steps >= KILLS, "only {steps} steps are logged");
    let expected = calm.verify();
    let expected_chunks = searchable(&calm);

    for kill in 0..KILLS {
        let bench = Bench::new();
        documents(&bench);
        let after = 1 + kill * (steps - 1) / KILLS;
        ingest_killed_after(&bench, after);
        let summary = bench.ingest();
        assert_eq!(summary["documents"]["failed"], 0, "killed after {after} of {steps} steps: {summary}");
        assert_eq!(bench.verify(), expected, "killed after {after} of {steps} steps");
        assert_eq!(searchable(&bench), expected_chunks, "killed after {after} of {steps} steps");
    }
}
