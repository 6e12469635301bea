//! A copy of the vector index in memory, for processes that search again and again: Lance plans each search anew and
//! reads all vectors, which takes longer than everything else in a search.
//!
//! A search looks at a [`sketch`] of every vector, and at the vectors of those that seem near: reading memory is what it
//! takes its time for. Large copies are cut into cells, of which a search looks at the nearest; one with a filter looks at
//! all.

use std::collections::HashMap;

use tamis_ingest::ChunkId;

use crate::search::Ranked;
use crate::{IndexEntry, SearchFilter};

mod centroids;
mod codes;
mod facts;
mod sketch;

use centroids::{Centroids, SAMPLE_PER_CELL};
use codes::{Code, Codes};
use facts::{Facts, Hashing, Wanted};
use sketch::{Probe, Sketches};

/// Chunks from which cells pay: looking at the sketches of all takes some ten milliseconds, and misses none.
const CELLS_FROM: usize = 800_000;

/// Share of all chunks that a search looks at where there are cells.
const LOOKED_AT: f64 = 0.5;

/// Vectors looked at: so many times those wanted, and some more.
const TIMES_LOOKED_AT: usize = 2;
const MORE_LOOKED_AT: usize = 64;

/// The nearest so many are not to be missed: whatever may be as near by its estimate, so many standard deviations off, is
/// looked at.
const NEAREST: usize = 10;
const DEVIATIONS: f32 = 2.5;

/// Growth, or shrinking, after which the cells are learnt anew.
const LEARN_AGAIN: usize = 2;

/// Every chunk's vector and what filters ask of it.
#[derive(Debug, Clone)]
pub(crate) struct Neighbours {
    dimension: usize,
    hashing: Hashing,
    /// None while all chunks are in one cell.
    centroids: Option<Centroids>,
    cells: Vec<Cell>,
    /// Cell and row of each chunk.
    places: HashMap<u128, (u32, u32)>,
    /// How many chunks there were when the cells were learnt.
    learnt_from: usize,
}

#[derive(Debug, Clone)]
struct Cell {
    sketches: Sketches,
    codes: Codes,
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    chunk: u128,
    document: u128,
    facts: Facts,
}

/// A stored chunk without its vector.
pub(crate) struct StoredRow<'a> {
    pub(crate) chunk: u128,
    pub(crate) document: u128,
    pub(crate) source: &'a str,
    pub(crate) kind: Option<&'a str>,
    pub(crate) language: Option<&'a str>,
    pub(crate) modified_at: Option<i64>,
    /// All terms of its metadata, each between separators.
    pub(crate) metadata: Option<&'a str>,
}

impl Neighbours {
    pub(crate) fn new(dimension: usize) -> Self {
        Self {
            dimension,
            hashing: Hashing::default(),
            centroids: None,
            cells: vec![Cell::new(dimension)],
            places: HashMap::new(),
            learnt_from: 0,
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Puts a chunk in, or in the place of what is there under its id.
    pub(crate) fn put(&mut self, entry: &IndexEntry, vector: &[f32]) {
        // No index takes what has no bits.
        if let (Some(chunk), Some(document)) = (entry.chunk.bits(), entry.document.bits()) {
            let facts = self.hashing.facts(entry);
            self.put_row(Row { chunk, document, facts }, &Code::of(vector));
        }
    }

    /// The same for a chunk as stored.
    pub(crate) fn put_stored(&mut self, row: &StoredRow<'_>, vector: &[f32]) {
        let metadata = row.metadata.unwrap_or_default().split(crate::entry::SEPARATOR_TEXT);
        let terms = metadata.filter(|term| !term.is_empty());
        let facts = self.hashing.stored(row.source, [row.kind, row.language], row.modified_at, terms);
        self.put_row(Row { chunk: row.chunk, document: row.document, facts }, &Code::of(vector));
    }

    fn put_row(&mut self, row: Row, code: &Code) {
        self.remove_row(row.chunk);
        let cell = self.centroids.as_ref().map_or(0, |centroids| centroids.nearest(code));
        let place = (cell as u32, self.cells[cell].rows.len() as u32);
        self.places.insert(row.chunk, place);
        self.cells[cell].sketches.push(code.numbers());
        self.cells[cell].codes.push(code);
        self.cells[cell].rows.push(row);
    }

    /// Takes a chunk out, if it is there.
    pub(crate) fn remove(&mut self, chunk: &ChunkId) {
        if let Some(chunk) = chunk.bits() {
            self.remove_row(chunk);
        }
    }

    fn remove_row(&mut self, chunk: u128) {
        let Some((cell, row)) = self.places.remove(&chunk) else { return };
        let from = &mut self.cells[cell as usize];
        from.sketches.swap_remove(row as usize);
        from.codes.swap_remove(row as usize);
        from.rows.swap_remove(row as usize);
        if let Some(moved) = from.rows.get(row as usize) {
            self.places.insert(moved.chunk, (cell, row));
        }
    }

    /// The nearest `limit` chunks, by cosine similarity and then by id.
    pub(crate) fn search(&self, vector: &[f32], filter: &SearchFilter, limit: usize) -> Vec<Ranked> {
        self.search_share(vector, filter, limit, LOOKED_AT)
    }

    fn search_share(&self, vector: &[f32], filter: &SearchFilter, limit: usize, share: f64) -> Vec<Ranked> {
        let wanted = self.hashing.wanted(filter);
        if limit == 0 {
            return Vec::new();
        }
        let mut search = Search::new(self, vector, limit);
        match &self.centroids {
            // Of what a filter lets through, the nearest may lie anywhere.
            Some(centroids) if wanted.is_none() => {
                let mut left = ((self.places.len() as f64 * share) as usize).max(limit);
                for cell in centroids.by_nearness(&search.query) {
                    search.look_at(cell, None);
                    left = left.saturating_sub(self.cells[cell].rows.len());
                    if left == 0 {
                        break;
                    }
                }
            }
            _ => (0..self.cells.len()).for_each(|cell| search.look_at(cell, wanted.as_ref())),
        }
        let mut near = search.into_near();
        let row = |&(_, cell, row): &(f32, usize, usize)| &self.cells[cell].rows[row];
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| row(a).chunk.cmp(&row(b).chunk)));
        near.truncate(limit);
        let ranked = |hit: &(f32, usize, usize)| {
            let &Row { chunk, document, .. } = row(hit);
            Ranked { chunk, document, score: hit.0 }
        };
        near.iter().map(ranked).collect()
    }

