//! Grading documents that are in no corpus: read them all, hold them against each other, decide. For `grade` and
//! `check`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Result;
use jiff::Timestamp;
use tamis_ingest::source::{self, Histories, Listed, Location};
use tamis_ingest::{ByteSpan, Chunk, ChunkId, Document, DocumentId, SourceName, TokenCounter, web_links};
use tamis_scoring::freshness::dead_link;
use tamis_scoring::{
    Cluster, Decision, DocumentCluster, Finding, Measurement, Passage, QualityReport, cross_check_under, decide,
    say_once,
};

use crate::config::Config;
use crate::grading;
use crate::jobs::Failure;
use crate::ledger::{DEFAULT_AUTHORITY, Graded, passage};
use crate::web_page::{self, Answer, LinkSettings};

/// Everything there is to say about a set of documents.
pub struct Assessment {
    /// The documents that could be read, in input order.
    pub documents: Vec<AssessedDocument>,
    /// Duplicate clusters, largest first.
    pub clusters: Vec<Cluster>,
    /// Documents of which most stands in another, by that one, largest first.
    pub document_clusters: Vec<DocumentCluster>,
    /// Files without a reader, counted by kind.
    pub unsupported: BTreeMap<String, u64>,
    /// What could not be read.
    pub failures: Vec<Failure>,
}

/// A document and its graded chunks.
pub struct AssessedDocument {
    /// Its public name: the id its source gave it, else its URI.
    pub name: String,
    /// Where it was read from.
    pub location: Location,
    /// The document.
    pub document: Document,
    /// Its chunks, in order.
    pub chunks: Vec<AssessedChunk>,
}

/// A chunk, what was measured, and what follows.
pub struct AssessedChunk {
    /// The chunk.
    pub chunk: Chunk,
    /// What was measured.
    pub report: QualityReport,
    /// What follows under the policy.
    pub decision: Decision,
}

/// A document read and graded by itself.
struct Read {
    id: DocumentId,
    name: String,
    location: Location,
    graded: Graded,
}

/// Reads and grades the documents at `paths` on all processors.
///
/// # Errors
/// Where one of `paths` is not there or cannot be read at all. What goes wrong with single documents is in the assessment.
pub fn assess(paths: &[PathBuf], config: &Config, tokens: &TokenCounter) -> Result<Assessment> {
    let mut listing = list(paths, config)?;
    let read = read_all(&listing.documents, config, tokens);
    let mut documents = Vec::with_capacity(read.len());
    for (location, outcome) in listing.documents.iter().zip(read) {
        match outcome {
            Some(Ok(read)) => documents.push(read),
            Some(Err(message)) => listing.failures.push(Failure { uri: location.uri.clone(), message }),
            None => {
                let message = "reading it failed unexpectedly; `tamis doctor` tells how to report this".to_owned();
                listing.failures.push(Failure { uri: location.uri.clone(), message });
            }
        }
    }
    say_once(&mut measurements(&mut documents));
    let mut passages: Vec<Passage> = documents.iter().flat_map(passages).collect();
    let mut cross = cross_check_under(&mut passages, &config.policy);
    drop(passages);
    if config.links.check {
        for (chunk, finding) in dead_links(&documents, config.links) {
            cross.findings.entry(chunk).or_default().push(finding);
        }
    }
    let documents = documents
        .into_iter()
        .map(|read| {
            let chunks = read
                .graded
                .chunks
                .into_iter()
                .map(|one| {
                    let findings = cross.findings.remove(&one.chunk.id).unwrap_or_default();
                    let report = QualityReport::compose(one.chunk.id.clone(), &one.measurement, findings);
                    let decision = decide(&report, &config.policy);
                    AssessedChunk { chunk: one.chunk, report, decision }
                })
                .collect();
            AssessedDocument { name: read.name, location: read.location, document: read.graded.document, chunks }
        })
        .collect();
    Ok(Assessment {
        documents,
        clusters: cross.clusters,
        document_clusters: cross.document_clusters,
        unsupported: listing.unsupported,
        failures: listing.failures,
    })
}

/// What was measured about each chunk, with where its document is.
fn measurements(documents: &mut [Read]) -> Vec<(&str, &mut Measurement)> {
    documents
        .iter_mut()
        .flat_map(|read| {
            let uri = read.location.uri.as_str();
            read.graded.chunks.iter_mut().map(move |one| (uri, &mut one.measurement))
        })
        .collect()
}

