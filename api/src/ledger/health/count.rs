//! Counting chunks: one pass over them, a few figures for each group.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures::TryStreamExt;
use sqlx::{Row, SqlitePool};
use tamis_scoring::{Dimension, Finding, Rule, Scores, Severity};

use super::{Rates, SourceHealth, round_tenth, share};
use crate::ledger::{Result, hits};

/// Most groups of one sort, the largest first: a snapshot stays small, however many folders there are.
const MAX_GROUPS: usize = 50;

/// Bits of `chunks.faults`.
const STALE: i64 = 1;
const DUPLICATE: i64 = 2;
const CONTRADICTED: i64 = 4;
const MALFORMED: i64 = 8;

/// What was counted.
pub(super) struct Counted {
    all: Tally,
    sources: BTreeMap<String, Tally>,
    groups: BTreeMap<&'static str, HashMap<String, Tally>>,
    pub(super) scores: Vec<Scores>,
}

/// A running weighted mean of scores, and counts.
#[derive(Default)]
struct Tally {
    weight: f64,
    weighted: f64,
    chunks: u64,
    accepted: u64,
    /// Stale, duplicate, contradicted, malformed.
    faults: [u64; 4],
    documents: HashSet<Arc<str>>,
}

/// One chunk, as far as it is counted.
struct Chunk {
    document: Arc<str>,
    overall: f64,
    tokens: i64,
    accepted: bool,
    faults: i64,
}

/// What is wrong with a chunk, as stored for counting.
pub(in crate::ledger) fn faults(findings: &[Finding]) -> i64 {
    findings.iter().filter(|one| one.severity > Severity::Info).fold(0, |faults, one| {
        faults
            | match one.dimension {
                Dimension::Freshness => STALE,
                Dimension::Duplication if one.rule != Rule::Boilerplate => DUPLICATE,
                Dimension::Contradiction => CONTRADICTED,
                Dimension::Structure if one.severity == Severity::Error || one.rule == Rule::Malformed => MALFORMED,
                Dimension::Duplication | Dimension::Structure => 0,
            }
    })
}

pub(super) async fn count(pool: &SqlitePool) -> Result<Counted> {
    let mut rows = sqlx::query(
        "select d.source, d.uri, d.kind, d.owner, c.document_id as document, c.tokens, c.searchable, c.faults, c.freshness,
                c.duplication, c.contradiction, c.structure, c.overall
         from chunks c join documents d on d.id = c.document_id where c.retired = 0",
    )
    .fetch(pool);
    let mut counted =
        Counted { all: Tally::default(), sources: BTreeMap::new(), groups: BTreeMap::new(), scores: Vec::new() };
    let mut last = None;
    while let Some(row) = rows.try_next().await? {
        let (source, uri): (&str, &str) = (row.get("source"), row.get("uri"));
        let document: &str = row.get("document");
        // Chunks of one document mostly follow each other.
        if last.as_ref().is_none_or(|known: &Arc<str>| &**known != document) {
            last = Some(Arc::from(document));
        }
        let chunk = Chunk {
            document: last.clone().unwrap_or_else(|| Arc::from(document)),
            overall: row.get("overall"),
            tokens: row.get("tokens"),
            accepted: row.get::<i64, _>("searchable") == 1,
            faults: row.get("faults"),
        };
        counted.all.add(&chunk);
        counted.sources.entry(source.to_owned()).or_default().add(&chunk);
        let kind = row.get::<&str, _>("kind").trim_matches('"');
        counted.group("kind", kind).add(&chunk);
        let folder = uri.split_once('/').map_or("", |(folder, _)| folder);
        counted.group("prefix", &format!("{source}/{folder}")).add(&chunk);
        if let Some(owner) = row.get::<Option<&str>, _>("owner") {
            counted.group("owner", owner).add(&chunk);
        }
        counted.scores.push(hits::scores(&row));
    }
    Ok(counted)
}

impl Counted {
    fn group(&mut self, sort: &'static str, name: &str) -> &mut Tally {
        self.groups.entry(sort).or_default().entry(name.to_owned()).or_default()
    }

    /// Documents with a chunk: every document that was read has one.
    pub(super) fn documents(&self) -> u64 {
        self.all.documents.len() as u64
    }

    pub(super) fn all(&self) -> SourceHealth {
        self.all.figures("")
    }

    pub(super) fn by_source(&self) -> Vec<SourceHealth> {
        self.sources.iter().map(|(name, tally)| tally.figures(name)).collect()
    }

    pub(super) fn groups(&self) -> BTreeMap<String, Vec<SourceHealth>> {
        self.groups
            .iter()
            .map(|(sort, groups)| {
                let mut figures: Vec<SourceHealth> = groups.iter().map(|(name, tally)| tally.figures(name)).collect();
                figures.sort_by(|a, b| b.chunks.cmp(&a.chunks).then_with(|| a.name.cmp(&b.name)));
                figures.truncate(MAX_GROUPS);
                ((*sort).to_owned(), figures)
            })
            .collect()
    }
}

impl Tally {
    fn add(&mut self, chunk: &Chunk) {
        // An empty chunk has no tokens and still is a fault: it weighs as one.
        let weight = chunk.tokens.max(1) as f64;
        self.weight += weight;
        self.weighted += weight * chunk.overall;
        self.chunks += 1;
        self.accepted += u64::from(chunk.accepted);
        if !self.documents.contains(&chunk.document) {
            self.documents.insert(Arc::clone(&chunk.document));
        }
        for (count, bit) in self.faults.iter_mut().zip([STALE, DUPLICATE, CONTRADICTED, MALFORMED]) {
            *count += u64::from(chunk.faults & bit != 0);
        }
    }

    fn figures(&self, name: &str) -> SourceHealth {
        let rate = |count: u64| share(count, self.chunks, 0.0);
        let [stale, duplicate, contradicted, malformed] = self.faults.map(rate);
        SourceHealth {
            name: name.to_owned(),
            score: if self.chunks == 0 { 100.0 } else { round_tenth(100.0 * self.weighted / self.weight) },
            documents: self.documents.len() as u64,
            chunks: self.chunks,
            accepted: self.accepted,
            quarantined: self.chunks - self.accepted,
            rates: Rates { stale, duplicate, contradicted, malformed },
        }
    }
}
