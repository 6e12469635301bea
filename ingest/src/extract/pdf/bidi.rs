//! Lines read from right to left, put from the order they are seen in into the order they are read in.
//!
//! A simple form of the Unicode bidirectional algorithm (UAX #9), run backwards: a page keeps no embeddings, so all
//! there is to tell apart are letters of either direction, numbers, and what stands between them.

use unicode_normalization::char::is_combining_mark;

/// Whether a letter is read from right to left.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{1E800}'..='\u{1EEFF}')
        && !is_digit(c)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}')
}

/// The line in the order it is read; it is given from left to right as seen.
pub(super) fn logical(seen: &str) -> String {
    let characters: Vec<char> = seen.chars().collect();
    let right_to_left = |c: &char| is_right_to_left(*c);
    let backwards = characters.iter().filter(|c| right_to_left(c)).count();
    let forwards = characters.iter().filter(|c| c.is_alphabetic() && !right_to_left(c)).count();
    let line_is_backwards = backwards > forwards;
    // The direction of each character: that of the letters around it where it has none of its own.
    let own: Vec<Option<bool>> = characters
        .iter()
        .enumerate()
        .map(|(i, &c)| {
            let among_digits = || {
                let digit = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|&c| is_digit(c));
                matches!(c, '.' | ',' | ':' | '/' | '-') && digit(i.checked_sub(1)) && digit(Some(i + 1))
            };
            if is_right_to_left(c) {
                Some(true)
            } else if is_digit(c) || c.is_alphabetic() || among_digits() {
                Some(false)
            } else {
                None
            }
        })
        .collect();
    // What stands beside a number goes with the line, not with the number.
    let beside = |i: usize| if is_digit(characters[i]) { Some(line_is_backwards) } else { own[i] };
    let mut after = vec![line_is_backwards; own.len()];
    let mut next = line_is_backwards;
    for i in (0..own.len()).rev() {
        next = beside(i).unwrap_or(next);
        after[i] = next;
    }
    let mut before = line_is_backwards;
    let mut runs: Vec<(bool, Vec<char>)> = Vec::new();
    for (i, &c) in characters.iter().enumerate() {
        let direction = own[i].unwrap_or(if before == after[i] { before } else { line_is_backwards });
        before = beside(i).unwrap_or(before);
        match runs.last_mut() {
            Some((same, run)) if *same == direction => run.push(c),
            Some(_) | None => runs.push((direction, vec![c])),
        }
    }
    if line_is_backwards {
        runs.reverse();
    }
    let mut text = String::with_capacity(seen.len());
    for (is_backwards, run) in runs {
        if is_backwards { push_reversed(&mut text, &run) } else { text.extend(run) }
    }
    text
}

/// Appends characters last to first; marks stay behind the letter they were drawn with.
pub(super) fn push_reversed(text: &mut String, characters: &[char]) {
    let mut end = characters.len();
    for start in (0..characters.len()).rev() {
        if start == 0 || !is_combining_mark(characters[start]) {
            text.push(mirrored(characters[start]));
            text.extend(&characters[start + 1..end]);
            end = start;
        }
    }
}

/// A bracket as it looks in the other direction.
fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_turned() {
        for (seen, read) in [
            ("plain (text) 12", "plain (text) 12"),
            ("םולש", "שלום"),
            (".(2024) 3.5 הנש", "שנה 3.5 (2024)."),
            ("םלוע Rust םולש", "שלום Rust עולם"),
            ("the word םולש here", "the word שלום here"),
        ] {
            assert_eq!(logical(seen), read);
        }
    }
}
