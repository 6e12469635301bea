//! What a filter asks of a chunk, kept beside its vector.

use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;

use crate::entry::metadata_term;
use crate::{IndexEntry, SearchFilter};

/// Names and values as 64-bit hashes under a key of this process: of a million different values two are taken for one
/// with a probability of one to forty million.
#[derive(Debug, Clone, Default)]
pub(super) struct Hashing(RandomState);

/// One chunk's.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    source: u64,
    kind: Option<u64>,
    language: Option<u64>,
    modified_at: Option<i64>,
    metadata: Box<[u64]>,
}

/// A filter to hold facts against.
pub(super) struct Wanted {
    sources: Vec<u64>,
    kinds: Vec<u64>,
    language: Option<u64>,
    after: Option<i64>,
    before: Option<i64>,
    metadata: Vec<u64>,
}

impl Hashing {
    pub(super) fn facts(&self, entry: &IndexEntry) -> Facts {
        Facts {
            source: self.of(entry.source.as_str()),
            kind: entry.kind.as_deref().map(|kind| self.of(kind)),
            language: entry.language.as_deref().map(|language| self.of(language)),
            modified_at: entry.modified_at.map(Timestamp::as_microsecond),
            metadata: entry.metadata.iter().map(|(name, value)| self.of(&metadata_term(name, value))).collect(),
        }
    }

    /// The same from the columns of a stored row; `metadata` as [`metadata_term`] writes each.
    pub(super) fn stored<'a>(
        &self,
        source: &str,
        [kind, language]: [Option<&str>; 2],
        modified_at: Option<i64>,
        metadata: impl Iterator<Item = &'a str>,
    ) -> Facts {
        Facts {
            source: self.of(source),
            kind: kind.map(|kind| self.of(kind)),
            language: language.map(|language| self.of(language)),
            modified_at,
            metadata: metadata.map(|term| self.of(term)).collect(),
        }
    }

    /// `None` where the filter lets everything through.
    pub(super) fn wanted(&self, filter: &SearchFilter) -> Option<Wanted> {
        (*filter != SearchFilter::default()).then(|| Wanted {
            sources: filter.sources.iter().map(|source| self.of(source.as_str())).collect(),
            kinds: filter.kinds.iter().map(|kind| self.of(kind)).collect(),
            language: filter.language.as_deref().map(|language| self.of(language)),
            after: filter.modified_after.map(Timestamp::as_microsecond),
            before: filter.modified_before.map(Timestamp::as_microsecond),
            metadata: filter.metadata.iter().map(|(name, value)| self.of(&metadata_term(name, value))).collect(),
        })
    }

    fn of(&self, text: &str) -> u64 {
        self.0.hash_one(text)
    }
}

impl Wanted {
    pub(super) fn allows(&self, facts: &Facts) -> bool {
        let any = |wanted: &[u64], found: Option<u64>| {
            wanted.is_empty() || found.is_some_and(|found| wanted.contains(&found))
        };
        any(&self.sources, Some(facts.source))
            && any(&self.kinds, facts.kind)
            && self.language.is_none_or(|language| facts.language == Some(language))
            && self.after.is_none_or(|after| facts.modified_at.is_some_and(|time| time >= after))
            && self.before.is_none_or(|before| facts.modified_at.is_some_and(|time| time < before))
            && self.metadata.iter().all(|term| facts.metadata.contains(term))
    }
}
