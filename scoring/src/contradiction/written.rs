//! Values written by themselves, in a table's cell, behind a colon or as a default: what may stand there and how it is
//! read.

use std::collections::BTreeSet;

use super::lexicon;
use super::piece::{Piece, pieces};
use super::quantity::{CLOCK, Quantity};
use super::read_value;
use super::value::{Bound, Kind};

/// Most words of a name or a list's member.
const MOST_WORDS: usize = 4;
/// Longest value that is read, in bytes.
const LONGEST: usize = 160;

/// The value that `text` is, or `None` where it is prose. `literal` says that it is a default or some other setting,
/// where a bare word is a literal as well.
pub(super) fn value(text: &str, literal: bool) -> Option<Kind> {
    let text = text.trim().trim_end_matches(['.', ';', ',']).trim();
    if text.len() > LONGEST {
        return None;
    }
    let (bare, quoted) = unquoted(text);
    let lower = bare.to_lowercase();
    if literal && is_unset(&lower) {
        return Some(Kind::Literal(String::new()));
    }
    if let Some(truth) = truth(&lower) {
        return Some(Kind::Truth(truth));
    }
    let read = pieces(bare);
    if let Some(kind) = measured(&read).filter(|_| !bare.contains("://")) {
        return Some(kind);
    }
    if let Some(list) = list(text) {
        return Some(Kind::List(list));
    }
    let words = bare.split_whitespace().count();
    if quoted || bare.contains("://") || words == 1 && (literal || is_path(bare)) {
        let clean = lower.trim_end_matches('/').to_owned();
        return (words <= MOST_WORDS && !clean.is_empty()).then_some(Kind::Literal(clean));
    }
    name(&read).map(Kind::Name)
}

/// Whether a word is the path of a file from the root or from a home on.
fn is_path(word: &str) -> bool {
    let rest = word.strip_prefix("~/").or_else(|| word.strip_prefix('/'));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '.') && !rest.contains("//"))
}

/// Text without the quotes, ticks or emphasis around all of it, and whether there were quotes or ticks.
fn unquoted(text: &str) -> (&str, bool) {
    let text = text.trim_matches('*').trim();
    for quote in ['`', '"', '\''] {
        let inner = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(quote)) {
            let inner = inner.trim_matches(['"', '\'']);
            return (inner.trim(), true);
        }
    }
    (text, false)
}

/// Whether a default is no default.
fn is_unset(lower: &str) -> bool {
    matches!(lower, "" | "none" | "null" | "nil" | "unset" | "empty" | "(empty)" | "not set" | "-" | "–" | "—" | "n/a")
}

/// The truth value that a word is.
pub(super) fn truth(lower: &str) -> Option<bool> {
    match lower {
        "true" | "yes" | "on" | "enabled" | "supported" | "allowed" | "required" | "mandatory" | "✓" | "✔" | "✅" => {
            Some(true)
        }
        "false" | "no" | "off" | "disabled" | "unsupported" | "not supported" | "not allowed" | "forbidden"
        | "optional" | "not required" | "✗" | "✘" | "❌" => Some(false),
        _ => None,
    }
}

