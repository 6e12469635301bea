//! A sentence read as a statement: what it is about, which values it gives, and whether it affirms or denies.

use std::sync::LazyLock;

use regex::Regex;

use super::lexicon;
use super::piece::{Piece, pieces};
use super::value::Value;
use super::{Claim, reader, written};
use crate::pattern::pattern;

/// A content word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Word {
    /// Its stem, or the word itself where it is a name or code.
    pub(super) stem: String,
    /// Whether it is a name, an identifier or code, which no other word can stand in for.
    pub(super) solid: bool,
}

impl Word {
    /// Whether it is an identifier of several parts (`--max-txn-ops`, `MAX_TXN_OPS`), which few things share.
    pub(super) fn is_unique(&self) -> bool {
        self.solid && self.stem.trim_start_matches('-').matches(['-', '_', '.']).count() >= 1 && self.stem.len() >= 8
    }
}

/// The words of a name, a heading or a table's header: all but those that carry no meaning.
pub(super) fn names(text: &str) -> Vec<Word> {
    let word = |piece: Piece<'_>| {
        let lower = &piece.lower;
        let code = piece.text.contains(['_', '/', '.', ':', '=', '@', '\\']) || piece.text.starts_with('-');
        let solid = code || piece.text.chars().any(|c| c.is_ascii_digit());
        match lexicon::role(lower) {
            Some(_) => None,
            None if solid => Some(Word { stem: lower.as_ref().to_owned(), solid }),
            None => Some(Word { stem: lexicon::stem(lower), solid }),
        }
    };
    pieces(text).into_iter().filter_map(word).collect()
}

/// A sentence read as a statement.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one sentence, any of which may be set")]
pub(super) struct Statement {
    /// Content words in order; of antonyms in a predicate, the pair's name.
    pub(super) words: Vec<Word>,
    /// The values it gives, in order.
    pub(super) values: Vec<Value>,
    /// What its first bare number counts: the stem of the word after it, or after `number of`.
    pub(super) counted: Option<String>,
    /// Prepositions and conditions, sorted: what ties it to circumstances.
    pub(super) scopes: Vec<String>,
    /// Places in a text it refers to, such as `listing 3-1`.
    pub(super) labels: Vec<String>,
    /// Words that decide between affirming and denying, as written.
    pub(super) poles: Vec<String>,
    /// Whether it denies: an odd number of denying words.
    pub(super) denies: bool,
    /// Whether it could be denied or is: it holds a word of an antonym pair, a modal or a negation.
    pub(super) polar: bool,
    /// Whether it says what may or can be.
    pub(super) permits: bool,
    /// Whether a word it turns on stands in a condition.
    pub(super) conditional: bool,
    /// Whether it points outside itself (`this crate`, `it`), so that only its surroundings say what it is about.
    pub(super) deictic: bool,
    /// Whether it tells its reader to do something: it says nothing of the world, and what it belongs to stands above it.
    pub(super) instructs: bool,
    /// Who all of them are that it holds for, where it says so: the stem behind `by each`, `for all`.
    pub(super) everyone: Option<String>,
    /// Whether it makes an exception, which is not read.
    pub(super) excepts: bool,
    /// Whether it tells steps in their order: `first …, then …`.
    pub(super) sequential: bool,
    /// Whether it tells of the past.
    pub(super) past: bool,
    /// How many negations it holds; what more than one of them say together is not worked out.
    pub(super) negations: u8,
    /// Whether it was written as an entry, a name with its value, and not as a sentence.
    pub(super) entry: bool,
    /// The name of an entry, as written.
    pub(super) name: Option<String>,
    /// Whether it is said to hold mostly.
    pub(super) hedged: bool,
    /// Whether it is a question, an example or an account of a change, which claim nothing.
    pub(super) idle: bool,
}

/// Least strength of a statement that says by itself what it is about, wherever it stands.
pub(super) const STANDS_ALONE: f32 = 3.0;
/// Least strength of one that says it below titles that name one thing.
pub(super) const STANDS_NEAR: f32 = 2.5;
/// Least strength of one that says it where no heading above it says otherwise.
pub(super) const STANDS_OPEN: f32 = 2.0;
/// Most content words of a sentence that is a claim without holding a value or a word that affirms or denies.
const SHORT: usize = 6;

impl Statement {
    /// Reads a sentence.
    pub(super) fn read(sentence: &str) -> Self {
        Self::from_pieces(sentence, &pieces(sentence))
    }

