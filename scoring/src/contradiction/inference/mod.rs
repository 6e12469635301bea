//! The judge: how do two passages relate, and what stands against what?
//!
//! Both are read as sentences, and each sentence of the shorter passage is held against the one of the other that says
//! most of the same. Two sentences are aligned token by token (`align`) with what WordNet knows of words (`wordnet`),
//! and what the shorter one says of its subject (`subject`) and which way both go (`direction`) are looked at;
//! the alignment becomes a few dozen numbers (`features`), and a small trained model gives the probabilities of the four
//! relations (`model`). No network, no clock: a pair costs some ten to hundred microseconds.

mod align;
mod direction;
mod features;
mod model;
mod subject;
mod token;
mod wordnet;

#[cfg(test)]
mod cases;

use serde::Serialize;
use tamis_ingest::ByteSpan;

use super::blocks::{self, Shape};
use super::sentence::sentences;
use crate::Rule;
use align::Link;
pub use features::{Features, NAMES, NO_CLASH};
pub use model::{Weights, seen, softmax};
use token::Sentence;

/// How two passages relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Entailment {
    /// They cannot both be true.
    Contradiction,
    /// They say the same.
    Duplicate,
    /// One says part of what the other does.
    Overlap,
    /// They are about different things, or compatible.
    Neutral,
}

/// The relations in the order of the model's columns.
pub const RELATIONS: [Entailment; 4] =
    [Entailment::Contradiction, Entailment::Duplicate, Entailment::Overlap, Entailment::Neutral];

/// How likely each relation is; the four sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Probabilities {
    /// They cannot both be true.
    pub contradiction: f64,
    /// They say the same.
    pub duplicate: f64,
    /// One says part of what the other does.
    pub overlap: f64,
    /// They are about different things.
    pub neutral: f64,
}

/// Two sentences that stand against each other, and where they differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The rule that it belongs to.
    pub rule: Rule,
    /// What differs, in one sentence.
    pub message: String,
    /// The sentence of the first passage, as a span of it.
    pub a: ByteSpan,
    /// The sentence of the second passage, as a span of it.
    pub b: ByteSpan,
}

/// What the judge finds about two passages.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The likeliest relation.
    pub relation: Entailment,
    /// How likely each is.
    pub probabilities: Probabilities,
    /// What stands against what, where that is the relation.
    pub differences: Vec<Difference>,
}

/// Most sentences read of a passage.
const MAX_SENTENCES: usize = 60;
/// Least share of either sentence's content, clashes aside, that sentences amid others must have in common to clash.
const ALIKE: f64 = 0.7;
/// Least share of the shorter one's content, where it stands alone beside a passage of several sentences.
const SHARED: f64 = 0.5;
/// Least content of a sentence amid others.
const MIN_TOKENS: usize = 4;
/// Most differences told of one pair of passages.
const MAX_DIFFERENCES: usize = 3;

/// Judges two passages of prose. Symmetric but for the sides of the differences.
#[must_use]
pub fn judge(a: &str, b: &str) -> Judgement {
    let (first, second) = (Read::all(a), Read::all(b));
    let turned = (content(&second), b) < (content(&first), a);
    let (short, long) = if turned { (&second, &first) } else { (&first, &second) };
    let mut matches: Vec<Matched<'_>> = short.iter().filter_map(|sentence| best(sentence, long)).collect();
    let probabilities = together(&matches, short.len(), long);
    let relation = probabilities.likeliest();
    matches.sort_by(|x, y| y.probabilities[0].total_cmp(&x.probabilities[0]));
    let told = matches.iter().filter(|_| relation == Entailment::Contradiction);
    let differences = told
        .filter(|found| found.likeliest() == 0 && found.is_alone(short.len(), long.len()))
        .take(MAX_DIFFERENCES)
        .map(|found| {
            let (here, there) = (found.short.span, found.long.span);
            let (a, b) = if turned { (there, here) } else { (here, there) };
            let (rule, message) = found.told(turned);
            Difference { rule, message, a, b }
        });
    Judgement { relation, probabilities, differences: differences.collect() }
}