/// The quantity, date or version that all pieces together are.
fn measured(read: &[Piece<'_>]) -> Option<Kind> {
    let (bound, from) = match read.first()?.lower.as_ref() {
        "up" if read.len() > 2 && read[1].text == "to" => (Bound::AtMost, 2),
        "at" if read.len() > 2 && read[1].text == "most" => (Bound::AtMost, 2),
        "at" if read.len() > 2 && read[1].text == "least" => (Bound::AtLeast, 2),
        "max" | "maximum" => (Bound::AtMost, 1),
        "min" | "minimum" => (Bound::AtLeast, 1),
        "about" | "approximately" | "around" => (Bound::About, 1),
        "port" | "every" => (Bound::Exact, 1),
        _ => (Bound::Exact, 0),
    };
    let rest = read.get(from..)?;
    if let Some((date, taken)) = read_value::date(rest) {
        return (taken == rest.len()).then_some(Kind::Date(date));
    }
    if let Some((minutes, taken)) = read_value::clock(rest) {
        return (taken == rest.len()).then(|| Kind::Quantity(Quantity::new(minutes, CLOCK), bound));
    }
    if let Some((Kind::Quantity(quantity, _), taken)) = read_value::quantity(rest) {
        let more = rest.get(taken - 1).is_some_and(|last| last.text.ends_with('+'));
        let counted = rest.get(taken).filter(|_| taken + 1 == rest.len());
        let is_noun = |piece: &Piece<'_>| !piece.code && piece.text.bytes().all(|b| b.is_ascii_lowercase());
        if taken == rest.len() || counted.is_some_and(is_noun) {
            return Some(Kind::Quantity(quantity, if more { Bound::AtLeast } else { bound }));
        }
    }
    let (last, before) = rest.split_last()?;
    let product = before.iter().all(|piece| piece.text.chars().any(char::is_uppercase) || piece.text == "version");
    let numbers = read_value::version(last, !before.is_empty() && product)?;
    (before.len() <= 2 && product).then_some(Kind::Version(numbers))
}

/// The members of an enumeration of two or more, each short, none of them a number by itself.
fn list(text: &str) -> Option<BTreeSet<String>> {
    let text = text.strip_prefix("one of ").unwrap_or(text);
    // Where lines break and which quotes stand around a member says nothing of it.
    let text = &text.split_whitespace().collect::<Vec<_>>().join(" ");
    let flat = text.replace(", and ", ", ").replace(", or ", ", ").replace(" and ", ", ").replace(" or ", ", ");
    let bare = |member: &'_ str| -> String {
        member
            .chars()
            .filter(|c| !matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '`'))
            .collect::<String>()
            .trim()
            .to_owned()
    };
    let members: Vec<String> = flat.split(',').map(bare).collect();
    let is_short = |member: &String| {
        let words = member.split_whitespace().count();
        (1..=3).contains(&words) && !member.contains("://") && member.chars().any(char::is_alphabetic)
    };
    let open =
        |member: &String| matches!(member.to_lowercase().as_str(), "etc" | "more" | "others" | "so on" | "…" | "...");
    if members.len() < 2 || !members.iter().all(is_short) || members.iter().any(open) {
        return None;
    }
    Some(members.iter().map(|member| member.to_lowercase()).collect())
}

/// The name that all pieces together are: words with capitals, digits or signs, a title in front of them, and articles
/// left out.
fn name(read: &[Piece<'_>]) -> Option<String> {
    let words: Vec<&Piece<'_>> =
        read.iter().filter(|piece| !matches!(piece.lower.as_ref(), "the" | "a" | "an" | "team")).collect();
    let named = |piece: &&Piece<'_>| {
        piece.code || piece.text.chars().any(|c| c.is_uppercase() || c.is_ascii_digit() || c == '@')
    };
    let sibling = words.len() == 1 && sibling(&words[0].lower).is_some();
    let fits =
        (1..=MOST_WORDS).contains(&words.len()) && words.iter().filter(|word| named(word)).count() * 2 > words.len();
    let speaks = words.iter().any(|piece| lexicon::role(&piece.lower).is_some());
    (sibling || fits && !speaks).then(|| words.iter().map(|piece| piece.lower.as_ref()).collect::<Vec<_>>().join(" "))
}

/// The family of a lower-case word whose members exclude each other in one role: colours, directions, days.
fn sibling(word: &str) -> Option<&'static str> {
    const FAMILIES: [(&str, &[&str]); 7] = [
        ("colour", &["red", "green", "blue", "yellow", "orange", "purple", "black", "white", "grey", "gray", "brown"]),
        ("direction", &["north", "south", "east", "west", "left", "right"]),
        ("frequency", &["hourly", "daily", "weekly", "monthly", "quarterly", "yearly"]),
        ("season", &["spring", "summer", "autumn", "winter"]),
        ("level", &["trace", "debug", "info", "warning", "error", "critical"]),
        ("degree", &["low", "medium", "high"]),
        ("stage", &["alpha", "beta", "stable"]),
    ];
    FAMILIES.iter().find(|(_, members)| members.contains(&word)).map(|(family, _)| *family)
}
