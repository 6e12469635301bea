//! How much there is of what, whatever words say it: `staff receive 28 days of paid leave a year` and `paid leave for
//! staff amounts to 25 days a year`.
//!
//! Of a sentence with one figure the words stay that name what is measured; those that only say that it has its measure
//! are left out, and become the manner in which it has it. Two sentences with the same words left, in a manner that
//! can be the same, are about one amount, whatever the order and the prepositions.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::lexicon;
use super::quantity::{Dimension, Quantity};
use super::statement::{Statement, Word};
use super::value::{Bound, Kind, Match, Value};

/// In what manner something has its measure; of several that a sentence tells, the last of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Manner {
    /// It has or is so much.
    Has,
    /// It may have so much, or there is room for so much, and no more.
    Limit,
    /// It must have so much.
    Least,
    /// It goes on or is valid for so long.
    Lasts,
    /// It is kept for so long, and then is no more.
    Keeps,
    /// It is to be paid for with so much.
    Costs,
}

impl Manner {
    /// The manner that a stem tells of something that has its measure in `dimension`. What is removed is kept until
    /// then where it is removed `after` it.
    fn of(stem: &str, dimension: Dimension, after: bool) -> Option<Self> {
        Some(match (stem, dimension) {
            (
                "receiv" | "get" | "includ" | "offer" | "provid" | "entitl" | "grant" | "amount" | "compris"
                | "contain" | "com" | "enjoy" | "cover" | "carry" | "giv",
                _,
            ) => Self::Has,
            (
                "limit" | "allow" | "cap" | "restrict" | "accept" | "maximum" | "quota" | "allowanc" | "refus"
                | "declin",
                _,
            )
            | ("keep" | "fit" | "accommodat" | "capacity", Dimension::Count)
            | ("support" | "handl", Dimension::Data | Dimension::Count) => Self::Limit,
            ("minimum", _) => Self::Least,
            (
                "last" | "tak" | "run" | "duration" | "complet" | "undergo" | "serv" | "expir" | "valid" | "validity"
                | "laps",
                Dimension::Time,
            ) => Self::Lasts,
            ("keep" | "stor" | "preserv" | "sav" | "retention", Dimension::Time) => Self::Keeps,
            ("remov" | "purg" | "discard", Dimension::Time) if after => Self::Keeps,
            ("run" | "tak" | "perform" | "execut" | "happen" | "occur" | "schedul" | "creat", Dimension::Clock) => {
                Self::Has
            }
            ("cost" | "pric" | "fee" | "charg" | "pay" | "sell", Dimension::Money(_)) => Self::Costs,
            _ => return None,
        })
    }

    /// Whether a figure told in one manner and one told in the other can be of the same thing.
    fn fits(self, other: Self) -> bool {
        let either = |manner: Self| self == manner || other == manner;
        let limits = either(Self::Limit) || either(Self::Least);
        self == other || either(Self::Has) && !either(Self::Keeps) || limits && !either(Self::Costs)
    }
}

/// How much there is of what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amount<'a> {
    /// What is measured, as stems; never empty.
    pub(super) words: BTreeSet<Cow<'a, str>>,
    /// The figure and what it measures.
    value: &'a Value,
    quantity: Quantity,
    bound: Bound,
    /// The manner; `None` where no word tells it.
    manner: Option<Manner>,
    /// What is counted, where that is known.
    counted: Option<&'a str>,
    /// What ties it to circumstances.
    ties: BTreeSet<&'a str>,
}

