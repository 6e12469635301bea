//! A sentence as the tokens that another one is aligned with: content words, values and denials.

use super::super::lexicon::{self, Role};
use super::super::piece::{Piece, pieces};
use super::super::quantity::{COUNT, Quantity};
use super::super::read_value;
use super::super::value::{Bound, Kind, Value};
use super::direction;
use super::wordnet::{self, Sense};

/// A token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// As written.
    pub(super) surface: String,
    /// Its lemma or stem, lower case; equal for what is the same word.
    pub(super) stem: String,
    /// What it is.
    pub(super) kind: TokenKind,
    /// What WordNet knows of it.
    pub(super) senses: Vec<Sense>,
    /// Its place among all words of the sentence, counted from 0.
    pub(super) at: usize,
    /// Whether it says that there is more of something (1), or less (-1).
    pub(super) sign: i8,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A word.
    Word,
    /// A name: capitalised inside a sentence, or unknown and capitalised at its start; code and identifiers too.
    Name,
    /// A number, date or version.
    Value(Value),
    /// A place in an order: `3rd`, `third`.
    Ordinal(u64),
}

/// A sentence read for comparison.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one sentence, any of which may be set")]
pub(super) struct Sentence {
    /// Its content in order.
    pub(super) tokens: Vec<Token>,
    /// Places of words that deny, as in [`Token::at`].
    pub(super) denials: Vec<usize>,
    /// Whether it obliges (`must`, `required`).
    pub(super) obliges: bool,
    /// Whether it leaves free (`may`, `optional`).
    pub(super) permits: bool,
    /// The years it names.
    pub(super) years: Vec<u16>,
    /// Whether it names a doer behind `by`.
    pub(super) passive: bool,
    /// Whether it says that something holds when a condition does.
    pub(super) conditional: bool,
    /// Whether it says what something is (`is a`, `was an`).
    pub(super) defines: bool,
    /// Whether it begins with a pronoun.
    pub(super) pronoun: bool,
    /// Whether it says that something is the only one.
    pub(super) exclusive: bool,
    /// The place of its first auxiliary (`is`, `has`, `can`), as in [`Token::at`].
    pub(super) auxiliary: Option<usize>,
}

/// Most tokens read of one sentence.
const MAX_TOKENS: usize = 90;

/// Function words whose exchange changes what is said.
const TELLING: [&str; 23] = [
    "before",
    "after",
    "above",
    "below",
    "inside",
    "outside",
    "up",
    "down",
    "over",
    "under",
    "more",
    "less",
    "fewer",
    "most",
    "least",
    "all",
    "some",
    "every",
    "both",
    "either",
    "only",
    "everyone",
    "everything",
];

/// Words that open what a sentence says of its subject.
const AUXILIARIES: [&str; 19] = [
    "is", "are", "was", "were", "has", "have", "had", "does", "do", "did", "can", "could", "will", "would", "may",
    "must", "should", "might", "cannot",
];

/// Words that deny without being `not`.
const DENYING: [&str; 29] = [
    "without",
    "lack",
    "lacks",
    "lacked",
    "lacking",
    "fail",
    "fails",
    "failed",
    "refuse",
    "refuses",
    "refused",
    "hardly",
    "nobody",
    "nothing",
    "unable",
    "incapable",
    "avoid",
    "avoids",
    "avoided",
    "deny",
    "denies",
    "denied",
    "ceased",
    "declined",
    "declines",
    "prevents",
    "excluding",
    "except",
    "absent",
];

impl Sentence {
    /// Reads a sentence.
    pub(super) fn read(text: &str) -> Self {
        let clean = text.replace("-LRB-", "(").replace("-RRB-", ")").replace("``", "\"").replace("''", "\"");
        let pieces = pieces(&clean);
        let mut sentence = Self::default();
        let mut at = 0;
        while at < pieces.len() && sentence.tokens.len() < MAX_TOKENS {
            at += sentence.take(&clean, &pieces, at);
        }
        sentence
    }

