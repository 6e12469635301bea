//! Counting chunks: one pass over them by the database, which hands out those of a document that were graded alike as
//! one row; one over the documents that failed, and one over the queue. Each counts in every group that it belongs to.

use std::collections::{BTreeMap, HashMap};

use futures::TryStreamExt;
use sqlx::{QueryBuilder, Row, Sqlite, SqlitePool, sqlite::SqliteRow};
use tamis_scoring::{Dimension, Finding, Rule, Severity};

use super::distribution::Distribution;
use super::{Rates, ReviewHealth, SourceHealth, UNDECIDED_AFTER_TIME, UNDECIDED_BEFORE_TIME, round_tenth, share};
use crate::ledger::{Result, hits, time};

/// Most groups of one sort, the largest first: a snapshot stays small, however many folders there are.
const MAX_GROUPS: usize = 50;

/// Bits of `chunks.faults`.
const STALE: i64 = 1;
const DUPLICATE: i64 = 2;
const CONTRADICTED: i64 = 4;
const MALFORMED: i64 = 8;

/// What was counted.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) all: Group,
    sources: BTreeMap<String, Group>,
    groups: BTreeMap<&'static str, HashMap<String, Group>>,
}

/// The chunks and documents that belong together.
#[derive(Default)]
pub(super) struct Group {
    tally: Tally,
    scores: Distribution,
    /// Documents of which something may be searched.
    covered: u64,
    /// Documents that could not be read.
    failed: u64,
    /// Chunks that nobody has decided about.
    pending: u64,
    /// Since when the oldest of them waits, in microseconds since 1970.
    oldest: Option<i64>,
}

/// What a document is told by.
struct Place<'a> {
    source: &'a str,
    uri: &'a str,
    kind: &'a str,
    owner: Option<&'a str>,
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
    let mut counted = Counted::default();
    count_chunks(pool, &mut counted).await?;
    count_failed(pool, &mut counted).await?;
    count_waiting(pool, &mut counted).await?;
    Ok(counted)
}

async fn count_chunks(pool: &SqlitePool, counted: &mut Counted) -> Result<()> {
    // An empty chunk has no tokens and still is a fault: it weighs as one.
    let mut rows = sqlx::query(
        "select d.id, d.source, d.uri, d.kind, d.owner, d.status in ('ready', 'queued') as ready,
                c.freshness, c.duplication, c.contradiction, c.structure,
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
    let mut last = String::new();
    let mut is_covered = false;
    while let Some(row) = rows.try_next().await? {
        let document: &str = row.get("id");
        let tally = tally(&row, u64::from(last != document));
        if tally.documents > 0 {
            document.clone_into(&mut last);
            is_covered = false;
        }
        let covers = !is_covered && tally.accepted > 0 && row.get::<i64, _>("ready") != 0;
        is_covered |= covers;
        let scores = hits::scores(&row);
        counted.each(&Place::of(&row), |group| {
            group.tally.add(&tally);
            group.scores.add(&scores, tally.chunks);
            group.covered += u64::from(covers);
        });
    }
    Ok(())
}

async fn count_failed(pool: &SqlitePool, counted: &mut Counted) -> Result<()> {
    let mut rows =
        sqlx::query("select source, uri, kind, owner from documents where status = 'failed' order by id").fetch(pool);
    while let Some(row) = rows.try_next().await? {
        counted.each(&Place::of(&row), |group| group.failed += 1);
    }
    Ok(())
}

/// The queue, by document.
async fn count_waiting(pool: &SqlitePool, counted: &mut Counted) -> Result<()> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "select d.source, d.uri, d.kind, d.owner, count(*) as pending, min(c.quarantined_at) as oldest
         from chunks c join documents d on d.id = c.document_id left join reviews r on r.chunk_id = c.id where ",
    );
    query.push(UNDECIDED_BEFORE_TIME).push_bind(time::now()).push(UNDECIDED_AFTER_TIME).push(" group by d.id");
    let mut rows = query.build().fetch(pool);
    while let Some(row) = rows.try_next().await? {
        let pending = row.get::<i64, _>("pending").unsigned_abs();
        let oldest: Option<i64> = row.get("oldest");
        counted.each(&Place::of(&row), |group| {
            group.pending += pending;
            group.oldest = group.oldest.into_iter().chain(oldest).min();
        });
    }
    Ok(())
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

impl<'a> Place<'a> {
    fn of(row: &'a SqliteRow) -> Self {
        Self {
            source: row.get("source"),
            uri: row.get("uri"),
            kind: row.get::<&str, _>("kind").trim_matches('"'),
            owner: row.get("owner"),
        }
    }
}

impl Counted {
    /// Changes every group that a document belongs to.
    fn each(&mut self, place: &Place<'_>, change: impl Fn(&mut Group)) {
        change(&mut self.all);
        change(self.sources.entry(place.source.to_owned()).or_default());
        let folder = place.uri.split_once('/').map_or("", |(folder, _)| folder);
        let prefix = format!("{}/{folder}", place.source);
        let names = [("kind", Some(place.kind)), ("prefix", Some(prefix.as_str())), ("owner", place.owner)];
        for (sort, name) in names {
            if let Some(name) = name {
                change(self.groups.entry(sort).or_default().entry(name.to_owned()).or_default());
            }
        }
    }

    pub(super) fn by_source(&self) -> Vec<SourceHealth> {
        self.sources.iter().map(|(name, group)| group.figures(name)).collect()
    }

    pub(super) fn groups(&self) -> BTreeMap<String, Vec<SourceHealth>> {
        self.groups
            .iter()
            .map(|(sort, groups)| {
                let mut largest: Vec<(&String, &Group)> = groups.iter().collect();
                largest
                    .sort_by(|(name, a), (other, b)| b.tally.chunks.cmp(&a.tally.chunks).then_with(|| name.cmp(other)));
                let figures = largest.into_iter().take(MAX_GROUPS).map(|(name, group)| group.figures(name)).collect();
                ((*sort).to_owned(), figures)
            })
            .collect()
    }
}

impl Group {
    /// The figures, under this name.
    pub(super) fn figures(&self, name: &str) -> SourceHealth {
        let tally = &self.tally;
        let rate = |count: u64| share(count, tally.chunks, 0.0);
        let [stale, duplicate, contradicted, malformed] = tally.faults.map(rate);
        SourceHealth {
            name: name.to_owned(),
            score: if tally.chunks == 0 { 100.0 } else { round_tenth(100.0 * tally.weighted / tally.weight) },
            documents: tally.documents,
            failed_documents: self.failed,
            chunks: tally.chunks,
            accepted: tally.accepted,
            quarantined: tally.chunks - tally.accepted,
            coverage: share(self.covered, tally.documents + self.failed, 1.0),
            rates: Rates { stale, duplicate, contradicted, malformed },
            dimensions: self.scores.figures(),
            review: ReviewHealth::new(self.pending, self.oldest),
        }
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
}
