//! Trains the judge of two passages on generated pairs and writes its weights.
//!
//! `cargo run --release -p tamis-scoring --example train_judge -- PAIRS.jsonl [WEIGHTS.tsv]`
//!
//! The pairs are those of `scripts/judge_pairs.py`; each tenth is kept out and its figures are printed. Full-batch gradient
//! descent with Nesterov momentum on the cross-entropy, with an L2 penalty: convex, so the seed does not matter.

use std::fmt::Write as _;
use std::fs;

use tamis_scoring::contradiction::inference::{Features, NAMES, NO_CLASH, Weights, features_of, seen, softmax};

const RELATIONS: [&str; 4] = ["contradiction", "duplicate", "overlap", "neutral"];
const STEPS: usize = 1500;
const RATE: f64 = 2.0;
const PENALTY: f64 = 2e-5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: train_judge PAIRS.jsonl [WEIGHTS.tsv]")?;
    let mut unseen = 0;
    let mut examples: Vec<(Features, usize, String)> = Vec::new();
    for line in fs::read_to_string(&path)?.lines() {
        let pair: serde_json::Value = serde_json::from_str(line)?;
        let text = |name: &str| pair[name].as_str().unwrap_or_default();
        let relation = RELATIONS.iter().position(|known| *known == text("relation")).ok_or("unknown relation")?;
        let features = features_of(text("a"), text("b"));
        // What cannot be seen cannot be learnt: a contradiction needs something that stands against something.
        if relation == 0 && features[NO_CLASH] > 0.0 {
            unseen += 1;
            continue;
        }
        let edit = format!("{} {}", text("relation"), text("edit"));
        examples.push((features, relation, edit));
    }
    eprintln!("{unseen} contradictions left out, in which nothing stands against anything");
    let (mut held, mut used) = (Vec::new(), Vec::new());
    for (at, example) in examples.into_iter().enumerate() {
        if at % 10 == 0 { held.push(example) } else { used.push(example) }
    }
    let weights = train(&used);
    report(&weights, &held);
    let mut table = format!(
        "# Written by examples/train_judge.rs from {} pairs of scripts/judge_pairs.py: generated from WordNet's examples\n\
         # and patterns of our own; no data set of others. Multinomial logistic regression.\nfeature\t{}\n",
        used.len(),
        RELATIONS.join("\t")
    );
    for (name, row) in NAMES.iter().zip(&weights) {
        writeln!(table, "{name}\t{}", row.map(|weight| format!("{weight:.4}")).join("\t"))?;
    }
    match args.next() {
        Some(out) => fs::write(out, table)?,
        None => print!("{table}"),
    }
    Ok(())
}

fn train(examples: &[(Features, usize, String)]) -> Weights {
    let mut weights: Weights = [[0.0; 4]; NAMES.len()];
    let mut speed: Weights = weights;
    for step in 0..STEPS {
        let momentum = 1.0 - 3.0 / (step as f64 + 5.0);
        let mut ahead = weights;
        for (row, fast) in ahead.iter_mut().zip(&speed) {
            for (weight, fast) in row.iter_mut().zip(fast) {
                *weight += momentum * fast;
            }
        }
        let mut slope: Weights = [[0.0; 4]; NAMES.len()];
        for (features, relation, _) in examples {
            let mut error = softmax(&ahead, features);
            error[*relation] -= 1.0;
            for (i, row) in slope.iter_mut().enumerate() {
                for (k, (total, error)) in row.iter_mut().zip(&error).enumerate() {
                    *total += error * seen(features, i, k);
                }
            }
        }
        let all = weights.iter_mut().flatten().zip(speed.iter_mut().flatten());
        for ((weight, fast), (total, ahead)) in all.zip(slope.iter().flatten().zip(ahead.iter().flatten())) {
            let slope = total / examples.len() as f64 + PENALTY * ahead;
            *fast = momentum * *fast - RATE * slope;
            *weight += *fast;
        }
    }
    weights
}

fn report(weights: &Weights, held: &[(Features, usize, String)]) {
    let mut confusion = [[0; 4]; 4];
    let mut kinds: std::collections::BTreeMap<&str, (usize, usize)> = std::collections::BTreeMap::new();
    for (features, relation, edit) in held {
        let probabilities = softmax(weights, features);
        let said = (0..4).max_by(|x, y| probabilities[*x].total_cmp(&probabilities[*y])).unwrap_or(3);
        confusion[*relation][said] += 1;
        let kind = kinds.entry(edit).or_default();
        kind.0 += usize::from(said == *relation);
        kind.1 += 1;
    }
    for (name, row) in RELATIONS.iter().zip(confusion) {
        eprintln!("{name:14} {row:?}");
    }
    for (kind, (right, all)) in kinds {
        eprintln!("  {kind:30} {right} of {all}");
    }
}