/// The features of two single sentences, for training.
#[must_use]
pub fn features_of(a: &str, b: &str) -> Features {
    let (a, b) = (Sentence::read(a), Sentence::read(b));
    compare(&a, &b).features
}

/// Compares two sentences, the one with less content first.
fn compare(a: &Sentence, b: &Sentence) -> features::Compared {
    if goes_first(b, a) { features::compare(b, a) } else { features::compare(a, b) }
}

/// Whether `a` has less content; of as much, what comes first in the alphabet, so that the sides do not matter.
fn goes_first(a: &Sentence, b: &Sentence) -> bool {
    let key = |sentence: &Sentence| sentence.tokens.iter().map(|token| token.surface.clone()).collect::<Vec<_>>();
    a.tokens.len() < b.tokens.len() || a.tokens.len() == b.tokens.len() && key(a) < key(b)
}

/// A sentence with where it stands.
struct Read {
    span: ByteSpan,
    /// Whether it is an item of a list.
    item: bool,
    sentence: Sentence,
}

impl Read {
    /// The sentences of a passage; what has none is read as one.
    fn all(text: &str) -> Vec<Self> {
        let blocks = blocks::read(text, &[]).blocks;
        let prose = blocks.iter().filter(|block| matches!(block.shape, Shape::Prose | Shape::Item));
        let told = |block: &blocks::Block| (block.span, block.shape == Shape::Item);
        let mut spans: Vec<(ByteSpan, bool)> = prose
            .map(told)
            .flat_map(|(block, item)| sentences(text, block).into_iter().map(move |span| (span, item)))
            .collect();
        if spans.is_empty() {
            spans.push((ByteSpan::new(0, text.len()), false));
        }
        spans.truncate(MAX_SENTENCES);
        let read = spans
            .into_iter()
            .filter_map(|(span, item)| Some(Self { span, item, sentence: Sentence::read(span.of(text)?) }));
        read.filter(|read| !read.sentence.tokens.is_empty()).collect()
    }
}

fn content(passage: &[Read]) -> usize {
    passage.iter().map(|read| read.sentence.tokens.len()).sum()
}

/// A sentence with the one of the other passage that says most of the same.
struct Matched<'a> {
    short: &'a Read,
    long: &'a Read,
    probabilities: [f64; 4],
    compared: features::Compared,
    /// Whether `compared` has the sides changed.
    turned: bool,
}

impl Matched<'_> {
    fn likeliest(&self) -> usize {
        (0..4).max_by(|x, y| self.probabilities[*x].total_cmp(&self.probabilities[*y])).unwrap_or(3)
    }

    /// Whether the two sentences say by themselves what they are about. Beside others, a sentence about one event reads
    /// like that about the next; those that can clash there say nearly the same, and of no other years.
    fn is_alone(&self, short: usize, long: usize) -> bool {
        let (a, b) = (&self.short.sentence, &self.long.sentence);
        let of_other_years =
            !a.years.is_empty() && !b.years.is_empty() && a.years.iter().all(|year| !b.years.contains(year));
        // Items of two lists are records, each of something else.
        let records = self.short.item && self.long.item;
        if (short == 1 || long == 1) && !records {
            let about_the_same = short == long || self.compared.rest >= SHARED;
            return about_the_same
                && !(of_other_years && self.compared.clashes.iter().any(|clash| clash.link != Link::Date));
        }
        self.compared.rest >= ALIKE
            && self.compared.rest_of_long >= ALIKE
            && !of_other_years
            && a.tokens.len() >= MIN_TOKENS
    }

    /// The rule and the message of what differs most tellingly.
    fn told(&self, sides_turned: bool) -> (Rule, String) {
        let first = self.compared.clashes.iter().min_by_key(|clash| {
            let order = match clash.link {
                Link::Number | Link::Ordinal => 0,
                Link::Date | Link::Opposite => 1,
                Link::Opposed | Link::Sibling => 2,
                Link::Cousin | Link::Name => 3,
                Link::Distinct | Link::Unlike | Link::Replaced | Link::Same | Link::Alike | Link::Kind => 4,
            };
            (!clash.in_place, order)
        });
        let Some(clash) = first else {
            return (Rule::ContradictionPolarity, "The two statements exclude each other.".to_owned());
        };
        let (x, y) = if self.turned == sides_turned { (&clash.a, &clash.b) } else { (&clash.b, &clash.a) };
        let rule = match clash.link {
            Link::Number | Link::Ordinal => Rule::ContradictionNumber,
            Link::Date => Rule::ContradictionDate,
            _ => Rule::ContradictionPolarity,
        };
        (rule, format!("The first says “{x}” where the second says “{y}”."))
    }
}

