//! What the shorter of two sentences says of a subject that the longer one also speaks of.
//!
//! A short sentence beside a long one about the same subject is mostly said again there, or something else stands in its
//! place. So the two parts of the shorter one, what it speaks of and what it says of it, are looked at by themselves.

use super::align::Alignment;
use super::direction::direction;
use super::token::{Sentence, TokenKind};

/// How far behind a denial what it denies may stand, in words.
const DENIED_WITHIN: usize = 5;

/// What is found.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one pair, any of which may be set")]
pub(super) struct Saying {
    /// Share of what the shorter sentence speaks of that the longer one names; 1 for a longer one that begins with a
    /// pronoun.
    pub(super) subject: f64,
    /// Share of what it says that the longer one says.
    pub(super) said: f64,
    /// Whether its last word stands in the longer one.
    pub(super) last: bool,
    /// Whether both say what their subject is.
    pub(super) both_define: bool,
    /// Whether exactly one of the two denies what both say.
    pub(super) denied: bool,
    /// Whether the shorter one denies.
    pub(super) denies: bool,
    /// Whether the longer one begins with a pronoun.
    pub(super) pronoun: bool,
    /// Whether the subject is a name that the longer one says too, or calls by a pronoun.
    pub(super) named: bool,
    /// 1 where both go the same way, -1 where they go opposite ways, 0 where one goes none.
    pub(super) directions: i8,
}

/// Reads `a`, the shorter sentence, beside `b`.
pub(super) fn saying(a: &Sentence, b: &Sentence, alignment: &Alignment) -> Saying {
    let subject = subject_length(a);
    let partner = |i: usize| alignment.pairs.iter().find(|pair| pair.a == i && pair.link.agrees()).map(|pair| pair.b);
    let share = |range: std::ops::Range<usize>| {
        let all = range.len();
        if all == 0 { 1.0 } else { range.filter(|i| partner(*i).is_some()).count() as f64 / all as f64 }
    };
    let count = a.tokens.len();
    let places: Vec<usize> =
        (subject..count).filter_map(partner).filter_map(|j| b.tokens.get(j)).map(|token| token.at).collect();
    let own: Vec<usize> = a.tokens.iter().map(|token| token.at).collect();
    let denied_there =
        b.denials.iter().any(|denial| places.iter().any(|place| place > denial && place - denial <= DENIED_WITHIN));
    let denies = !a.denials.is_empty();
    let everywhere: Vec<usize> =
        (0..count).filter_map(partner).filter_map(|j| b.tokens.get(j)).map(|token| token.at).collect();
    Saying {
        subject: if b.pronoun { 1.0 } else { share(0..subject) },
        said: share(subject..count),
        last: count.checked_sub(1).is_some_and(|last| partner(last).is_some()),
        both_define: a.defines && b.defines,
        denied: denies != denied_there,
        denies,
        pronoun: b.pronoun,
        named: b.pronoun
            || (0..subject)
                .any(|i| a.tokens.get(i).is_some_and(|token| token.kind == TokenKind::Name) && partner(i).is_some()),
        directions: direction(a, &own) * direction(b, &everywhere),
    }
}

/// How many of the first tokens say what the sentence speaks of: those before its first auxiliary, else the names it
/// begins with, else its first word.
fn subject_length(sentence: &Sentence) -> usize {
    let count = sentence.tokens.len();
    let before = |at: usize| sentence.tokens.iter().take_while(|token| token.at < at).count();
    let names = sentence.tokens.iter().take_while(|token| token.kind == TokenKind::Name).count();
    let length = sentence.auxiliary.map_or(names.max(1), before);
    if length == 0 || length >= count { names.clamp(1, count.max(1)).min(count) } else { length }
}
