//! A denial of all that another statement says happens in its time: `passwords do not expire` against `passwords expire
//! every 90 days`.
//!
//! Whoever says when, how often or for how long something is so says that it is so. The two have the same words, but for
//! those that belong to the figure, and nouns that add nothing to a name beside them (`the staging environment`).

use std::collections::BTreeSet;

use super::quantity::Dimension;
use super::statement::Statement;
use super::value::{Kind, Value};

/// Nouns that say of what kind the thing in front of them is, as stems.
const KINDS: &[&str] = &[
    "environment",
    "servic",
    "system",
    "featur",
    "application",
    "app",
    "software",
    "program",
    "process",
    "tool",
    "function",
    "functionality",
    "option",
    "mode",
];
/// Words that belong to a figure of time: `every 90 days`, `five times`.
const OF_FIGURES: &[&str] = &["every", "each", "tim"];
/// Prepositions that stand in front of a figure of time.
const BEFORE_FIGURES: &[&str] = &["after", "within", "for", "on", "in", "until", "per", "over", "during"];
/// Fewest words of what is denied.
const FEWEST: usize = 2;

/// What is said to be so at a time, or never to be so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Occurrence<'a> {
    /// Its words, as stems, without those of [`KINDS`].
    pub(super) words: BTreeSet<&'a str>,
    /// Those of [`KINDS`] that it has.
    kinds: BTreeSet<&'a str>,
    /// What ties it to circumstances, its figure left out.
    ties: Vec<&'a str>,
    /// When, how often or for how long it is so; `None` where it is denied.
    figure: Option<&'a Value>,
}

impl<'a> Occurrence<'a> {
    /// What a sentence denies, or says to be so at a time; `None` where it does neither plainly.
    pub(super) fn of(statement: &'a Statement) -> Option<Self> {
        let unclear = statement.entry
            || statement.idle
            || statement.conditional
            || statement.hedged
            || statement.permits
            || statement.excepts
            || !statement.labels.is_empty();
        if unclear {
            return None;
        }
        let figure = match (statement.values.as_slice(), statement.denies) {
            ([], true) if statement.negations == 1 => None,
            ([figure], false) if statement.negations == 0 && !figure.scope && is_of_time(figure, statement) => {
                Some(figure)
            }
            _ => return None,
        };
        let stems = statement.words.iter().map(|word| word.stem.as_str());
        let stems = stems.filter(|stem| figure.is_none() || !OF_FIGURES.contains(stem));
        let (kinds, words): (BTreeSet<&str>, BTreeSet<&str>) = stems.partition(|stem| KINDS.contains(stem));
        let scopes = statement.scopes.iter().map(String::as_str);
        let ties = scopes.filter(|scope| figure.is_none() || !BEFORE_FIGURES.contains(scope)).collect();
        (words.len() >= FEWEST).then_some(Self { words, kinds, ties, figure })
    }

    /// The figure of the side that has one, where the other denies all of it.
    pub(super) fn denied_by(&self, other: &Occurrence<'a>) -> Option<&'a Value> {
        let ((Some(figure), None) | (None, Some(figure))) = (self.figure, other.figure) else { return None };
        let one_has = self.kinds.is_empty() || other.kinds.is_empty() || self.kinds == other.kinds;
        (self.words == other.words && one_has && self.ties == other.ties).then_some(figure)
    }
}

/// Whether a figure says when, how often or for how long something is so.
fn is_of_time(figure: &Value, statement: &Statement) -> bool {
    let times = || statement.words.iter().any(|word| word.stem == "tim");
    match figure.kind {
        Kind::Weekday(_) => true,
        Kind::Quantity(quantity, _) => match quantity.dimension {
            Dimension::Time | Dimension::Clock => !quantity.is_zero(),
            Dimension::Count => times() && !quantity.is_zero(),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(a: &str, b: &str) -> bool {
        let (a, b) = (Statement::read(a), Statement::read(b));
        Occurrence::of(&a).zip(Occurrence::of(&b)).is_some_and(|(a, b)| a.denied_by(&b).is_some())
    }

    #[test]
    fn what_has_its_time_is_so() {
        for (a, b) in [
            ("Passwords expire every 90 days.", "Passwords do not expire."),
            ("The staging environment is reset every Sunday.", "Staging is never reset."),
            ("Failed deliveries are retried five times.", "Failed deliveries are not retried."),
            ("The archive is checked daily.", "The archive is never checked."),
            ("Sessions of the portal end after 20 minutes.", "Sessions of the portal do not end."),
        ] {
            assert!(denied(a, b) && denied(b, a), "{a} / {b}");
        }
    }

    #[test]
    fn what_is_denied_of_another_thing_or_time_is_not() {
        for (a, b) in [
            ("Passwords of guests expire every 90 days.", "Passwords of staff do not expire."),
            ("Passwords expire every 90 days.", "Passwords do not expire after 30 days."),
            ("The billing service is checked daily.", "The billing system is never checked."),
            ("The tool supports 5 formats.", "The tool does not support formats."),
            ("Passwords may be kept for 90 days.", "Passwords are not kept."),
            ("If nobody signs in, passwords do not expire.", "Passwords expire every 90 days."),
            ("Passwords usually do not expire.", "Passwords expire every 90 days."),
            ("Passwords do not expire unless they are shared.", "Passwords expire every 90 days."),
        ] {
            assert!(!denied(a, b) && !denied(b, a), "{a} / {b}");
        }
    }
}
