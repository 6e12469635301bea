//! Reading values from a sentence's pieces.

use super::lexicon;
use super::piece::Piece;
use super::quantity::{self, COUNT, Quantity, Unit};
use super::value::{Date, Kind};

/// A value and how many pieces it takes.
type Read = (Kind, usize);

/// The date at the start of `pieces`: `2024-03-01`, `March 1, 2024`, `1 March 2024`, `March 2024`, `March 1`.
pub(super) fn date(pieces: &[Piece<'_>]) -> Option<(Date, usize)> {
    let first = pieces.first().filter(|piece| !piece.code)?;
    if let Some(date) = iso_date(first.text) {
        return Some((date, 1));
    }
    let second = pieces.get(1)?.text;
    let third = pieces.get(2).map(|piece| piece.text);
    if let Some(month) = month(first.text) {
        if let Some(day) = day(second) {
            let year = third.and_then(recent);
            return Some((Date { year, month: Some(month), day: Some(day) }, 2 + usize::from(year.is_some())));
        }
        return recent(second).map(|year| (Date { year: Some(year), month: Some(month), day: None }, 2));
    }
    let (day, month) = (day(first.text)?, month(second)?);
    let year = third.and_then(recent);
    Some((Date { year, month: Some(month), day: Some(day) }, 2 + usize::from(year.is_some())))
}

/// The version that `piece` is. `named` says that the words in front speak of a version or name a product.
pub(super) fn version(piece: &Piece<'_>, named: bool) -> Option<Vec<u64>> {
    let text = piece.text.trim_end_matches('+');
    let bare = text.strip_prefix(['v', 'V']);
    let core = bare.unwrap_or(text).split(['-', '+']).next()?;
    let parts: Vec<&str> = core.split('.').collect();
    let numbers: Vec<u64> =
        parts.iter().take_while(|part| !matches!(**part, "x" | "*")).map_while(|part| part.parse().ok()).collect();
    let complete = numbers.len() + usize::from(matches!(parts.last(), Some(&("x" | "*")))) == parts.len();
    let is_version = bare.is_some() || named || parts.len() == 3;
    let is_address = bare.is_none() && parts.len() > 3;
    (complete && is_version && !is_address && !numbers.is_empty()).then_some(numbers)
}

/// The year that `text` is, where it is not before `from`.
pub(super) fn year(text: &str, from: u16) -> Option<u16> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|year| digits && (from..=2100).contains(year))
}

/// The year from 1900 on that `text` is.
fn recent(text: &str) -> Option<u16> {
    year(text, 1900)
}

