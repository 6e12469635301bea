//! Whether two statements can both be true.

use super::amount::Amount;
use super::lexicon;
use super::occurrence::Occurrence;
use super::statement::{STANDS_ALONE, STANDS_NEAR, STANDS_OPEN, Statement, Word, names};
use super::topic::{self, Setting};
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

/// Most words of a statement that the headings above the other one say instead, and fewest that both say themselves.
const MOST_SUPPLIED: usize = 2;
const LEAST_SHARED: usize = 3;

/// Least strength of statements that differ in two figures at once.
const STANDS_TWICE: f32 = 4.0;

/// How sure a clash of amounts told in different words is at most: less than one in the same words.
const IN_OTHER_WORDS: f32 = 0.8;

/// A statement and the headings above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    /// What it says.
    pub(super) said: &'a Statement,
    /// Title and headings, outermost first.
    pub(super) above: &'a [String],
}

/// Compares two statements. `same_topic` says, when asked, whether their surroundings are about the same thing; it is
/// needed for statements that neither say by themselves what they are about (`this crate`, `the default is`) nor stand
/// under headings that do.
pub(super) fn judge(here: Placed<'_>, there: Placed<'_>, same_topic: impl Fn() -> bool) -> Judgement {
    let (a, b) = (here.said, there.said);
    let others = a.everyone.is_some() && b.everyone.is_some() && a.everyone != b.everyone;
    if a.idle || b.idle || a.entry != b.entry || a.past != b.past || others {
        return Judgement::Unrelated;
    }
    let tied_alike = a.values.len() == b.values.len() && a.scopes == b.scopes;
    let extra = extra_words(&a.words, &b.words).or_else(|| headings_supply(here, there).then_some(0));
    let Some(extra) = extra.filter(|extra| tied_alike && (!a.entry || *extra == 0)) else {
        return judge_amounts(here, there, &same_topic)
            .or_else(|| judge_denial(here, there, &same_topic))
            .unwrap_or(Judgement::Unrelated);
    };
    if a.labels != b.labels {
        return Judgement::Agree;
    }
    if extra == 0 && a.sequential && b.sequential && !in_one_order(&a.words, &b.words) {
        return judge_order(here, there, same_topic);
    }
    let codes = a.words.iter().any(|word| lexicon::counts_nothing(&word.stem.to_lowercase()));
    let matches: Vec<(Match, &Value, &Value)> =
        paired(&a.values, &b.values).into_iter().map(|(x, y)| (x.compare_as(y, codes), x, y)).collect();
    let clashes: Vec<_> = matches.iter().filter(|(m, ..)| *m == Match::Conflict).collect();
    let is_apart = matches.iter().any(|(m, ..)| *m == Match::Apart);
    let opposed = a.denies != b.denies;
    let (rule, said) = match (clashes.as_slice(), opposed) {
        _ if is_apart => return Judgement::Apart,
        ([], false) => return Judgement::Agree,
        ([(_, x, y)], false) => (rule_of(&x.kind), sorted(x.surface.clone(), y.surface.clone())),
        ([(_, x, y), (_, to, other_to)], false) if is_range(a) && is_range(b) && are_figures(&[x, to]) => {
            let range = |from: &Value, to: &Value| format!("{} to {}", from.surface, to.surface);
            (rule_of(&x.kind), sorted(range(x, to), range(y, other_to)))
        }
        ([(_, x, y), (_, to, other_to)], false)
            if extra == 0
                && are_figures(&a.values.iter().collect::<Vec<_>>())
                && a.strength().min(b.strength()) >= STANDS_TWICE =>
        {
            let both = |one: &Value, other: &Value| format!("{} … {}", one.surface, other.surface);
            (rule_of(&x.kind), sorted(both(x, to), both(y, other_to)))
        }
        ([], true) if extra == 0 && !a.excepts && !b.excepts && is_clear(a) && is_clear(b) => {
            (Rule::ContradictionPolarity, sorted(pole_of(a), pole_of(b)))
        }
        _ => return Judgement::Apart,
    };
    let listed = a.values.iter().zip(&b.values).any(|(x, y)| x.shares_members(y));
    // A version is of something that has a name of its own.
    let versioned = rule == Rule::ContradictionVersion && a.words.iter().any(|word| word.solid);
    let strength = a.strength().min(b.strength()) + if listed { 1.0 } else { 0.0 } + if versioned { 0.5 } else { 0.0 };
    if a.words.is_empty() {
        return Judgement::Unrelated;
    }
    // What is not set often stands for something that another page spells out; it is a change only where the pages are
    // otherwise the same.
    let unset = a.values.iter().zip(&b.values).any(|(x, y)| x.is_unset() != y.is_unset());
    if unset && !same_topic() {
        return Judgement::Agree;
    }
    let Some(alone) = is_grounded(here, there, strength, same_topic) else { return Judgement::Unrelated };
    let confidence = confidence(a, b, strength, extra, alone);
    let message = match (&a.name, &b.name) {
        _ if said.0.is_empty() => {
            format!("The same statement stands with “{}” in one place and without it in another.", said.1)
        }
        (Some(x), Some(y)) => {
            format!("{} is “{}” in one place and “{}” in another.", x.min(y), said.0, said.1)
        }
        _ => format!("The same statement has “{}” in one place and “{}” in another.", said.0, said.1),
    };
    Judgement::Conflict(Clash { rule, message, confidence })
}

