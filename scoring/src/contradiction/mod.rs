//! Does something else deny it? Claims are read from sentences, lists, tables and listings, and two claims about the
//! same thing are judged.
//!
//! Sentences that hold something checkable (a number, date, version, or a word that affirms or denies) and entries (a
//! name with its value: `--workers` … `default: 4`, `Owner: Anna Berg`, a row and a column of a table) become
//! [`Claim`]s with a few hash keys under which statements in nearly the same words meet. Two that meet are read as
//! content words, values and polarity, and clash where the words agree and exactly one value, or the polarity, does
//! not. What says too little by itself is read together with the headings above it. Precision comes first: what is said
//! of another subject, version, year or condition, an example, a reference (`Listing 3-1`) or a line of a change log is
//! no clash.

mod amount;
mod blocks;
mod clause;
mod conflicts;
mod entries;
mod figures;
mod history;
pub mod inference;
mod judge;
mod keys;
mod lexicon;
mod occurrence;
mod opposition;
mod paraphrase;
mod piece;
mod quantity;
mod read_value;
mod reader;
mod role;
mod sentence;
mod statement;
mod table;
mod topic;
mod value;
mod written;

#[cfg(test)]
mod cases;

use serde::{Deserialize, Serialize};
use tamis_ingest::{ByteSpan, Chunk};

use blocks::Shape;
pub use conflicts::contradicts_itself;
pub(crate) use conflicts::{Comparison, compare};
use entries::Found;
pub(crate) use figures::replaced;
pub(crate) use opposition::{denies, exclude_each_other};
pub use paraphrase::{may_say_the_same, paraphrased_conflicts};
use piece::Piece;
use statement::Statement;
pub(crate) use topic::is_generic_word;

/// A checkable statement read from a sentence, or from a name with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Keys under which statements about the same thing are found (64 bits each, stored as signed integers). The first
    /// is equal for statements that differ in their values only; the others survive a word more or less.
    pub keys: Vec<i64>,
    /// What is quoted, as a span of the *chunk's* text: the sentence, list item or row.
    pub sentence: ByteSpan,
    /// The title and headings that it stands under, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topic: Vec<String>,
    /// For a name with its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What has the value.
    pub about: String,
    /// The value, as a span of the chunk's text.
    pub value: ByteSpan,
    /// Whether a bare word is a literal there, as it is for a default.
    #[serde(default)]
    pub literal: bool,
}

impl Claim {
    /// The part of the chunk's text that tells this claim from others under its first key: the value of an entry, else
    /// the sentence.
    pub(crate) fn said<'a>(&self, text: &'a str) -> &'a str {
        self.entry.as_ref().map_or(self.sentence, |entry| entry.value).of(text).unwrap_or_default()
    }
}

/// Fewest content words of a sentence that can be compared.
const MIN_WORDS: usize = 2;
/// Longest sentence that gives a value in a role, in bytes.
const LONGEST_ROLE: usize = 200;
/// Most bytes of one heading that are kept with a claim.
const LONGEST_HEADING: usize = 100;

/// Reads the claims of a text that stands by itself, in order of appearance.
#[must_use]
pub fn claims(text: &str) -> Vec<Claim> {
    under(text, &[])
}

/// Reads the claims of a chunk of a document with this title.
#[must_use]
pub fn claims_of(chunk: &Chunk, title: Option<&str>) -> Vec<Claim> {
    let path = chunk.heading_path.iter().map(String::as_str);
    let title = title.filter(|title| chunk.heading_path.first().is_none_or(|first| first != title));
    let headings: Vec<&str> = title.into_iter().chain(path).collect();
    under(&chunk.text, &headings)
}

/// Reads the claims of a text below these headings.
fn under(text: &str, headings: &[&str]) -> Vec<Claim> {
    let layout = blocks::read(text, headings);
    let mut claims = Vec::new();
    for block in &layout.blocks {
        let path = &layout.topics[block.topic];
        if path.iter().any(|heading| history::tells_changes(heading)) {
            continue;
        }
        let subject = topic::subject(path);
        let topic = || -> Vec<String> { path.iter().map(|heading| shortened(heading)).collect() };
        if matches!(block.shape, Shape::Prose | Shape::Item) && !layout.is_condition(text, block) {
            for sentence in sentence::sentences(text, block.span) {
                if read(text, sentence, subject, &topic, Statement::is_checkable, &mut claims).idle {
                    continue;
                }
                for clause in clause::clauses(text, sentence) {
                    read(text, clause, subject, &topic, Statement::stands_alone, &mut claims);
                }
            }
        }
        claims.extend(entries::of(text, &layout, block).into_iter().filter_map(|found| entry(text, found, topic())));
    }
    claims
}

/// Adds what the sentence or clause at `span` claims under `subject`, where it `counts`; returns what it says.
fn read(
    text: &str,
    span: ByteSpan,
    subject: &str,
    topic: &impl Fn() -> Vec<String>,
    counts: impl Fn(&Statement) -> bool,
    claims: &mut Vec<Claim>,
) -> Statement {
    let body = span.of(text).unwrap_or_default();
    let pieces = piece::pieces(body);
    let statement = Statement::from_pieces(body, &pieces);
    if statement.words.len() >= MIN_WORDS && counts(&statement) {
        claims.push(Claim { keys: keys::of(&statement, subject), sentence: span, topic: topic(), entry: None });
    }
    let found = (!statement.idle).then(|| given(body, &pieces, span, subject)).flatten();
    claims.extend(found.and_then(|found| entry(text, found, topic())));
    statement
}

/// The value in a role that the sentence at `span` gives.
fn given(sentence: &str, pieces: &[Piece<'_>], span: ByteSpan, subject: &str) -> Option<Found> {
    if sentence.len() > LONGEST_ROLE {
        return None;
    }
    let given = role::read(pieces)?;
    let (start, end) = role::value_span(sentence, pieces, &given)?;
    let about = entries::owned(&given.about, subject)?;
    let value = ByteSpan::new(span.start() + start, span.start() + end);
    Some(Found { about, value, literal: given.literal, span })
}

/// The claim of an entry.
fn entry(text: &str, found: Found, topic: Vec<String>) -> Option<Claim> {
    let Found { about, value, literal, span } = found;
    let statement = Statement::entry(&about, value.of(text)?, literal);
    let checkable = !statement.words.is_empty() && !statement.values.is_empty();
    let keys = keys::of(&statement, "");
    checkable.then_some(Claim { keys, sentence: span, topic, entry: Some(Entry { about, value, literal }) })
}

/// A heading, cut where it is no heading.
fn shortened(heading: &str) -> String {
    heading.char_indices().take_while(|(at, _)| *at < LONGEST_HEADING).map(|(_, c)| c).collect()
}
