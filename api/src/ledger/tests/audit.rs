//! What the audit found, for as long as it is true.

use std::collections::BTreeMap;

use tamis_ingest::{ByteSpan, ChunkId};
use tamis_scoring::{Conflict, Rule};

use super::{Bench, graded};
use crate::ledger::{AuditFinding, AuditKind, NewFindings};

const KEPT: &str = "Backups of the archive are kept for thirty days, and then the archivist burns them in the yard.";
const STAYS: &str = "For two weeks the archivist keeps whatever the cellar holds, after which the yard sees a fire.";

async fn published() -> Bench {
    let mut bench = Bench::new().await;
    bench.documents.insert("kept.md".to_owned(), KEPT.to_owned());
    bench.documents.insert("stays.md".to_owned(), STAYS.to_owned());
    bench.run().await;
    bench.publish(&mut BTreeMap::new()).await;
    bench
}

/// The only chunks of both documents.
fn pair(bench: &Bench) -> (ChunkId, ChunkId) {
    let only = |uri: &str| {
        let id = tamis_ingest::DocumentId::new(&bench.source, uri);
        graded(&id, uri, &bench.documents[uri], &bench.policy).chunks[0].chunk.id.clone()
    };
    (only("kept.md"), only("stays.md"))
}

fn finding(bench: &Bench, kind: AuditKind) -> AuditFinding {
    let (chunk, other) = pair(bench);
    AuditFinding { chunk, other, kind }
}

fn contradiction() -> AuditKind {
    AuditKind::Contradiction(vec![Conflict {
        rule: Rule::ContradictionParaphrase,
        message: "They exclude each other.".to_owned(),
        here: ByteSpan::new(0, KEPT.len()),
        there: ByteSpan::new(0, STAYS.len()),
        confidence: 0.95,
    }])
}

#[tokio::test]
async fn a_chunk_is_audited_once_for_as_long_as_it_is_the_same() {
    let mut bench = published().await;
    let chunks = bench.ledger.chunks_to_audit("m", 10).await.unwrap();
    assert_eq!(chunks.len(), 2);
    bench.ledger.record_audit("m", &chunks, &[], &bench.policy).await.unwrap();
    assert_eq!(bench.ledger.waiting_for_audit("m").await.unwrap(), 0);
    assert_eq!(bench.ledger.waiting_for_audit("other settings").await.unwrap(), 2);

    bench.documents.insert("stays.md".to_owned(), STAYS.replace("yard", "garden"));
    bench.run().await;
    assert_eq!(bench.ledger.waiting_for_audit("m").await.unwrap(), 0, "it is not published yet");
    bench.publish(&mut BTreeMap::new()).await;
    assert_eq!(bench.ledger.waiting_for_audit("m").await.unwrap(), 1);
}

#[tokio::test]
async fn what_it_finds_marks_both_sides_until_one_of_them_changes() {
    let mut bench = published().await;
    let chunks = bench.ledger.chunks_to_audit("m", 10).await.unwrap();
    let found = [finding(&bench, contradiction())];
    let once = NewFindings { contradictions: 1, paraphrases: 0 };
    assert_eq!(bench.ledger.record_audit("m", &chunks, &found, &bench.policy).await.unwrap(), once);
    assert_eq!(
        bench.ledger.record_audit("m", &chunks, &found, &bench.policy).await.unwrap(),
        NewFindings::default(),
        "it is known"
    );
    for uri in ["kept.md", "stays.md"] {
        assert!(bench.rules(uri).await.contains(&"contradiction.paraphrase".to_owned()), "{uri}");
    }
    assert_eq!(bench.count("select count(*) from chunks where searchable = 1 and harm like '0%'").await, 2);
    let open = bench.ledger.open_conflicts(None, 10).await.unwrap();
    assert_eq!(open.len(), 1);
    assert!(!open[0].decided && open[0].ground.is_none());
    bench.check().await;

    bench.documents.insert("stays.md".to_owned(), STAYS.replace("two weeks", "thirty days"));
    bench.run().await;
    assert!(!bench.rules("kept.md").await.contains(&"contradiction.paraphrase".to_owned()));
    assert!(bench.ledger.open_conflicts(None, 10).await.unwrap().is_empty());
    bench.check().await;
}

#[tokio::test]
async fn it_says_which_side_would_stand_and_hides_neither() {
    let mut bench = published().await;
    for (uri, day) in [("kept.md", "2024-05-01"), ("stays.md", "2021-02-03")] {
        bench.documents.entry(uri.to_owned()).and_modify(|text| *text = format!("---\ndate: {day}\n---\n\n{text}"));
    }
    bench.run().await;
    bench.publish(&mut BTreeMap::new()).await;
    let chunks = bench.ledger.chunks_to_audit("m", 10).await.unwrap();
    bench.ledger.record_audit("m", &chunks, &[finding(&bench, contradiction())], &bench.policy).await.unwrap();
    let open = bench.ledger.open_conflicts(None, 10).await.unwrap();
    assert_eq!((open[0].sides[0].uri.as_str(), open[0].relation.name()), ("kept.md", "supersedes"));
    assert_eq!(open[0].ground.map(tamis_scoring::ConflictGround::name), Some("date"));
    assert!(!open[0].decided, "a person is to confirm it");
    assert_eq!(bench.count("select count(*) from chunks where searchable = 1 and harm like '0%'").await, 2);
    let warned = "select count(*) from findings where rule = 'contradiction.paraphrase' and severity = 'warn'";
    assert_eq!(bench.count(warned).await, 2);
    bench.check().await;
}

#[tokio::test]
async fn of_two_that_say_the_same_one_is_told_so_and_both_are_searched() {
    let mut bench = published().await;
    let chunks = bench.ledger.chunks_to_audit("m", 10).await.unwrap();
    let found = [finding(&bench, AuditKind::Paraphrase(0.96))];
    bench.ledger.record_audit("m", &chunks, &found, &bench.policy).await.unwrap();
    let told = "select count(*) from findings where rule = 'duplication.paraphrase'";
    assert_eq!(bench.count(told).await, 1);
    assert_eq!(bench.count("select count(*) from chunks where searchable = 1").await, 2);
    bench.documents.remove("kept.md");
    bench.run().await;
    assert_eq!(bench.count(told).await, 0);
    assert_eq!(bench.count("select count(*) from paraphrases").await, 0);
}