/// Whether words come in the same order.
fn in_one_order(a: &[Word], b: &[Word]) -> bool {
    a.iter().zip(b).all(|(x, y)| same_word(x, y))
}

/// Compares two sequences of the same steps in another order.
fn judge_order(here: Placed<'_>, there: Placed<'_>, same_topic: impl Fn() -> bool) -> Judgement {
    let strength = here.said.strength().min(there.said.strength());
    let Some(alone) = is_grounded(here, there, strength, same_topic) else { return Judgement::Unrelated };
    let confidence = if alone { IN_OTHER_WORDS } else { IN_OTHER_WORDS - 0.05 };
    let message = "The same steps come in one order in one place and in another in the other.".to_owned();
    Judgement::Conflict(Clash { rule: Rule::ContradictionList, message, confidence })
}

/// Compares what two statements in different words measure.
fn judge_amounts(here: Placed<'_>, there: Placed<'_>, same_topic: &impl Fn() -> bool) -> Option<Judgement> {
    let (a, b) = (here.said, there.said);
    let (mine, theirs) = (Amount::of(a)?, Amount::of(b)?);
    let (x, y) = mine.denied_by(&theirs)?;
    if !circumstances_agree(a, b) {
        return Some(Judgement::Apart);
    }
    let alone = is_grounded(here, there, mine.strength(), same_topic)?;
    let mut confidence = IN_OTHER_WORDS;
    for (applies, less) in [(!alone, 0.05), (a.hedged || b.hedged, 0.1)] {
        if applies {
            confidence -= less;
        }
    }
    let (x, y) = sorted(x.surface.clone(), y.surface.clone());
    let message = format!("In other words the same is “{x}” in one place and “{y}” in another.");
    Some(Judgement::Conflict(Clash { rule: Rule::ContradictionNumber, message, confidence }))
}

/// Compares what one statement says to be so at a time with what the other denies.
fn judge_denial(here: Placed<'_>, there: Placed<'_>, same_topic: &impl Fn() -> bool) -> Option<Judgement> {
    let (mine, theirs) = (Occurrence::of(here.said)?, Occurrence::of(there.said)?);
    let figure = mine.denied_by(&theirs)?;
    let strength = here.said.strength().min(there.said.strength());
    let alone = is_grounded(here, there, strength, same_topic)?;
    let confidence = if alone { IN_OTHER_WORDS } else { IN_OTHER_WORDS - 0.05 };
    let message = format!("What one place says of “{}” the other denies altogether.", figure.surface);
    Some(Judgement::Conflict(Clash { rule: Rule::ContradictionPolarity, message, confidence }))
}

/// Whether what two statements say holds for the same years, versions and the like.
fn circumstances_agree(a: &Statement, b: &Statement) -> bool {
    let circumstances =
        |said: &'_ Statement| said.values.iter().filter(|value| value.is_circumstance()).cloned().collect();
    let (mine, theirs): (Vec<Value>, Vec<Value>) = (circumstances(a), circumstances(b));
    mine.len() == theirs.len() && mine.iter().zip(&theirs).all(|(x, y)| x.compare(y) == Match::Agree)
}

/// Whether two statements give more than one figure differently: as a rule, records of two things.
pub(super) fn differ_twice(a: &Statement, b: &Statement) -> bool {
    paired(&a.values, &b.values).into_iter().filter(|(x, y)| x.compare(y) == Match::Conflict).count() > 1
}

/// The values of two statements, each with the other's in its place: in order, or where that puts unlike things side by
/// side (`to 300 seconds two days before`, `two days before … to 300 seconds`), those that agree first.
fn paired<'a>(mine: &'a [Value], theirs: &'a [Value]) -> Vec<(&'a Value, &'a Value)> {
    let in_order: Vec<_> = mine.iter().zip(theirs).collect();
    if mine.len() < 2 || in_order.iter().all(|(x, y)| x.compare(y) != Match::Apart) {
        return in_order;
    }
    let mut left: Vec<&Value> = theirs.iter().collect();
    let mut alone = Vec::new();
    let mut pairs = Vec::new();
    for value in mine {
        match left.iter().position(|other| value.compare(other) == Match::Agree) {
            Some(at) => pairs.push((value, left.remove(at))),
            None => alone.push(value),
        }
    }
    pairs.extend(alone.into_iter().zip(left));
    pairs
}

