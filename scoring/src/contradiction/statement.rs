//! A sentence read as a statement: what it is about, which values it gives, and whether it affirms or denies.

use tamis_ingest::ByteSpan;

use super::lexicon::{self, Role};
use super::piece::{Piece, pieces};
use super::read_value;
use super::value::{Bound, Date, Kind, Value};

/// A content word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Word {
    /// Its stem, or the word itself where it is a name or code.
    pub(super) stem: String,
    /// Whether it is a name, an identifier or code, which no other word can stand in for.
    pub(super) solid: bool,
}

/// A sentence read as a statement.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one sentence, any of which may be set")]
pub(super) struct Statement {
    /// Content words in order; of antonyms in a predicate, the pair's name.
    pub(super) words: Vec<Word>,
    /// The values it gives, in order.
    pub(super) values: Vec<Value>,
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
    /// Whether a word it turns on stands in a condition.
    pub(super) conditional: bool,
    /// Whether it points outside itself (`this crate`, `it`), so that only its surroundings say what it is about.
    pub(super) deictic: bool,
    /// Whether it is said to hold mostly.
    pub(super) hedged: bool,
    /// Whether it is a question, an example or an account of a change, which claim nothing.
    pub(super) idle: bool,
}

impl Statement {
    /// Reads a sentence.
    pub(super) fn read(sentence: &str) -> Self {
        let pieces = pieces(sentence);
        let mut reader = Reader { pieces: &pieces, sentence, out: Self::default(), in_condition: false, bound: None };
        reader.run();
        let mut statement = reader.out;
        statement.scopes.sort_unstable();
        statement.idle = is_idle(sentence, &pieces);
        statement
    }

    /// Reads the sentence at `span` of a text.
    pub(super) fn at(text: &str, span: ByteSpan) -> Self {
        span.of(text).map(Self::read).unwrap_or_default()
    }

    /// How much the statement by itself says what it is about: its content words, common ones and repeats counted half.
    pub(super) fn strength(&self) -> f32 {
        let mut seen: Vec<&str> = Vec::with_capacity(self.words.len());
        let mut sum = 0.0;
        for word in &self.words {
            let common = !word.solid && lexicon::is_weak(&word.stem) || seen.contains(&word.stem.as_str());
            sum += if common { 0.5 } else { 1.0 };
            seen.push(&word.stem);
        }
        sum
    }

    /// Whether another statement could deny this one.
    pub(super) fn is_checkable(&self) -> bool {
        !self.idle && (self.polar || self.values.iter().any(|value| !value.scope))
    }
}

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
    const MARKS: [&str; 10] = [
        "for example",
        "e.g.",
        "for instance",
        "such as",
        "copyright",
        "(c)",
        "©",
        "license",
        "changelog",
        "last updated",
    ];
    let lower = sentence.to_lowercase();
    let opener = pieces.first().map(|piece| piece.text.to_lowercase()).unwrap_or_default();
    sentence.trim_end_matches(['*', '_', '"', ')']).ends_with('?')
        || OPENERS.contains(&opener.as_str())
        || MARKS.iter().any(|mark| lower.contains(mark))
}

/// Words in front of four digits that make them a year.
const YEAR_FOLLOWS: [&str; 16] = [
    "in", "since", "during", "by", "until", "till", "from", "before", "after", "of", "early", "late", "mid", "year",
    "circa", "to",
];

/// Prepositions that make the version after them a circumstance.
const VERSION_FOLLOWS: [&str; 13] =
    ["in", "since", "from", "before", "after", "until", "prior", "with", "for", "on", "through", "to", "by"];

/// Forms of *be* and its like, which an adjective said of the subject follows.
const BE: [&str; 15] = [
    "is", "are", "be", "was", "were", "been", "remains", "becomes", "isn't", "aren't", "wasn't", "weren't", "stays",
    "stay", "remain",
];
/// What may stand between them and the adjective.
const BETWEEN: [&str; 9] = ["not", "always", "currently", "also", "never", "now", "fully", "only", "still"];

/// Reads pieces one after another.
struct Reader<'a> {
    pieces: &'a [Piece<'a>],
    sentence: &'a str,
    out: Statement,
    in_condition: bool,
    bound: Option<Bound>,
}

