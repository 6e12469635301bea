//! The main job: list the sources, prepare what changed, publish what passed, say what happened.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use tamis_ingest::source::{self, Listed, Location, SourceLimits};
use tamis_ingest::{ContentHash, DocumentId, SourceName};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::publish::decay;
use super::{Stop, prepare_until_drained, publish_all};
use crate::ledger::{DocumentRow, Health, Registered, RunCounts};
use crate::service::{Service, Stage};

/// Documents registered in one transaction.
const BATCH: usize = 128;

/// A source to read.
#[derive(Debug, Clone)]
pub struct SourceSpec {
    /// Its name.
    pub name: SourceName,
    /// Where it is.
    pub path: PathBuf,
    /// How much its documents are to be believed, 0 to 100.
    pub authority: Option<u8>,
}

/// A step of the job, for showing progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Finding out what is there. The total is not known.
    List,
    /// Reading and grading documents.
    Prepare,
    /// Embedding and indexing chunks.
    Embed,
}

/// Somebody who watches the job.
pub trait Observer: Send + Sync {
    /// A step begins, with so many things to do.
    fn begin(&self, step: Step, total: u64);
    /// So many more things are done.
    fn advance(&self, step: Step, by: u64);
    /// The step is over.
    fn end(&self, step: Step);
}

/// Nobody.
pub(super) struct Unobserved;

impl Observer for Unobserved {
    fn begin(&self, _: Step, _: u64) {}
    fn advance(&self, _: Step, _: u64) {}
    fn end(&self, _: Step) {}
}

/// What a run did.
#[derive(Debug, Clone, Serialize)]
pub struct IngestSummary {
    /// The run's id; the last one's where several sources were read.
    pub run: String,
    /// What became of documents.
    pub documents: RunCounts,
    /// Chunks of the corpus after the run.
    pub chunks: ChunkCounts,
    /// Chunks embedded.
    pub embedded: u64,
    /// Time spent.
    pub seconds: Seconds,
    /// The corpus score, 0 to 100.
    pub health: BeforeAfter,
    /// Files without a reader, counted by kind.
    pub unsupported: BTreeMap<String, u64>,
    /// What could not be listed or read.
    pub failures: Vec<Failure>,
    /// Whether the run was stopped before its end; run it again to go on.
    pub stopped: bool,
}

/// Chunks by verdict.
#[derive(Debug, Clone, Serialize)]
pub struct ChunkCounts {
    /// May be searched.
    pub accepted: u64,
    /// Held back.
    pub quarantined: u64,
    /// Held back, by rule.
    pub by_rule: BTreeMap<String, u64>,
}

/// Seconds; `total` by the clock, the others summed over threads.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Seconds {
    /// From begin to end.
    pub total: f64,
    /// Fetching, reading, chunking.
    pub extract: f64,
    /// Measuring, comparing, deciding, recording.
    pub score: f64,
    /// Embedding.
    pub embed: f64,
    /// Writing both indexes.
    pub index: f64,
}

/// The corpus score at both ends of the run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct BeforeAfter {
    /// Before the run.
    pub before: f64,
    /// After it.
    pub after: f64,
}

/// Something that could not be listed or read.
#[derive(Debug, Clone, Serialize)]
pub struct Failure {
    /// What.
    pub uri: String,
    /// Why not, and what to do.
    pub message: String,
}

/// What listing a source found, beside documents.
#[derive(Debug, Default)]
struct Listing {
    counts: RunCounts,
    unsupported: BTreeMap<String, u64>,
    failures: Vec<Failure>,
}

