//! Counting tokens as the embedder will.

use std::path::Path;

use tokenizers::Tokenizer;

use crate::{Error, Result};

/// Longest piece handed to the tokenizer at once, in bytes: its working memory is many times its input.
const MAX_PIECE: usize = 64 << 10;

/// Counts tokens with the embedder's own tokenizer, or estimates where there is none.
pub enum TokenCounter {
    /// The tokenizer of the embedding model.
    Model(Box<Tokenizer>),
    /// No model is installed: an estimate for English subword vocabularies.
    Estimate,
}

impl TokenCounter {
    /// Loads `tokenizer.json`. Truncation and padding are switched off: a count must see the whole text and nothing
    /// else.
    ///
    /// # Errors
    /// [`crate::Error::Tokenizer`] where the file is missing or no tokenizer.
    pub fn open(path: &Path) -> Result<Self> {
        let bad = |problem: String| Error::Tokenizer { path: path.to_owned(), problem };
        let mut tokenizer = Tokenizer::from_file(path).map_err(|error| bad(error.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| bad(error.to_string()))?;
        Ok(Self::Model(Box::new(tokenizer)))
    }

    /// The byte offset at which each token of `text` starts, ascending. The number of tokens in a span is the number
    /// of starts inside it. Time is linear in the text, and so is memory.
    #[must_use]
    pub fn starts(&self, text: &str) -> Vec<usize> {
        let mut starts = Vec::with_capacity(text.len() / 4);
        let mut from = 0;
        while from < text.len() {
            let to = piece_end(text, from);
            let piece = &text[from..to];
            match self {
                Self::Model(tokenizer) => model_starts(tokenizer, piece, from, &mut starts),
                Self::Estimate => estimated_starts(piece, from, &mut starts),
            }
            from = to;
        }
        starts
    }

    /// The number of tokens in `text`, without the model's special tokens.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        self.starts(text).len()
    }
}

/// Where the piece of `text` that starts at `from` ends: at the last white space within [`MAX_PIECE`] bytes, the white
/// space itself beginning the next piece, since some vocabularies write it into the token that follows.
fn piece_end(text: &str, from: usize) -> usize {
    if text.len() - from <= MAX_PIECE {
        return text.len();
    }
    let hard = text.floor_char_boundary(from + MAX_PIECE);
    let window = &text[from..hard];
    let trimmed_to = window.rfind(char::is_whitespace).map_or(0, |space| window[..space].trim_end().len());
    if trimmed_to == 0 { hard } else { from + trimmed_to }
}

/// The starts of the model's tokens in `piece`, moved to `base`.
fn model_starts(tokenizer: &Tokenizer, piece: &str, base: usize, starts: &mut Vec<usize>) {
    let Ok(encoding) = tokenizer.encode(piece, false) else {
        // A tokenizer without an unknown token refuses what it does not know; an estimate is better than no size.
        return estimated_starts(piece, base, starts);
    };
    let mut last = base;
    starts.extend(encoding.get_offsets().iter().map(|&(start, _)| {
        last = last.max(base + start);
        last
    }));
}

/// What a character is to a subword tokenizer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Digit,
    /// A token by itself: punctuation, symbols, and the characters of scripts written without spaces.
    Alone,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            _ if c.is_whitespace() || c.is_control() => Self::Space,
            '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
                Self::Alone
            }
            _ if c.is_alphabetic() => Self::Letter,
            _ if c.is_numeric() => Self::Digit,
            _ => Self::Alone,
        }
    }
}

/// The starts a `WordPiece` vocabulary of about 30,000 English entries would give, moved to `base`: runs of letters and of
/// digits become pieces, every other visible character is a token.
fn estimated_starts(piece: &str, base: usize, starts: &mut Vec<usize>) {
    let mut chars = piece.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let class = Class::of(c);
        match class {
            Class::Space => {}
            Class::Alone => starts.push(base + at),
            Class::Letter | Class::Digit => {
                let (first, rest) = if class == Class::Letter { piece_lengths(piece, at) } else { (2, 2) };
                let mut left = first;
                starts.push(base + at);
                while let Some(&(next, c)) = chars.peek().filter(|(_, c)| Class::of(*c) == class) {
                    left -= 1;
                    if left == 0 {
                        starts.push(base + next);
                        left = rest;
                    }
                    let _ = c;
                    chars.next();
                }
            }
        }
    }
}

/// How many letters the first piece of the word at `at` holds, and each that follows.
fn piece_lengths(piece: &str, at: usize) -> (usize, usize) {
    let _ = (piece, at);
    (8, 4)
}