impl<'a> Amount<'a> {
    /// The amount that a sentence states; `None` where it does not give just one, or denies it.
    pub(super) fn of(statement: &'a Statement) -> Option<Self> {
        let refuses = statement.poles.iter().any(|pole| pole.starts_with("reject"));
        let denies = statement.denies && !refuses || statement.negations > 0;
        let unclear = statement.entry || denies || !statement.labels.is_empty();
        let claimed: Vec<&Value> = statement.values.iter().filter(|value| !value.is_circumstance()).collect();
        let (value, often) = match *claimed.as_slice() {
            [value] => (value, None),
            [often, hour] | [hour, often] if is_in(hour, Dimension::Clock) && is_in(often, Dimension::Time) => {
                (hour, Some(often))
            }
            _ => return None,
        };
        if unclear {
            return None;
        }
        let Kind::Quantity(quantity, bound) = value.kind else { return None };
        let after = statement.scopes.iter().any(|scope| scope == "after");
        let (mut words, mut manner) = (BTreeSet::new(), None);
        for word in &statement.words {
            match Manner::of(&word.stem, quantity.dimension, after).filter(|_| !word.solid) {
                Some(told) => manner = manner.max(Some(told)),
                None if says_nothing(word, quantity.dimension) => {}
                // `Takes up to 5 MB` allows it, `takes 5 MB` uses it up.
                None if word.stem == "tak" && bound == Bound::AtMost => {}
                None => {
                    words.insert(root(word));
                }
            }
        }
        let limited = manner == Some(Manner::Limit) || statement.permits;
        let above_limit =
            refuses || statement.words.iter().any(|word| matches!(word.stem.as_str(), "refus" | "declin"));
        let bound = match bound {
            // What is refused above it is its limit.
            Bound::AtLeast if above_limit => Bound::AtMost,
            _ if above_limit => return None,
            Bound::Exact if limited => Bound::AtMost,
            Bound::Exact if manner == Some(Manner::Least) => Bound::AtLeast,
            other => other,
        };
        // How often something happens at an hour of the day goes with what happens then.
        words.extend(often.map(|often| Cow::Owned(format!("{:?}", often.kind))));
        let ties = statement.scopes.iter().map(String::as_str).filter(|scope| ties(scope)).collect();
        (!words.is_empty()).then_some(Self {
            words,
            value,
            quantity,
            bound,
            manner,
            counted: statement.counted.as_deref(),
            ties,
        })
    }

    /// How much its words say by themselves what is measured, common ones counted half.
    pub(super) fn strength(&self) -> f32 {
        self.words.iter().map(|word| if lexicon::is_weak(&word.to_lowercase()) { 0.5 } else { 1.0 }).sum()
    }

    /// What the figure measures.
    pub(super) fn dimension(&self) -> Dimension {
        self.quantity.dimension
    }

    /// Both figures, as they are written, where the two are of the same thing and cannot both be true.
    pub(super) fn denied_by<'b>(&self, other: &Amount<'b>) -> Option<(&'a Value, &'b Value)> {
        let fits = self.manner.zip(other.manner).is_none_or(|(mine, theirs)| mine.fits(theirs));
        let same = self.words == other.words && self.ties == other.ties && self.counted == other.counted && fits;
        let with_bound =
            |value: &Value, quantity, bound| Value { kind: Kind::Quantity(quantity, bound), ..value.clone() };
        let mine = with_bound(self.value, self.quantity, self.bound);
        let theirs = with_bound(other.value, other.quantity, other.bound);
        (same && mine.compare(&theirs) == Match::Conflict).then_some((self.value, other.value))
    }
}

/// Whether a value is a figure of this dimension.
fn is_in(value: &Value, dimension: Dimension) -> bool {
    matches!(value.kind, Kind::Quantity(quantity, _) if quantity.dimension == dimension)
}

/// Whether a word names what every figure of its dimension measures, stands for each of its kind, or for whoever it is.
fn says_nothing(word: &Word, dimension: Dimension) -> bool {
    let measure: &[&str] = match dimension {
        Dimension::Data => &["siz"],
        Dimension::Time => &["tim", "period", "term"],
        Dimension::Temperature(_) => &["temperatur"],
        Dimension::Mass => &["weight", "weigh"],
        Dimension::Count => &["tim", "number", "people", "person"],
        _ => &[],
    };
    let stem = word.stem.as_str();
    !word.solid && (measure.contains(&stem) || matches!(stem, "each" | "every" | "user"))
}