/// The quantity at the start of `pieces`.
pub(super) fn quantity(pieces: &[Piece<'_>]) -> Option<Read> {
    let piece = pieces.first()?;
    let text = piece.text.trim_start_matches('~');
    let (money, text) = match text.chars().next().and_then(|sign| Some((sign, quantity::currency(sign)?))) {
        Some((sign, unit)) => (Some(unit), &text[sign.len_utf8()..]),
        None => (None, text),
    };
    let lower = lower_of(piece, text);
    if let Some((number, rest)) = quantity::leading_number(lower) {
        return with_suffix(number, rest, money, pieces);
    }
    if piece.code {
        return None;
    }
    if let Some(number) = lexicon::number_word(lower) {
        return Some(with_next(number, money, pieces));
    }
    if let Some((number, unit)) =
        lower.split_once('-').and_then(|(n, unit)| Some((lexicon::number_word(n)?, quantity::unit(unit, false)?)))
    {
        return Some((quantity_of(number, unit), 1));
    }
    let unit = pieces.get(1).filter(|_| lower == "one").and_then(|next| quantity::unit(&next.lower, false))?;
    Some((quantity_of(1.0, unit), 2))
}

/// The lower case of `text`, which ends the piece.
fn lower_of<'a>(piece: &'a Piece<'_>, text: &str) -> &'a str {
    // What is in front of it, `~` or the sign of a currency, is as long in lower case.
    &piece.lower[piece.text.len() - text.len()..]
}

/// A number with what touches it: a unit (`10MB`, `30-day`), nothing, or something that makes it no quantity.
fn with_suffix(number: f64, rest: &str, money: Option<Unit>, pieces: &[Piece<'_>]) -> Option<Read> {
    match rest.trim_end_matches('+') {
        "" => Some(with_next(number, money, pieces)),
        "m" if money.is_some() => Some((quantity_of(number * 1e6, money?), 1)),
        suffix => {
            let unit = quantity::unit(suffix.trim_start_matches('-'), !suffix.starts_with('-'))?;
            let unit = money.map_or(unit, |(dimension, ..)| (dimension, unit.1, unit.2));
            Some((quantity_of(number, unit), 1))
        }
    }
}

/// A number with a scale word or unit in the pieces after it.
fn with_next(number: f64, money: Option<Unit>, pieces: &[Piece<'_>]) -> Read {
    let (mut number, mut taken) = (number, 1);
    let next = |taken: usize| {
        let open = pieces.get(taken - 1).is_some_and(|piece| !piece.breaks);
        pieces.get(taken).filter(|piece| open && !piece.code).map(|piece| piece.lower.as_ref())
    };
    if let Some(factor) = next(taken).and_then(quantity::scale) {
        number *= factor;
        taken += 1;
    }
    if let Some(unit) = money {
        return (quantity_of(number, unit), taken);
    }
    let working = matches!(next(taken), Some("working" | "business"));
    if working && matches!(next(taken + 1), Some("day" | "days")) {
        return (quantity_of(number, quantity::WORKING_DAY), taken + 2);
    }
    match next(taken).and_then(|word| quantity::unit(word, false)) {
        Some(unit) => (quantity_of(number, unit), taken + 1),
        None => (quantity_of(number, COUNT), taken),
    }
}

fn quantity_of(number: f64, unit: Unit) -> Kind {
    Kind::Quantity(Quantity::new(number, unit), super::value::Bound::Exact)
}

/// The hour at the start of `pieces` in minutes after midnight: `9:30`, `14:00`, `9 am`, `9:30pm`, `noon`.
pub(super) fn clock(pieces: &[Piece<'_>]) -> Option<(f64, usize)> {
    let first = pieces.first().filter(|piece| !piece.code)?.lower.as_ref();
    match first {
        "noon" | "midday" => return Some((720.0, 1)),
        "midnight" => return Some((0.0, 1)),
        _ => {}
    }
    match (first, pieces.get(1).map_or("", Piece::word)) {
        ("12", "noon") => return Some((720.0, 2)),
        ("12", "midnight") => return Some((0.0, 2)),
        _ => {}
    }
    let digits = first.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let half = |word: &str| match word {
        "am" | "a.m" => Some(0.0),
        "pm" | "p.m" => Some(720.0),
        _ => None,
    };
    let next = pieces.get(1).map_or("", |piece| &piece.lower);
    let (day_half, taken) = match (half(&first[digits.len()..]), half(next)) {
        (Some(half), _) => (Some(half), 1),
        (None, Some(half)) if digits.len() == first.len() => (Some(half), 2),
        _ => (None, 1),
    };
    if day_half.is_none() && digits.len() != first.len() {
        return None;
    }
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes.parse::<u8>().ok()?),
        None if day_half.is_some() => (digits, 0),
        Some(_) | None => return None,
    };
    let hours: u8 = hours.parse().ok().filter(|hours| *hours <= 24 && minutes < 60)?;
    let hours = if day_half.is_some() { hours % 12 } else { hours };
    Some((f64::from(hours) * 60.0 + f64::from(minutes) + day_half.unwrap_or_default(), taken))
}

/// A duration of one that starts `pieces` with an article, or of half of one: `a week`, `an hour`, `half a day`.
pub(super) fn one_of_unit(pieces: &[Piece<'_>]) -> Option<Read> {
    let word = |i: usize| pieces.get(i).filter(|piece| !piece.code).map(|piece| piece.lower.as_ref());
    let is_article = |word: &str| matches!(word, "a" | "an");
    let (number, at) = match (word(0)?, word(1)?) {
        ("half", article) if is_article(article) => (0.5, 2),
        (article, _) if is_article(article) => (1.0, 1),
        _ => return None,
    };
    let unit = quantity::unit(word(at)?, false).filter(|(dimension, ..)| *dimension == quantity::Dimension::Time)?;
    Some((quantity_of(number, unit), at + 1))
}

/// How often: `daily`, `every day`, `once a week`, `three times a year`, as the time between two times.
pub(super) fn frequency(pieces: &[Piece<'_>]) -> Option<Read> {
    let word = |i: usize| pieces.get(i).filter(|piece| !piece.code).map(|piece| piece.lower.as_ref());
    let first = word(0)?;
    let unit = match first {
        "hourly" => "hour",
        "daily" | "nightly" => "day",
        "weekly" => "week",
        "monthly" => "month",
        "quarterly" => "quarter",
        "yearly" | "annually" => "year",
        "every" | "each" => {
            let next = word(1)?;
            let next = if matches!(next, "night" | "morning" | "evening") { "day" } else { next };
            return period(next, 1.0).map(|kind| (kind, 2));
        }
        _ => return times_a_unit(first, &word),
    };
    let adverb = pieces.first()?.breaks
        || word(1).is_none_or(|next| lexicon::role(next).is_some_and(|role| role != lexicon::Role::Modal));
    period(unit, 1.0).filter(|_| adverb).map(|kind| (kind, 1))
}

/// `once a week`, `twice a year`, `three times per day`.
fn times_a_unit<'a>(first: &str, word: &impl Fn(usize) -> Option<&'a str>) -> Option<Read> {
    let (times, at) = match first {
        "once" => (1.0, 1),
        "twice" => (2.0, 1),
        _ if word(1)? == "times" => (lexicon::number_word(first).or_else(|| first.parse().ok())?, 2),
        _ => return None,
    };
    let each = matches!(word(at)?, "a" | "an" | "per" | "every" | "each") && times > 0.0;
    period(word(at + 1).filter(|_| each)?, 1.0 / times).map(|kind| (kind, at + 2))
}

/// The time that one unit of a singular name lasts.
fn period(unit: &str, number: f64) -> Option<Kind> {
    let time = quantity::unit(unit, false).filter(|(dimension, ..)| *dimension == quantity::Dimension::Time)?;
    (!unit.ends_with('s')).then(|| quantity_of(number, time))
}

/// The place in an order that a word names: `third`, `3rd`.
pub(super) fn ordinal(text: &str) -> Option<f64> {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let lower = text.to_lowercase();
    if let Some(at) = WORDS.iter().position(|word| *word == lower) {
        return Some(at as f64 + 1.0);
    }
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let ending = &lower[digits.len()..];
    digits.parse().ok().filter(|_| matches!(ending, "st" | "nd" | "rd" | "th"))
}

/// The month a capitalised word names.
fn month(text: &str) -> Option<u8> {
    let capital = text.chars().next().is_some_and(char::is_uppercase);
    capital.then(|| lexicon::month(&text.to_lowercase())).flatten()
}

/// The day of a month, with or without its ordinal ending.
fn day(text: &str) -> Option<u8> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let ending = &text[digits.len()..];
    digits.parse().ok().filter(|day| (1..=31).contains(day) && matches!(ending, "" | "st" | "nd" | "rd" | "th"))
}

/// An ISO 8601 date.
fn iso_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let date = Date {
        year: Some(recent(parts.next()?)?),
        month: parts.next()?.parse().ok().filter(|month| (1..=12).contains(month)),
        day: parts.next()?.parse().ok().filter(|day| (1..=31).contains(day)),
    };
    (parts.next().is_none() && date.month.is_some() && date.day.is_some()).then_some(date)
}