/// Reads `sources` into the corpus and publishes what passed.
///
/// # Errors
/// Where a source cannot be read at all, or the ledger, the model or an index fails. Bad documents are counted.
pub async fn ingest(
    service: &Arc<Service>,
    sources: &[SourceSpec],
    observer: &dyn Observer,
    stop: Stop,
) -> Result<IngestSummary> {
    let begun = Instant::now();
    tracing::debug!(sources = sources.len(), "ingesting");
    let before = service.ledger.health().await?.score;
    service.ledger.reset_queue().await?;
    let mut all = Listing::default();
    let mut runs = Vec::new();
    for spec in sources {
        service.ledger.register_source(&spec.name, &spec.path, spec.authority).await?;
        let run = service.ledger.begin_run(&spec.name).await?;
        register(service, spec, &run, observer, &mut all)
            .await
            .with_context(|| format!("source {} at {}", spec.name, spec.path.display()))?;
        runs.push(run);
    }
    let waiting = service.ledger.waiting_documents().await?;
    tracing::debug!(waiting, "sources listed");
    observer.begin(Step::Prepare, waiting);
    watch_drain(service, observer, waiting, stop.clone()).await?;
    if let Some(failure) = service.failure.get() {
        bail!("{failure}");
    }
    settle(service, &stop).await?;
    observer.end(Step::Prepare);
    let embedded = if stop.is_ordered() { 0 } else { publish_all(service, observer, &stop).await? };
    if embedded > 0 || all.counts.removed > 0 {
        service.corpus.optimize().await?;
    }
    for run in &runs {
        for (uri, message) in service.ledger.failed_documents(run).await? {
            all.counts.failed += 1;
            all.failures.push(Failure { uri, message });
        }
    }
    let after = service.ledger.health().await?;
    let summary =
        summarise(service, runs.last().cloned().unwrap_or_default(), all, embedded, begun, before, &after, &stop);
    let body = serde_json::to_value(&summary)?;
    for run in &runs {
        service.ledger.snapshot_health(Some(run), &after).await?;
        service.ledger.finish_run(run, &body).await?;
    }
    Ok(summary)
}

