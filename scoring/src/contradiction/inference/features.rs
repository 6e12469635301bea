//! What an alignment shows, as numbers for the model.

use super::super::lexicon;
use super::align::{Alignment, Link, Pair};
use super::subject::saying;
use super::token::{Sentence, Token, TokenKind};

/// The names of the features, in the order of [`Features`]; the weights' file has one row for each.
pub const NAMES: [&str; 55] = [
    "bias",
    "short_covered",
    "long_covered",
    "short_all_covered",
    "long_all_covered",
    "rest_agrees",
    "polarity",
    "polarity_all_covered",
    "polarity_alike",
    "denied_other",
    "number_in_place",
    "number_elsewhere",
    "event_date",
    "time_apart",
    "ordinal",
    "opposite_in_place",
    "opposite_elsewhere",
    "opposed",
    "sibling_in_place",
    "sibling_elsewhere",
    "cousin_in_place",
    "cousin_elsewhere",
    "name",
    "unlike",
    "replaced",
    "subject_changed",
    "more_clashes",
    "missing",
    "missing_name_or_value",
    "extra",
    "swapped",
    "modality",
    "conditional",
    "one_clash_rest_same",
    "distinct",
    "one_distinct_rest_same",
    "subject_same",
    "said",
    "all_said",
    "open",
    "open_defined",
    "denied",
    "denied_said",
    "denied_open",
    "denies",
    "denies_open",
    "last_said",
    "opposite_directions",
    "same_direction",
    "exclusive",
    "pronoun",
    "named",
    "short_length",
    "long_length",
    "no_clash",
];

/// The feature that says that nothing stands against anything.
pub const NO_CLASH: usize = NAMES.len() - 1;

/// The features of a pair of sentences, all within -1..=1.
pub type Features = [f64; NAMES.len()];

/// A pair of sentences with its features and what they come from; `a` is the one with less content.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) features: Features,
    pub(super) clashes: Vec<Clash>,
    /// Share of the content of the shorter sentence, clashes aside, that the longer one has.
    pub(super) rest: f64,
    /// The same share of the longer sentence.
    pub(super) rest_of_long: f64,
}

/// What stands against each other.
#[derive(Debug, Clone)]
pub(super) struct Clash {
    pub(super) link: Link,
    pub(super) a: String,
    pub(super) b: String,
    pub(super) in_place: bool,
}

/// What a token counts.
fn weight(token: &Token) -> f64 {
    match token.kind {
        TokenKind::Name => 1.3,
        TokenKind::Value(_) | TokenKind::Ordinal(_) => 1.2,
        TokenKind::Word if lexicon::is_weak(&token.stem) => 0.5,
        TokenKind::Word => 1.0,
    }
}

fn total<'a>(tokens: impl Iterator<Item = &'a Token>) -> f64 {
    tokens.map(weight).sum()
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}

