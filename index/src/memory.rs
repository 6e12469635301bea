//! Keeps a copy of the vector index in memory true to it.
//!
//! The copy is made on the side once a process has searched often enough to gain by it, and follows the publishes of this
//! process by itself: each is applied to the copy before it returns. Every commit of the lexical index names the version
//! of the vector index that it goes with, so a copy that is older than the commit which a search reads, because another
//! process published, is not used, and is made anew; until then Lance answers.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use tamis_ingest::ChunkId;

use crate::neighbours::Neighbours;
use crate::search::Ranked;
use crate::vectors::Vectors;
use crate::{IndexEntry, Result, SearchFilter, Vector};

/// Searches answered by Lance before a copy is made: one question from a command line does not pay for it.
const SEARCHES_BEFORE: u32 = 2;

/// Components kept in memory at most, in bytes, of which each takes 16 bits and one or two for its sketch: one to four
/// million chunks.
const MOST_BYTES: u64 = 4 << 30;
const BYTES_A_COMPONENT: u64 = 3;

/// A copy that another process keeps making stale is not made anew all the time: so many times as long as making it took
/// has to pass.
const REST: u32 = 5;

/// The copy, and what is known of it.
#[derive(Default)]
pub(crate) struct Memory {
    state: RwLock<State>,
    searches: AtomicU32,
    making: AtomicBool,
    not_before: RwLock<Option<Instant>>,
}

#[derive(Default)]
struct State {
    copy: Option<Copy>,
    /// What was published while a new copy is being made, which may have missed it.
    missed: Option<Vec<Change>>,
}

struct Copy {
    neighbours: Neighbours,
    /// The version of the vector index that it holds.
    version: u64,
}

/// What a publish does to the vector index.
struct Change {
    /// The version that was committed before it.
    after: u64,
    /// The version that it made.
    version: u64,
    entries: Vec<(IndexEntry, Vector)>,
    removals: Vec<ChunkId>,
}

impl Memory {
    /// The nearest `limit` chunks as of version `version` or a later one; `None` where the copy is older, or there is
    /// none.
    pub(crate) fn search(
        &self,
        version: u64,
        vector: &[f32],
        filter: &SearchFilter,
        limit: usize,
    ) -> Option<Vec<Ranked>> {
        let state = self.read();
        let copy = state.copy.as_ref().filter(|copy| copy.version >= version)?;
        Some(copy.neighbours.search(vector, filter, limit))
    }

    /// Follows a publish that Lance has written as `version`, where `after` was committed before.
    pub(crate) fn apply(&self, after: u64, version: u64, entries: &[(&IndexEntry, &Vector)], removals: &[ChunkId]) {
        let mut state = self.write();
        if state.copy.is_none() && state.missed.is_none() {
            return;
        }
        let entries = entries.iter().map(|(entry, vector)| ((*entry).clone(), (*vector).clone())).collect();
        let change = Change { after, version, entries, removals: removals.to_vec() };
        state.copy = state.copy.take().and_then(|copy| copy.after(&change));
        if let Some(missed) = &mut state.missed {
            missed.push(change);
        }
    }

    /// Notes a search that Lance answered; whether a copy should be made now.
    pub(crate) fn wants_copy(&self) -> bool {
        let searches = self.searches.fetch_add(1, Ordering::Relaxed);
        let rested = self.not_before.read().unwrap_or_else(PoisonError::into_inner);
        searches >= SEARCHES_BEFORE
            && !self.making.load(Ordering::Relaxed)
            && rested.is_none_or(|until| Instant::now() >= until)
    }

    /// Whether the copy should be cut into cells.
    pub(crate) fn wants_cells(&self) -> bool {
        !self.making.load(Ordering::Relaxed)
            && self.read().copy.as_ref().is_some_and(|copy| copy.neighbours.wants_cells())
    }

    /// Makes a copy of what `vectors` hold, while searches and publishes go on. Nothing where one is being made, or the
    /// vectors are too many for the memory.
    pub(crate) async fn make(&self, vectors: &Vectors) -> Result<()> {
        let Some(making) = self.begin() else { return Ok(()) };
        let begun = Instant::now();
        let version = vectors.version().await?;
        let bytes = vectors.count().await? * vectors.dimension() as u64 * BYTES_A_COMPONENT;
        if bytes > MOST_BYTES {
            tracing::warn!(bytes, most = MOST_BYTES, "too many vectors to keep in memory: Lance answers each search");
            self.rest(Duration::from_hours(1));
            return Ok(());
        }
        let mut neighbours = Neighbours::new(vectors.dimension());
        vectors.all(|row, vector| neighbours.put_stored(&row, vector)).await?;
        self.finish(making, Copy { neighbours, version });
        self.rest(begun.elapsed() * REST);
        tracing::debug!(version, seconds = begun.elapsed().as_secs_f64(), "vectors are in memory");
        Ok(())
    }

    /// Cuts the copy into cells, while searches and publishes go on. Takes long, and blocks.
    pub(crate) fn cut(&self) {
        let Some(making) = self.begin() else { return };
        let begun = Instant::now();
        let copy = self.read().copy.as_ref().map(|copy| (copy.neighbours.clone(), copy.version));
        if let Some((neighbours, version)) = copy {
            self.finish(making, Copy { neighbours: neighbours.into_cells(), version });
            tracing::debug!(seconds = begun.elapsed().as_secs_f64(), "vectors in memory are in cells");
        }
    }

    fn begin(&self) -> Option<Making<'_>> {
        if self.making.swap(true, Ordering::AcqRel) {
            return None;
        }
        self.write().missed = Some(Vec::new());
        Some(Making(self))
    }

    fn finish(&self, making: Making<'_>, copy: Copy) {
        let mut state = self.write();
        let missed = state.missed.take().unwrap_or_default();
        state.copy = missed.iter().try_fold(copy, Copy::after);
        drop(state);
        drop(making);
    }

    fn rest(&self, time: Duration) {
        *self.not_before.write().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Copy {
    /// It with `change` applied; none where another process has committed something that it lacks.
    fn after(mut self, change: &Change) -> Option<Self> {
        if self.version < change.after {
            return None;
        }
        for (entry, vector) in &change.entries {
            self.neighbours.put(entry, vector);
        }
        for chunk in &change.removals {
            self.neighbours.remove(chunk);
        }
        self.version = self.version.max(change.version);
        Some(self)
    }
}

/// Ends the making of a copy however it ends.
struct Making<'a>(&'a Memory);

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.0.write().missed = None;
        self.0.making.store(false, Ordering::Release);
    }
}