/// What there is to read, and what there is not.
#[derive(Default)]
pub struct Listing {
    /// Documents, in input order, each once.
    pub documents: Vec<Location>,
    /// Files without a reader, counted by kind.
    pub unsupported: BTreeMap<String, u64>,
    /// What could not be listed.
    pub failures: Vec<Failure>,
}

/// Lists the documents at `paths`.
///
/// # Errors
/// Where one of `paths` cannot be read at all.
pub fn list(paths: &[PathBuf], config: &Config) -> Result<Listing> {
    let mut listing = Listing::default();
    let mut seen = HashSet::new();
    let histories = Histories::default();
    for path in paths {
        for one in source::list(path, config.source_limits(), &histories)? {
            match one {
                Listed::Document(location) => {
                    let line = location.line.map(|line| line.number);
                    let place = (location.path.clone(), line, location.member.clone());
                    if seen.insert(place) {
                        listing.documents.push(location);
                    }
                }
                Listed::Unsupported { kind, .. } => *listing.unsupported.entry(kind).or_default() += 1,
                Listed::Failed { uri, error } => {
                    listing.failures.push(Failure { uri, message: crate::error_chain(&error) });
                }
            }
        }
    }
    grading::warn_of_short_histories(&histories);
    Ok(listing)
}

/// Reads documents on all processors, keeping their order.
fn read_all(locations: &[Location], config: &Config, tokens: &TokenCounter) -> Vec<Option<Result<Read, String>>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(locations.len()));
    let now = Timestamp::now();
    thread::scope(|scope| {
        for _ in 0..config.readers() {
            scope.spawn(|| {
                while let Some((position, location)) = {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    locations.get(position).map(|location| (position, location))
                } {
                    let outcome = read_one(location, config, tokens, now);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((position, outcome));
                }
            });
        }
    });
    let mut ordered: Vec<Option<Result<Read, String>>> = Vec::new();
    ordered.resize_with(locations.len(), || None);
    for (position, outcome) in done.into_inner().unwrap_or_else(PoisonError::into_inner) {
        if let Some(place) = ordered.get_mut(position) {
            *place = Some(outcome);
        }
    }
    ordered
}

fn read_one(location: &Location, config: &Config, tokens: &TokenCounter, now: Timestamp) -> Result<Read, String> {
    let (raw, _) = grading::fetch(location, config).map_err(|problem| crate::error_chain(&problem))?;
    // Documents of different paths can have the same name; only their place tells them apart.
    let place = format!("{}\0{}", location.path.display(), location.uri);
    let id = DocumentId::new(&SourceName::new("input").map_err(|problem| problem.to_string())?, &place);
    let name = raw.supplied.id.clone().unwrap_or_else(|| location.uri.clone());
    let (document, chunks) = grading::read(&id, &raw, None, tokens, config);
    Ok(Read { id, name, location: location.clone(), graded: grading::grade(document, chunks, &config.policy, now) })
}

/// The links to pages that are gone, by asking for each of them once.
fn dead_links(documents: &[Read], settings: LinkSettings) -> Vec<(ChunkId, Finding)> {
    let mut links = Vec::new();
    for one in documents.iter().flat_map(|read| &read.graded.chunks) {
        let found = web_links(&one.chunk.text).into_iter();
        links.extend(found.map(|(span, url)| (&one.chunk, span, url)));
    }
    let mut urls: Vec<String> = links.iter().map(|(_, _, url)| url.clone()).collect();
    urls.sort();
    urls.dedup();
    urls.truncate(settings.most);
    let answers: HashMap<String, Answer> = web_page::ask_all(urls, settings, &|| false).into_iter().collect();
    let gone = |(chunk, span, url): (&Chunk, ByteSpan, String)| {
        let answer = answers.get(&url).filter(|answer| matches!(answer, Answer::Gone(_)))?;
        let link = chunk.text.get(span.start()..span.end()).unwrap_or_default();
        let finding = dead_link(&url, &answer.to_string(), span.shifted(chunk.span.start()), link);
        Some((chunk.id.clone(), finding))
    };
    links.into_iter().filter_map(gone).collect()
}

/// The passages of a document that may be held against others.
fn passages(read: &Read) -> impl Iterator<Item = Passage> {
    let document = &read.graded.document;
    let words = read.graded.words();
    let authority = document.authority.unwrap_or(DEFAULT_AUTHORITY);
    let eligible = read.graded.chunks.iter().filter(|one| one.eligible);
    eligible.map(move |one| passage(&read.id, &read.name, document, one, authority, words))
}