    /// Takes what stands at `at`; returns how many pieces that is.
    fn take(&mut self, text: &str, pieces: &[Piece<'_>], at: usize) -> usize {
        let Some(piece) = pieces.get(at) else { return 1 };
        if let Some((kind, taken)) = value_at(pieces, at) {
            if let TokenKind::Value(Value { kind: Kind::Date(date), .. }) = &kind {
                self.years.extend(date.year);
            }
            let end = pieces.get(at + taken - 1).map_or(piece.at, |last| last.at + last.text.len());
            let surface = text.get(piece.at..end).unwrap_or(piece.text).to_owned();
            self.push(surface, kind, at);
            return taken;
        }
        let lower = piece.lower.strip_suffix("'s").unwrap_or(&piece.lower);
        let role = if piece.code { None } else { lexicon::role(lower) };
        let denies = matches!(role, Some(Role::Negation)) || DENYING.contains(&lower) || lower.ends_with("n't");
        if denies {
            self.denials.push(at);
        }
        self.obliges |= matches!(lower, "must" | "shall" | "required" | "mandatory");
        self.permits |= matches!(lower, "may" | "might" | "can" | "could" | "optional" | "optionally");
        self.conditional |= matches!(role, Some(Role::Condition));
        // `no longer` denies with its first word.
        let no_longer = lower == "longer" && at.checked_sub(1) == self.denials.last().copied();
        self.passive |= lower == "by";
        self.exclusive |= matches!(lower, "only" | "solely" | "exclusively");
        self.pronoun |= at == 0 && matches!(lower, "he" | "she" | "it" | "they" | "his" | "her" | "its" | "their");
        if AUXILIARIES.contains(&lower) {
            let next = pieces.get(at + 1).map_or("", |piece| &piece.lower);
            self.defines |= self.auxiliary.is_none()
                && matches!(lower, "is" | "was" | "are" | "were")
                && matches!(next, "a" | "an" | "the" | "one" | "not" | "never");
            self.auxiliary = self.auxiliary.or(Some(at));
        }
        let silent =
            no_longer || role.is_some() || denies || matches!(lower, "n't" | "s" | "also" | "one" | "t" | "'s");
        if !silent || TELLING.contains(&lower) {
            self.push(piece.text.to_owned(), word_kind(piece, lower, at), at);
        }
        1
    }

    fn push(&mut self, surface: String, kind: TokenKind, at: usize) {
        let lower = surface.to_lowercase().replace('’', "'");
        let lower = lower.strip_suffix("'s").unwrap_or(&lower);
        let (senses, lemma) = match kind {
            TokenKind::Word | TokenKind::Name => wordnet::senses(lower),
            TokenKind::Value(_) | TokenKind::Ordinal(_) => (Vec::new(), None),
        };
        let stem = lemma.map_or_else(|| lexicon::stem(lower), str::to_owned);
        let sign = if kind == TokenKind::Word { direction::sign(&surface) } else { 0 };
        self.tokens.push(Token { surface, stem, kind, senses, at, sign });
    }
}

/// The value or ordinal that starts at a piece.
fn value_at(pieces: &[Piece<'_>], at: usize) -> Option<(TokenKind, usize)> {
    let rest = pieces.get(at..)?;
    let piece = rest.first()?;
    if let Some(place) = ordinal(&piece.lower).filter(|_| !piece.code) {
        return Some((TokenKind::Ordinal(place), 1));
    }
    let before = |back: usize| at.checked_sub(back).and_then(|i| pieces.get(i)).map_or("", |piece| &piece.lower);
    let plain = |kind| Value { kind, scope: false, surface: piece.text.to_owned() };
    if let Some((date, taken)) = read_value::date(rest) {
        return Some((TokenKind::Value(plain(Kind::Date(date))), taken));
    }
    if let Some(year) = read_value::year(piece.text, 1900) {
        let date = super::super::value::Date { year: Some(year), month: None, day: None };
        return Some((TokenKind::Value(plain(Kind::Date(date))), 1));
    }
    let named = matches!(before(1), "version" | "release" | "v");
    if let Some(version) = read_value::version(piece, named) {
        return Some((TokenKind::Value(plain(Kind::Version(version))), 1));
    }
    let (kind, taken) = read_value::quantity(rest).or_else(|| one(rest, &piece.lower, before(1)))?;
    let bound = match (before(2), before(1)) {
        ("up", "to") | ("at", "most") | ("less" | "fewer", "than") | (_, "under" | "below") => Bound::AtMost,
        ("at", "least") | ("more" | "greater", "than") | (_, "over" | "exceeding") => Bound::AtLeast,
        (_, "about" | "around" | "approximately" | "roughly" | "nearly" | "almost" | "some") => Bound::About,
        _ => Bound::Exact,
    };
    let kind = match kind {
        Kind::Quantity(quantity, _) => Kind::Quantity(quantity, bound),
        other => other,
    };
    Some((TokenKind::Value(plain(kind)), taken))
}

/// `one` where it counts something: not `one of`, `no one`, `the one`.
fn one(rest: &[Piece<'_>], lower: &str, before: &str) -> Option<(Kind, usize)> {
    let next = rest.get(1).map(|piece| &piece.lower)?;
    let counts = lower == "one"
        && lexicon::role(next).is_none()
        && !matches!(before, "the" | "this" | "that" | "no" | "any" | "each" | "every" | "which");
    counts.then_some((Kind::Quantity(Quantity::new(1.0, COUNT), Bound::Exact), 1))
}

/// Whether a word is a name.
fn word_kind(piece: &Piece<'_>, lower: &str, at: usize) -> TokenKind {
    let capital = piece.text.chars().next().is_some_and(char::is_uppercase);
    let marked = piece.code || piece.text.contains(['_', '/', '@', '\\', '=']) || piece.text.contains("::");
    let known = || wordnet::senses(lower).1.is_some();
    if marked || capital && (at > 0 || !known()) { TokenKind::Name } else { TokenKind::Word }
}

/// The place that an ordinal names; `first` to `twentieth`, the tens, and figures with their ending.
fn ordinal(word: &str) -> Option<u64> {
    const SMALL: [&str; 21] = [
        "",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    const TENS: [&str; 7] = ["thirtieth", "fortieth", "fiftieth", "sixtieth", "seventieth", "eightieth", "ninetieth"];
    if let Some(at) = SMALL.iter().position(|name| !name.is_empty() && *name == word) {
        return Some(at as u64);
    }
    if let Some(at) = TENS.iter().position(|name| *name == word) {
        return Some(30 + 10 * at as u64);
    }
    if let Some((ten, digit)) = word.split_once('-') {
        return Some(lexicon::number_word(ten)? as u64 + ordinal(digit).filter(|digit| *digit < 10)?);
    }
    let digits = word.strip_suffix("st").or_else(|| word.strip_suffix("nd")).or_else(|| word.strip_suffix("rd"));
    digits.or_else(|| word.strip_suffix("th"))?.parse().ok()
}
