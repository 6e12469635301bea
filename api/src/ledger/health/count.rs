//! Counting chunks: one pass over them by the database, which hands out those of a document that were graded alike as
//! one row; a few figures for each group.

use std::collections::{BTreeMap, HashMap};

use futures::TryStreamExt;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};
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
    /// Scores, and how many chunks have them.
    pub(super) scores: Vec<(Scores, u64)>,
}

/// A running weighted mean of scores, and counts.
#[derive(Clone, Copy, Default)]
struct Tally {
    weight: f64,
    weighted: f64,
    chunks: u64,
    accepted: u64,
    /// Stale, duplicate, contradicted, malformed.
    faults: [u64; 4],
    documents: u64,
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
    // An empty chunk has no tokens and still is a fault: it weighs as one.
    let mut rows = sqlx::query(
        "select d.id, d.source, d.uri, d.kind, d.owner, c.freshness, c.duplication, c.contradiction, c.structure,
                count(*) as chunks, sum(c.searchable) as accepted, sum(max(c.tokens, 1)) as weight,
                sum(max(c.tokens, 1) * c.overall) as weighted, sum(c.faults & $1 <> 0) as stale,
                sum(c.faults & $2 <> 0) as duplicate, sum(c.faults & $3 <> 0) as contradicted,
                sum(c.faults & $4 <> 0) as malformed
         from chunks c join documents d on d.id = c.document_id where c.retired = 0
         group by d.id, c.freshness, c.duplication, c.contradiction, c.structure order by d.id",
    )
    .bind(STALE)
    .bind(DUPLICATE)
    .bind(CONTRADICTED)
    .bind(MALFORMED)
    .fetch(pool);
    let mut counted =
        Counted { all: Tally::default(), sources: BTreeMap::new(), groups: BTreeMap::new(), scores: Vec::new() };
    let mut last = String::new();
    while let Some(row) = rows.try_next().await? {
        let document: &str = row.get("id");
        let tally = tally(&row, u64::from(last != document));
        if tally.documents > 0 {
            document.clone_into(&mut last);
        }
        let (source, uri): (&str, &str) = (row.get("source"), row.get("uri"));
        counted.all.add(&tally);
        counted.sources.entry(source.to_owned()).or_default().add(&tally);
        let kind = row.get::<&str, _>("kind").trim_matches('"');
        counted.group("kind", kind).add(&tally);
        let folder = uri.split_once('/').map_or("", |(folder, _)| folder);
        counted.group("prefix", &format!("{source}/{folder}")).add(&tally);
        if let Some(owner) = row.get::<Option<&str>, _>("owner") {
            counted.group("owner", owner).add(&tally);
        }
        counted.scores.push((hits::scores(&row), tally.chunks));
    }
    Ok(counted)
}

/// What a row counts; `documents` is 1 where it is the first of its document.
fn tally(row: &SqliteRow, documents: u64) -> Tally {
    let count = |name: &str| row.get::<i64, _>(name).unsigned_abs();
    Tally {
        weight: count("weight") as f64,
        weighted: row.get("weighted"),
        chunks: count("chunks"),
        accepted: count("accepted"),
        faults: ["stale", "duplicate", "contradicted", "malformed"].map(count),
        documents,
    }
}

impl Counted {
    fn group(&mut self, sort: &'static str, name: &str) -> &mut Tally {
        self.groups.entry(sort).or_default().entry(name.to_owned()).or_default()
    }

    /// Documents with a chunk: every document that was read has one.
    pub(super) fn documents(&self) -> u64 {
        self.all.documents
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
    fn add(&mut self, more: &Self) {
        self.weight += more.weight;
        self.weighted += more.weighted;
        self.chunks += more.chunks;
        self.accepted += more.accepted;
        self.documents += more.documents;
        for (count, more) in self.faults.iter_mut().zip(more.faults) {
            *count += more;
        }
    }

    fn figures(&self, name: &str) -> SourceHealth {
        let rate = |count: u64| share(count, self.chunks, 0.0);
        let [stale, duplicate, contradicted, malformed] = self.faults.map(rate);
        SourceHealth {
            name: name.to_owned(),
            score: if self.chunks == 0 { 100.0 } else { round_tenth(100.0 * self.weighted / self.weight) },
            documents: self.documents,
            chunks: self.chunks,
            accepted: self.accepted,
            quarantined: self.chunks - self.accepted,
            rates: Rates { stale, duplicate, contradicted, malformed },
        }
    }
}