/// The sentence of `others` that says most of what `sentence` says, and how the two relate.
fn best<'a>(sentence: &'a Read, others: &'a [Read]) -> Option<Matched<'a>> {
    others
        .iter()
        .map(|other| {
            let turned = goes_first(&other.sentence, &sentence.sentence);
            let compared = compare(&sentence.sentence, &other.sentence);
            let probabilities = model::probabilities(&compared.features);
            Matched { short: sentence, long: other, probabilities, compared, turned }
        })
        .max_by(|x, y| related(x).total_cmp(&related(y)))
}

/// How much two sentences are about the same.
fn related(found: &Matched<'_>) -> f64 {
    found.compared.rest * 0.5 + (1.0 - found.probabilities[3])
}

/// The probabilities of two passages from those of their sentences. One contradiction is enough; what is left is shared
/// among the other relations by how much of the shorter passage has each, and duplicates need both to be said in full.
fn together(matches: &[Matched<'_>], count: usize, long: &[Read]) -> Probabilities {
    if matches.is_empty() || count == 0 {
        return Probabilities { contradiction: 0.0, duplicate: 0.0, overlap: 0.0, neutral: 1.0 };
    }
    let contradiction = matches
        .iter()
        .filter(|found| found.is_alone(count, long.len()))
        .map(|found| found.probabilities[0])
        .fold(0.0, f64::max);
    let weights: f64 = matches.iter().map(|found| found.short.sentence.tokens.len() as f64).sum();
    let mean = |relation: usize| {
        let sum: f64 =
            matches.iter().map(|found| found.probabilities[relation] * found.short.sentence.tokens.len() as f64).sum();
        sum / weights
    };
    let (duplicate, overlap, neutral) = (mean(1), mean(2), mean(3));
    let whole = share_of_long(matches, long);
    let (duplicate, overlap) = (duplicate * whole, overlap + duplicate * (1.0 - whole));
    let rest = duplicate + overlap + neutral;
    let left = if rest > 0.0 { (1.0 - contradiction) / rest } else { 0.0 };
    Probabilities { contradiction, duplicate: duplicate * left, overlap: overlap * left, neutral: neutral * left }
}

/// The share of the longer passage's sentences that a sentence of the shorter one was matched with.
fn share_of_long(matches: &[Matched<'_>], long: &[Read]) -> f64 {
    let used: usize = long
        .iter()
        .filter(|read| matches.iter().any(|found| found.long.span == read.span))
        .map(|read| read.sentence.tokens.len())
        .sum();
    used as f64 / content(long).max(1) as f64
}

impl Probabilities {
    /// The likeliest relation; of equals the first in the order of [`RELATIONS`].
    #[must_use]
    pub fn likeliest(&self) -> Entailment {
        let all = [self.contradiction, self.duplicate, self.overlap, self.neutral];
        let mut best = (self.neutral, Entailment::Neutral);
        for (probability, relation) in all.into_iter().zip(RELATIONS).rev() {
            if probability >= best.0 {
                best = (probability, relation);
            }
        }
        best.1
    }
}
