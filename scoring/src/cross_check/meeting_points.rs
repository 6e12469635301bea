//! Where passages meet that may be copies: keys that at least two of them have.
//!
//! Nearly all keys of a corpus belong to one passage only, so that a map of all keys would be mostly waste. Sorted lists
//! of (key, passage) find those that are shared, one part of the key space at a time, which bounds what is in memory;
//! after that no key is looked up again.

use std::borrow::Cow;
use std::collections::HashMap;

/// Most standing passages kept under one key. A key that more share is of boilerplate; true copies of a passage meet it
/// under most of its other keys.
const MOST_UNDER_KEY: usize = 8;

/// Most pairs of key and passage that are sorted at a time.
const PAIRS_AT_A_TIME: usize = 1 << 23;

/// The keys that passages share, as numbers, and which standing passages have them.
pub(super) struct MeetingPoints {
    /// The shared keys of each passage, one passage after the other.
    points: Vec<u32>,
    /// Where the keys of each passage start.
    starts: Vec<usize>,
    /// Room for the standing passages of each key.
    standing: Vec<u32>,
    /// Where the room of each key starts, and how much of it is taken.
    rooms: Vec<(usize, usize)>,
}

impl MeetingPoints {
    /// The points at which passages meet that have these keys.
    pub(super) fn of(keys: &[Cow<'_, [i64]>]) -> Self {
        let total: usize = keys.iter().map(|keys| keys.len()).sum();
        let parts = total.div_ceil(PAIRS_AT_A_TIME).max(1) as u64;
        let mut met: Vec<(u32, u32)> = Vec::new();
        let mut rooms = Vec::new();
        let mut room = 0;
        for part in 0..parts {
            let mut pairs: Vec<(i64, u32)> = Vec::with_capacity(total / parts as usize + total / 16);
            for (i, keys) in (0..).zip(keys) {
                let here = |key: &&i64| parts == 1 || (**key as u64) % parts == part;
                pairs.extend(keys.iter().filter(here).map(|key| (*key, i)));
            }
            pairs.sort_unstable();
            for group in pairs.chunk_by(|(a, _), (b, _)| a == b).filter(|group| group.len() > 1) {
                let point = rooms.len() as u32;
                met.extend(group.iter().map(|(_, i)| (*i, point)));
                rooms.push((room, 0));
                room += group.len().min(MOST_UNDER_KEY);
            }
        }
        met.sort_unstable();
        met.dedup();
        let mut starts = vec![0; keys.len() + 1];
        for (i, _) in &met {
            starts[*i as usize + 1] += 1;
        }
        for i in 0..keys.len() {
            starts[i + 1] += starts[i];
        }
        let points = met.into_iter().map(|(_, point)| point).collect();
        Self { points, starts, standing: vec![0; room], rooms }
    }

    /// The standing passages that share a key with passage `i`, those that share most first, at most `most`.
    pub(super) fn candidates(&self, i: usize, most: usize) -> Vec<usize> {
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for point in self.points_of(i) {
            let (start, taken) = self.rooms[*point as usize];
            for other in &self.standing[start..start + taken] {
                *shared.entry(*other).or_default() += 1;
            }
        }
        let mut candidates: Vec<(u32, usize)> = shared.into_iter().collect();
        candidates.sort_unstable_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        candidates.truncate(most);
        candidates.into_iter().map(|(other, _)| other as usize).collect()
    }

    /// Lets passage `i` be found by those that come after it.
    pub(super) fn stand(&mut self, i: usize) {
        for at in self.starts[i]..self.starts[i + 1] {
            let (start, taken) = &mut self.rooms[self.points[at] as usize];
            if *taken < MOST_UNDER_KEY && *start + *taken < self.standing.len() {
                self.standing[*start + *taken] = i as u32;
                *taken += 1;
            }
        }
    }

    fn points_of(&self, i: usize) -> &[u32] {
        &self.points[self.starts[i]..self.starts[i + 1]]
    }
}
