//! Making stored text readable without changing what it says.

use super::evidence::{MarkedText, Piece};

/// A line shorter than this was broken for a reason; a longer one only because the writer's window ended.
const WRAPPED_FROM: usize = 60;
/// Length of an excerpt, in characters.
const EXCERPT: usize = 300;
/// Shortest word of a query that is marked in an excerpt.
const MARKED_WORD: usize = 4;

/// Joins lines of prose that were only wrapped, so that the page can wrap them by its own width. Every byte stays where
/// it is: a line feed becomes a space. Lists, tables, headings and code keep their lines.
pub(super) fn reflow(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut in_code = false;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        in_code ^= is_fence(line);
        let next_is_prose = lines.peek().is_some_and(|next| is_prose(next) && !is_fence(next));
        let wrapped = !in_code && next_is_prose && is_wrapped(line);
        match line.strip_suffix('\n').filter(|_| wrapped) {
            Some(content) => {
                joined.push_str(content);
                joined.push(' ');
            }
            None => joined.push_str(line),
        }
    }
    joined
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// Whether a line was broken only because it was full.
fn is_wrapped(line: &str) -> bool {
    let content = line.trim_start();
    line.chars().count() >= WRAPPED_FROM && !content.starts_with(['#', '|', '<']) && !content.ends_with("  \n")
}

/// Whether a line goes on with the prose of the one before.
fn is_prose(line: &str) -> bool {
    let marked = |character: char| "#|>-*+<=`~".contains(character) || character.is_whitespace();
    let numbered =
        line.split_once(['.', ')']).is_some_and(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
    !line.trim().is_empty() && !line.starts_with(marked) && !numbered
}

/// The part of a text that answers a query, its words marked: around the first of them, on one line, without headings.
pub(super) fn excerpt(text: &str, query: &str) -> MarkedText {
    let words: Vec<String> = query
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.chars().count() >= MARKED_WORD)
        .map(str::to_lowercase)
        .collect();
    let prose: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#') && !is_fence(line)).flat_map(str::split_whitespace).collect();
    let is_hit = |token: &str| {
        let bare = token.trim_matches(|character: char| !character.is_alphanumeric()).to_lowercase();
        words
            .iter()
            .any(|word| bare == *word || bare.strip_suffix('s') == Some(word) || word.strip_suffix('s') == Some(&bare))
    };
    let begin = start(&prose, prose.iter().position(|token| is_hit(token)).unwrap_or(0));
    let mut pieces = Vec::new();
    let mut plain = if begin > 0 { "… ".to_owned() } else { String::new() };
    let mut length = 0;
    for token in &prose[begin..] {
        if length > EXCERPT {
            plain.push('…');
            break;
        }
        length += token.chars().count() + 1;
        if is_hit(token) {
            pieces.push(Piece::new(std::mem::take(&mut plain), ""));
            pieces.push(Piece::new(*token, "b"));
            plain.push(' ');
        } else {
            plain.push_str(token);
            plain.push(' ');
        }
    }
    pieces.push(Piece::new(plain, ""));
    MarkedText::new(pieces)
}

/// Where to begin so that the first hit is in sight: with its sentence, where that begins near.
fn start(tokens: &[&str], hit: usize) -> usize {
    let near = hit.saturating_sub(25);
    let ends = |token: &&str| token.ends_with(['.', '!', '?', ':']);
    let sentence = tokens[near..hit].iter().rposition(ends).map(|end| near + end + 1);
    sentence.unwrap_or(if near == 0 { 0 } else { hit.saturating_sub(12) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wrapped_prose_is_joined_and_nothing_else() {
        let long = "This line is long enough that its writer's window must have ended";
        for (text, expected) in [
            (format!("{long}\nhere.\n"), format!("{long} here.\n")),
            (format!("{long}\n\nNew."), format!("{long}\n\nNew.")),
            (format!("{long}\n- item"), format!("{long}\n- item")),
            (format!("{long}\n12. item"), format!("{long}\n12. item")),
            (format!("| {long} |\n| b |"), format!("| {long} |\n| b |")),
            (format!("```\n{long}\ncode\n```\n"), format!("```\n{long}\ncode\n```\n")),
            ("short\nlines".to_owned(), "short\nlines".to_owned()),
        ] {
            assert_eq!(reflow(&text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_excerpt_shows_the_first_hit_and_marks_the_words() {
        let text = "# Masts\n\nThe oak grows. A mast is made of <oak>, and masts\nare tall.";
        assert_eq!(
            excerpt(text, "the mast").to_string(),
            "… A <b>mast</b> is made of &#60;oak&#62;, and <b>masts</b> are tall. "
        );
        let far = format!("{} Here the answer stands.", "Filler words go on and on. ".repeat(40));
        assert!(excerpt(&far, "answer").to_string().starts_with("… Here the <b>answer</b>"));
        assert_eq!(excerpt("", "x").to_string(), "");
    }

    proptest! {
        #[test]
        fn every_byte_stays_where_it_is(text in "[a-z .#|`\n-]{0,400}") {
            let joined = reflow(&text);
            prop_assert_eq!(joined.len(), text.len());
            prop_assert!(joined.bytes().zip(text.bytes()).all(|(new, old)| new == old || (new, old) == (b' ', b'\n')));
        }
    }
}
