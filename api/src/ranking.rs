//! The order of what the indexes found: what the ledger knows of a chunk moves it a little, copies become one hit, and a
//! document's further chunks may give way.

use std::collections::HashMap;

use serde::Serialize;
use tamis_ingest::{ChunkId, DocumentId};

/// What the stalest chunk, and the one of least authority, loses of its score. Together a tenth: enough to decide between
/// chunks that answer about equally well, too little to put one that does not answer before one that does. Nothing is
/// left out for its age, so the only answer stays the first.
const FRESHNESS_WEIGHT: f32 = 0.05;
const AUTHORITY_WEIGHT: f32 = 0.05;

/// A chunk that was found and that the ledger allows.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) chunk: ChunkId,
    pub(crate) document: DocumentId,
    /// The chunk that stands for all that say the same; itself where it repeats none.
    pub(crate) says_as: ChunkId,
    /// What each index's score adds.
    pub(crate) lexical: f32,
    pub(crate) vector: f32,
    /// How well it answers the question by the reranking model, 0..=1, in place of both.
    pub(crate) reranked: Option<f32>,
    /// 0..=1.
    pub(crate) freshness: f32,
    /// 0..=1.
    pub(crate) authority: f32,
}

/// How a score came about: (lexical + vector, or reranked) × freshness × authority × diversity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parts {
    /// What BM25 adds.
    pub lexical: f32,
    /// What the similarity of the vectors adds.
    pub vector: f32,
    /// What the reranking model says of it, in place of both, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reranked: Option<f32>,
    /// Factor for freshness, .95..=1.
    pub freshness: f32,
    /// Factor for authority, .95..=1.
    pub authority: f32,
    /// Factor for the place after better chunks of its document, 0.. to 1.
    pub diversity: f32,
    /// What the hits are ordered by.
    pub score: f32,
}

/// A hit in its place.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) chunk: ChunkId,
    pub(crate) parts: Parts,
    /// Chunks found as well that say the same.
    pub(crate) collapsed: Vec<ChunkId>,
}

struct Waiting {
    placed: Placed,
    document: DocumentId,
    base: f32,
}

/// The best `limit` of `candidates`, best first. `diversity` is 0..=1: a document's second chunk counts 1/(1 +
/// `diversity`), its third 1/(1 + 2 × `diversity`), and so on.
pub(crate) fn rank(candidates: Vec<Candidate>, diversity: f32, limit: usize) -> Vec<Placed> {
    let mut waiting = collapsed(candidates);
    if diversity <= 0.0 {
        return waiting.into_iter().take(limit).map(|waiting| waiting.placed).collect();
    }
    let mut shown: HashMap<DocumentId, u16> = HashMap::new();
    let mut chosen = Vec::with_capacity(limit.min(waiting.len()));
    while chosen.len() < limit && !waiting.is_empty() {
        let factor = |waiting: &Waiting| {
            1.0 / (1.0 + diversity * f32::from(shown.get(&waiting.document).copied().unwrap_or_default()))
        };
        // Of equals the first, which is the better one.
        let best = (0..waiting.len()).rev().max_by(|&a, &b| {
            (waiting[a].base * factor(&waiting[a])).total_cmp(&(waiting[b].base * factor(&waiting[b])))
        });
        let mut next = waiting.remove(best.unwrap_or(0));
        next.placed.parts.diversity = factor(&next);
        next.placed.parts.score = next.base * next.placed.parts.diversity;
        let count = shown.entry(next.document).or_default();
        *count = count.saturating_add(1);
        chosen.push(next.placed);
    }
    chosen
}

/// Best first, of those that say the same only the best.
fn collapsed(candidates: Vec<Candidate>) -> Vec<Waiting> {
    let mut all: Vec<(ChunkId, Waiting)> =
        candidates.into_iter().map(|candidate| (candidate.says_as.clone(), Waiting::new(candidate))).collect();
    // Stable: equal scores stay in the order of the indexes.
    all.sort_by(|(_, a), (_, b)| b.base.total_cmp(&a.base));
    let mut best: Vec<Waiting> = Vec::with_capacity(all.len());
    let mut places: HashMap<ChunkId, usize> = HashMap::new();
    for (says_as, waiting) in all {
        if let Some(&place) = places.get(&says_as) {
            best[place].placed.collapsed.push(waiting.placed.chunk);
        } else {
            places.insert(says_as, best.len());
            best.push(waiting);
        }
    }
    best
}

