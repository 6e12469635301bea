//! Fusing two rankings into one.

use std::collections::BTreeMap;

use tamis_ingest::{ChunkId, DocumentId};

use crate::SearchHit;
use crate::search::Ranked;

/// What the lexical ranking counts; the vectors count the rest. Over 405 training queries of scifact (nDCG@10, the legs
/// alone .729 and .662): weights of .3, .4, .5 and .6 give .748, .755, .755 and .751; the same with each score's least
/// taken to 0 gives .721, .739, .757 and .759, and makes the order depend on how many candidates were fetched;
/// reciprocal rank fusion with k of 10, 20 and 60 gives .738, .733 and .726.
const LEXICAL_WEIGHT: f32 = 0.5;
/// The same for a query with an identifier (`StdMapObserver`, `max_connections`) that the corpus has, for words tell one name
/// from another more surely than vectors. On `rag_codebase`, where three questions of four have one, .5, .6, .7 and .8 give a
/// pass@10 of .876, .885, .885 and .885 and an MRR of .696, .696, .677 and .667, and `ir_scifact` stays as it is. (With
/// names such as `mRNA` counted in, `ir_scifact` lost .004 of nDCG@10.)
const LEXICAL_WEIGHT_OF_IDENTIFIERS: f32 = 0.6;

/// Which index a ranking comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leg {
    Lexical,
    Vector,
}

/// The first `limit` hits of one index alone.
pub(crate) fn single(ranked: &[Ranked], leg: Leg, limit: usize) -> Vec<SearchHit> {
    candidates(ranked).take(limit).map(|(candidate, place)| candidate.found_by(leg, place, place.score).hit()).collect()
}

/// What the lexical ranking counts, of 1.
pub(crate) fn lexical_weight(has_identifier: bool) -> f32 {
    if has_identifier { LEXICAL_WEIGHT_OF_IDENTIFIERS } else { LEXICAL_WEIGHT }
}

/// Both rankings as one, the first `limit` of it: a convex combination of the two scores, each as a share of the best in
/// its own ranking (after Bruch, Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, 2023, with 0 as the
/// least score of both). A chunk that one ranking lacks gets 0 from it. Equal scores go by the better rank, then by id.
pub(crate) fn fuse(lexical: &[Ranked], vector: &[Ranked], lexical_weight: f32, limit: usize) -> Vec<SearchHit> {
    let mut both: BTreeMap<u128, Candidate> = BTreeMap::new();
    for (leg, ranked, weight) in [(Leg::Lexical, lexical, lexical_weight), (Leg::Vector, vector, 1.0 - lexical_weight)]
    {
        let scale = Scale::of(ranked);
        for (new, place) in candidates(ranked) {
            let candidate = both.entry(new.chunk).or_insert(new);
            *candidate = candidate.found_by(leg, place, weight * scale.apply(place.score));
        }
    }
    let mut fused: Vec<Candidate> = both.into_values().collect();
    // The map gave them by id, and the sort is stable.
    fused.sort_by(|a, b| b.score().total_cmp(&a.score()).then_with(|| a.best_rank().cmp(&b.best_rank())));
    fused.iter().take(limit).map(Candidate::hit).collect()
}

/// Where a ranking has a chunk.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// From 1.
    rank: u32,
    score: f32,
}

/// A chunk that may become a hit.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    chunk: u128,
    document: u128,
    /// Its place in a ranking, and what that adds to its score.
    lexical: Option<(Place, f32)>,
    vector: Option<(Place, f32)>,
}

fn candidates(ranked: &[Ranked]) -> impl Iterator<Item = (Candidate, Place)> {
    ranked.iter().zip(1..).map(|(&Ranked { chunk, document, score }, rank)| {
        (Candidate { chunk, document, lexical: None, vector: None }, Place { rank, score })
    })
}

impl Candidate {
    fn found_by(self, leg: Leg, place: Place, share: f32) -> Self {
        match leg {
            Leg::Lexical => Self { lexical: Some((place, share)), ..self },
            Leg::Vector => Self { vector: Some((place, share)), ..self },
        }
    }

