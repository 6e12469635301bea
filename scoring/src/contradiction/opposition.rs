//! Words that exclude each other: where one stands in the place of another, two sentences cannot both be true.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::{self, Role};
use super::{quantity, read_value};

/// Words of one family of which only one can hold, beside those that are told by what they name: months, days of the
/// week, places in an order, numbers and units.
const FAMILIES: [&[&str]; 6] = [
    &["half", "third", "quarter", "fifth"],
    &["once", "twice", "thrice"],
    &["hourly", "daily", "weekly", "monthly", "quarterly", "yearly"],
    &["before", "after"],
    &["more", "fewer", "less"],
    &["must", "may"],
];

/// Whether two lower-case words exclude each other.
pub(crate) fn exclude_each_other(a: &str, b: &str) -> bool {
    let both = |family: &&[&str]| family.contains(&a) && family.contains(&b);
    a != b
        && (differ(lexicon::month, a, b)
            || differ(lexicon::weekday, a, b)
            || differ(read_value::ordinal, a, b)
            || differ(count, a, b)
            || quantity::are_units_of_one_kind(a, b)
            || are_poles(a, b)
            || FAMILIES.iter().any(both))
}

/// Whether a lower-case word denies what it is said of.
pub(crate) fn denies(word: &str) -> bool {
    lexicon::role(word) == Some(Role::Negation) || matches!(word, "without" | "none")
}

/// Whether both words name something of one kind, and not the same.
fn differ<T: PartialEq>(names: impl Fn(&str) -> Option<T>, a: &str, b: &str) -> bool {
    matches!((names(a), names(b)), (Some(x), Some(y)) if x != y)
}

fn count(word: &str) -> Option<f64> {
    if word == "one" { Some(1.0) } else { lexicon::number_word(word) }
}

/// Whether one of two words denies what the other affirms.
fn are_poles(a: &str, b: &str) -> bool {
    matches!((pole(a), pole(b)), (Some((x, denies)), Some((y, other))) if x == y && denies != other)
}

/// A word of an antonym pair as the pair's name and whether it is the denying one.
pub(super) fn pole(word: &str) -> Option<(&'static str, bool)> {
    static POLES: LazyLock<HashMap<&str, (&str, bool)>> = LazyLock::new(|| {
        let sides = PAIRS.iter().flat_map(|(yes, no)| [(yes, yes[0], false), (no, yes[0], true)]);
        sides.flat_map(|(words, name, denies)| words.iter().map(move |word| (*word, (name, denies)))).collect()
    });
    POLES.get(word).copied()
}

/// Antonym pairs whose two sides cannot both hold of one thing.
const PAIRS: [(&[&str], &[&str]); 40] = [
    (&["enabled", "enables"], &["disabled", "disables"]),
    (&["supported", "supports"], &["unsupported"]),
    (&["required", "requires", "mandatory", "compulsory", "obligatory"], &["optional"]),
    (
        &["allowed", "permitted", "allows", "permits"],
        &["forbidden", "prohibited", "disallowed", "forbids", "prohibits"],
    ),
    (&["available"], &["unavailable"]),
    (&["compatible"], &["incompatible"]),
    (&["synchronous"], &["asynchronous"]),
    (&["mutable"], &["immutable"]),
    (&["included", "includes"], &["excluded", "excludes"]),
    (&["visible"], &["hidden", "invisible"]),
    (&["possible"], &["impossible"]),
    (&["safe"], &["unsafe"]),
    (&["stable"], &["unstable"]),
    (&["valid"], &["invalid"]),
    (&["legal", "lawful"], &["illegal", "unlawful"]),
    (&["ascending"], &["descending"]),
    (&["blocking"], &["nonblocking", "non-blocking"]),
    (&["inclusive"], &["exclusive"]),
    (&["accepted", "accepts"], &["rejected", "rejects"]),
    (&["encrypted", "encrypts"], &["unencrypted"]),
    (&["case-sensitive"], &["case-insensitive"]),
    (&["free"], &["paid"]),
    (&["public"], &["private"]),
    (&["open"], &["closed"]),
    (&["ordered"], &["unordered"]),
    (&["refundable"], &["nonrefundable", "non-refundable"]),
    (&["active"], &["inactive"]),
    (&["reversible"], &["irreversible"]),
    (&["temporary"], &["permanent"]),
    (&["manual"], &["automatic"]),
    (&["online"], &["offline"]),
    (&["writable"], &["read-only"]),
    (&["signed"], &["unsigned"]),
    (&["limited"], &["unlimited"]),
    (&["succeeds"], &["fails"]),
    (&["taxable"], &["tax-free"]),
    (&["secure"], &["insecure"]),
    (&["transferable"], &["nontransferable", "non-transferable"]),
    (&["eligible"], &["ineligible"]),
    (&["increases"], &["decreases"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_kind_exclude_each_other() {
        for (a, b, expected) in [
            ("march", "may", true),
            ("monday", "tuesdays", true),
            ("second", "third", true),
            ("2nd", "second", false),
            ("one", "two", true),
            ("dozen", "twelve", false),
            ("minute", "second", true),
            ("minutes", "minute", false),
            ("minute", "metre", false),
            ("enabled", "disabled", true),
            ("enabled", "enables", false),
            ("before", "after", true),
            ("before", "more", false),
            ("garden", "pond", false),
        ] {
            assert_eq!((exclude_each_other(a, b), exclude_each_other(b, a)), (expected, expected), "{a} / {b}");
        }
        assert!(denies("without") && denies("don't") && !denies("with"));
    }
}