    /// Reads a sentence of these pieces.
    pub(super) fn from_pieces(sentence: &str, pieces: &[Piece<'_>]) -> Self {
        let excepted = exception(pieces);
        let mut statement = match aside(pieces).or(excepted) {
            Some((from, to)) => reader::read(sentence, &[&pieces[..from], &pieces[to..]].concat()),
            None => reader::read(sentence, pieces),
        };
        let says = |word: &str| pieces.iter().any(|piece| piece.word() == word);
        statement.sequential = says("first") && says("then");
        statement.excepts = excepted.is_some();
        statement.scopes.sort_unstable();
        statement.idle = is_idle(sentence, pieces);
        statement.instructs = pieces.first().is_some_and(|piece| lexicon::is_instruction(piece.word()));
        statement.deictic |= is_bare_default(pieces) || is_bare_measure(pieces);
        statement
    }

    /// Reads the statement that a claim of `text` makes.
    pub(super) fn of(claim: &Claim, text: &str) -> Self {
        match &claim.entry {
            Some(entry) => Self::entry(&entry.about, entry.value.of(text).unwrap_or_default(), entry.literal),
            None => claim.sentence.of(text).map(Self::read).unwrap_or_default(),
        }
    }

    /// The statement that what `about` names has the value written as `value`; without values where that is prose.
    pub(super) fn entry(about: &str, value: &str, literal: bool) -> Self {
        let mut words = names(about);
        // `The default value of it` is `its default`.
        if words.iter().any(|word| word.stem == "default") {
            words.retain(|word| word.solid || word.stem != lexicon::stem("value"));
        }
        words.sort_unstable();
        words.dedup();
        let kind = written::value(value, literal);
        let values = kind.map(|kind| Value { kind, scope: false, surface: value.trim().to_owned() });
        Self {
            words,
            values: values.into_iter().collect(),
            entry: true,
            name: Some(about.to_owned()),
            ..Self::default()
        }
    }

    /// How much the statement by itself says what it is about: its content words, common ones and repeats counted half.
    pub(super) fn strength(&self) -> f32 {
        let mut seen: Vec<&str> = Vec::with_capacity(self.words.len());
        let mut sum = 0.0;
        for word in &self.words {
            let common = lexicon::is_weak(&word.stem.to_lowercase()) || seen.contains(&word.stem.as_str());
            let unique = self.entry && word.is_unique();
            sum += if unique {
                2.0
            } else if common {
                0.5
            } else {
                1.0
            };
            seen.push(&word.stem);
        }
        sum
    }

    /// How many of its words are no names, identifiers or code.
    pub(super) fn common_words(&self) -> usize {
        self.words.iter().filter(|word| !word.solid).count()
    }

    /// Whether it names something that not everything has.
    pub(super) fn names_something(&self) -> bool {
        self.words.iter().any(|word| !lexicon::is_weak(&word.stem.to_lowercase()))
    }

    /// Whether another statement could deny this one: it gives a value, says what must or may be, or is so short that a
    /// denial of it would be in the same words.
    pub(super) fn is_checkable(&self) -> bool {
        let short = self.words.len() <= SHORT && !self.points() && !self.past;
        self.is_definite() || (short && !self.idle && self.common_words() > 0)
    }

    /// Whether a clause is a claim without the rest of its sentence: it is definite and says what it is about.
    pub(super) fn stands_alone(&self) -> bool {
        let least = if self.values.is_empty() { STANDS_ALONE } else { STANDS_OPEN };
        self.is_definite() && !self.points() && self.strength() >= least
    }

    /// Whether only its surroundings say what it is about.
    pub(super) fn points(&self) -> bool {
        self.deictic || self.instructs
    }

    /// Whether it gives a value or says what must or may be.
    fn is_definite(&self) -> bool {
        !self.idle
            && self.common_words() > 0
            && (self.polar || self.sequential || self.values.iter().any(|value| !value.scope))
    }
}

/// The exception that a sentence makes in a clause with `unless`.
fn exception(pieces: &[Piece<'_>]) -> Option<(usize, usize)> {
    let from = pieces.iter().position(|piece| piece.word() == "unless")?;
    let to = pieces[from..].iter().position(|piece| piece.breaks).map_or(pieces.len(), |at| from + at + 1);
    (from > 0 || to < pieces.len()).then_some((from, to))
}

/// A clause between commas that only tells more of what is in front of it, and gives no figure: `, which are enforced,`.
fn aside(pieces: &[Piece<'_>]) -> Option<(usize, usize)> {
    let opens = |at: &usize| pieces[at - 1].breaks && matches!(pieces[*at].word(), "which" | "who" | "whose");
    let from = (1..pieces.len()).find(opens)?;
    let to = from + pieces[from..].iter().position(|piece| piece.breaks)? + 1;
    let says_more = |piece: &Piece<'_>| {
        let word = piece.word();
        piece.code || word.contains(|c: char| c.is_ascii_digit()) || lexicon::number_word(word).is_some()
    };
    (to < pieces.len() && !pieces[from..to].iter().any(says_more)).then_some((from, to))
}

/// Whether a sentence begins with `The default is` or `The default value is`: of what, stands elsewhere.
fn is_bare_default(pieces: &[Piece<'_>]) -> bool {
    let mut words = pieces.iter().map(|piece| piece.lower.as_ref()).peekable();
    let mut next = |any: &[&str]| words.next_if(|word| any.contains(word)).is_some();
    let _ = next(&["the", "its"]);
    if !next(&["default"]) {
        return false;
    }
    let _ = next(&["value", "setting"]);
    next(&["is", "are", "was", "were"])
}

/// Whether a sentence begins with `The temperature is`, `The fee must`: of what, stands elsewhere.
fn is_bare_measure(pieces: &[Piece<'_>]) -> bool {
    const MEASURES: [&str; 30] = [
        "temperature",
        "pressure",
        "timeout",
        "size",
        "price",
        "limit",
        "capacity",
        "speed",
        "weight",
        "length",
        "width",
        "height",
        "depth",
        "duration",
        "fee",
        "deadline",
        "cost",
        "charge",
        "rate",
        "period",
        "interval",
        "number",
        "maximum",
        "minimum",
        "level",
        "voltage",
        "volume",
        "distance",
        "amount",
        "threshold",
    ];
    let [the, measure, verb, ..] = pieces else { return false };
    let says = matches!(lexicon::role(verb.word()), Some(lexicon::Role::Light | lexicon::Role::Modal));
    the.word() == "the" && MEASURES.contains(&measure.word()) && says && verb.word() != "of"
}

/// What a sentence says that tells of the past, gives an example or states a licence.
static IDLE_MARKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"previously | formerly | used\ to\ be | originally | in\ the\ past | at\ the\ time | instead\ of | rather\ than
        | (?:changed|increased|raised|reduced|lowered)\ from | let['’]s\ say | for\ (?:example|instance) | e\.g\. | such\ as
        | copyright | \(c\) | © | license | changelog | last\ updated",
    )
});

/// Whether the sentence claims nothing: a question, an example, or a line of a list of changes.
fn is_idle(sentence: &str, pieces: &[Piece<'_>]) -> bool {
    const OPENERS: [&str; 23] = [
        "added",
        "fixed",
        "bumped",
        "changed",
        "removed",
        "updated",
        "upgraded",
        "deprecated",
        "improved",
        "bump",
        "fix",
        "add",
        "update",
        "released",
        "suppose",
        "imagine",
        "consider",
        "let's",
        "example",
        "say",
        "copyright",
        "licensed",
        "renamed",
    ];
    if is_lead_in(sentence) || is_code(sentence) || is_numbered_heading(pieces) {
        return true;
    }
    sentence.trim_end_matches(['*', '_', '"', ')']).ends_with('?')
        || pieces.first().is_some_and(|opener| OPENERS.contains(&opener.lower.as_ref()))
        || IDLE_MARKS.is_match(sentence)
}

/// Whether it announces what comes next: `Three more options follow:` counts those, and nothing else.
fn is_lead_in(sentence: &str) -> bool {
    sentence.trim_end_matches(['*', '_', '"']).ends_with(':')
}

/// Whether it is a line of a program or of a terminal that stands outside any code block:
/// `bool operator<(const Row &, const Row &);`, `user@host:~$ ls -l`.
fn is_code(sentence: &str) -> bool {
    let line = sentence.trim();
    let opener = line.split_whitespace().next().unwrap_or_default();
    let second = line.split_whitespace().nth(1).unwrap_or_default();
    let prompt =
        opener == "$" || (opener.contains('@') && [opener, second].iter().any(|word| word.ends_with(['$', '#'])));
    let statement = line.ends_with([';', '{', '}']) && line.contains(['(', '=', '{', '}']) && !line.contains(". ");
    let record = line.contains("\":") || line.contains("\",");
    prompt || statement || record || line.ends_with("\\;")
}

/// Whether it is a heading with its number in front, as a table of contents lists them: `7.1 Suspicious changes`.
fn is_numbered_heading(pieces: &[Piece<'_>]) -> bool {
    let number = pieces.first().filter(|piece| !piece.code).map_or("", |piece| piece.text);
    // A unit may begin with a capital (`2.4 GHz`), and a word goes on in small letters.
    let title = pieces.get(1).is_some_and(|next| {
        let mut letters = next.text.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
    });
    let parts: Vec<&str> = number.split('.').collect();
    title
        && parts.len() > 1
        && parts.iter().all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
}