impl Waiting {
    fn new(candidate: Candidate) -> Self {
        let freshness = 1.0 - FRESHNESS_WEIGHT * (1.0 - candidate.freshness.clamp(0.0, 1.0));
        let authority = 1.0 - AUTHORITY_WEIGHT * (1.0 - candidate.authority.clamp(0.0, 1.0));
        let found = candidate.reranked.unwrap_or(candidate.lexical + candidate.vector);
        // A cosine can be negative: then a factor below 1 would lift it.
        let base = if found > 0.0 { found * freshness * authority } else { found };
        let parts = Parts {
            lexical: candidate.lexical,
            vector: candidate.vector,
            reranked: candidate.reranked,
            freshness,
            authority,
            diversity: 1.0,
            score: base,
        };
        let placed = Placed { chunk: candidate.chunk, parts, collapsed: Vec::new() };
        Self { placed, document: candidate.document, base }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn candidate(number: usize, score: f32) -> Candidate {
        let chunk = ChunkId::from_stored(format!("c{number:03}"));
        Candidate {
            says_as: chunk.clone(),
            chunk,
            document: DocumentId::from_stored(format!("d{}", number % 3)),
            lexical: score,
            vector: 0.0,
            reranked: None,
            freshness: 1.0,
            authority: 1.0,
        }
    }

    fn order(placed: &[Placed]) -> Vec<&str> {
        placed.iter().map(|placed| placed.chunk.as_str()).collect()
    }

    #[test]
    fn freshness_and_authority_decide_between_equals_and_hide_nothing() {
        let stale = Candidate { freshness: 0.0, authority: 0.0, ..candidate(1, 0.8) };
        assert_eq!(order(&rank(vec![stale.clone(), candidate(2, 0.79)], 0.0, 9)), ["c002", "c001"]);
        assert_eq!(order(&rank(vec![stale.clone(), candidate(2, 0.7)], 0.0, 9)), ["c001", "c002"]);
        let only = rank(vec![stale], 0.0, 9);
        assert_eq!(order(&only), ["c001"]);
        assert!(only[0].parts.score >= 0.9 * 0.8);
    }

    #[test]
    fn copies_are_one_hit() {
        let copy = Candidate { says_as: ChunkId::from_stored("c001".into()), ..candidate(2, 0.9) };
        let placed = rank(vec![candidate(1, 0.5), copy, candidate(3, 0.7)], 0.0, 9);
        assert_eq!(order(&placed), ["c002", "c003"]);
        assert_eq!(placed[0].collapsed, [ChunkId::from_stored("c001".into())]);
    }

    #[test]
    fn further_chunks_of_a_document_give_way() {
        // Numbers 0 and 3 are of one document.
        let all = || vec![candidate(0, 1.0), candidate(3, 0.9), candidate(1, 0.6)];
        assert_eq!(order(&rank(all(), 0.0, 2)), ["c000", "c003"]);
        assert_eq!(order(&rank(all(), 1.0, 2)), ["c000", "c001"]);
        assert_eq!(order(&rank(all(), 1.0, 9)), ["c000", "c001", "c003"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_parts_make_the_score(
            scores in prop::collection::vec((0.01..1.0_f32, 0.0..=1.0_f32, 0.0..=1.0_f32), 0..20),
            diversity in 0.0..=1.0_f32,
        ) {
            let candidates: Vec<Candidate> = scores
                .iter()
                .enumerate()
                .map(|(number, &(score, freshness, authority))| Candidate { freshness, authority, ..candidate(number, score) })
                .collect();
            let placed = rank(candidates, diversity, usize::MAX);
            prop_assert_eq!(placed.iter().map(|one| &one.chunk).collect::<HashSet<_>>().len(), scores.len());
            for Placed { parts, .. } in &placed {
                let product = (parts.lexical + parts.vector) * parts.freshness * parts.authority * parts.diversity;
                prop_assert!((product - parts.score).abs() < 1e-5);
            }
        }
    }
}
