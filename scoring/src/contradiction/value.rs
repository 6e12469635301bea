//! The values statements give: quantities, dates, versions, names and lists, and how two of them compare.

use std::collections::BTreeSet;

use super::quantity::{Dimension, Quantity};

/// How a quantity is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// Just this.
    Exact,
    /// Roughly this.
    About,
    /// This or less.
    AtMost,
    /// This or more.
    AtLeast,
}

/// A calendar date; parts that are not given are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    /// The year.
    pub(super) year: Option<u16>,
    /// The month, 1 to 12.
    pub(super) month: Option<u8>,
    /// The day, 1 to 31.
    pub(super) day: Option<u8>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A number with its unit.
    Quantity(Quantity, Bound),
    /// A date or a year.
    Date(Date),
    /// A version's numbers; `x` and what follows a hyphen left out.
    Version(Vec<u64>),
    /// Yes or no, on or off, true or false.
    Truth(bool),
    /// A day of the week, from Monday as 0.
    Weekday(u8),
    /// A name in a role, as it is compared: lower case.
    Name(String),
    /// A literal, such as a default or a path, as it is compared; empty where it is unset.
    Literal(String),
    /// All members of an enumeration.
    List(BTreeSet<String>),
}

/// A value as a statement gives it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    /// What it is.
    pub(super) kind: Kind,
    /// Whether it says *when* or *for what* the rest holds instead of being what is claimed.
    pub(super) scope: bool,
    /// How it is written.
    pub(super) surface: String,
}

/// How two values in the same place of two statements compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// They agree, or may.
    Agree,
    /// They cannot both be true.
    Conflict,
    /// They give different circumstances, so that both statements may be true.
    Apart,
}

impl Value {
    /// Whether it is the literal of what is not set.
    pub(super) fn is_unset(&self) -> bool {
        matches!(&self.kind, Kind::Literal(text) if text.is_empty())
    }

    /// Whether it tells where or when the rest holds, as a place in an order does beside another figure.
    pub(super) fn is_circumstance(&self) -> bool {
        self.scope || matches!(self.kind, Kind::Quantity(quantity, _) if quantity.dimension == Dimension::Ordinal)
    }

    /// Whether both are enumerations with two members or more in common, which few things share by accident.
    pub(super) fn shares_members(&self, other: &Self) -> bool {
        matches!((&self.kind, &other.kind), (Kind::List(a), Kind::List(b)) if a.intersection(b).count() > 1)
    }

    /// Compares two values.
    pub(super) fn compare(&self, other: &Self) -> Match {
        self.compare_as(other, false)
    }

    /// Compares two values, of which numbers may be `codes`, such as those of ports: nobody rounds one.
    pub(super) fn compare_as(&self, other: &Self, codes: bool) -> Match {
        let differs = match (&self.kind, &other.kind) {
            (Kind::Quantity(a, bound), Kind::Quantity(b, other_bound)) => {
                if a.is_zero() && b.is_zero() {
                    return Match::Agree;
                }
                if a.dimension != b.dimension {
                    return Match::Apart;
                }
                quantities_differ((*a, *bound), (*b, *other_bound), codes)
            }
            (Kind::Date(a), Kind::Date(b)) => match dates_differ(*a, *b) {
                Some(differs) => differs,
                None => return Match::Apart,
            },
            (Kind::Version(a), Kind::Version(b)) => versions_differ(a, b),
            (Kind::Truth(a), Kind::Truth(b)) => a != b,
            (Kind::Weekday(a), Kind::Weekday(b)) => a != b,
            (Kind::Name(a), Kind::Name(b)) => names_differ(a, b),
            (Kind::Literal(a), Kind::Literal(b)) => !(fits(a, b) || fits(b, a)),
            (Kind::List(a), Kind::List(b)) => match lists_differ(a, b) {
                Some(differs) => differs,
                None => return Match::Apart,
            },
            _ => return Match::Apart,
        };
        match (differs, self.scope || other.scope) {
            (false, _) => Match::Agree,
            (true, true) => Match::Apart,
            (true, false) => Match::Conflict,
        }
    }
}

