//! Reading a sentence's pieces as a statement, one after another.

use super::lexicon::{self, Role};
use super::opposition;
use super::piece::Piece;
use super::quantity::{CLOCK, COUNT, Dimension, LAST_IN_MONTH, ORDINAL, Quantity};
use super::read_value;
use super::statement::{Statement, Word};
use super::value::{Bound, Date, Kind, Value};

/// From how many content words on a sentence has named what a pronoun behind them stands for.
const ANTECEDENT: usize = 2;

/// Words in front of four digits that make them a year.
const YEAR_FOLLOWS: [&str; 16] = [
    "in", "since", "during", "by", "until", "till", "from", "before", "after", "of", "early", "late", "mid", "year",
    "circa", "to",
];

/// Prepositions that make the version after them a circumstance.
const VERSION_FOLLOWS: [&str; 13] =
    ["in", "since", "from", "before", "after", "until", "prior", "with", "for", "on", "through", "to", "by"];

/// Words that say of the version in front of them that something needs it.
const IS_NEEDED: [&str; 4] = ["required", "needed", "recommended", "mandatory"];

/// Verbs that with a preposition say what something is made for, so that the version after them is what is claimed.
const BEFORE_BASE: [&str; 13] = [
    "runs",
    "run",
    "running",
    "based",
    "built",
    "builds",
    "ships",
    "ship",
    "tested",
    "compatible",
    "depends",
    "relies",
    "comes",
];

/// Forms of *be* and its like, which an adjective said of the subject follows.
const BE: [&str; 15] = [
    "is", "are", "be", "was", "were", "been", "remains", "becomes", "isn't", "aren't", "wasn't", "weren't", "stays",
    "stay", "remain",
];
/// What may stand between them and the adjective.
const BETWEEN: [&str; 9] = ["not", "always", "currently", "also", "never", "now", "fully", "only", "still"];

