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
    /// A token by itself: punctuation, symbols, and letters an English vocabulary has no words of.
    Alone,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            _ if c.is_whitespace() || c.is_control() => Self::Space,
            'a'..='z' | 'A'..='Z' => Self::Letter,
            '0'..='9' => Self::Digit,
            '\u{c0}'..='\u{24f}' if c.is_alphabetic() => Self::Letter,
            _ => Self::Alone,
        }
    }

    /// How many characters the first piece of a run of this class holds, and each that follows. Fitted to the
    /// all-MiniLM-L6-v2 vocabulary on English technical prose: eight letters are 1.2 tokens there, eleven 1.5.
    fn piece_lengths(self) -> (usize, usize) {
        match self {
            Self::Letter => (8, 4),
            Self::Digit => (3, 2),
            Self::Space | Self::Alone => (1, 1),
        }
    }
}

/// The starts a `WordPiece` vocabulary of about 30,000 English entries would give, moved to `base`: runs of letters and
/// of digits become pieces, `camelCase` words are parted, and every other visible character is a token.
fn estimated_starts(piece: &str, base: usize, starts: &mut Vec<usize>) {
    let mut previous = Class::Space;
    let mut after_small = false;
    let mut left = 0;
    for (at, c) in piece.char_indices() {
        let class = Class::of(c);
        let (first, rest) = class.piece_lengths();
        let is_new = class != previous || class == Class::Alone || (after_small && c.is_uppercase());
        if class != Class::Space && (is_new || left == 0) {
            starts.push(base + at);
            left = if is_new { first } else { rest };
        }
        left = left.saturating_sub(1);
        previous = class;
        after_small = c.is_lowercase();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    /// A `tokenizer.json` that cuts at white space and punctuation, knows a few word pieces, and asks for truncation and
    /// padding.
    const TINY: &str = r###"{
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                    "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": [],
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                       "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
        "decoder": null,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100,
                  "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "fox": 4, "##es": 5, "the": 6, ".": 7,
                            "den": 8, "狐": 9}}
    }"###;

    fn tiny() -> TokenCounter {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokenizer.json");
        fs::write(&path, TINY).unwrap();
        TokenCounter::open(&path).unwrap()
    }

    #[test]
    fn model_starts_are_bytes_of_the_text_as_given() {
        let text = "The fóxes.  狐狐 den";
        let starts = tiny().starts(text);
        let tails: Vec<&str> = starts.iter().map(|&start| &text[start..]).collect();
        assert_eq!(tails, [text, "fóxes.  狐狐 den", "es.  狐狐 den", ".  狐狐 den", "狐狐 den", "狐 den", "den"]);
    }

    #[test]
    fn model_counts_neither_padding_nor_special_tokens_nor_to_a_limit() {
        assert_eq!(tiny().count("fox"), 1);
        assert_eq!(tiny().count(&"fox ".repeat(50)), 50);
        assert_eq!(tiny().count(""), 0);
    }

    #[test]
    fn long_texts_are_read_in_pieces_without_a_seam() {
        let text = "The foxes \n\n. ".repeat(20_000);
        for counter in [tiny(), TokenCounter::Estimate] {
            let one = counter.starts("The foxes \n\n. ");
            let starts = counter.starts(&text);
            assert_eq!(starts.len(), one.len() * 20_000);
            assert!(starts.chunks(one.len()).zip(0..).all(|(s, n)| s.iter().zip(&one).all(|(a, b)| *a == b + n * 14)));
        }
    }

    #[test]
    fn missing_or_broken_tokenizer_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokenizer.json");
        let problem = |path: &Path| TokenCounter::open(path).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(problem(&path).contains("tokenizer.json"));
        fs::write(&path, "{}").unwrap();
        assert!(problem(&path).contains("tokenizer.json"));
    }

    #[test]
    fn estimates() {
        let table = [
            ("", 0),
            (" \n\t ", 0),
            ("The quick brown fox.", 5),
            ("let x = foo_bar(1);", 10),
            ("getElementById", 4),
            ("characteristically", 4),
            ("2024", 2),
            ("狐狸", 2),
            ("лиса", 4),
            ("naïve café", 2),
            ("HTTP", 1),
        ];
        for (text, tokens) in table {
            assert_eq!(TokenCounter::Estimate.count(text), tokens, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn starts_ascend_on_character_boundaries(text in "\\PC{0,200}|(?s).{0,200}") {
            for counter in [tiny(), TokenCounter::Estimate] {
                let starts = counter.starts(&text);
                prop_assert!(starts.is_sorted());
                prop_assert!(starts.iter().all(|&start| start < text.len() && text.is_char_boundary(start)));
            }
        }
    }
}
