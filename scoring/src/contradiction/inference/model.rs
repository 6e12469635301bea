//! Three logistic regressions over [`Features`], one behind the other: whether two sentences are about the same thing; if
//! so, whether they stand against each other; if not that, whether they say the same in full.
//!
//! One behind the other, because the signs differ: of two sentences about one thing, what the one says and the other does
//! not is a sign that they stand against each other; of any two it is a sign that they are about different things.
//!
//! The weights stand in `weights.tsv`, a row a feature and a column a question. They are trained, and the file written, by
//! `cargo run --release -p tamis-scoring --example train_judge`, which also says on what.

use std::sync::LazyLock;

use super::features::{Features, NAMES, NO_CLASH};

/// A weight for every feature and question.
pub type Weights = [[f64; 3]; NAMES.len()];

/// The questions in the order of the columns.
pub const QUESTIONS: [&str; 3] = ["related", "against", "whole"];

/// The features by which two sentences are taken to be about the same thing.
const RELATING: [&str; 6] = ["bias", "some_covered", "subject_changed", "time_apart", "subject_only", "no_clash"];

static IS_RELATING: LazyLock<[bool; NAMES.len()]> = LazyLock::new(|| NAMES.map(|name| RELATING.contains(&name)));
static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| read(include_str!("weights.tsv")));

/// The probabilities of the four relations, in the order of [`super::RELATIONS`], by the shipped weights.
pub(super) fn probabilities(features: &Features) -> [f64; 4] {
    relations(&WEIGHTS, features)
}

/// The probabilities of the four relations by these weights; they sum to 1.
#[must_use]
pub fn relations(weights: &Weights, features: &Features) -> [f64; 4] {
    let [related, against, whole] = [0, 1, 2].map(|question| answer(weights, features, question));
    let agreeing = related * (1.0 - against);
    [related * against, agreeing * whole, agreeing * (1.0 - whole), 1.0 - related]
}

/// How likely the answer to a question is yes, 0..=1.
#[must_use]
pub fn answer(weights: &Weights, features: &Features, question: usize) -> f64 {
    let score: f64 = weights
        .iter()
        .enumerate()
        .map(|(i, row)| row.get(question).copied().unwrap_or_default() * seen(features, i, question))
        .sum();
    1.0 / (1.0 + (-score).exp())
}

/// A feature as a question sees it. Where nothing stands against anything, how much two sentences have in common says
/// nothing about whether they exclude each other.
#[must_use]
pub fn seen(features: &Features, feature: usize, question: usize) -> f64 {
    let blind = match question {
        0 => !IS_RELATING.get(feature).copied().unwrap_or_default(),
        1 => feature != 0 && feature != NO_CLASH && features[NO_CLASH] > 0.0,
        _ => false,
    };
    if blind { 0.0 } else { features.get(feature).copied().unwrap_or_default() }
}

/// Reads the weights' file; a feature that it does not name has no weight.
fn read(table: &str) -> Weights {
    let mut weights = [[0.0; 3]; NAMES.len()];
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let row = fields.next().and_then(|name| NAMES.iter().position(|known| *known == name));
        if let Some(row) = row.and_then(|row| weights.get_mut(row)) {
            for (weight, field) in row.iter_mut().zip(fields) {
                *weight = field.parse().unwrap_or_default();
            }
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_weights_and_every_row_is_a_feature() {
        let rows: Vec<&str> = include_str!("weights.tsv")
            .lines()
            .filter(|line| !line.starts_with('#') && !line.starts_with("feature\t"))
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert_eq!(rows, NAMES);
        assert!(WEIGHTS.iter().flatten().all(|weight| weight.is_finite()));
    }
}