/// Compares two sentences. `a` must be the one with less content.
pub(super) fn compare(a: &Sentence, b: &Sentence) -> Compared {
    let alignment = Alignment::of(a, b);
    let (agreeing, against): (Vec<&Pair>, Vec<&Pair>) = alignment.pairs.iter().partition(|pair| pair.link.agrees());
    let all_a = total(a.tokens.iter());
    let all_b = total(b.tokens.iter());
    let agreed_a = total(agreeing.iter().filter_map(|pair| a.tokens.get(pair.a)));
    let agreed_b = total(agreeing.iter().filter_map(|pair| b.tokens.get(pair.b)));
    let clashing_a = total(against.iter().filter_map(|pair| a.tokens.get(pair.a)));
    let clashing_b = total(against.iter().filter_map(|pair| b.tokens.get(pair.b)));
    let rest = share(agreed_a, all_a - clashing_a);
    let rest_b = share(agreed_b, all_b - clashing_b);
    let (short, long) = (share(agreed_a, all_a), share(agreed_b, all_b));
    let turned = turned(a, b, &agreeing);
    let counted =
        |link: Link, in_place: bool| against.iter().any(|pair| pair.link == link && pair.in_place == in_place);
    let has = |link: Link| against.iter().any(|pair| pair.link == link);
    let scaled = |is: bool| if is { rest } else { 0.0 };
    let event = || a.tokens.iter().chain(&b.tokens).any(|token| lexicon::is_event(&token.surface.to_lowercase()));
    let dated = has(Link::Date);
    let strong = against.iter().filter(|pair| is_strong(pair)).count();
    let missing: Vec<&Token> = left(&a.tokens, &alignment.pairs, |pair| pair.a);
    let extra: Vec<&Token> = left(&b.tokens, &alignment.pairs, |pair| pair.b);
    let hard_missing = total(missing.iter().copied().filter(|token| token.kind != TokenKind::Word));
    let swaps = a.passive == b.passive && short > 0.99 && long > 0.99 && swapped(a, b, &agreeing);
    // What one denies of one thing, the other may say of another: a denial and a clash in its place take each other away.
    let stands_against = if turned {
        !against.iter().any(|pair| pair.in_place && excludes(pair.link))
    } else {
        against.iter().any(|pair| excludes(pair.link) && denies(a, pair.a) == denies(b, pair.b))
    };
    let said = saying(a, b, &alignment);
    let is = |is: bool| f64::from(u8::from(is));
    let named = is(said.named);
    let open = said.subject * (1.0 - said.said);
    // Something else in the place of what is said of the subject, its denial, or the opposite way.
    let stands_against = stands_against
        || said.named && said.both_define && open > 0.0
        || said.named && said.denied && said.said > 0.0
        || said.directions < 0;
    let features = [
        1.0,
        short,
        long,
        f64::from(u8::from(short > 0.99)),
        f64::from(u8::from(long > 0.99)),
        rest,
        scaled(turned),
        f64::from(u8::from(turned && short > 0.99)),
        if turned { rest * rest_b } else { 0.0 },
        scaled(turned && against.iter().any(|pair| excludes(pair.link))),
        scaled(counted(Link::Number, true)),
        scaled(counted(Link::Number, false)),
        scaled(dated && event()),
        scaled(dated && !event()),
        scaled(has(Link::Ordinal)),
        scaled(counted(Link::Opposite, true)),
        scaled(counted(Link::Opposite, false)),
        scaled(has(Link::Opposed)),
        scaled(counted(Link::Sibling, true)),
        scaled(counted(Link::Sibling, false)),
        scaled(counted(Link::Cousin, true)),
        scaled(counted(Link::Cousin, false)),
        scaled(has(Link::Name)),
        scaled(has(Link::Unlike)),
        scaled(has(Link::Replaced)),
        scaled(against.iter().any(|pair| changes_subject(a, b, pair))),
        (against.len().saturating_sub(1) as f64 / 3.0).min(1.0),
        share(total(missing.iter().copied()), all_a),
        share(hard_missing, all_a),
        share(total(extra.iter().copied()), all_b),
        scaled(swaps),
        scaled(a.obliges != b.obliges && a.permits != b.permits && a.obliges != a.permits),
        f64::from(u8::from(a.conditional != b.conditional)),
        if strong == 1 && against.len() == 1 { rest * rest_b } else { 0.0 },
        scaled(has(Link::Distinct)),
        if against.len() == 1 && has(Link::Distinct) { rest * rest_b } else { 0.0 },
        named * said.subject,
        named * said.said,
        named * is(said.said > 0.99),
        named * open,
        named * is(said.both_define) * open,
        named * is(said.denied),
        named * is(said.denied) * said.said,
        named * is(said.denied) * open,
        named * is(said.denies),
        named * is(said.denies) * open,
        named * is(said.last),
        is(said.directions < 0) * rest,
        is(said.directions > 0) * rest,
        is(a.exclusive != b.exclusive),
        is(said.pronoun),
        named,
        named * (a.tokens.len() as f64 / 20.0).min(1.0),
        named * (b.tokens.len() as f64 / 40.0).min(1.0),
        f64::from(u8::from(!swaps && !stands_against)),
    ];
    let clashes = clashes(a, b, &against, turned);
    Compared { features, clashes, rest, rest_of_long: rest_b }
}