/// The statement that the pieces of `sentence` make.
pub(super) fn read(sentence: &str, pieces: &[Piece<'_>]) -> Statement {
    let out = Statement::default();
    let mut reader = Reader { pieces, sentence, out, in_condition: false, bound: None };
    reader.run();
    reader.out
}

/// Reads pieces one after another.
struct Reader<'a> {
    pieces: &'a [Piece<'a>],
    sentence: &'a str,
    out: Statement,
    in_condition: bool,
    bound: Option<Bound>,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(piece) = self.pieces.get(at) {
            let taken = self
                .read_label(at)
                .or_else(|| self.read_bound(at))
                .or_else(|| self.read_value(at))
                .or_else(|| self.read_validity(at))
                .or_else(|| self.read_duty(at))
                .unwrap_or_else(|| self.read_word(at, piece));
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
        (numbered && lexicon::is_label(&piece.lower)).then(|| {
            self.out.labels.push(format!("{} {}", piece.lower, next.text));
            2
        })
    }

    /// `at least`, `up to`, `about` and their like in front of a number.
    fn read_bound(&mut self, at: usize) -> Option<usize> {
        let (first, second, third) = (self.lower(at), self.lower(at + 1), self.lower(at + 2));
        let (bound, taken) = match (first, second, third) {
            ("no" | "not", "more", "than") => (Bound::AtMost, 3),
            ("no" | "not", "less" | "fewer", "than") => (Bound::AtLeast, 3),
            ("up", "to", _) | ("at", "most", _) | ("less" | "fewer", "than", _) => (Bound::AtMost, 2),
            ("at", "least", _) | ("more" | "greater", "than", _) => (Bound::AtLeast, 2),
            ("about" | "around" | "approximately" | "roughly" | "nearly" | "almost" | "circa", ..) => (Bound::About, 1),
            _ => return None,
        };
        // `At least PostgreSQL 14` is a version; what it is of stands between.
        let named = bound == Bound::AtLeast && self.names_version(at + taken);
        if !named {
            read_value::quantity(self.pieces.get(at + taken..)?)?;
        }
        self.bound = Some(bound);
        Some(taken)
    }

    /// Whether a name, or two, and a number begin here.
    fn names_version(&self, at: usize) -> bool {
        let is_name = |i: usize| self.is_name(i) || lexicon::is_software(self.lower(i));
        let names = (at..at + 2).take_while(|i| is_name(*i)).count();
        let numbered = |piece: &Piece<'_>| piece.text.starts_with(|c: char| c.is_ascii_digit());
        names > 0 && self.pieces.get(at + names).is_some_and(numbered)
    }

    /// What is `valid for` a time expires after it.
    fn read_validity(&mut self, at: usize) -> Option<usize> {
        let times = (self.lower(at), self.lower(at + 1)) == ("valid", "for");
        let rest = self.pieces.get(at + 2..).filter(|_| times)?;
        let _ = read_value::quantity(rest).or_else(|| read_value::one_of_unit(rest))?;
        self.push(lexicon::stem("expires"), false);
        self.out.scopes.push("after".to_owned());
        Some(2)
    }

    /// `have to`, `need not`: words that oblige or leave free, as `must` does.
    fn read_duty(&mut self, at: usize) -> Option<usize> {
        let taken = match (self.lower(at), self.lower(at + 1)) {
            ("have" | "has" | "had", "to") => 2,
            ("need", "not") => 1,
            _ => return None,
        };
        self.out.polar = true;
        Some(taken)
    }

    fn read_value(&mut self, at: usize) -> Option<usize> {
        let rest = self.pieces.get(at..)?;
        let (kind, scope, taken) = self
            .read_date(at, rest)
            .or_else(|| self.read_version(at, rest))
            .or_else(|| self.read_time(at, rest))
            .or_else(|| {
                let (kind, taken) = read_value::quantity(rest)?;
                Some((self.bounded(kind, at + taken), false, taken))
            })?;
        let (first, last) = (rest.first()?, rest.get(taken - 1)?);
        let surface = self.sentence.get(first.at..last.at + last.text.len()).unwrap_or(first.text).to_owned();
        self.bound = None;
        if matches!(&kind, Kind::Quantity(quantity, _) if quantity.dimension == Dimension::Count) {
            self.out.counted = self.out.counted.take().or_else(|| self.noun(at + taken));
        }
        self.out.values.push(Value { kind, scope: scope || self.in_condition, surface });
        Some(taken)
    }

    /// A date or a year. It is what is claimed only where the sentence tells of an event.
    fn read_date(&self, at: usize, rest: &[Piece<'_>]) -> Option<(Kind, bool, usize)> {
        let event = || self.pieces.iter().any(|piece| lexicon::is_event(&piece.lower));
        if let Some((date, taken)) = read_value::date(rest) {
            return Some((Kind::Date(date), !event(), taken));
        }
        let before = self.lower(at.checked_sub(1)?);
        let ends = rest.first()?.breaks || rest.get(1).is_none_or(|next| lexicon::role(&next.lower).is_some());
        let old = ends && matches!(before, "in" | "since" | "until" | "circa");
        let from = if old { 1000 } else { 1900 };
        let year = rest.first().filter(|piece| !piece.code).and_then(|piece| read_value::year(piece.text, from))?;
        YEAR_FOLLOWS.contains(&before).then(|| {
            let opens = at == 1;
            (Kind::Date(Date { year: Some(year), month: None, day: None }), opens || !event(), 1)
        })
    }

    /// A version. After a preposition, or opening the sentence, it says what the rest holds for.
    fn read_version(&mut self, at: usize, rest: &[Piece<'_>]) -> Option<(Kind, bool, usize)> {
        let piece = rest.first().filter(|piece| piece.text.bytes().any(|b| b.is_ascii_digit()))?;
        let is_word = |i: usize| matches!(self.lower(i), "version" | "versions" | "release" | "releases");
        let is_name = |i: usize| self.is_name(i);
        let before = at.checked_sub(1);
        let named_version = before.is_some_and(is_word);
        let dotted = piece.text.contains('.');
        let speaks_of_versions = || (0..self.pieces.len()).any(|i| is_word(i) || self.lower(i).starts_with("upgrad"));
        let is_software = |i: usize| lexicon::is_software(self.lower(i));
        // `14 or later`, `14 and above`, `14 upwards`: how many pieces say so.
        let later = match (self.lower(at + 1), self.lower(at + 2)) {
            ("or" | "and", "later" | "newer" | "above" | "higher" | "up" | "upwards" | "onwards") => 2,
            ("upwards" | "onwards", _) => 1,
            _ => 0,
        };
        let or_later = || later > 0 || piece.text.ends_with('+') || self.bound == Some(Bound::AtLeast);
        let follows_name = before.is_some_and(|i| {
            self.pieces.get(i).is_some_and(|piece| !piece.breaks)
                && (is_software(i) || is_name(i) && (dotted || i > 0 && or_later()))
        });
        let named = named_version || follows_name || (dotted && speaks_of_versions());
        let numbers = read_value::version(piece, named)?;
        let mut i = at;
        while i > 0 && (is_word(i - 1) || is_name(i - 1) || is_software(i - 1) || self.lower(i - 1) == "the") {
            i -= 1;
        }
        let opens = i == 0 && !(0..self.pieces.len()).any(|i| IS_NEEDED.contains(&self.lower(i)));
        let runs_on = i > 1 && BEFORE_BASE.contains(&self.lower(i - 2));
        let scope = opens || i > 0 && VERSION_FOLLOWS.contains(&self.lower(i - 1)) && !runs_on;
        // All of these say the same.
        if or_later() {
            self.out.scopes.push("or".to_owned());
        }
        Some((Kind::Version(numbers), scope, 1 + later))
    }

    /// An hour, a day of the week, a place in an order, how often, or a duration with an article.
    fn read_time(&mut self, at: usize, rest: &[Piece<'_>]) -> Option<(Kind, bool, usize)> {
        const ARTICLE_FOLLOWS: [&str; 14] = [
            "within", "after", "for", "lasts", "last", "takes", "take", "least", "most", "than", "in", "about", "to",
            "up",
        ];
        let word = self.lower(at);
        let opens_clock =
            word.starts_with(|c: char| c.is_ascii_digit()) || matches!(word, "noon" | "midday" | "midnight");
        if let Some((minutes, taken)) = Some(rest).filter(|_| opens_clock).and_then(read_value::clock) {
            return Some((Kind::Quantity(Quantity::new(minutes, CLOCK), Bound::Exact), false, taken));
        }
        let first = rest.first().filter(|piece| !piece.code)?;
        let before = at.checked_sub(1).map(|i| self.lower(i)).unwrap_or_default();
        if let Some(day) = Some(word).filter(|_| is_capitalised(first.text)).and_then(lexicon::weekday) {
            let dated = matches!(
                before,
                "on" | "every" | "each" | "by" | "until" | "from" | "to" | "through" | "before" | "after" | "and"
            ) || read_value::ordinal(before).is_some()
                || before == "last" && self.lower(at + 1) == "of";
            return dated.then_some((Kind::Weekday(day), false, 1));
        }
        let far = at.checked_sub(2).map(|i| self.lower(i)).unwrap_or_default();
        let placed = before == "the" && matches!(far, "on" | "at" | "by" | "until" | "after" | "before");
        let figure = first.text.starts_with(|c: char| c.is_ascii_digit());
        let next = self.lower(at + 1);
        let named = || {
            let is_noun = lexicon::role(next).is_none() || figure && next == "of";
            rest.len() > 1 && !first.breaks && is_noun
        };
        // `The last Friday of the month`; without `of`, it is one that has passed.
        let last = word == "last" && lexicon::weekday(next).is_some() && self.lower(at + 2) == "of";
        let counted = |word| Some(Quantity::new(read_value::ordinal(word)?, ORDINAL));
        let order = |word| if last { Some(Quantity::new(1.0, LAST_IN_MONTH)) } else { counted(word) };
        if let Some(place) = Some(word).filter(|_| placed && named()).and_then(order) {
            return Some((Kind::Quantity(place, Bound::Exact), false, 1));
        }
        if let Some((kind, taken)) =
            Some(rest).filter(|_| lexicon::opens_frequency(word) || next == "times").and_then(read_value::frequency)
        {
            self.push("every".to_owned(), false);
            return Some((kind, false, taken));
        }
        let (kind, taken) = Some(rest)
            .filter(|_| matches!(word, "a" | "an" | "half") && ARTICLE_FOLLOWS.contains(&before))
            .and_then(read_value::one_of_unit)?;
        Some((self.bounded(kind, at + taken), false, taken))
    }

    /// The quantity under the bound read before it or standing after it (`5 or more`, `5+`).
    fn bounded(&self, kind: Kind, next: usize) -> Kind {
        let Kind::Quantity(quantity, _) = kind else { return kind };
        let text = self.pieces.get(next - 1).map_or("", |piece| piece.text);
        let after = match (self.lower(next), self.lower(next + 1)) {
            ("or", "more" | "above" | "higher" | "greater" | "newer" | "later") => Some(Bound::AtLeast),
            ("or", "less" | "fewer" | "below" | "lower") => Some(Bound::AtMost),
            _ if text.ends_with('+') => Some(Bound::AtLeast),
            _ if text.starts_with('~') => Some(Bound::About),
            _ => None,
        };
        Kind::Quantity(quantity, self.bound.or(after).unwrap_or(Bound::Exact))
    }

    /// A word that is no value.
    fn read_word(&mut self, at: usize, piece: &Piece<'a>) -> usize {
        if piece.code || (is_solid(piece.text) && at > 0) {
            self.push(piece.text.to_owned(), true);
            return 1;
        }
        let lower = piece.lower.as_ref();
        let last = piece.breaks || at + 1 == self.pieces.len();
        if self.is_switch(at, lower) {
            self.deny(lower == "off", lower.to_owned());
            self.push(lexicon::stem("enabled"), false);
            return 1;
        }
        if matches!(lower, "turned" | "switched") && self.is_switch(at + 1, self.lower(at + 1)) {
            return 1;
        }
        match lexicon::role(lower) {
            _ if lower == "twice" || (lower == "once" && last) => self.read_times(lower, piece),
            // `after that date` points outside the sentence.
            Some(Role::Light) if lower == "that" && self.follows_preposition(at) => self.out.deictic = true,
            // `Such a file` is one that was told of before.
            Some(Role::Light) if lower == "such" && matches!(self.lower(at + 1), "a" | "an") => self.out.deictic = true,
            // What denies something more adds nothing to it: `may not contain nuts either`.
            Some(Role::Scope) if lower == "either" && last && self.out.negations > 0 => {}
            Some(Role::Light) => {
                self.out.past |= matches!(lower, "was" | "were" | "had" | "did");
            }
            // What is hidden from somebody is not visible to them.
            Some(Role::Scope) if lower == "from" && at > 0 && self.lower(at - 1) == "hidden" => {
                self.out.scopes.push("to".to_owned());
            }
            // What lacks something is a circumstance, and whether it is so in it can be denied: `can be used without a key`
            // against `cannot be used without a key`.
            Some(Role::Scope) if lower == "without" => {
                self.out.polar = true;
                self.out.scopes.push(lower.to_owned());
            }
            // `is supported for it`, `in it` and `on it` say that `it supports` the thing.
            Some(Role::Scope) if matches!(lower, "for" | "by" | "in" | "on") && self.follows_support(at) => {}
            Some(Role::Scope) => self.out.scopes.push(lower.to_owned()),
            Some(Role::Condition) => {
                self.in_condition = true;
                self.out.scopes.push(lower.to_owned());
            }
            // `No. 94` is a number.
            Some(Role::Negation) if lower == "no" && self.lower(at + 1).starts_with(|c: char| c.is_ascii_digit()) => {}
            Some(Role::Negation) => return self.read_negation(at, lower),
            // `see above` points outside the sentence; `above that size` is a preposition with its noun.
            Some(Role::Deictic) if matches!(lower, "above" | "below") && self.opens_noun(at + 1) => {
                self.out.scopes.push(lower.to_owned());
            }
            Some(Role::Deictic) => self.out.deictic |= !self.refers_back(lower),
            Some(Role::Hedge) => self.out.hedged = true,
            Some(Role::Modal) => {
                self.out.polar = true;
                self.out.permits |= matches!(lower, "may" | "might" | "can" | "could");
            }
            None if lower == "none" && self.lower(at + 1) == "of" => return self.read_negation(at, lower),
            None => self.read_content(at, lower),
        }
        1
    }

    /// Whether the word at `at` says that something is on or off.
    fn is_switch(&self, at: usize, lower: &str) -> bool {
        let before = at.checked_sub(1).map(|i| self.lower(i)).unwrap_or_default();
        let ends = at + 1 == self.pieces.len()
            || self.pieces.get(at).is_some_and(|piece| piece.breaks)
            || self.lower(at + 1) == "by";
        let said = BE.contains(&before) || matches!(before, "turned" | "switched" | "not");
        matches!(lower, "on" | "off") && said && ends
    }

    /// `twice` is two times.
    fn read_times(&mut self, lower: &str, piece: &Piece<'_>) {
        let number = if lower == "twice" { 2.0 } else { 1.0 };
        let kind = Kind::Quantity(Quantity::new(number, COUNT), Bound::Exact);
        self.out.values.push(Value { kind, scope: self.in_condition, surface: piece.text.to_owned() });
        self.push(lexicon::stem("times"), false);
    }

    /// Whether a preposition that a noun follows stands in front of the word.
    fn follows_preposition(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|i| self.lower(i)).unwrap_or_default();
        matches!(
            before,
            "after" | "before" | "until" | "since" | "from" | "at" | "on" | "for" | "by" | "with" | "during"
        )
    }

    /// Whether a pronoun stands for what the sentence has named before: `Oats are dried before they are stored`.
    fn refers_back(&self, pronoun: &str) -> bool {
        matches!(pronoun, "it" | "they" | "them") && self.out.words.len() >= ANTECEDENT
    }

    /// Whether the word in front says that something is supported.
    fn follows_support(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| matches!(self.lower(before), "supported" | "unsupported"))
    }

    /// Whether a noun with its article, demonstrative or number begins here.
    fn opens_noun(&self, at: usize) -> bool {
        let word = self.lower(at);
        matches!(word, "a" | "an" | "the" | "that" | "this" | "those" | "these" | "its" | "their")
            || word.starts_with(|c: char| c.is_ascii_digit())
    }

    /// A denying word; returns the pieces taken. `not only` and its like deny nothing that could be compared.
    fn read_negation(&mut self, at: usize, lower: &str) -> usize {
        let next = self.lower(at + 1);
        if matches!(next, "only" | "just" | "merely" | "necessarily" | "yet" | "always" | "all" | "every") {
            self.out.hedged = true;
            self.out.scopes.push(format!("{lower} {next}"));
            return 1;
        }
        // `neither … nor` and `not … nor` deny once.
        let goes_on = lower == "nor" && self.out.negations > 0;
        if goes_on {
            return 1;
        }
        self.out.negations += 1;
        self.deny(true, lower.to_owned());
        1 + usize::from(next == "longer")
    }

    /// A content word; of antonyms said of the subject, the stem of the affirming one.
    fn read_content(&mut self, at: usize, lower: &str) {
        if lower == "number" && self.lower(at + 1) == "of" && self.out.counted.is_none() {
            self.out.counted = self.noun(at + 2);
        }
        let Some((affirming, denies)) = Some(lower).filter(|_| self.is_predicate(at, lower)).and_then(opposition::pole)
        else {
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
        while before > 0 && BETWEEN.contains(&self.lower(before - 1)) {
            before -= 1;
        }
        let finite = lower.ends_with('s') && before > 0 && self.lower(before - 1) != "to";
        finite || (before > 0 && BE.contains(&self.lower(before - 1)))
    }

    /// Whether the word at `at` is a name: it has a capital letter, and says nothing else.
    fn is_name(&self, at: usize) -> bool {
        let named =
            |piece: &Piece<'_>| !piece.code && is_capitalised(piece.text) && lexicon::role(&piece.lower).is_none();
        self.pieces.get(at).is_some_and(named)
    }

    /// The stem of the content word at `at`, where the one in front goes on to it.
    fn noun(&self, at: usize) -> Option<String> {
        let goes_on = |i: usize| self.pieces.get(i).is_some_and(|piece| !piece.breaks);
        let word = Some(self.lower(at)).filter(|word| !word.is_empty() && at.checked_sub(1).is_some_and(goes_on))?;
        lexicon::role(word).is_none().then(|| lexicon::stem(word))
    }

    /// The lower-case text of a piece; empty for code and beyond the ends.
    fn lower(&self, at: usize) -> &'a str {
        self.pieces.get(at).map_or("", Piece::word)
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
