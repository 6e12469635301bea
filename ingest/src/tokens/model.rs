//! Token starts by a model's own tokenizer.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use tokenizers::models::ModelWrapper;
use tokenizers::normalizers::NormalizerWrapper;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::{AddedToken, Tokenizer};

use super::estimate::estimated_starts;
use crate::{Error, Result};

/// Longest piece handed to the tokenizer at once, in bytes: its working memory is many times its input.
const MAX_PIECE: usize = 64 << 10;

/// Longest word whose tokens are remembered, in bytes.
const MAX_KNOWN_WORD: usize = 64;

/// How many words are remembered: some 20 MB of them at most.
const MAX_KNOWN_WORDS: usize = 100_000;

/// A model's tokenizer, and the words it has read so far.
///
/// Tokenizers of the BERT family read each word without looking at its neighbours, and the words of one document are
/// mostly those of the others, so remembering them spares most of the work.
pub struct ModelTokens {
    tokenizer: Tokenizer,
    /// Where the tokens of a word start in it; `None` if the tokenizer does not read words one by one.
    known: Option<RwLock<Words>>,
    /// Texts that are a token wherever they stand, as `[SEP]` is.
    added: Vec<String>,
}

type Words = HashMap<Box<str>, Box<[usize]>>;

impl ModelTokens {
    /// Loads `tokenizer.json`, with truncation and padding off: a count must see the whole text and nothing else.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let bad = |problem: String| Error::Tokenizer { path: path.to_owned(), problem };
        let mut tokenizer = Tokenizer::from_file(path).map_err(|error| bad(error.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| bad(error.to_string()))?;
        let added: Vec<AddedToken> = tokenizer.get_added_tokens_decoder().into_values().collect();
        let apart = reads_words_apart(&tokenizer) && added.iter().all(|token| !token.normalized);
        let added = added.into_iter().map(|token| token.content).collect();
        Ok(Self { tokenizer, known: apart.then(RwLock::default), added })
    }

    /// Adds the start of each token of `text`, ascending.
    pub(super) fn starts(&self, text: &str, starts: &mut Vec<usize>) {
        match &self.known {
            Some(known) if !self.added.iter().any(|token| text.contains(token)) => {
                self.starts_by_word(known, text, starts);
            }
            _ => self.starts_at_once(text, 0, starts),
        }
    }

    fn starts_by_word(&self, known: &RwLock<Words>, text: &str, starts: &mut Vec<usize>) {
        let words = known.read().unwrap_or_else(PoisonError::into_inner);
        let mut new: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut base = 0;
        for run in text.split_inclusive(ends_word) {
            let word = run.trim_end_matches(ends_word);
            if word.len() > MAX_KNOWN_WORD {
                self.starts_at_once(word, base, starts);
            } else if let Some(inside) = words.get(word) {
                starts.extend(inside.iter().map(|start| base + start));
            } else if !word.is_empty() {
                let inside = new.entry(word).or_insert_with(|| {
                    let mut inside = Vec::new();
                    self.starts_at_once(word, 0, &mut inside);
                    inside
                });
                starts.extend(inside.iter().map(|start| base + start));
            }
            base += run.len();
            if run.ends_with(|c: char| c.is_ascii_punctuation()) {
                starts.push(base - 1);
            }
        }
        drop(words);
        if !new.is_empty() {
            let mut words = known.write().unwrap_or_else(PoisonError::into_inner);
            let room = MAX_KNOWN_WORDS.saturating_sub(words.len());
            words.extend(new.into_iter().take(room).map(|(word, inside)| (word.into(), inside.into())));
        }
    }

    /// Adds the starts of the tokens of `text`, moved to `base`.
    fn starts_at_once(&self, text: &str, base: usize, starts: &mut Vec<usize>) {
        for (at, piece) in pieces(text) {
            let mut last = base + at;
            match self.tokenizer.encode(piece, false) {
                Ok(encoding) => starts.extend(encoding.get_offsets().iter().map(|&(start, _)| {
                    last = last.max(base + at + start);
                    last
                })),
                // A tokenizer without an unknown token refuses what it does not know; an estimate is better than no
                // size.
                Err(_) => estimated_starts(piece, last, starts),
            }
        }
    }
}

/// Whether the tokenizer reads each word without looking at its neighbours, and each punctuation mark as a token.
fn reads_words_apart(tokenizer: &Tokenizer) -> bool {
    matches!(tokenizer.get_model(), ModelWrapper::WordPiece(_))
        && matches!(tokenizer.get_pre_tokenizer(), Some(PreTokenizerWrapper::BertPreTokenizer(_)))
        && matches!(tokenizer.get_normalizer(), None | Some(NormalizerWrapper::BertNormalizer(_)))
}

/// Whether `c` ends a word for every tokenizer of the BERT family. Rarer spaces and marks are left to the tokenizer,
/// inside the "word".
fn ends_word(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r') || c.is_ascii_punctuation()
}

/// `text` in pieces of at most [`MAX_PIECE`] bytes, each with its offset.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let base = from;
        from = piece_end(text, from);
        (base < from).then(|| (base, &text[base..from]))
    })
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

#[cfg(test)]
pub(super) mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    /// A `tokenizer.json` that cuts at white space and punctuation, knows a few word pieces, and asks for truncation and
    /// padding.
    pub(in super::super) const TINY: &str = r###"{
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                    "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": [{"id": 3, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false,
                          "normalized": false, "special": true}],
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

    pub(in super::super) fn open(json: &str) -> ModelTokens {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokenizer.json");
        fs::write(&path, json).unwrap();
        ModelTokens::open(&path).unwrap()
    }

    fn starts(model: &ModelTokens, text: &str) -> Vec<usize> {
        let mut starts = Vec::new();
        model.starts(text, &mut starts);
        starts
    }

    #[test]
    fn other_tokenizers_are_given_the_text_whole() {
        let model = open(&TINY.replace("BertPreTokenizer", "Whitespace"));
        assert!(model.known.is_none());
        assert_eq!(starts(&model, "the fox"), [0, 4]);
    }

    #[test]
    fn added_tokens_are_one_token_in_the_midst_of_marks() {
        assert_eq!(starts(&open(TINY), "the [SEP] fox, [SE"), [0, 4, 10, 13, 15, 16]);
    }

    proptest! {
        #[test]
        fn words_are_read_as_in_the_text(
            words in prop::collection::vec("the|foxes|den|fóxes\u{301}|狐|a\u{85}b|a\u{b}b|\u{a0}|\u{3000}|\r\n|[ \t.,—]|\\PC", 0..60),
        ) {
            let text = words.concat();
            let model = open(TINY);
            let mut whole = Vec::new();
            model.starts_at_once(&text, 0, &mut whole);
            prop_assert_eq!(&starts(&model, &text), &whole, "when all words are new");
            prop_assert_eq!(&starts(&model, &text), &whole, "when all words are known");
        }
    }
}
