//! Reading the values of a sentence: quantities with their bounds, dates, versions and times.

use super::{Reader, is_capitalised};
use crate::contradiction::lexicon::{self, Role};
use crate::contradiction::piece::Piece;
use crate::contradiction::quantity::{CLOCK, Dimension, LAST_IN_MONTH, ORDINAL, Quantity};
use crate::contradiction::read_value;
use crate::contradiction::value::{Bound, Date, Kind, Value};

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

impl Reader<'_> {
    /// `at least`, `up to`, `about` and their like in front of a number.
    pub(super) fn read_bound(&mut self, at: usize) -> Option<usize> {
        let (first, second, third) = (self.lower(at), self.lower(at + 1), self.lower(at + 2));
        let (bound, taken) = match (first, second, third) {
            ("no" | "not", "more", "than") => (Bound::AtMost, 3),
            ("no" | "not", "less" | "fewer", "than") => (Bound::AtLeast, 3),
            ("up", "to", _)
            | ("at", "most", _)
            | ("less" | "fewer" | "smaller" | "shorter" | "lighter" | "younger" | "lower", "than", _) => {
                (Bound::AtMost, 2)
            }
            ("at", "least", _)
            | ("more" | "greater" | "larger" | "bigger" | "longer" | "heavier" | "older" | "higher", "than", _) => {
                (Bound::AtLeast, 2)
            }
            ("exceed" | "exceeds" | "exceeding" | "above", ..) => (Bound::AtLeast, 1),
            ("below", ..) => (Bound::AtMost, 1),
            ("about" | "around" | "approximately" | "roughly" | "nearly" | "almost" | "circa", ..) => (Bound::About, 1),
            _ => return None,
        };
        // `At least PostgreSQL 14` is a version; what it is of stands between.
        let named = bound == Bound::AtLeast && self.names_version(at + taken);
        if !named {
            read_value::quantity(self.pieces.get(at + taken..)?)?;
        }
        self.bound = Some(if self.undo_denial(at, bound) { Bound::AtMost } else { bound });
        Some(taken)
    }

    /// What must not be larger than something may be as large: takes back the denial in front of the comparison at `at`.
    fn undo_denial(&mut self, at: usize, bound: Bound) -> bool {
        let mut before = at;
        while before > 0 && matches!(self.lower(before - 1), "be" | "is" | "are" | "last" | "take") {
            before -= 1;
        }
        let denied = before > 0 && lexicon::role(self.lower(before - 1)) == Some(Role::Negation);
        // What need not be larger may be, which is no claim.
        let freed = denied && before.checked_sub(2).is_some_and(|duty| self.lower(duty) == "need");
        self.out.hedged |= freed;
        let denied = denied && !freed;
        let counted = self.out.negations.checked_sub(1).filter(|_| denied && bound == Bound::AtLeast);
        let left = counted.filter(|_| !matches!(self.lower(at), "at" | "more"));
        if let Some(left) = left {
            self.out.negations = left;
            self.out.denies = !self.out.denies;
            self.out.poles.pop();
        }
        left.is_some()
    }

    /// Whether a name, or two, and a number begin here.
    fn names_version(&self, at: usize) -> bool {
        let is_name = |i: usize| self.is_name(i) || lexicon::is_software(self.lower(i));
        let names = (at..at + 2).take_while(|i| is_name(*i)).count();
        let numbered = |piece: &Piece<'_>| piece.text.starts_with(|c: char| c.is_ascii_digit());
        names > 0 && self.pieces.get(at + names).is_some_and(numbered)
    }

    /// What is `valid for` a time expires after it.
    pub(super) fn read_validity(&mut self, at: usize) -> Option<usize> {
        let times = (self.lower(at), self.lower(at + 1)) == ("valid", "for");
        let rest = self.pieces.get(at + 2..).filter(|_| times)?;
        let _ = read_value::quantity(rest).or_else(|| read_value::one_of_unit(rest))?;
        self.push(lexicon::stem("expires"), false);
        self.out.scopes.push("after".to_owned());
        Some(2)
    }

    pub(super) fn read_value(&mut self, at: usize) -> Option<usize> {
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
        let threshold = matches!(self.bound.take(), Some(Bound::AtLeast | Bound::AtMost));
        if matches!(&kind, Kind::Quantity(quantity, _) if quantity.dimension == Dimension::Count) {
            self.out.counted = self.out.counted.take().or_else(|| self.noun(at + taken));
        }
        // From what figure on something happens is what a condition claims.
        self.out.values.push(Value { kind, scope: scope || self.in_condition && !threshold, surface });
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
        const ARTICLE_FOLLOWS: [&str; 15] = [
            "of", "within", "after", "for", "lasts", "last", "takes", "take", "least", "most", "than", "in", "about",
            "to", "up",
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
        let placed = before == "the" && matches!(far, "on" | "at" | "by" | "until" | "after" | "before" | "from");
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
}