/// What stands against each other, a denial first.
fn clashes(a: &Sentence, b: &Sentence, against: &[&Pair], turned: bool) -> Vec<Clash> {
    let mut clashes: Vec<Clash> = against
        .iter()
        .filter_map(|pair| {
            let (x, y) = (a.tokens.get(pair.a)?, b.tokens.get(pair.b)?);
            Some(Clash { link: pair.link, a: x.surface.clone(), b: y.surface.clone(), in_place: pair.in_place })
        })
        .collect();
    if turned {
        clashes.insert(0, Clash { link: Link::Opposite, a: pole(a), b: pole(b), in_place: true });
    }
    clashes
}

/// Whether a sentence denies the token at this index: it is the first after a denial.
fn denies(sentence: &Sentence, index: usize) -> bool {
    sentence.denials.iter().any(|denial| sentence.tokens.iter().position(|token| token.at > *denial) == Some(index))
}

/// Whether two things with this link are never one.
fn excludes(link: Link) -> bool {
    !matches!(link, Link::Unlike | Link::Replaced)
}

/// Whether a pair of tokens can make two statements exclude each other.
fn is_strong(pair: &Pair) -> bool {
    pair.in_place && !matches!(pair.link, Link::Distinct | Link::Unlike | Link::Replaced)
}

/// The tokens that nothing stands for.
fn left<'a>(tokens: &'a [Token], pairs: &[Pair], side: impl Fn(&Pair) -> usize) -> Vec<&'a Token> {
    tokens.iter().enumerate().filter(|(i, _)| !pairs.iter().any(|pair| side(pair) == *i)).map(|(_, t)| t).collect()
}

/// Whether exactly one of the two denies what both say. A denial in the longer sentence counts where the content after
/// it, or before it, stands in the shorter one.
fn turned(a: &Sentence, b: &Sentence, agreeing: &[&Pair]) -> bool {
    let touches = |sentence: &Sentence, side: &dyn Fn(&Pair) -> usize| {
        sentence
            .denials
            .iter()
            .filter(|denial| {
                let after = sentence.tokens.iter().position(|token| token.at > **denial);
                after.is_none_or(|i| agreeing.iter().any(|pair| side(pair) == i))
            })
            .count()
    };
    (touches(a, &|pair| pair.a) + touches(b, &|pair| pair.b)) % 2 == 1
}

/// Whether the pair stands where the subject does: the first content of both sentences, and a name.
fn changes_subject(a: &Sentence, b: &Sentence, pair: &Pair) -> bool {
    let named = |sentence: &Sentence, i: usize| {
        sentence.tokens.get(i).is_some_and(|token| token.kind == TokenKind::Name || i == 0)
    };
    pair.a <= 1
        && pair.b <= 1
        && matches!(
            pair.link,
            Link::Name | Link::Distinct | Link::Unlike | Link::Replaced | Link::Sibling | Link::Cousin
        )
        && (pair.a == 0 || named(a, 0) && named(a, 1))
        && (pair.b == 0 || named(b, 0) && named(b, 1))
}

/// Whether two things have changed places around what is said of them.
fn swapped(a: &Sentence, b: &Sentence, agreeing: &[&Pair]) -> bool {
    let thing = |pair: &Pair| {
        let is = |token: Option<&Token>| {
            token.is_some_and(|token| token.kind == TokenKind::Name || super::wordnet::is_noun(&token.senses))
        };
        pair.link == Link::Same && is(a.tokens.get(pair.a)) && is(b.tokens.get(pair.b))
    };
    let things: Vec<&&Pair> = agreeing.iter().filter(|pair| thing(pair)).collect();
    things.iter().any(|x| {
        things.iter().any(|y| {
            x.a < y.a
                && x.b > y.b
                && agreeing
                    .iter()
                    .any(|middle| (x.a + 1..y.a).contains(&middle.a) && (y.b + 1..x.b).contains(&middle.b))
        })
    })
}

/// How a sentence that is denied, or denies, reads.
fn pole(sentence: &Sentence) -> String {
    if sentence.denials.is_empty() { "no denial" } else { "a denial" }.to_owned()
}
