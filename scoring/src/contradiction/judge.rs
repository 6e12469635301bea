//! Whether two statements can both be true.

use super::statement::{Statement, Word};
use super::value::{Kind, Match, Value};
use crate::Rule;

/// What two statements are to each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Judgement {
    /// About different things, or too different to tell.
    Unrelated,
    /// They say the same.
    Agree,
    /// They say the same but of different circumstances: versions, years, conditions.
    Apart,
    /// They cannot both be true.
    Conflict(Clash),
}

/// How two statements clash.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clash {
    /// The rule that sees it.
    pub(super) rule: Rule,
    /// Both values, in one sentence that reads the same from both sides.
    pub(super) message: String,
    /// How sure, 0..=1.
    pub(super) confidence: f32,
}

/// Least strength of a statement that says by itself what it is about.
const STANDS_ALONE: f32 = 3.0;

/// Compares two statements. `same_topic` says, when asked, whether their surroundings are about the same thing; it is
/// needed for statements that do not say by themselves what they are about (`this crate`, `the default is`).
pub(super) fn judge(a: &Statement, b: &Statement, same_topic: impl FnOnce() -> bool) -> Judgement {
    if a.idle || b.idle || a.values.len() != b.values.len() || a.scopes != b.scopes {
        return Judgement::Unrelated;
    }
    let Some(extra) = extra_words(&a.words, &b.words) else { return Judgement::Unrelated };
    if a.labels != b.labels {
        return Judgement::Agree;
    }
    let matches: Vec<(Match, &Value, &Value)> =
        a.values.iter().zip(&b.values).map(|(x, y)| (x.compare(y), x, y)).collect();
    let clashes: Vec<_> = matches.iter().filter(|(m, ..)| *m == Match::Conflict).collect();
    let is_apart = matches.iter().any(|(m, ..)| *m == Match::Apart);
    let opposed = a.denies != b.denies;
    let (rule, said) = match (clashes.as_slice(), opposed) {
        _ if is_apart => return Judgement::Apart,
        ([], false) => return Judgement::Agree,
        ([(_, x, y)], false) => (rule_of(&x.kind), sorted(x.surface.clone(), y.surface.clone())),
        ([], true) if extra == 0 && !a.conditional && !b.conditional && !a.hedged && !b.hedged => {
            (Rule::ContradictionPolarity, sorted(pole_of(a), pole_of(b)))
        }
        _ => return Judgement::Apart,
    };
    let strength = a.strength().min(b.strength());
    let alone = strength >= STANDS_ALONE && !a.deictic && !b.deictic;
    if a.words.is_empty() || !alone && !same_topic() {
        return Judgement::Unrelated;
    }
    let confidence = confidence(a, b, strength, extra, alone);
    let message = format!("The same statement has “{}” in one place and “{}” in another.", said.0, said.1);
    Judgement::Conflict(Clash { rule, message, confidence })
}

/// How many words one statement has beyond the other: none or, in a longer one, a single word that is no name.
/// `None` where they differ in more, or in a word put in another's place.
fn extra_words(a: &[Word], b: &[Word]) -> Option<usize> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let extra = long.len() - short.len();
    if extra > usize::from(short.len() >= 5) {
        return None;
    }
    let mut left: Vec<&Word> = long.iter().collect();
    for word in short {
        let at = left.iter().position(|other| same_word(word, other))?;
        left.remove(at);
    }
    left.iter().all(|word| !word.solid).then_some(extra)
}

/// Whether two words are one: code and names as they are written, others by stem. A word that opens a sentence has a
/// capital and is not known to be a name.
fn same_word(a: &Word, b: &Word) -> bool {
    a.stem == b.stem || (a.solid != b.solid && a.stem.to_lowercase() == b.stem.to_lowercase())
}

/// The rule that a clash of values belongs to.
fn rule_of(kind: &Kind) -> Rule {
    match kind {
        Kind::Quantity(..) => Rule::ContradictionNumber,
        Kind::Date(_) => Rule::ContradictionDate,
        Kind::Version(_) => Rule::ContradictionVersion,
    }
}

/// The words a statement affirms or denies with.
fn pole_of(statement: &Statement) -> String {
    if statement.poles.is_empty() { "no denial".to_owned() } else { statement.poles.join(" … ") }
}

fn sorted(a: String, b: String) -> (String, String) {
    if a <= b { (a, b) } else { (b, a) }
}

/// How sure a clash is: surest between strong statements with the same words in the same order. The steps are set by
/// hand; they order conflicts and are no probabilities.
fn confidence(a: &Statement, b: &Statement, strength: f32, extra: usize, alone: bool) -> f32 {
    let same_order = extra > 0 || a.words.iter().zip(&b.words).all(|(x, y)| same_word(x, y));
    let mut sure: f32 = 0.97;
    for (applies, less) in
        [(strength < 4.0, 0.05), (!alone, 0.05), (extra > 0, 0.12), (!same_order, 0.1), (a.hedged || b.hedged, 0.1)]
    {
        if applies {
            sure -= less;
        }
    }
    sure
}