/// What the corpus as a whole, and the day, make of its chunks.
async fn settle(service: &Service, stop: &Stop) -> Result<()> {
    let begun = Instant::now();
    let policy = &service.policy();
    if !stop.is_ordered() {
        let changed = service.ledger.settle_context(policy).await?;
        let aged = decay(service, stop).await?;
        tracing::debug!(changed, aged, "corpus settled");
    }
    service.spent.add(Stage::Score, begun.elapsed());
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one call, gathering what the run collected on its way")]
fn summarise(
    service: &Service,
    run: String,
    all: Listing,
    embedded: u64,
    begun: Instant,
    before: f64,
    after: &Health,
    stop: &Stop,
) -> IngestSummary {
    let seconds = |stage| round(service.spent.seconds(stage));
    IngestSummary {
        run,
        documents: all.counts,
        chunks: ChunkCounts {
            accepted: after.accepted,
            quarantined: after.quarantined,
            by_rule: after.by_rule.clone(),
        },
        embedded,
        seconds: Seconds {
            total: round(begun.elapsed().as_secs_f64()),
            extract: seconds(Stage::Extract),
            score: seconds(Stage::Score),
            embed: seconds(Stage::Embed),
            index: seconds(Stage::Index),
        },
        health: BeforeAfter { before, after: after.score },
        unsupported: all.unsupported,
        failures: all.failures,
        stopped: stop.is_ordered(),
    }
}

/// Works the queue and reports how much of it is done.
async fn watch_drain(service: &Arc<Service>, observer: &dyn Observer, total: u64, stop: Stop) -> Result<()> {
    let drained = prepare_until_drained(service, stop);
    tokio::pin!(drained);
    let mut done = 0;
    loop {
        tokio::select! {
            result = &mut drained => return result,
            () = tokio::time::sleep(std::time::Duration::from_millis(200)) => {
                let now_done = total.saturating_sub(service.ledger.waiting_documents().await?);
                observer.advance(Step::Prepare, now_done.saturating_sub(done));
                done = now_done.max(done);
            }
        }
    }
}

/// Lists a source into the ledger, and takes out what is no longer there.
async fn register(
    service: &Arc<Service>,
    spec: &SourceSpec,
    run: &str,
    observer: &dyn Observer,
    all: &mut Listing,
) -> Result<()> {
    let (sender, mut listed) = mpsc::channel(2 * BATCH);
    let (path, limits) = (spec.path.clone(), service.config.source_limits());
    let walk = spawn_blocking(move || list(&path, limits, &sender));
    observer.begin(Step::List, 0);
    let reading = service.reading();
    let mut unlisted = Vec::new();
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(one) = listed.recv().await {
        match one {
            Seen::Document(location, name, content_hash) => {
                let id = DocumentId::new(&spec.name, &location.uri);
                batch.push(DocumentRow { id, name, location, content_hash });
            }
            Seen::Unsupported(kind) => *all.unsupported.entry(kind).or_default() += 1,
            Seen::Failed(failure) => {
                all.counts.failed += 1;
                unlisted.push(failure.uri.clone());
                all.failures.push(failure);
            }
        }
        observer.advance(Step::List, 1);
        if batch.len() == BATCH {
            count(&mut all.counts, &service.ledger.register_documents(run, &spec.name, &reading, &batch).await?);
            batch.clear();
        }
    }
    walk.await??;
    count(&mut all.counts, &service.ledger.register_documents(run, &spec.name, &reading, &batch).await?);
    observer.end(Step::List);
    let is_protected = |uri: &str| unlisted.iter().any(|failed| is_under(uri, failed));
    all.counts.removed += service.ledger.remove_unseen(run, &spec.name, &service.policy(), is_protected).await?;
    Ok(())
}

/// What a source showed, with its bytes hashed.
enum Seen {
    Document(Location, String, ContentHash),
    Unsupported(String),
    Failed(Failure),
}

/// Lists and hashes on a blocking thread. Stops when nobody receives any more.
fn list(path: &std::path::Path, limits: SourceLimits, to: &mpsc::Sender<Seen>) -> Result<()> {
    for one in source::list(path, limits)? {
        let seen = match one {
            Listed::Document(location) => match source::fetch(&location, limits) {
                Ok(raw) => {
                    let hash = ContentHash::of(&raw.bytes);
                    let name = raw.supplied.id.unwrap_or_else(|| location.uri.clone());
                    Seen::Document(location, name, hash)
                }
                Err(problem) => Seen::Failed(Failure { uri: location.uri, message: crate::error_chain(&problem) }),
            },
            Listed::Unsupported { kind, .. } => Seen::Unsupported(kind),
            Listed::Failed { uri, error } => Seen::Failed(Failure { uri, message: crate::error_chain(&error) }),
        };
        if to.blocking_send(seen).is_err() {
            break;
        }
    }
    Ok(())
}

fn count(counts: &mut RunCounts, registered: &[Registered]) {
    for one in registered {
        counts.seen += 1;
        match one {
            Registered::New => counts.new += 1,
            Registered::Changed | Registered::Waiting => counts.changed += 1,
            Registered::Unchanged | Registered::StillFailed => counts.unchanged += 1,
        }
    }
}

/// Whether the document at `uri` is, or lies in, the part of its source that could not be listed: a missing line in a
/// broken JSONL file is no sign that its document is gone.
fn is_under(uri: &str, failed: &str) -> bool {
    if failed == source::ROOT || uri == failed || uri.starts_with(&format!("{failed}/")) {
        return true;
    }
    let Some((file, line)) = failed.rsplit_once(':') else { return false };
    let is_line = line.bytes().all(|byte| byte.is_ascii_digit());
    // Documents of a JSONL file that is itself the source carry no file name: any of them may have been the line.
    is_line && (!uri.contains('#') || uri.starts_with(&format!("{file}#")))
}

fn round(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::is_under;

    #[test]
    fn what_could_not_be_listed_is_not_taken_for_gone() {
        for (uri, failed, expected) in [
            ("a/b.md", ".", true),
            ("a/b.md", "a", true),
            ("a/b.md", "a/b.md", true),
            ("ab/c.md", "a", false),
            ("a/b.md", "a/c.md", false),
            ("x/data.jsonl#7", "x/data.jsonl:7", true),
            ("x/other.jsonl#7", "x/data.jsonl:7", false),
            ("doc-17", "data.jsonl:7", true),
        ] {
            assert_eq!(is_under(uri, failed), expected, "{uri} under {failed}");
        }
    }
}