    /// Whether cells would pay, or those there are no longer fit.
    pub(crate) fn wants_cells(&self) -> bool {
        wants_cells(self.places.len(), self.learnt_from)
    }

    /// The same in cells learnt anew: as many as the square root of the number of chunks.
    pub(crate) fn into_cells(self) -> Self {
        let chunks = self.places.len();
        let count = chunks.isqrt();
        let every = (chunks / (count * SAMPLE_PER_CELL).max(1)).max(1);
        let rows = self.cells.iter().flat_map(|cell| (0..cell.rows.len()).map(move |row| (cell, row)));
        let sample: Vec<Code> = rows.step_by(every).map(|(cell, row)| cell.codes.get(row)).collect();
        let centroids = Centroids::learn(&sample, count, self.dimension);
        drop(sample);
        let mut new = Self {
            dimension: self.dimension,
            hashing: self.hashing,
            cells: (0..centroids.len()).map(|_| Cell::new(self.dimension)).collect(),
            centroids: Some(centroids),
            places: HashMap::with_capacity(chunks),
            learnt_from: chunks,
        };
        drop(self.places);
        for Cell { codes, rows, .. } in self.cells {
            for (number, row) in rows.into_iter().enumerate() {
                new.put_row(row, &codes.get(number));
            }
        }
        new
    }
}

fn wants_cells(chunks: usize, learnt_from: usize) -> bool {
    chunks >= CELLS_FROM && (chunks >= learnt_from * LEARN_AGAIN || chunks * LEARN_AGAIN <= learnt_from)
}

impl Cell {
    fn new(dimension: usize) -> Self {
        Self { sketches: Sketches::new(dimension), codes: Codes::new(dimension), rows: Vec::new() }
    }
}

/// A cosine, or an estimate of one, and the cell and row it is of.
type Hit = (f32, usize, usize);

/// A search, and those that seem nearest so far.
struct Search<'a> {
    cells: &'a [Cell],
    query: Code,
    probe: Probe,
    /// How far an estimate may be off.
    margin: f32,
    /// How many to keep by their estimates alone.
    limit: usize,
    found: Vec<Hit>,
    /// What cannot be among the nearest any more, and how many found are worth another look at that.
    below: f32,
    cut_at: usize,
    /// The estimates of the cell that is looked at.
    estimates: Vec<f32>,
}

impl<'a> Search<'a> {
    fn new(neighbours: &'a Neighbours, vector: &[f32], limit: usize) -> Self {
        let query = Code::of(vector);
        let limit = limit.saturating_mul(TIMES_LOOKED_AT).saturating_add(MORE_LOOKED_AT);
        Self {
            cells: &neighbours.cells,
            probe: Probe::of(query.numbers(), neighbours.dimension),
            query,
            margin: DEVIATIONS * Sketches::deviation(neighbours.dimension),
            limit,
            found: Vec::new(),
            below: f32::MIN,
            cut_at: limit.saturating_mul(4),
            estimates: Vec::new(),
        }
    }

    fn look_at(&mut self, number: usize, wanted: Option<&Wanted>) {
        let cell = &self.cells[number];
        let mut estimates = std::mem::take(&mut self.estimates);
        cell.sketches.estimate(&self.probe, &mut estimates);
        for (row, &estimate) in estimates.iter().enumerate() {
            // Not a number where a vector points nowhere.
            if estimate >= self.below && wanted.is_none_or(|wanted| wanted.allows(&cell.rows[row].facts)) {
                self.found.push((estimate, number, row));
                if self.found.len() >= self.cut_at {
                    self.cut();
                }
            }
        }
        self.estimates = estimates;
    }

    /// Keeps the best by their estimates, and all that may be among the nearest.
    fn cut(&mut self) {
        if self.found.len() <= self.limit {
            return;
        }
        let best_first = |(a, ..): &Hit, (b, ..): &Hit| b.total_cmp(a);
        let (_, last, _) = self.found.select_nth_unstable_by(self.limit - 1, best_first);
        let by_estimate = last.0;
        self.found[..self.limit].select_nth_unstable_by(NEAREST - 1, best_first);
        // The nearest are as near as these at least.
        let nearest = self.found[..NEAREST].iter().map(|hit| self.cosine(hit)).fold(f32::INFINITY, f32::min);
        self.below = by_estimate.min(nearest - self.margin);
        self.found.retain(|(estimate, ..)| *estimate >= self.below);
        self.cut_at = self.found.len().max(self.limit).saturating_mul(4);
    }

    fn cosine(&self, &(_, cell, row): &Hit) -> f32 {
        self.cells[cell].codes.cosine(row, &self.query)
    }

    /// What is left, each with its cosine.
    fn into_near(mut self) -> Vec<Hit> {
        self.cut();
        let near = self.found.iter().map(|hit| (self.cosine(hit), hit.1, hit.2));
        // What points nowhere is near nothing.
        near.filter(|(cosine, ..)| !cosine.is_nan()).collect()
    }
}

#[cfg(test)]
mod tests;
