//! Publishes that fail, and what many of them leave on the disk.

use super::*;

#[tokio::test]
async fn a_publish_that_fails_anywhere_is_mended_by_the_same_call() {
    for point in crate::fault::ALL {
        for reopened in [false, true] {
            let temp = tempfile::tempdir().unwrap();
            let mut corpus = open(&temp).await;
            corpus
                .publish(1, &[entry(1, "first one"), entry(2, "first two"), entry(3, "first three")], &[])
                .await
                .unwrap();
            let (entries, removals) = ([entry(2, "second two"), entry(4, "second four")], [id(1), id(3)]);
            crate::fault::arm(temp.path(), point);
            let error = corpus.publish(2, &entries, &removals).await.unwrap_err();
            assert!(matches!(error, Error::Folder { .. }), "{point:?}: {error}");

            // Between the failure and its mending a search finds the old or the new, and never both of one chunk.
            let hits =
                corpus.search(&request("first second", SearchMode::Hybrid), Some(&vector(2))).await.unwrap().hits;
            let chunks: BTreeSet<ChunkId> = hits.iter().map(|hit| hit.chunk.clone()).collect();
            assert_eq!(chunks.len(), hits.len(), "{point:?}");
            if reopened {
                drop(corpus);
                corpus = open(&temp).await;
            }
            // A publish in between must not carry what the failed one left behind.
            corpus.publish(2, &entries, &removals).await.unwrap();
            assert_eq!(ids(&corpus).await, BTreeSet::from([id(2), id(4)]), "{point:?}");
            assert!(found(&corpus, "first").await.is_empty(), "{point:?}");
            assert_eq!(found(&corpus, "second").await.len(), 2, "{point:?}");
            assert_eq!(nearest(&corpus, &vector(1)).await.len(), 2, "{point:?}");
            assert_eq!(corpus.sequence().unwrap(), Some(2));
        }
    }
}

#[tokio::test]
async fn what_a_failed_publish_left_does_not_go_out_with_the_next() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    crate::fault::arm(temp.path(), crate::fault::Point::BeforeCommit);
    corpus.publish(1, &[entry(1, "never committed")], &[]).await.unwrap_err();
    corpus.publish(2, &[entry(2, "other")], &[]).await.unwrap();
    assert!(found(&corpus, "never").await.is_empty());
    assert_eq!(found(&corpus, "other").await, [id(2)]);
    // Lance has it, tantivy does not: the caller's ledger knows that it may, and takes it away or writes it again.
    let contents = corpus.contents().await.unwrap();
    assert_eq!((contents.lance.len(), contents.tantivy.len()), (2, 1));
    corpus.publish(3, &[], &[id(1)]).await.unwrap();
    assert_eq!(ids(&corpus).await, BTreeSet::from([id(2)]));
}

fn size(dir: &Path) -> u64 {
    let items = std::fs::read_dir(dir).unwrap().map(|item| item.unwrap());
    items.map(|item| if item.path().is_dir() { size(&item.path()) } else { item.metadata().unwrap().len() }).sum()
}

#[tokio::test]
async fn compaction_keeps_the_folder_near_the_live_data() {
    const CHUNKS: usize = 400;
    let text = |number: usize, round: usize| {
        (0..60).map(|word| format!("w{}", (number * 31 + word * 7 + round) % 900)).collect::<Vec<_>>().join(" ")
    };
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let all = |round: usize| (0..CHUNKS).map(|number| entry(number, &text(number, round))).collect::<Vec<_>>();
    corpus.publish(0, &all(0), &[]).await.unwrap();
    for round in 1..=60_usize {
        let batch: Vec<_> = (0..20)
            .map(|place| (round * 20 + place) % CHUNKS)
            .map(|number| entry(number, &text(number, round)))
            .collect();
        corpus.publish(round as u64, &batch, &[]).await.unwrap();
        if round.is_multiple_of(20) {
            corpus.optimize_keeping(Duration::ZERO).await.unwrap();
        }
    }
    let fresh = tempfile::tempdir().unwrap();
    let made_anew = open(&fresh).await;
    made_anew.publish(0, &all(1), &[]).await.unwrap();
    let (after, live) = (size(temp.path()), size(fresh.path()));
    assert!(after <= 2 * live, "{after} bytes after 1,200 updates, {live} made anew");
    assert_eq!(ids(&corpus).await.len(), CHUNKS);
}

#[tokio::test]
async fn a_list_of_deletes_that_was_never_committed_is_in_nobodys_way() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    corpus.publish(1, &[entry(1, "words"), entry(2, "words")], &[]).await.unwrap();
    drop(corpus);
    // Whoever is killed after it wrote the list and before its commit leaves it under the name that the next one takes.
    let lexical = temp.path().join("lexical");
    let meta: serde_json::Value = serde_json::from_slice(&std::fs::read(lexical.join("meta.json")).unwrap()).unwrap();
    let segment = meta["segments"][0]["segment_id"].as_str().unwrap().replace('-', "");
    for opstamp in 0..20 {
        std::fs::write(lexical.join(format!("{segment}.{opstamp}.del")), "unfinished").unwrap();
    }
    let corpus = open(&temp).await;
    corpus.publish(2, &[], &[id(1)]).await.unwrap();
    assert_eq!(found(&corpus, "words").await, [id(2)]);
}
