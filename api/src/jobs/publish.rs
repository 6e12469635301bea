//! Bring the indexes to what the ledger says: embed, write vectors, write words, mark.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::Timestamp;
use tamis_index::Vector;
use tamis_ingest::ChunkId;
use tracing::Instrument;

use super::demand::Counting;
use super::embed::{Embedded, embed, embedding_hash};
use super::{Observer, Step, Stop, watch};
use crate::ledger::{Batch, Published};
use crate::service::{Service, Stage};

/// Chunks in a batch: large enough that a Lance version a batch costs nothing, small enough that a crash loses little.
const BATCH: u32 = 512;
const SECONDS_A_DAY: i64 = 86_400;
/// Publications between two compactions: each leaves a version and small files behind.
const COMPACT_EVERY: u64 = 32;
/// How long to wait after a failed publish.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Publishes until the indexes are as the ledger wants them, or the order to stop comes. Returns how many chunks were
/// embedded.
///
/// # Errors
/// Where the model or an index fails. What was begun is finished by the next call.
pub async fn publish_all(service: &Service, observer: &dyn Observer, stop: &Stop) -> Result<u64> {
    let mut embedded = 0;
    observer.begin(Step::Embed, service.ledger.unpublished().await?);
    while let Some(batch) = service.ledger.next_batch(BATCH, &service.policy()).await? {
        let span = tracing::info_span!("publish", sequence = batch.sequence, entries = batch.entries.len());
        embedded += publish(service, &batch, observer).instrument(span).await?;
        if batch.sequence.is_multiple_of(COMPACT_EVERY) {
            service.corpus.optimize().await?;
        }
        if stop.is_ordered() {
            break;
        }
    }
    observer.end(Step::Embed);
    if embedded > 0 {
        service.embeddings().await?.prune(service.ledger.searchable_count().await?).await?;
    }
    Ok(embedded)
}

/// Publishes whenever there is something to, until the order to stop comes.
pub async fn publish_forever(service: &Arc<Service>, mut stop: Stop) {
    let every = Duration::from_secs(service.config.serve.publish_seconds.max(1));
    let mut settled_on = None;
    let mut counting = Counting::default();
    loop {
        let pause = match settle_and_publish(service, &mut settled_on, &mut counting, &stop).await {
            Ok(()) => {
                service.failed_publishes.store(0, Ordering::Relaxed);
                every
            }
            Err(problem) => {
                tracing::error!(error = format!("{problem:#}"), "publishing failed; it is tried again");
                service.failed_publishes.fetch_add(1, Ordering::Relaxed);
                PAUSE_AFTER_FAILURE
            }
        };
        tokio::select! {
            () = stop.ordered() => return,
            () = service.publish_wanted.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Once a day files are looked at and every chunk is graded again; once no document waits,
/// what came or left is held against the whole of its source; and what that made of chunks is published.
async fn settle_and_publish(
    service: &Service,
    settled_on: &mut Option<i64>,
    counting: &mut Counting,
    stop: &Stop,
) -> Result<()> {
    let today = Timestamp::now().as_second().div_euclid(SECONDS_A_DAY);
    if *settled_on != Some(today) {
        service.unsettled.store(true, Ordering::Relaxed);
        *settled_on = Some(today);
    }
    decay(service, stop).await?;
    if service.unsettled.load(Ordering::Relaxed) && service.ledger.waiting_documents().await? == 0 {
        // Set back before: what comes meanwhile sets it again.
        service.unsettled.store(false, Ordering::Relaxed);
        let settled = service.ledger.settle_context(&service.policy()).await;
        if settled.is_err() {
            service.unsettled.store(true, Ordering::Relaxed);
        }
        settled?;
    }
    counting.count(service, today).await?;
    publish_all(service, &super::ingest::Unobserved, stop).await?;
    if !stop.is_ordered() {
        watch::daily_snapshot(service).await?;
    }
    // Here and nowhere else while the service runs: putting an index in order and writing it get in each other's way.
    if service.optimize_wanted.swap(false, Ordering::Relaxed) {
        service.corpus.optimize().await?;
    }
    Ok(())
}

/// Grades again what was not graded today, until the order to stop comes. Returns how many chunks.
pub(super) async fn decay(service: &Service, stop: &Stop) -> Result<u64> {
    let mut graded = 0;
    while !stop.is_ordered() {
        match service.ledger.decay(&service.policy()).await? {
            0 => break,
            more => graded += more,
        }
    }
    Ok(graded)
}

async fn publish(service: &Service, batch: &Batch, observer: &dyn Observer) -> Result<u64> {
    tracing::debug!(
        sequence = batch.sequence,
        entries = batch.entries.len(),
        removals = batch.removals.len(),
        "publishing"
    );
    let hashes: Vec<String> = batch.entries.iter().map(|(entry, _)| embedding_hash(entry)).collect();
    let known = stored_vectors(service, batch, &hashes).await?;
    let begun = Instant::now();
    let texts: Vec<_> = batch.entries.iter().zip(&hashes).map(|((entry, _), hash)| (entry, hash.as_str())).collect();
    let progress = |chunks| {
        service.spent.add_embedded(chunks);
        observer.advance(Step::Embed, chunks);
    };
    let Embedded { vectors, texts: embedded } =
        embed(&service.embedder, service.embeddings().await?, &texts, known, progress)
            .instrument(tracing::info_span!("embed", texts = texts.len()))
            .await?;
    service.spent.add(Stage::Embed, begun.elapsed());

    let begun = Instant::now();
    let mut entries = Vec::with_capacity(batch.entries.len());
    let mut written = Vec::with_capacity(batch.entries.len());
    for ((entry, _), hash) in batch.entries.iter().zip(hashes) {
        if let Some(vector) = vectors.get(&hash) {
            entries.push((entry.clone(), vector.clone()));
            written.push((entry.chunk.clone(), hash));
        }
    }
    let span = tracing::info_span!("index", entries = entries.len(), removals = batch.removals.len());
    service.corpus.publish(batch.sequence, &entries, &batch.removals).instrument(span).await?;
    tracing::debug!(sequence = batch.sequence, "indexed");
    let published = Published { sequence: batch.sequence, written: &written, removed: &batch.removals };
    service.ledger.mark_published(&published).await?;
    tracing::debug!(sequence = batch.sequence, "published");
    service.spent.add(Stage::Index, begun.elapsed());
    Ok(embedded)
}

/// Vectors that need not be made again: the index has them, made from the same text.
async fn stored_vectors(service: &Service, batch: &Batch, hashes: &[String]) -> Result<HashMap<String, Vector>> {
    let reusable: HashMap<ChunkId, &String> = batch
        .entries
        .iter()
        .zip(hashes)
        .filter(|((_, embedded), hash)| embedded.as_ref() == Some(*hash))
        .map(|((entry, _), hash)| (entry.chunk.clone(), hash))
        .collect();
    if reusable.is_empty() {
        return Ok(HashMap::new());
    }
    let chunks: Vec<ChunkId> = reusable.keys().cloned().collect();
    let stored = service.corpus.vectors(&chunks).await?;
    Ok(stored.into_iter().filter_map(|(chunk, vector)| Some(((*reusable.get(&chunk)?).clone(), vector))).collect())
}
