//! Who gives way to whom: the same in whatever order documents come, and as `tamis check` says.

use std::collections::BTreeSet;

use tamis_ingest::DocumentId;
use tamis_scoring::{Passage, Rule, cross_check_under};

use super::{Bench, Dice, graded, texts};
use crate::ledger::{QuarantineFilter, passage};

/// A chunk by its document and its place there.
type Place = (String, u32);

impl Bench {
    /// The chunks that give way to no other.
    async fn standing(&self) -> BTreeSet<Place> {
        let found: Vec<(String, i64)> = sqlx::query_as(
            "select d.uri, c.ordinal from chunks c join documents d on d.id = c.document_id
             where c.retired = 0 and c.eligible = 1 and c.shadowed_by is null",
        )
        .fetch_all(self.ledger.pool())
        .await
        .unwrap();
        found.into_iter().map(|(uri, ordinal)| (uri, ordinal as u32)).collect()
    }

    /// The same as a check of all documents at once has it.
    fn standing_at_once(&self) -> BTreeSet<Place> {
        let mut passages: Vec<Passage> = Vec::new();
        for (uri, text) in &self.documents {
            let id = DocumentId::new(&self.source, uri);
            let read = graded(&id, uri, text, &self.policy);
            let eligible = read.chunks.iter().filter(|one| one.eligible);
            passages.extend(eligible.map(|one| passage(&id, uri, &read.document, one, 50, read.words())));
        }
        let report = cross_check_under(&mut passages, &self.policy);
        let copies = [Rule::DuplicateExact, Rule::DuplicateNear, Rule::DuplicateContained];
        let gives_way = |passage: &&Passage| {
            report.findings.get(&passage.chunk).into_iter().flatten().any(|finding| copies.contains(&finding.rule))
        };
        let stands = passages.iter().filter(|passage| !gives_way(passage));
        stands.map(|passage| (passage.uri.clone(), passage.standing.ordinal)).collect()
    }
}

/// Pages that copy, hold and replace each other, some of them dated.
fn pages(dice: &mut Dice) -> Vec<(String, String)> {
    let texts = texts();
    let uris = ["a.md", "b.md", "long/name/c.md", "v1/page.md", "v2/page.md", "v3/page.md", "docs/v2/page.md", "d.md"];
    let mut pages = Vec::new();
    for uri in uris {
        let text = &texts[dice.roll(texts.len() - 1)];
        let text = match dice.roll(6) {
            4 => text.split_inclusive(". ").take(2 + dice.roll(2)).collect(),
            5 => format!("---\ndate: 2026-01-01\n---\n{}", text.split_inclusive(". ").take(3).collect::<String>()),
            0 => format!("---\ndate: 2026-0{}-01\n---\n{text}", 1 + dice.roll(4)),
            1 => format!("{text}\n\n{}", texts[dice.roll(texts.len() - 1)]),
            _ => text.clone(),
        };
        pages.push((uri.to_owned(), text));
    }
    pages
}

#[tokio::test]
async fn the_same_chunks_stand_in_any_order_of_arrival() {
    let mut dice = Dice(0x5eed_0004);
    for _ in 0..12 {
        let mut pages = pages(&mut dice);
        let mut outcomes = Vec::new();
        for _ in 0..3 {
            // Fisher and Yates.
            for i in (1..pages.len()).rev() {
                pages.swap(i, dice.roll(i + 1));
            }
            let mut bench = Bench::new().await;
            // Some come, go and come again.
            let passing = dice.roll(pages.len());
            for (i, (uri, text)) in pages.iter().enumerate() {
                bench.documents.insert(uri.clone(), text.clone());
                if i == passing {
                    bench.run().await;
                    bench.documents.remove(uri);
                }
                bench.run().await;
                bench.check().await;
            }
            bench.documents.extend(pages.iter().cloned());
            bench.run().await;
            outcomes.push((bench.standing().await, bench.standing_at_once()));
        }
        let expected = &outcomes[0].1;
        for (standing, at_once) in &outcomes {
            assert_eq!(at_once, expected);
            assert_eq!(standing, expected, "{pages:#?}");
        }
    }
}

#[tokio::test]
async fn a_page_that_comes_later_and_holds_a_shorter_one_takes_it_in() {
    let mut bench = Bench::new().await;
    let texts = texts();
    bench.documents.insert("short.md".into(), texts[0].clone());
    bench.run().await;
    assert_eq!(bench.standing().await.len(), 1);
    bench.documents.insert("a-longer-name-for-all-of-it.md".into(), texts[3].clone());
    bench.run().await;
    assert_eq!(bench.standing().await, BTreeSet::from([("a-longer-name-for-all-of-it.md".to_owned(), 0)]));
    bench.documents.remove("a-longer-name-for-all-of-it.md");
    bench.run().await;
    assert_eq!(bench.standing().await, BTreeSet::from([("short.md".to_owned(), 0)]));
}

#[tokio::test]
async fn a_cluster_of_redirect_stubs_is_one_item_of_the_queue() {
    let mut bench = Bench::new().await;
    for i in 0..259 {
        let stub =
            "There is a new edition of the book and this page was not carried over. Please read the new edition.";
        // Most under the title of the page that was there.
        let title = if i < 100 { "# Page".to_owned() } else { format!("# Title {}", i * 7) };
        bench.documents.insert(format!("second-edition/ch{i:03}.md"), format!("{title}\n\n{stub}\n"));
    }
    bench.run().await;
    let filter = QuarantineFilter { limit: 500, ..QuarantineFilter::default() };
    let items = bench.ledger.quarantine(&filter).await.unwrap();
    assert_eq!(items.len(), 1, "{:?}", items.iter().map(|item| &item.uri).collect::<Vec<_>>());
    assert_eq!(items[0].copies, 257);
    let canonical = items[0].canonical.clone().unwrap();
    assert_eq!(bench.ledger.cluster_in_queue(&canonical).await.unwrap().len(), 258);
    let each = QuarantineFilter { each_copy: true, ..filter };
    assert_eq!(bench.ledger.quarantine(&each).await.unwrap().len(), 258);
    let clusters = bench.ledger.duplicate_clusters(None, 10).await.unwrap();
    assert_eq!((clusters.len(), clusters[0].size), (1, 259));
}

#[tokio::test]
async fn recall_is_measured_on_the_corpus() {
    let mut bench = Bench::new().await;
    let texts = texts();
    for (i, text) in texts.iter().take(4).enumerate() {
        bench.documents.insert(format!("{i}.md"), text.clone());
    }
    bench.run().await;
    let (chunks, meter) = bench.ledger.measure_recall(100, 0).await.unwrap();
    assert_eq!(chunks, 4);
    let recall = meter.recall();
    assert!(recall.near.pairs >= 2 && recall.near.found == recall.near.pairs, "{recall:?}");
}
