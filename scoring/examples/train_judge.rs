//! Trains the judge of two passages on generated pairs and writes its weights.
//!
//! `cargo run --release -p tamis-scoring --example train_judge -- PAIRS.jsonl [WEIGHTS.tsv]`
//!
//! The pairs are those of `scripts/judge_pairs.py`; each tenth is kept out and its figures are printed. Full-batch gradient
//! descent with Nesterov momentum on the cross-entropy, with an L2 penalty: convex, so the seed does not matter. The biases
//! of the first two questions are then moved to the shares that are to be expected.

use std::fmt::Write as _;
use std::fs;

use tamis_scoring::contradiction::inference::{
    Features, NAMES, NO_CLASH, QUESTIONS, Weights, answer, features_of, relations, seen,
};

const RELATIONS: [&str; 4] = ["contradiction", "duplicate", "overlap", "neutral"];
const STEPS: usize = 400;
const RATE: f64 = 4.0;
const PENALTY: f64 = 1e-4;
/// How often the relation of a generated pair is taken to be wrong: a swapped word may leave a sentence as true as before,
/// and real text is less tidy than ours. It keeps the probabilities from growing surer than the pairs allow.
const DOUBT: f64 = 0.05;
/// Share of contradictions among pairs about the same thing that the probabilities are for. Pairs that somebody compares
/// agree more often than those we generate, of which it is about half.
const PRIOR: f64 = 0.4;
/// Share of pairs about the same thing that the probabilities are for: somebody took the two for comparable.
const RELATED: f64 = 0.92;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: train_judge PAIRS.jsonl [WEIGHTS.tsv]")?;
    let pairs = fs::read_to_string(&path)?;
    let lines: Vec<&str> = pairs.lines().collect();
    let parts: Vec<Vec<Example>> = in_parallel(&lines, |part| part.iter().filter_map(|line| read(line)).collect());
    let all: Vec<Example> = parts.into_iter().flatten().collect();
    let count = all.len();
    // What cannot be seen cannot be learnt: a contradiction needs something that stands against something.
    let examples: Vec<Example> =
        all.into_iter().filter(|(f, relation, _)| *relation > 0 || f[NO_CLASH] == 0.0).collect();
    eprintln!("{} contradictions left out, in which nothing stands against anything", count - examples.len());
    let (mut held, mut used) = (Vec::new(), Vec::new());
    for (at, example) in examples.into_iter().enumerate() {
        if at % 10 == 0 { held.push(example) } else { used.push(example) }
    }
    let mut weights = train(&used);
    let related = used.iter().filter(|(_, relation, _)| *relation != 3).count() as f64;
    let against = used.iter().filter(|(_, relation, _)| *relation == 0).count() as f64;
    weights[0][0] += (RELATED / (1.0 - RELATED)).ln() - (related / (used.len() as f64 - related)).ln();
    weights[0][1] += (PRIOR / (1.0 - PRIOR)).ln() - (against / (related - against)).ln();
    report(&weights, &held);
    let mut table = format!(
        "# Written by examples/train_judge.rs from {} pairs of scripts/judge_pairs.py: generated from WordNet's examples\n\
         # and patterns of our own; no data set of others. Three logistic regressions.\nfeature\t{}\n",
        used.len(),
        QUESTIONS.join("\t")
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

type Example = (Features, usize, String);

/// The features, relation and edit of a pair; `None` where the line is no pair.
fn read(line: &str) -> Option<Example> {
    let pair: serde_json::Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| pair[name].as_str().unwrap_or_default();
    let relation = RELATIONS.iter().position(|known| *known == text("relation"))?;
    Some((features_of(text("a"), text("b")), relation, format!("{} {}", text("relation"), text("edit"))))
}

/// Works on equal parts of `items`, one a thread; the answers are in order.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = items.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let running: Vec<_> = items.chunks(size).map(|part| scope.spawn(|| work(part))).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

fn train(examples: &[Example]) -> Weights {
    let mut weights: Weights = [[0.0; 3]; NAMES.len()];
    let mut speed: Weights = weights;
    for step in 0..STEPS {
        let momentum = 1.0 - 3.0 / (step as f64 + 5.0);
        let mut ahead = weights;
        for (row, fast) in ahead.iter_mut().zip(&speed) {
            for (weight, fast) in row.iter_mut().zip(fast) {
                *weight += momentum * fast;
            }
        }
        let mut slope: Weights = [[0.0; 3]; NAMES.len()];
        for part in in_parallel(examples, |part| slope_of(&ahead, part)) {
            for (total, more) in slope.iter_mut().flatten().zip(part.iter().flatten()) {
                *total += more;
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

/// The slope of the summed cross-entropy.
fn slope_of(weights: &Weights, examples: &[Example]) -> Weights {
    let mut slope: Weights = [[0.0; 3]; NAMES.len()];
    for (features, relation, _) in examples {
        // What is asked of this pair, and the answer: the second question only of what is related, the third only of
        // what does not stand against each other.
        let asked = [
            Some(*relation != 3),
            (*relation != 3).then_some(*relation == 0),
            matches!(relation, 1 | 2).then_some(*relation == 1),
        ];
        let mut error = [0.0; 3];
        for (question, (error, wanted)) in error.iter_mut().zip(asked).enumerate() {
            if let Some(wanted) = wanted {
                *error = answer(weights, features, question) - if wanted { 1.0 - DOUBT } else { DOUBT };
            }
        }
        for (i, row) in slope.iter_mut().enumerate() {
            for (k, (total, error)) in row.iter_mut().zip(&error).enumerate() {
                *total += error * seen(features, i, k);
            }
        }
    }
    slope
}

fn report(weights: &Weights, held: &[Example]) {
    let mut confusion = [[0; 4]; 4];
    let mut kinds: std::collections::BTreeMap<&str, (usize, usize)> = std::collections::BTreeMap::new();
    for (features, relation, edit) in held {
        let probabilities = relations(weights, features);
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