/// Whether no number fits both. Two limits of one kind are claims about the limit itself and must be equal.
fn quantities_differ((a, bound): (Quantity, Bound), (b, other_bound): (Quantity, Bound), codes: bool) -> bool {
    match (bound, other_bound) {
        (Bound::About, _) | (_, Bound::About) => !a.about(0.15).agrees(&b, codes),
        (Bound::AtMost, Bound::AtLeast | Bound::Exact) | (Bound::Exact, Bound::AtLeast) => b.above(&a),
        (Bound::AtLeast, Bound::AtMost | Bound::Exact) | (Bound::Exact, Bound::AtMost) => a.above(&b),
        (Bound::Exact, Bound::Exact) | (Bound::AtMost, Bound::AtMost) | (Bound::AtLeast, Bound::AtLeast) => {
            !a.agrees(&b, codes)
        }
    }
}

/// Whether two dates differ in a part both give; `None` where they share no part.
fn dates_differ(a: Date, b: Date) -> Option<bool> {
    let parts = [
        a.year.zip(b.year).map(|(x, y)| x != y),
        a.month.zip(b.month).map(|(x, y)| x != y),
        a.day.zip(b.day).map(|(x, y)| x != y),
    ];
    parts.into_iter().flatten().reduce(|x, y| x || y)
}

/// Whether two versions differ in a number both give: `3` may be `3.1`, and `1.0` is `1`.
fn versions_differ(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(x, y)| x != y)
}

/// Whether two names are of different things: `Anna` may be `Anna Berg`, and `the data team` is `Data`.
fn names_differ(a: &str, b: &str) -> bool {
    let words = |name: &'_ str| -> BTreeSet<String> { name.split([' ', '-']).map(str::to_owned).collect() };
    let (a, b) = (words(a), words(b));
    !(a.is_subset(&b) || b.is_subset(&a))
}

/// Whether the literal `pattern` is `other`, or becomes it when its placeholders (`${name}`, `<name>`) are filled in.
fn fits(pattern: &str, other: &str) -> bool {
    let open = pattern.find("${").or_else(|| pattern.find('<'));
    let close = pattern.rfind(['}', '>']);
    match open.zip(close) {
        Some((open, close)) if open < close => {
            let (head, tail) = (&pattern[..open], &pattern[close + 1..]);
            other.len() >= head.len() + tail.len() && other.starts_with(head) && other.ends_with(tail)
        }
        _ => pattern == other,
    }
}

/// Whether two enumerations of one thing differ; `None` where they share nothing, so that they enumerate different
/// things or call them by different names.
fn lists_differ(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Option<bool> {
    (!a.is_disjoint(b)).then(|| a != b)
}

#[cfg(test)]
mod tests {
    use super::super::quantity::COUNT;
    use super::*;

    #[test]
    fn bounds_clash_only_where_no_number_fits_both() {
        use Bound::{About, AtLeast, AtMost, Exact};
        for (a, b, clash) in [
            ((5.0, AtMost), (7.0, Exact), true),
            ((7.0, AtMost), (5.0, Exact), false),
            ((3.0, AtLeast), (7.0, Exact), false),
            ((7.0, AtLeast), (3.0, Exact), true),
            ((3.0, AtLeast), (10.0, AtMost), false),
            ((10.0, AtLeast), (3.0, AtMost), true),
            ((5.0, AtMost), (10.0, AtMost), true),
            ((100.0, About), (108.0, Exact), false),
            ((100.0, About), (200.0, Exact), true),
            ((5.0, Exact), (5.0, Exact), false),
        ] {
            let value = |(n, bound)| Value {
                kind: Kind::Quantity(Quantity::new(n, COUNT), bound),
                scope: false,
                surface: String::new(),
            };
            let expected = if clash { Match::Conflict } else { Match::Agree };
            assert_eq!(value(a).compare(&value(b)), expected, "{a:?} {b:?}");
            assert_eq!(value(b).compare(&value(a)), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn dates_and_versions_compare_on_what_both_give() {
        let date = |year, month, day| Date { year, month, day };
        assert_eq!(dates_differ(date(Some(2024), Some(3), None), date(Some(2024), None, None)), Some(false));
        assert_eq!(dates_differ(date(Some(2024), Some(3), None), date(Some(2024), Some(4), Some(1))), Some(true));
        assert_eq!(dates_differ(date(Some(2024), None, None), date(None, Some(4), Some(1))), None);
        assert!(versions_differ(&[3, 8], &[3, 9]));
        assert!(!versions_differ(&[3], &[3, 9]));
    }
}