/// The stem of a word; of a noun made of a verb or an adjective theirs: `replacement`, `vaccination`, `length`.
fn root(word: &Word) -> Cow<'_, str> {
    let stem = word.stem.as_str();
    if word.solid || !stem.is_ascii() {
        return Cow::Borrowed(stem);
    }
    let made_of = match stem {
        "length" => "long",
        "width" => "wid",
        "height" | "tall" => "high",
        "depth" => "deep",
        _ => stem,
    };
    if let Some(verb) = made_of.strip_suffix("ment").filter(|verb| verb.len() >= LEAST_ROOT) {
        return lexicon::stem(verb).into();
    }
    let verb = made_of.strip_suffix("ion").filter(|verb| verb.ends_with(['t', 's'])).unwrap_or(made_of);
    Cow::Borrowed(verb.strip_suffix("at").filter(|root| root.len() >= LEAST_ROOT).unwrap_or(verb))
}

/// Fewest letters of a root.
const LEAST_ROOT: usize = 3;

/// Whether a preposition or condition says where, when or for what an amount holds; others (`of`, `for`, `to`) only join
/// its words, in whatever order these come.
fn ties(scope: &str) -> bool {
    !matches!(scope, "for" | "to" | "by" | "in" | "on" | "with" | "per" | "within" | "at" | "into" | "under" | "after")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(a: &str, b: &str) -> bool {
        let (a, b) = (Statement::read(a), Statement::read(b));
        Amount::of(&a).zip(Amount::of(&b)).is_some_and(|(a, b)| a.denied_by(&b).is_some())
    }

    #[test]
    fn amounts_of_one_thing_in_other_words_deny_each_other() {
        for (a, b) in [
            (
                "Full-time employees receive 28 days of paid vacation per year.",
                "Paid vacation for full-time employees amounts to 25 days per year.",
            ),
            ("The probation period lasts six months.", "The probation period is three months."),
            (
                "A replacement for a lost parking permit costs 25 euros.",
                "The fee for replacing a lost parking permit is 15 euros.",
            ),
            (
                "The search endpoint allows 120 requests per minute.",
                "The search endpoint is limited to 60 requests per minute.",
            ),
            ("Customers can return items within 30 days.", "Items can be returned within 14 days."),
            ("Visits to the ward may take 30 minutes.", "The duration of visits to the ward is limited to 45 minutes."),
            ("Each project may have up to 12 collaborators.", "The maximum number of collaborators per project is 8."),
            ("Snapshots are retained for 7 days.", "Snapshots are deleted after 30 days."),
            ("The bridge is 340 metres long.", "The length of the bridge is 410 metres."),
            ("The maximum upload size is 25 MB.", "Uploads may be up to 100 MB."),
            ("Audit logs are stored for 90 days.", "We keep audit logs for 30 days."),
        ] {
            assert!(denied(a, b) && denied(b, a), "{a} / {b}");
        }
    }

    #[test]
    fn other_things_and_what_can_both_be_true_deny_nothing() {
        for (a, b) in [
            ("Premium members receive 5 tickets per year.", "Basic members get 3 tickets per year."),
            ("The client makes 5 connection retries.", "The client makes 3 upload retries."),
            ("The export takes 20 minutes at night.", "The import takes 45 minutes at night."),
            ("The nightly export takes 20 minutes.", "The nightly export is kept for 14 days."),
            ("Orders of the canteen are limited to 20 euros.", "Orders of the canteen cost 25 euros."),
            ("The audit log is limited to 5 GB.", "The audit log takes 3 GB."),
            ("Passwords must have 8 characters.", "Passwords may have 64 characters."),
            ("Each project may have 12 collaborators.", "Each collaborator may have 3 projects."),
            ("The trial lasts two weeks.", "The trial is 14 days."),
            ("The trip from Oslo to Bergen takes 7 hours.", "The trip to Bergen takes 8 hours."),
            ("Staff do not receive 28 days of leave.", "Leave for staff amounts to 25 days."),
        ] {
            assert!(!denied(a, b) && !denied(b, a), "{a} / {b}");
        }
    }
}
