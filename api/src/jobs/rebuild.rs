//! Making the indexes anew from the ledger, beside those in use.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Result, ensure};
use tamis_index::{Corpus, Embedder, IndexEntry, SearchFilter, SearchMode, SearchRequest};
use tamis_ingest::ChunkId;
use tamis_scoring::Policy;

use super::embed::{Embedded, embed, embedding_hash};
use super::{Observer, Step, Stop};
use crate::embedding_cache::EmbeddingCache;
use crate::ledger::Ledger;

/// Chunks written at once.
const BATCH: u32 = 512;

/// Chunks that both the old and the new indexes are asked for by what they are about.
const CANARIES: usize = 40;

/// Hits among which a canary should be.
const DEPTH: usize = 10;

/// Words of a text that ask for it, where it has neither title nor headings.
const WORDS: usize = 12;

/// Indexes being made. Nothing of them is searched until they are complete and take the place of the others.
pub struct NewIndexes<'a> {
    /// The facts.
    pub ledger: &'a Ledger,
    /// What decides which paragraphs are boilerplate.
    pub policy: &'a Policy,
    /// The model the new indexes are for.
    pub embedder: &'a Embedder,
    /// Its vectors made before: what makes a rebuild that was stopped go on where it was.
    pub cache: &'a EmbeddingCache,
    /// The new indexes, empty.
    pub corpus: &'a Corpus,
}

/// What was made.
#[derive(Debug)]
pub struct Rebuilt {
    /// The chunks written, each with the hash of the text its vector was made from.
    pub written: Vec<(ChunkId, String)>,
    /// How many texts the model read.
    pub embedded: u64,
    /// Chunks to ask both indexes for, with what to ask.
    pub canaries: Vec<(ChunkId, String)>,
}

/// How many chunks were found by what they are about, among the first hits.
#[derive(Debug, Clone, Copy)]
pub struct Canaries {
    /// Asked for.
    pub asked: usize,
    /// Found through the old indexes.
    pub old: usize,
    /// Found through the new ones.
    pub new: usize,
}

impl Canaries {
    /// Whether the new indexes find nearly as much as the old ones: at most a tenth of what was asked is lost.
    #[must_use]
    pub fn sing(self) -> bool {
        self.new + self.asked.div_ceil(10) >= self.old
    }
}

impl NewIndexes<'_> {
    /// Writes all searchable chunks; `None` where the order to stop came.
    ///
    /// # Errors
    /// Where the model, the ledger or an index fails, or the indexes do not hold what was written.
    pub async fn fill(&self, observer: &dyn Observer, stop: &Stop) -> Result<Option<Rebuilt>> {
        let total = self.ledger.searchable_count().await?;
        observer.begin(Step::Embed, total);
        let every = usize::try_from(total).unwrap_or(usize::MAX).div_ceil(CANARIES).max(1);
        let mut rebuilt = Rebuilt { written: Vec::new(), embedded: 0, canaries: Vec::new() };
        let mut after = String::new();
        let mut sequence = 0;
        loop {
            let entries = self.ledger.searchable_entries(&after, BATCH, self.policy).await?;
            let Some(last) = entries.last() else { break };
            if stop.is_ordered() {
                return Ok(None);
            }
            after = last.chunk.to_string();
            sequence += 1;
            for (place, entry) in entries.iter().enumerate() {
                if (rebuilt.written.len() + place).is_multiple_of(every) {
                    rebuilt.canaries.push((entry.chunk.clone(), asks_for(entry)));
                }
            }
            self.write(sequence, entries, &mut rebuilt, observer).await?;
        }
        self.corpus.optimize().await?;
        observer.end(Step::Embed);
        let expected: BTreeSet<&ChunkId> = rebuilt.written.iter().map(|(chunk, _)| chunk).collect();
        let contents = self.corpus.contents().await?;
        let holds = |found: &BTreeSet<ChunkId>| found.iter().eq(expected.iter().copied());
        ensure!(holds(&contents.lance) && holds(&contents.tantivy), "the new indexes do not hold what was written");
        Ok(Some(rebuilt))
    }

    async fn write(
        &self,
        sequence: u64,
        entries: Vec<IndexEntry>,
        rebuilt: &mut Rebuilt,
        observer: &dyn Observer,
    ) -> Result<()> {
        let hashes: Vec<String> = entries.iter().map(embedding_hash).collect();
        let texts: Vec<_> = entries.iter().zip(hashes.iter().map(String::as_str)).collect();
        let known = HashMap::new();
        let Embedded { vectors, texts: embedded } = embed(self.embedder, self.cache, &texts, known, |_| {}).await?;
        observer.advance(Step::Embed, entries.len() as u64);
        rebuilt.embedded += embedded;
        let mut batch = Vec::with_capacity(entries.len());
        for (entry, hash) in entries.into_iter().zip(hashes) {
            if let Some(vector) = vectors.get(&hash) {
                rebuilt.written.push((entry.chunk.clone(), hash));
                batch.push((entry, vector.clone()));
            }
        }
        self.corpus.publish(sequence, &batch, &[]).await?;
        Ok(())
    }

    /// Asks the indexes in use, with their model, and these for the same chunks.
    ///
    /// # Errors
    /// Where a model or an index fails.
    pub async fn compare(&self, canaries: &[(ChunkId, String)], old: (&Corpus, &Embedder)) -> Result<Canaries> {
        let mut counts = Canaries { asked: canaries.len(), old: 0, new: 0 };
        for (chunk, query) in canaries {
            counts.old += usize::from(finds(old.0, old.1, chunk, query).await?);
            counts.new += usize::from(finds(self.corpus, self.embedder, chunk, query).await?);
        }
        Ok(counts)
    }
}

async fn finds(corpus: &Corpus, embedder: &Embedder, chunk: &ChunkId, query: &str) -> Result<bool> {
    let vector = embedder.embed_query(query).await?;
    let request = SearchRequest {
        query: query.to_owned(),
        limit: DEPTH,
        mode: SearchMode::Hybrid,
        filter: SearchFilter::default(),
    };
    let results = corpus.search(&request, Some(&vector)).await?;
    Ok(results.hits.iter().any(|hit| hit.chunk == *chunk))
}

/// What somebody might type who looks for this chunk: its title and last heading, and how it begins.
fn asks_for(entry: &IndexEntry) -> String {
    let words = entry.text.split_whitespace().take(WORDS);
    let context = entry.title.as_deref().into_iter().chain(entry.heading_path.last().map(String::as_str));
    context.chain(words).collect::<Vec<_>>().join(" ").replace(['"', '*'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_canaries_may_fall_silent_and_no_more() {
        let counts = |asked, old, new| Canaries { asked, old, new };
        assert!(counts(40, 40, 36).sing());
        assert!(!counts(40, 40, 35).sing());
        assert!(counts(40, 10, 30).sing());
        assert!(counts(0, 0, 0).sing());
    }
}
