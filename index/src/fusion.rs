//! Fusing two rankings into one.

use std::collections::BTreeMap;

use tamis_ingest::ChunkId;

use crate::SearchHit;
use crate::search::Ranked;

/// What the lexical ranking counts; the vectors count the rest.
const LEXICAL_WEIGHT: f32 = 0.4;

/// Hits of one index alone.
pub(crate) fn single(ranked: Vec<Ranked>, leg: Leg) -> Vec<SearchHit> {
    ranked.into_iter().zip(1..).map(|(ranked, rank)| leg.hit(ranked, rank)).collect()
}

/// Which index a ranking comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leg {
    Lexical,
    Vector,
}

impl Leg {
    fn hit(self, ranked: Ranked, rank: u32) -> SearchHit {
        let mut hit = SearchHit {
            chunk: ranked.chunk,
            document: ranked.document,
            score: ranked.score,
            lexical_rank: None,
            lexical_score: None,
            vector_rank: None,
            vector_score: None,
        };
        match self {
            Self::Lexical => (hit.lexical_rank, hit.lexical_score) = (Some(rank), Some(ranked.score)),
            Self::Vector => (hit.vector_rank, hit.vector_score) = (Some(rank), Some(ranked.score)),
        }
        hit
    }
}

/// Both rankings as one, best first: a convex combination of the two scores, each scaled over its own ranking to
/// 0..=1 (Bruch, Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, 2023). A chunk that one ranking
/// lacks gets 0 from it.
pub(crate) fn fuse(lexical: Vec<Ranked>, vector: Vec<Ranked>) -> Vec<SearchHit> {
    let scale_lexical = Scale::of(&lexical);
    let scale_vector = Scale::of(&vector);
    let mut hits: BTreeMap<ChunkId, SearchHit> =
        single(lexical, Leg::Lexical).into_iter().map(|hit| (hit.chunk.clone(), hit)).collect();
    for near in single(vector, Leg::Vector) {
        hits.entry(near.chunk.clone())
            .and_modify(|hit| (hit.vector_rank, hit.vector_score) = (near.vector_rank, near.vector_score))
            .or_insert(near);
    }
    let mut fused: Vec<SearchHit> = hits.into_values().collect();
    for hit in &mut fused {
        hit.score = LEXICAL_WEIGHT * hit.lexical_score.map_or(0.0, |score| scale_lexical.apply(score))
            + (1.0 - LEXICAL_WEIGHT) * hit.vector_score.map_or(0.0, |score| scale_vector.apply(score));
    }
    // The map gave them by id, and the sort is stable: ties stay by id.
    fused.sort_by(|a, b| b.score.total_cmp(&a.score));
    fused
}

/// Takes a ranking's scores to 0..=1.
struct Scale {
    least: f32,
    span: f32,
}

impl Scale {
    fn of(ranked: &[Ranked]) -> Self {
        let least = ranked.iter().map(|ranked| ranked.score).fold(f32::INFINITY, f32::min);
        let most = ranked.iter().map(|ranked| ranked.score).fold(f32::NEG_INFINITY, f32::max);
        Self { least, span: most - least }
    }

    fn apply(&self, score: f32) -> f32 {
        if self.span > 0.0 { (score - self.least) / self.span } else { 1.0 }
    }
}
