//! Bytes that were lost: the no-break space A0 became a space or went, and 9D went.

use super::charset::{Charset, sequence};
use super::evidence::{Context, weight};
use super::line::Hit;

/// Where a lone "Ã" behind a small letter is what is left of "à".
pub(super) fn cut_short(line: &[char]) -> Vec<usize> {
    let is_cut = |at: usize| {
        line[at] == 'Ã'
            && at.checked_sub(1).is_some_and(|before| line[before].is_lowercase())
            && !line.get(at + 1).is_some_and(|c| !c.is_ascii() || c.is_alphabetic() || *c == '?')
    };
    (0..line.len()).filter(|&at| is_cut(at)).collect()
}

/// Whether bytes became question marks: what is left of such a line cannot be put together.
pub(super) fn has_lost_bytes(line: &[char]) -> bool {
    line.windows(3).any(|three| matches!(three, ['Ã' | 'â', '?', next] if !next.is_whitespace()))
}

/// These hits and, between them, those that only a lost byte keeps from being ones.
pub(super) fn fill(charset: Charset, line: &[char], hits: &[Hit], vietnamese: bool) -> Vec<Hit> {
    let mut filled: Vec<Hit> = Vec::new();
    let mut known = hits.iter().peekable();
    let mut at = 0;
    while at < line.len() {
        if let Some(hit) = known.next_if(|hit| hit.place.start == at) {
            filled.push(hit.clone());
            at = hit.place.end;
            continue;
        }
        let found = if line[at].is_ascii() { None } else { lost(charset, line, at, vietnamese) };
        // Never over a hit that is sure.
        match found.filter(|found| known.peek().is_none_or(|hit| found.place.end <= hit.place.start)) {
            Some(hit) => {
                at = hit.place.end;
                filled.push(hit);
            }
            None => at += 1,
        }
    }
    filled
}

/// What stood here before a byte was lost.
fn lost(charset: Charset, line: &[char], at: usize, vietnamese: bool) -> Option<Hit> {
    let rest = &line[at..];
    let hit = |length: usize, decoded: char| Some(Hit { place: at..at + length, decoded });
    let before = at.checked_sub(1).map(|before| line[before]);
    if charset == Charset::Western && matches!(rest, ['â', '€', ..]) && sequence(charset, rest, false).is_none() {
        return hit(2, '”');
    }
    let lead = charset.byte(rest[0])?;
    match rest.get(1) {
        Some(' ') => {}
        // At the end of a line or before a mark there is not even a space.
        None | Some('\n' | '.' | ',' | ';' | ':' | '!' | ')')
            if lead == 0xC3 && before.is_some_and(char::is_lowercase) =>
        {
            return hit(1, 'à');
        }
        Some(_) | None => return None,
    }
    let tail = rest.get(2..).unwrap_or_default();
    match lead {
        0xC2 => hit(2, '\u{A0}'),
        // A text that has no-break spaces as spaces has both.
        0xC3 if tail.first() == Some(&' ') => hit(2, 'à'),
        0xC3 if is_joined(before, tail, vietnamese) => hit(2, 'à'),
        0xC3 => hit(1, 'à'),
        _ => {
            let found = sequence(charset, rest, true)?;
            let goes_on = sequence(charset, &rest[found.taken..], true).is_some();
            let context = Context { run: &rest[..found.taken], before, after: &rest[found.taken..] };
            let is_likely = weight(charset, &[], found.decoded, context) > 0;
            if goes_on && is_likely { hit(found.taken, found.decoded) } else { None }
        }
    }
}

/// Whether "à" goes on after the space it lost: in Portuguese "às", and in Vietnamese, where a syllable ends so.
fn is_joined(before: Option<char>, tail: &[char], vietnamese: bool) -> bool {
    let end = tail.iter().position(|c| !c.is_alphabetic()).unwrap_or(tail.len());
    let word: String = tail[..end].iter().collect();
    let in_word = before.is_some_and(char::is_alphabetic);
    (word == "s" && !in_word)
        || (vietnamese
            && in_word
            && matches!(word.as_str(), "i" | "y" | "o" | "u" | "m" | "n" | "ng" | "nh" | "p" | "t" | "c" | "ch"))
}
