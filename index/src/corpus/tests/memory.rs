//! The copy of the vectors in memory: it answers as Lance does, and never from what others have changed.

use super::*;

async fn remembered(corpus: &Corpus, near: &Vector) -> Option<Vec<ChunkId>> {
    let version = corpus.with_lexical(Lexical::vectors).await.unwrap();
    let found = corpus.memory.search(version, near, &SearchFilter::default(), 10)?;
    Some(found.into_iter().map(|near| ChunkId::from_bits(near.chunk)).collect())
}

#[tokio::test]
async fn it_follows_the_publishes_of_its_process() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    corpus.publish(1, &[entry(1, "one"), entry(2, "two")], &[]).await.unwrap();
    assert_eq!(remembered(&corpus, &vector(1)).await, None);
    corpus.keep_in_memory().await.unwrap();
    assert_eq!(remembered(&corpus, &vector(2)).await, Some(vec![id(2), id(1)]));
    let (changed, _) = entry(1, "one");
    corpus.publish(2, &[(changed, vector(5)), entry(3, "three")], &[id(2)]).await.unwrap();
    assert_eq!(remembered(&corpus, &vector(5)).await, Some(vec![id(1), id(3)]));
    // Scores are those of Lance but for rounding.
    let near = corpus.search(&request("", SearchMode::Vector), Some(&vector(4))).await.unwrap().hits;
    let exact = corpus.vectors.search(&vector(4), &SearchFilter::default(), 10).await.unwrap();
    assert_eq!(near.len(), exact.len());
    for (near, exact) in near.iter().zip(&exact) {
        assert!((near.score - exact.score).abs() < 1e-3, "{} for {}", near.score, exact.score);
    }
}

#[tokio::test]
async fn it_is_not_asked_once_another_process_has_published_and_then_made_anew() {
    let temp = tempfile::tempdir().unwrap();
    let (writer, reader) = (open(&temp).await, open(&temp).await);
    writer.publish(1, &[entry(1, "one")], &[]).await.unwrap();
    reader.keep_in_memory().await.unwrap();
    assert_eq!(remembered(&reader, &vector(1)).await, Some(vec![id(1)]));
    writer.publish(2, &[entry(2, "two")], &[id(1)]).await.unwrap();
    assert_eq!(remembered(&reader, &vector(1)).await, None);
    assert_eq!(nearest(&reader, &vector(1)).await, [id(2)]);
    // Also where this process publishes next, its copy lacks what the other one did.
    drop(writer);
    reader.publish(3, &[entry(3, "three")], &[]).await.unwrap();
    assert_eq!(remembered(&reader, &vector(3)).await, None);
    assert_eq!(nearest(&reader, &vector(3)).await, [id(3), id(2)]);
    reader.keep_in_memory().await.unwrap();
    assert_eq!(remembered(&reader, &vector(3)).await, Some(vec![id(3), id(2)]));
}

#[tokio::test]
async fn what_is_published_while_it_is_made_is_in_it() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = Arc::new(open(&temp).await);
    corpus.publish(0, &(0..40).map(|number| entry(number, "words")).collect::<Vec<_>>(), &[]).await.unwrap();
    for round in 1..6_usize {
        let making = tokio::spawn({
            let corpus = Arc::clone(&corpus);
            async move { corpus.keep_in_memory().await.unwrap() }
        });
        let removals = [id(round)];
        corpus.publish(round as u64, &[entry(round + 50, "words")], &removals).await.unwrap();
        making.await.unwrap();
        assert!(remembered(&corpus, &vector(round)).await.is_some());
        ids(&corpus).await;
    }
}

#[tokio::test]
async fn a_process_that_searches_often_makes_it_by_itself() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    corpus.publish(1, &[entry(1, "one")], &[]).await.unwrap();
    nearest(&corpus, &vector(1)).await;
    assert_eq!(remembered(&corpus, &vector(1)).await, None, "one search does not pay for it");
    tokio::time::timeout(Duration::from_mins(1), async {
        while remembered(&corpus, &vector(1)).await.is_none() {
            assert_eq!(nearest(&corpus, &vector(1)).await, [id(1)]);
        }
    })
    .await
    .unwrap();
}
