//! Reading a sentence's pieces as a statement, one after another.

mod values;

use super::lexicon::{self, Role};
use super::opposition;
use super::piece::Piece;
use super::quantity::{COUNT, Quantity};
use super::read_value;
use super::statement::{Statement, Word};
use super::value::{Bound, Kind, Value};

/// From how many content words on a sentence has named what a pronoun behind them stands for.
const ANTECEDENT: usize = 2;

/// Words that say of something that it is there, beside others.
const HAS_MANY: [&str; 12] = [
    "has", "have", "there", "contains", "contain", "includes", "include", "supports", "support", "shows", "show", "or",
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
                .or_else(|| self.read_everyone(at))
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

    /// `by each driver`, `for all accounts`: whom something holds for, where that is all of them. `For each` and `for every`
    /// count.
    fn read_everyone(&mut self, at: usize) -> Option<usize> {
        let all = matches!((self.lower(at), self.lower(at + 1)), ("by", "each" | "every" | "all") | ("for", "all"));
        let ends = |i: usize| {
            let closes = self.pieces.get(i).is_some_and(|piece| piece.breaks) || i + 1 == self.pieces.len();
            closes || lexicon::role(self.lower(i + 1)).is_some() || lexicon::opens_frequency(self.lower(i + 1))
        };
        let noun = self.noun(at + 2).filter(|_| all && at > 0 && ends(at + 2) && self.out.everyone.is_none())?;
        let measured = read_value::quantity(self.pieces.get(at + 2..)?).is_some();
        let unit = super::quantity::unit(self.lower(at + 2), false).is_some();
        (!measured && !unit).then(|| {
            self.out.everyone = Some(noun);
            3
        })
    }

    /// A word that is no value.
    fn read_word(&mut self, at: usize, piece: &Piece<'a>) -> usize {
        if let Some(choice) = self.choice(piece) {
            self.out.values.push(Value { kind: Kind::Name(choice), scope: false, surface: piece.text.to_owned() });
            return 1;
        }
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
            // `From 10 pm to 7 am`, whatever goes on then.
            None if matches!(lower, "run" | "runs" | "last" | "lasts") && self.lower(at + 1) == "from" => {}
            // `Even when it is signed` sets no condition.
            None if lower == "even" && lexicon::role(self.lower(at + 1)) == Some(Role::Condition) => {}
            None if lower == "none" && self.lower(at + 1) == "of" => return self.read_negation(at, lower),
            None => self.read_content(at, lower),
        }
        1
    }

    /// A colour, a sign between values or an address of mail that is said of what stands in front of it, and is no other
    /// for the same thing.
    fn choice(&self, piece: &Piece<'_>) -> Option<String> {
        let lower = piece.lower.as_ref();
        let address = is_mail_address(lower);
        let one_of_many = || self.pieces.iter().any(|piece| HAS_MANY.contains(&piece.word()));
        if self.in_condition || self.out.words.len() < ANTECEDENT || piece.code && !address {
            return None;
        }
        let choice = if address { Some(lower) } else { lexicon::choice(lower).filter(|_| !one_of_many()) };
        choice.map(str::to_owned)
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
        // What is paid by somebody is not free, and that is not what is said.
        let by_whom = lower == "paid" && self.lower(at + 1) == "by";
        let Some((affirming, denies)) =
            Some(lower).filter(|_| !by_whom && self.is_predicate(at, lower)).and_then(opposition::pole)
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

/// Whether a lower-case word is an address of mail.
fn is_mail_address(word: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-'))
    };
    word.split_once('@').is_some_and(|(name, host)| {
        let labelled = host.rsplit_once('.').is_some_and(|(_, last)| last.len() > 1);
        plain(name) && plain(host) && labelled
    })
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