impl Reader<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(piece) = self.pieces.get(at) {
            let taken = self
                .read_label(at)
                .or_else(|| self.read_bound(at))
                .or_else(|| self.read_value(at))
                .unwrap_or_else(|| self.read_word(at, *piece));
            at += taken;
            if self.pieces.get(at - 1).is_some_and(|last| last.breaks) {
                self.in_condition = false;
            }
        }
    }

    /// `Listing 3-1`, `step 2`, `#123`: references, no values.
    fn read_label(&mut self, at: usize) -> Option<usize> {
        let piece = self.pieces.get(at)?;
        if piece.text.starts_with('#') {
            self.out.labels.push(piece.text.to_owned());
            return Some(1);
        }
        let next = self.pieces.get(at + 1).filter(|_| !piece.code && !piece.breaks)?;
        let numbered = next.text.starts_with(|c: char| c.is_ascii_digit());
        (numbered && lexicon::is_label(&piece.text.to_lowercase())).then(|| {
            self.out.labels.push(format!("{} {}", piece.text.to_lowercase(), next.text));
            2
        })
    }

    /// `at least`, `up to`, `about` and their like in front of a number.
    fn read_bound(&mut self, at: usize) -> Option<usize> {
        let word =
            |i: usize| self.pieces.get(at + i).filter(|p| !p.code).map(|p| p.text.to_lowercase()).unwrap_or_default();
        let (first, second, third) = (word(0), word(1), word(2));
        let (bound, taken) = match (first.as_str(), second.as_str(), third.as_str()) {
            ("no" | "not", "more", "than") => (Bound::AtMost, 3),
            ("no" | "not", "less" | "fewer", "than") => (Bound::AtLeast, 3),
            ("up", "to", _) | ("at", "most", _) | ("less" | "fewer", "than", _) => (Bound::AtMost, 2),
            ("at", "least", _) | ("more" | "greater", "than", _) => (Bound::AtLeast, 2),
            ("about" | "around" | "approximately" | "roughly" | "nearly" | "almost" | "circa", ..) => (Bound::About, 1),
            _ => return None,
        };
        read_value::quantity(self.pieces.get(at + taken..)?)?;
        self.bound = Some(bound);
        Some(taken)
    }

    fn read_value(&mut self, at: usize) -> Option<usize> {
        let rest = self.pieces.get(at..)?;
        let (kind, scope, taken) = self.read_date(at, rest).or_else(|| self.read_version(at, rest)).or_else(|| {
            let (kind, taken) = read_value::quantity(rest)?;
            Some((self.bounded(kind, at + taken), false, taken))
        })?;
        let (first, last) = (rest.first()?, rest.get(taken - 1)?);
        let surface = self.sentence.get(first.at..last.at + last.text.len()).unwrap_or(first.text).to_owned();
        self.bound = None;
        self.out.values.push(Value { kind, scope: scope || self.in_condition, surface });
        Some(taken)
    }

    /// A date or a year. It is what is claimed only where the sentence tells of an event.
    fn read_date(&self, at: usize, rest: &[Piece<'_>]) -> Option<(Kind, bool, usize)> {
        let event = || self.pieces.iter().any(|piece| lexicon::is_event(&piece.text.to_lowercase()));
        if let Some((date, taken)) = read_value::date(rest) {
            return Some((Kind::Date(date), !event(), taken));
        }
        let year = rest.first().filter(|piece| !piece.code).and_then(|piece| read_value::year(piece.text))?;
        let before = self.lower(at.checked_sub(1)?);
        YEAR_FOLLOWS.contains(&before.as_str()).then(|| {
            let opens = at == 1;
            (Kind::Date(Date { year: Some(year), month: None, day: None }), opens || !event(), 1)
        })
    }

    /// A version. After a preposition, or opening the sentence, it says what the rest holds for.
    fn read_version(&self, at: usize, rest: &[Piece<'_>]) -> Option<(Kind, bool, usize)> {
        let piece = rest.first()?;
        let is_word = |i: usize| matches!(self.lower(i).as_str(), "version" | "versions" | "release" | "releases");
        let is_name = |i: usize| {
            self.pieces
                .get(i)
                .is_some_and(|p| !p.code && is_capitalised(p.text) && lexicon::role(&p.text.to_lowercase()).is_none())
        };
        let before = at.checked_sub(1);
        let named_version = before.is_some_and(is_word);
        let dotted = piece.text.contains('.');
        let speaks_of_versions = || (0..self.pieces.len()).any(|i| is_word(i) || self.lower(i).starts_with("upgrad"));
        let named = named_version || (dotted && (before.is_some_and(is_name) || speaks_of_versions()));
        let numbers = read_value::version(piece, named)?;
        let mut i = at;
        while i > 0 && (is_word(i - 1) || is_name(i - 1) || self.lower(i - 1) == "the") {
            i -= 1;
        }
        let scope = i == 0 || VERSION_FOLLOWS.contains(&self.lower(i - 1).as_str());
        Some((Kind::Version(numbers), scope, 1))
    }

    /// The quantity under the bound read before it or standing after it (`5 or more`, `5+`).
    fn bounded(&self, kind: Kind, next: usize) -> Kind {
        let Kind::Quantity(quantity, _) = kind else { return kind };
        let text = self.pieces.get(next - 1).map_or("", |piece| piece.text);
        let after = match (self.lower(next).as_str(), self.lower(next + 1).as_str()) {
            ("or", "more" | "above" | "higher" | "greater" | "newer" | "later") => Some(Bound::AtLeast),
            ("or", "less" | "fewer" | "below" | "lower") => Some(Bound::AtMost),
            _ if text.ends_with('+') => Some(Bound::AtLeast),
            _ if text.starts_with('~') => Some(Bound::About),
            _ => None,
        };
        Kind::Quantity(quantity, self.bound.or(after).unwrap_or(Bound::Exact))
    }

    /// A word that is no value.
    fn read_word(&mut self, at: usize, piece: Piece<'_>) -> usize {
        if piece.code || (is_solid(piece.text) && at > 0) {
            self.push(piece.text.to_owned(), true);
            return 1;
        }
        let lower = piece.text.to_lowercase().replace('’', "'");
        match lexicon::role(&lower) {
            Some(Role::Light) => {}
            Some(Role::Scope) => self.out.scopes.push(lower),
            Some(Role::Condition) => {
                self.in_condition = true;
                self.out.scopes.push(lower);
            }
            Some(Role::Negation) => return self.read_negation(at, lower),
            // `see above` points outside the sentence; `above that size` is a preposition with its noun.
            Some(Role::Deictic) if matches!(lower.as_str(), "above" | "below") && self.opens_noun(at + 1) => {
                self.out.scopes.push(lower);
            }
            Some(Role::Deictic) => self.out.deictic = true,
            Some(Role::Hedge) => self.out.hedged = true,
            Some(Role::Modal) => self.out.polar = true,
            None => self.read_content(at, &lower),
        }
        1
    }

    /// Whether a noun with its article, demonstrative or number begins here.
    fn opens_noun(&self, at: usize) -> bool {
        let word = self.lower(at);
        matches!(word.as_str(), "a" | "an" | "the" | "that" | "this" | "those" | "these" | "its" | "their")
            || word.starts_with(|c: char| c.is_ascii_digit())
    }

    /// A denying word; returns the pieces taken. `not only` and its like deny nothing that could be compared.
    fn read_negation(&mut self, at: usize, lower: String) -> usize {
        let next = self.lower(at + 1);
        if matches!(next.as_str(), "only" | "just" | "merely" | "necessarily" | "yet" | "always" | "all" | "every") {
            self.out.hedged = true;
            self.out.scopes.push(format!("{lower} {next}"));
            return 1;
        }
        self.deny(true, lower);
        1 + usize::from(next == "longer")
    }

    /// A content word; of antonyms said of the subject, the stem of the affirming one.
    fn read_content(&mut self, at: usize, lower: &str) {
        let Some((affirming, denies)) = lexicon::pole(lower).filter(|_| self.is_predicate(at, lower)) else {
            return self.push(lexicon::stem(lower), false);
        };
        self.deny(denies, lower.to_owned());
        self.push(lexicon::stem(affirming), false);
    }

    /// Takes note of a word that decides between affirming and denying.
    fn deny(&mut self, denies: bool, word: String) {
        self.out.denies ^= denies;
        self.out.polar = true;
        self.out.conditional |= self.in_condition;
        self.out.poles.push(word);
    }

    /// Whether the word at `at` says something of the subject: a finite verb, or an adjective after a form of *be*.
    fn is_predicate(&self, at: usize, lower: &str) -> bool {
        let mut before = at;
        while before > 0 && BETWEEN.contains(&self.lower(before - 1).as_str()) {
            before -= 1;
        }
        let finite = lower.ends_with('s') && before > 0 && self.lower(before - 1) != "to";
        finite || (before > 0 && BE.contains(&self.lower(before - 1).as_str()))
    }

    /// The lower-case text of a piece; empty for code and beyond the ends.
    fn lower(&self, at: usize) -> String {
        self.pieces.get(at).filter(|piece| !piece.code).map(|piece| piece.text.to_lowercase()).unwrap_or_default()
    }

    fn push(&mut self, stem: String, solid: bool) {
        self.out.words.push(Word { stem, solid });
    }
}

/// Whether a word is a name or an identifier.
fn is_solid(text: &str) -> bool {
    is_capitalised(text)
        || text.contains(['_', '/', '.', ':', '=', '@', '#', '\\'])
        || text.starts_with('-')
        || text.chars().any(|c| c.is_ascii_digit())
}

/// Whether a word has a capital letter.
fn is_capitalised(text: &str) -> bool {
    text.chars().any(char::is_uppercase)
}
