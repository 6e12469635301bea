//! Fusing two rankings into one.

use std::collections::BTreeMap;

use tamis_ingest::ChunkId;

use crate::SearchHit;
use crate::search::Ranked;

/// What the lexical ranking counts; the vectors count the rest. Over 405 training queries of scifact (nDCG@10, the legs
/// alone .729 and .662): weights of .3, .4, .5 and .6 give .748, .755, .755 and .751; the same with each score's least
/// taken to 0 gives .721, .739, .757 and .759, and makes the order depend on how many candidates were fetched;
/// reciprocal rank fusion with k of 10, 20 and 60 gives .738, .733 and .726.
const LEXICAL_WEIGHT: f32 = 0.5;

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
            lexical_share: 0.0,
            vector_rank: None,
            vector_score: None,
            vector_share: 0.0,
        };
        match self {
            Self::Lexical => {
                (hit.lexical_rank, hit.lexical_score, hit.lexical_share) =
                    (Some(rank), Some(ranked.score), ranked.score);
            }
            Self::Vector => {
                (hit.vector_rank, hit.vector_score, hit.vector_share) = (Some(rank), Some(ranked.score), ranked.score);
            }
        }
        hit
    }
}

/// Both rankings as one, best first: a convex combination of the two scores, each as a share of the best in its own
/// ranking (after Bruch, Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, 2023, with 0 as the least
/// score of both). A chunk that one ranking lacks gets 0 from it. Equal scores go by the better rank, then by id.
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
        hit.lexical_share = LEXICAL_WEIGHT * hit.lexical_score.map_or(0.0, |score| scale_lexical.apply(score));
        hit.vector_share = (1.0 - LEXICAL_WEIGHT) * hit.vector_score.map_or(0.0, |score| scale_vector.apply(score));
        hit.score = hit.lexical_share + hit.vector_share;
    }
    let best_rank = |hit: &SearchHit| hit.lexical_rank.into_iter().chain(hit.vector_rank).min();
    // The map gave them by id, and the sort is stable.
    fused.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| best_rank(a).cmp(&best_rank(b))));
    fused
}

/// Takes a ranking's scores to 0..=1.
struct Scale {
    best: f32,
}

impl Scale {
    fn of(ranked: &[Ranked]) -> Self {
        Self { best: ranked.iter().map(|ranked| ranked.score).fold(0.0, f32::max) }
    }

    /// A cosine below 0 is as good as none.
    fn apply(&self, score: f32) -> f32 {
        if self.best > 0.0 { score.max(0.0) / self.best } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tamis_ingest::DocumentId;

    use super::*;

    fn ranked(scores: &[(usize, f32)]) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> = scores
            .iter()
            .map(|&(number, score)| Ranked {
                chunk: ChunkId::from_stored(format!("{number:02}")),
                document: DocumentId::from_stored(format!("d{number}")),
                score,
            })
            .collect();
        crate::search::sort(&mut ranked);
        ranked
    }

    fn order(hits: &[SearchHit]) -> Vec<&str> {
        hits.iter().map(|hit| hit.chunk.as_str()).collect()
    }

    #[test]
    fn scores_add_up_and_ranks_stay() {
        let hits = fuse(ranked(&[(1, 10.0), (2, 6.0), (3, 2.0)]), ranked(&[(2, 0.9), (4, 0.7), (1, 0.5)]));
        assert_eq!(order(&hits), ["02", "01", "04", "03"]);
        let first = &hits[0];
        assert!((first.score - (LEXICAL_WEIGHT * 0.6 + (1.0 - LEXICAL_WEIGHT))).abs() < 1e-6);
        assert_eq!((first.lexical_rank, first.vector_rank), (Some(2), Some(1)));
        assert_eq!((first.lexical_score, first.vector_score), (Some(6.0), Some(0.9)));
        assert_eq!((hits[2].lexical_rank, hits[2].lexical_score), (None, None));
    }

    #[test]
    fn one_ranking_alone_keeps_its_order_and_ties_go_by_id() {
        let scores = [(3, 1.0), (1, 3.0), (2, 2.0)];
        assert_eq!(order(&fuse(ranked(&scores), Vec::new())), ["01", "02", "03"]);
        assert_eq!(order(&fuse(Vec::new(), ranked(&scores))), ["01", "02", "03"]);
        assert_eq!(order(&fuse(ranked(&[(2, 1.0), (1, 1.0)]), Vec::new())), ["01", "02"]);
        assert_eq!(order(&fuse(Vec::new(), ranked(&[(1, -0.9), (2, -0.1)]))), ["02", "01"]);
        assert!(fuse(Vec::new(), Vec::new()).is_empty());
    }

    proptest! {
        #[test]
        fn the_best_of_both_is_first_and_every_hit_is_kept(
            lexical in prop::collection::btree_map(0..50_usize, 0.0..40.0_f32, 0..30),
            vector in prop::collection::btree_map(0..50_usize, -1.0..1.0_f32, 0..30),
        ) {
            let legs = [&lexical, &vector].map(|leg| ranked(&leg.iter().map(|(&n, &s)| (n, s)).collect::<Vec<_>>()));
            let all: std::collections::BTreeSet<usize> = lexical.keys().chain(vector.keys()).copied().collect();
            let [lexical, vector] = legs;
            let best = lexical.first().zip(vector.first()).filter(|(a, b)| a.chunk == b.chunk).map(|(a, _)| a.chunk.clone());
            let hits = fuse(lexical, vector);
            prop_assert_eq!(hits.len(), all.len());
            prop_assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
            prop_assert!(hits.iter().all(|hit| (0.0..=1.0 + 1e-6).contains(&hit.score)));
            if let Some(best) = best {
                let score = hits.iter().find(|hit| hit.chunk == best).map(|hit| hit.score);
                prop_assert_eq!(score, hits.first().map(|hit| hit.score));
            }
        }
    }
}
