//! Does something else deny it? Claims are read from sentences, and two claims about the same thing are judged.
//!
//! Sentences that hold something checkable (a number, date, version, or a word that affirms or denies) become
//! [`Claim`]s with a few hash keys under which statements in nearly the same words meet. Two that meet are read as
//! content words, values and polarity, and clash where the words agree and exactly one value, or the polarity, does
//! not. Precision comes first: what is said of another subject, version, year or condition, an example, a reference
//! (`Listing 3-1`) or a line of a change log is no clash.

mod conflicts;
mod figures;
mod history;
pub mod inference;
mod judge;
mod keys;
mod lexicon;
mod piece;
mod quantity;
mod read_value;
mod sentence;
mod statement;
mod value;

#[cfg(test)]
mod cases;

use serde::{Deserialize, Serialize};
use tamis_ingest::ByteSpan;

pub(crate) use conflicts::{Comparison, compare};
pub(crate) use figures::replaced;
use statement::Statement;

/// A checkable statement read from one sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Keys under which statements about the same thing are found (64 bits each, stored as signed integers). The first
    /// is equal for statements that differ in their values only; the others survive a word more or less.
    pub keys: Vec<i64>,
    /// The sentence, as a span of the *chunk's* text.
    pub sentence: ByteSpan,
}

/// Fewest content words of a sentence that can be compared.
const MIN_WORDS: usize = 2;

/// Reads the claims of a chunk's text, in order of appearance.
#[must_use]
pub fn claims(text: &str) -> Vec<Claim> {
    sentence::sentences(text)
        .into_iter()
        .filter_map(|sentence| {
            let statement = Statement::at(text, sentence);
            let claims = statement.words.len() >= MIN_WORDS && statement.is_checkable();
            claims.then(|| Claim { keys: keys::of(&statement), sentence })
        })
        .collect()
}