/// Whether all values are figures, and none a place in an order.
fn are_figures(values: &[&Value]) -> bool {
    values.iter().all(|value| matches!(value.kind, Kind::Quantity(..)) && !value.is_circumstance())
}

/// Whether its two values are the ends of one range: `between 5 and 10`, `from 7:30 to 10:00`.
pub(super) fn is_range(statement: &Statement) -> bool {
    let quantities = statement.values.iter().filter(|value| matches!(value.kind, Kind::Quantity(..)));
    let has = |word: &str| statement.scopes.iter().any(|scope| scope == word);
    (has("between") || has("from") && has("to")) && quantities.count() == 2
}

/// Whether it is plain what a statement affirms or denies.
fn is_clear(statement: &Statement) -> bool {
    !statement.conditional && !statement.hedged && statement.negations < 2
}

/// Whether two statements in the same words are about the same thing: `Some(true)` where they say so by themselves,
/// `Some(false)` where the headings above them do, `None` where nothing does.
fn is_grounded(here: Placed<'_>, there: Placed<'_>, strength: f32, same_topic: impl Fn() -> bool) -> Option<bool> {
    let (a, b) = (here.said, there.said);
    let setting = topic::compare(a, here.above, b, there.above);
    // What one page asks for another may say: `lower it to 300` and `it is lowered to 600`.
    let points = a.deictic || b.deictic || a.instructs && b.instructs;
    let by_topic = |found: bool| (found || same_topic()).then_some(false);
    let unique = a.entry && a.words.iter().any(Word::is_unique);
    match setting {
        Setting::Apart => None,
        _ if unique && topic::titles_agree(here.above, there.above) => Some(true),
        _ if !a.entry && strength >= STANDS_ALONE && !points => Some(true),
        Setting::Same(shared) if points => by_topic(shared >= 1.0 && strength + shared >= STANDS_ALONE),
        Setting::Same(shared) => by_topic(strength + shared >= STANDS_OPEN),
        Setting::Open => by_topic(!points && a.names_something() && strength >= STANDS_OPEN),
        Setting::Elsewhere => {
            by_topic(!points && !a.entry && strength >= STANDS_NEAR && topic::titles_meet(here.above, there.above))
        }
    }
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
    // Codes that are `sent by text message` are codes by text message.
    left.retain(|word| word.solid || !matches!(word.stem.as_str(), "send" | "made" | "giv" | "provid"));
    left.iter().all(|word| !word.solid).then_some(left.len())
}

/// Whether the words that only one statement has stand in the headings above the other: `the importer supports
/// merged cells`, and below `Importer limitations` that `merged cells are unsupported`.
fn headings_supply(here: Placed<'_>, there: Placed<'_>) -> bool {
    let (a, b) = (here.said, there.said);
    let mut theirs: Vec<&Word> = b.words.iter().collect();
    let mut mine: Vec<&Word> = Vec::new();
    for word in &a.words {
        match theirs.iter().position(|other| same_word(word, other)) {
            Some(at) => drop(theirs.remove(at)),
            None => mine.push(word),
        }
    }
    let shared = a.words.len() - mine.len();
    let supplied = |missing: &[&Word], above: &[String]| {
        let above: Vec<Word> = above.iter().flat_map(|heading| names(heading)).collect();
        let stem = |word: &Word| lexicon::stem(&word.stem.to_lowercase());
        let has = |word: &&Word| above.iter().any(|known| stem(known) == stem(word));
        missing.len() <= MOST_SUPPLIED && missing.iter().all(has)
    };
    shared >= LEAST_SHARED && !a.entry && supplied(&mine, there.above) && supplied(&theirs, here.above)
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
        Kind::Date(_) | Kind::Weekday(_) => Rule::ContradictionDate,
        Kind::Version(_) => Rule::ContradictionVersion,
        Kind::Truth(_) => Rule::ContradictionPolarity,
        Kind::Name(_) | Kind::Literal(_) => Rule::ContradictionName,
        Kind::List(_) => Rule::ContradictionList,
    }
}

/// The words a statement affirms or denies with; empty where it just affirms.
fn pole_of(statement: &Statement) -> String {
    statement.poles.join(" … ")
}

fn sorted(a: String, b: String) -> (String, String) {
    if a <= b { (a, b) } else { (b, a) }
}

/// How sure a clash is: surest between strong statements with the same words in the same order. The steps are set by
/// hand; they order conflicts and are no probabilities.
fn confidence(a: &Statement, b: &Statement, strength: f32, extra: usize, alone: bool) -> f32 {
    let same_order = extra > 0 || in_one_order(&a.words, &b.words);
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
