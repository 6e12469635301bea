//! Multinomial logistic regression over [`Features`]: how likely each relation is.
//!
//! The weights stand in `weights.tsv`, a row a feature and a column a relation. They are trained, and the file written, by
//! `cargo run --release -p tamis-scoring --example train_judge`, which also says on what.

use std::sync::LazyLock;

use super::features::{Features, NAMES, NO_CLASH};

/// A weight for every feature and relation.
pub type Weights = [[f64; 4]; NAMES.len()];

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| read(include_str!("weights.tsv")));

/// The probabilities of the four relations, in the order of [`super::RELATIONS`], by the shipped weights.
pub(super) fn probabilities(features: &Features) -> [f64; 4] {
    softmax(&WEIGHTS, features)
}

/// The probabilities of the four relations by these weights.
#[must_use]
pub fn softmax(weights: &Weights, features: &Features) -> [f64; 4] {
    let mut scores = [0.0; 4];
    for (i, row) in weights.iter().enumerate() {
        for (k, (score, weight)) in scores.iter_mut().zip(row).enumerate() {
            *score += weight * seen(features, i, k);
        }
    }
    let most = scores.iter().copied().fold(f64::MIN, f64::max);
    let powers = scores.map(|score| (score - most).exp());
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// A feature as a relation's score sees it. Where nothing stands against anything, how much two sentences have in common
/// says nothing about whether they exclude each other.
#[must_use]
pub fn seen(features: &Features, feature: usize, relation: usize) -> f64 {
    let blind = relation == 0 && feature != 0 && feature != NO_CLASH && features[NO_CLASH] > 0.0;
    if blind { 0.0 } else { features.get(feature).copied().unwrap_or_default() }
}

/// Reads the weights' file; a feature that it does not name has no weight.
fn read(table: &str) -> Weights {
    let mut weights = [[0.0; 4]; NAMES.len()];
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
