//! Listing a source into the ledger: what is new or changed is queued, what is gone is taken out.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use tamis_ingest::source::{self, Histories, Listed, Location, SourceLimits};
use tamis_ingest::{ContentHash, DocumentId, SourceName};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::interrupt::Watch;
use super::{Failure, Observer, Step};
use crate::grading;
use crate::ledger::DocumentRow;
use crate::service::Service;

/// Documents registered in one transaction.
const BATCH: usize = 128;

/// What listing sources found, beside documents.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Files without a reader, counted by kind.
    pub(super) unsupported: BTreeMap<String, u64>,
    /// What could not be listed or read.
    pub(super) failures: Vec<Failure>,
}

/// Lists the source at `path` into the ledger, and takes out what is no longer there. An interruption ends it early,
/// with nothing taken out.
pub(super) async fn register(
    service: &Service,
    name: &SourceName,
    path: &Path,
    watch: &Watch<'_>,
    observer: &dyn Observer,
    all: &mut Listing,
) -> Result<()> {
    let (sender, mut listed) = mpsc::channel(2 * BATCH);
    let (path, limits) = (path.to_owned(), service.config.source_limits());
    let walk = spawn_blocking(move || list(&path, limits, &sender));
    observer.begin(Step::List, 0);
    let reading = service.reading();
    let mut unlisted = Vec::new();
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(one) = listed.recv().await {
        match one {
            Seen::Document(location, public_name, content_hash) => {
                let id = DocumentId::new(name, &location.uri);
                batch.push(DocumentRow { id, name: public_name, location, content_hash });
            }
            Seen::Unsupported(kind) => *all.unsupported.entry(kind).or_default() += 1,
            Seen::Failed(failure) => {
                unlisted.push(failure.uri.clone());
                all.failures.push(failure);
            }
        }
        observer.advance(Step::List, 1);
        if batch.len() == BATCH {
            service.ledger.register_documents(watch.run, name, &reading, &batch).await?;
            batch.clear();
            if watch.interruption().await?.is_some() {
                return Ok(());
            }
        }
    }
    walk.await??;
    service.ledger.register_documents(watch.run, name, &reading, &batch).await?;
    observer.end(Step::List);
    if watch.interruption().await?.is_none() {
        let is_protected = |uri: &str| unlisted.iter().any(|failed| is_under(uri, failed));
        service.ledger.remove_unseen(watch.run, name, &service.policy(), is_protected).await?;
    }
    Ok(())
}

/// Registers the documents of a source of uploads again, so that those read by other rules are read anew.
pub(super) async fn register_known(service: &Service, name: &SourceName, watch: &Watch<'_>) -> Result<()> {
    let reading = service.reading();
    for batch in service.ledger.known_documents(name).await?.chunks(BATCH) {
        service.ledger.register_documents(watch.run, name, &reading, batch).await?;
        if watch.interruption().await?.is_some() {
            break;
        }
    }
    Ok(())
}

/// What a source showed, with its bytes hashed.
enum Seen {
    Document(Location, String, ContentHash),
    Unsupported(String),
    Failed(Failure),
}

/// Lists and hashes on a blocking thread. Stops when nobody receives any more.
fn list(path: &Path, limits: SourceLimits, to: &mpsc::Sender<Seen>) -> Result<()> {
    let histories = Histories::default();
    for one in source::list(path, limits, &histories)? {
        let seen = match one {
            Listed::Document(location) => match source::fetch(&location, limits) {
                Ok(raw) => {
                    let hash = grading::content_hash(&raw);
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
    grading::warn_of_short_histories(&histories);
    Ok(())
}

/// Whether the document at `uri` is, or lies in, the part of its source that could not be listed: a missing line in a
/// broken JSONL file is no sign that its document is gone.
fn is_under(uri: &str, failed: &str) -> bool {
    if failed == source::ROOT || uri == failed {
        return true;
    }
    // In a folder, in a container, on a line.
    if uri.strip_prefix(failed).is_some_and(|rest| rest.starts_with(['/', '#']) || rest.starts_with("!/")) {
        return true;
    }
    let Some((file, line)) = failed.rsplit_once(':') else { return false };
    let is_line = line.bytes().all(|byte| byte.is_ascii_digit());
    // Documents of a JSONL file that is itself the source carry no file name: any of them may have been the line.
    is_line && (!uri.contains('#') || uri.starts_with(&format!("{file}#")))
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
            ("a.zip!/b.md", "a.zip", true),
            ("a.zip!/b.md", "a.zi", false),
            ("data.jsonl#7", "data.jsonl", true),
            ("a.zip!/x.jsonl#7", "a.zip!/x.jsonl:7", true),
            ("x/data.jsonl#7", "x/data.jsonl:7", true),
            ("x/other.jsonl#7", "x/data.jsonl:7", false),
            ("doc-17", "data.jsonl:7", true),
        ] {
            assert_eq!(is_under(uri, failed), expected, "{uri} under {failed}");
        }
    }
}