    fn score(&self) -> f32 {
        share(self.lexical) + share(self.vector)
    }

    fn best_rank(&self) -> Option<u32> {
        self.lexical.into_iter().chain(self.vector).map(|(place, _)| place.rank).min()
    }

    fn hit(&self) -> SearchHit {
        SearchHit {
            chunk: ChunkId::from_bits(self.chunk),
            document: DocumentId::from_bits(self.document),
            score: self.score(),
            lexical_rank: self.lexical.map(|(place, _)| place.rank),
            lexical_score: self.lexical.map(|(place, _)| place.score),
            lexical_share: share(self.lexical),
            vector_rank: self.vector.map(|(place, _)| place.rank),
            vector_score: self.vector.map(|(place, _)| place.score),
            vector_share: share(self.vector),
        }
    }
}

fn share(place: Option<(Place, f32)>) -> f32 {
    place.map_or(0.0, |(_, share)| share)
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
    use super::*;
    use proptest::prelude::*;

    fn ranked(scores: &[(usize, f32)]) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> =
            scores.iter().map(|&(number, score)| Ranked { chunk: number as u128, document: 0, score }).collect();
        crate::search::sort(&mut ranked);
        ranked
    }

    fn order(hits: &[SearchHit]) -> Vec<u128> {
        hits.iter().filter_map(|hit| hit.chunk.bits()).collect()
    }

    #[test]
    fn scores_add_up_and_ranks_stay() {
        let hits = fuse(
            &ranked(&[(1, 10.0), (2, 8.0), (3, 2.0)]),
            &ranked(&[(2, 0.9), (4, 0.7), (1, 0.5)]),
            LEXICAL_WEIGHT,
            9,
        );
        assert_eq!(order(&hits), [2, 1, 4, 3]);
        let first = &hits[0];
        assert!((first.score - (LEXICAL_WEIGHT * 0.8 + (1.0 - LEXICAL_WEIGHT))).abs() < 1e-6);
        assert_eq!((first.lexical_rank, first.vector_rank), (Some(2), Some(1)));
        assert_eq!((first.lexical_score, first.vector_score), (Some(8.0), Some(0.9)));
        assert_eq!((hits[2].lexical_rank, hits[2].lexical_score), (None, None));
    }

    #[test]
    fn one_ranking_alone_keeps_its_order_and_ties_go_by_id() {
        let scores = [(3, 1.0), (1, 3.0), (2, 2.0)];
        assert_eq!(order(&fuse(&ranked(&scores), &[], LEXICAL_WEIGHT, 9)), [1, 2, 3]);
        assert_eq!(order(&fuse(&[], &ranked(&scores), LEXICAL_WEIGHT, 9)), [1, 2, 3]);
        assert_eq!(order(&fuse(&ranked(&[(2, 1.0), (1, 1.0)]), &[], LEXICAL_WEIGHT, 9)), [1, 2]);
        assert_eq!(order(&fuse(&[], &ranked(&[(1, -0.9), (2, -0.1)]), LEXICAL_WEIGHT, 1)), [2]);
        assert!(fuse(&[], &[], LEXICAL_WEIGHT, 9).is_empty());
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
            let best = lexical.first().zip(vector.first()).filter(|(a, b)| a.chunk == b.chunk).map(|(a, _)| a.chunk);
            let hits = fuse(&lexical, &vector, LEXICAL_WEIGHT, usize::MAX);
            prop_assert_eq!(hits.len(), all.len());
            prop_assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
            prop_assert!(hits.iter().all(|hit| (0.0..=1.0 + 1e-6).contains(&hit.score)));
            if let Some(best) = best {
                let score = hits.iter().find(|hit| hit.chunk.bits() == Some(best)).map(|hit| hit.score);
                prop_assert_eq!(score, hits.first().map(|hit| hit.score));
            }
        }
    }
}
