//! A parsed query as tantivy's own.

use std::collections::BTreeMap;
use std::ops::Bound;

use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, PhraseQuery, Query,
    RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::fields::Fields;
use crate::query::{Part, Terms, Word};
use crate::{Correction, SearchFilter};

/// Words that a prefix stands for, at most: the most frequent.
const PREFIX_WORDS: usize = 64;

/// Letters from which one, and from which two, may be wrong in a word.
const ONE_MISTAKE: usize = 4;
const TWO_MISTAKES: usize = 8;

/// Like words searched for where one occurs nowhere.
const LIKE_WORDS: usize = 3;

/// A query, and what was made of words that occur nowhere.
pub(crate) struct Clauses {
    pub(crate) query: Box<dyn Query>,
    pub(crate) corrections: Vec<Correction>,
    /// Whether an identifier of words was typed that some chunk has.
    pub(crate) has_identifier: bool,
}

/// The query for `parts` under `filter`.
pub(crate) fn build(
    parts: &[Part],
    filter: &SearchFilter,
    fields: &Fields,
    searcher: &Searcher,
) -> tantivy::Result<Clauses> {
    let mut corrections = Vec::new();
    let mut has_identifier = false;
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(parts.len());
    for part in parts {
        if let Part::Word(word) = part {
            has_identifier = has_identifier || word.of_words && occurs(word, fields, searcher)?;
        }
        let clause = match part {
            Part::Phrase(lists) => (Occur::Must, any_of(lists.iter().map(|terms| phrase(terms, fields)).collect())),
            Part::Glued(lists) => (Occur::Should, any_of(lists.iter().map(|terms| phrase(terms, fields)).collect())),
            Part::Prefix(prefix) => (Occur::Should, words(&beginning(prefix, fields, searcher)?, fields)),
            Part::Word(word) => match alike(word, fields, searcher)? {
                None => match word.stems.as_slice() {
                    // Side by side and not as a query of their own: only of plain terms does tantivy leave out blocks
                    // that cannot be among the best.
                    [only] => {
                        clauses.extend(each_field(fields, |field| stem_in(field, only)));
                        continue;
                    }
                    stems => (Occur::Should, any_of(stems.iter().map(|stem| term(stem, fields)).collect())),
                },
                Some(instead) => {
                    let clause = words(&instead, fields);
                    corrections.push(Correction { typed: word.plain.clone(), searched: instead });
                    (Occur::Should, clause)
                }
            },
        };
        clauses.push(clause);
    }
    // A phrase that must occur makes words beside it optional, which is what they are meant to be.
    let words: Box<dyn Query> = Box::new(BooleanQuery::new(clauses));
    let filters = filters(filter, fields).into_iter().map(|query| {
        // A filter says yes or no; it must not add to the score.
        let silent: Box<dyn Query> = Box::new(ConstScoreQuery::new(query, 0.0));
        (Occur::Must, silent)
    });
    let filters: Vec<_> = filters.collect();
    let query: Box<dyn Query> = if filters.is_empty() {
        words
    } else {
        Box::new(BooleanQuery::new(std::iter::once((Occur::Must, words)).chain(filters).collect()))
    };
    Ok(Clauses { query, corrections, has_identifier })
}

/// The best of several ways to read one thing.
fn any_of(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.pop() {
        Some(only) if queries.is_empty() => only,
        last => Box::new(DisjunctionMaxQuery::new(queries.into_iter().chain(last).collect())),
    }
}

/// A stem found in any field, each by its weight.
fn term(stem: &str, fields: &Fields) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(each_field(fields, |field| stem_in(field, stem)).collect()))
}

fn stem_in(field: Field, stem: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, stem), IndexRecordOption::WithFreqs))
}

fn phrase(terms: &Terms, fields: &Fields) -> Box<dyn Query> {
    if let [(_, only)] = terms.as_slice() {
        return term(only, fields);
    }
    let phrase_in = |field| -> Box<dyn Query> {
        let terms = terms.iter().map(|(position, term)| (*position, Term::from_field_text(field, term)));
        Box::new(PhraseQuery::new_with_offset(terms.collect()))
    };
    Box::new(BooleanQuery::new(each_field(fields, phrase_in).collect()))
}

/// `query` in every field, which counts by the field's weight.
fn each_field(
    fields: &Fields,
    query: impl Fn(Field) -> Box<dyn Query>,
) -> impl Iterator<Item = (Occur, Box<dyn Query>)> {
    fields.weighted().into_iter().map(move |(field, weight)| {
        let weighted: Box<dyn Query> = Box::new(BoostQuery::new(query(field), weight));
        (Occur::Should, weighted)
    })
}

/// Unstemmed words, whichever is best.
fn words(words: &[String], fields: &Fields) -> Box<dyn Query> {
    any_of(
        words
            .iter()
            .map(|word| -> Box<dyn Query> {
                Box::new(TermQuery::new(Term::from_field_text(fields.words, word), IndexRecordOption::Basic))
            })
            .collect(),
    )
}

/// Words that begin with `prefix`, the most frequent first.
fn beginning(prefix: &str, fields: &Fields, searcher: &Searcher) -> tantivy::Result<Vec<String>> {
    let mut found = BTreeMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(fields.words)?;
        let mut stream = index.terms().range().ge(prefix).into_stream()?;
        while stream.advance() {
            if !stream.key().starts_with(prefix.as_bytes()) {
                break;
            }
            count(&mut found, stream.key(), stream.value().doc_freq);
        }
    }
    Ok(most_frequent(found, PREFIX_WORDS))
}

/// Words like one that occurs nowhere; `None` where it does occur, or where it is no word that one mistypes: codes and
/// numbers that differ are others.
fn alike(word: &Word, fields: &Fields, searcher: &Searcher) -> tantivy::Result<Option<Vec<String>>> {
    let letters = word.plain.chars().count();
    if word.parts > 0 || letters < ONE_MISTAKE || !word.plain.chars().all(char::is_alphabetic) {
        return Ok(None);
    }
    if occurs(word, fields, searcher)? {
        return Ok(None);
    }
    let plain = Term::from_field_text(fields.words, &word.plain);
    for mistakes in 1..=if letters < TWO_MISTAKES { 1 } else { 2 } {
        let query = FuzzyTermQuery::new(plain.clone(), mistakes, true);
        let mut found = BTreeMap::new();
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(fields.words)?;
            let mut stream = index.terms().search(query.automaton()?).into_stream()?;
            while stream.advance() {
                count(&mut found, stream.key(), stream.value().doc_freq);
            }
        }
        if !found.is_empty() {
            return Ok(Some(most_frequent(found, LIKE_WORDS)));
        }
    }
    Ok(None)
}

/// Whether some chunk has a word, in whatever form.
fn occurs(word: &Word, fields: &Fields, searcher: &Searcher) -> tantivy::Result<bool> {
    let stems = word.stems.iter().map(|stem| Term::from_field_text(fields.body, stem));
    for term in stems.chain([Term::from_field_text(fields.words, &word.plain)]) {
        if searcher.doc_freq(&term)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn count(found: &mut BTreeMap<String, u64>, key: &[u8], documents: u32) {
    if let Ok(word) = std::str::from_utf8(key) {
        *found.entry(word.to_owned()).or_default() += u64::from(documents);
    }
}

fn most_frequent(found: BTreeMap<String, u64>, limit: usize) -> Vec<String> {
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_by_key(|(_, documents)| std::cmp::Reverse(*documents));
    found.truncate(limit);
    found.into_iter().map(|(word, _)| word).collect()
}

fn filters(filter: &SearchFilter, fields: &Fields) -> Vec<Box<dyn Query>> {
    let exact = |field: Field, value: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic))
    };
    let one_of = |field: Field, values: &mut dyn Iterator<Item = &str>| -> Option<Box<dyn Query>> {
        let any: Vec<_> = values.map(|value| (Occur::Should, exact(field, value))).collect();
        (!any.is_empty()).then(|| -> Box<dyn Query> { Box::new(BooleanQuery::new(any)) })
    };
    let mut queries: Vec<Box<dyn Query>> = Vec::new();
    queries.extend(one_of(fields.source, &mut filter.sources.iter().map(tamis_ingest::SourceName::as_str)));
    queries.extend(one_of(fields.kind, &mut filter.kinds.iter().map(String::as_str)));
    queries.extend(filter.language.as_deref().map(|language| exact(fields.language, language)));
    if filter.modified_after.is_some() || filter.modified_before.is_some() {
        let time = |time: jiff::Timestamp| Term::from_field_i64(fields.modified_at, time.as_microsecond());
        let from = filter.modified_after.map_or(Bound::Unbounded, |after| Bound::Included(time(after)));
        let to = filter.modified_before.map_or(Bound::Unbounded, |before| Bound::Excluded(time(before)));
        queries.push(Box::new(RangeQuery::new(from, to)));
    }
    for (name, value) in &filter.metadata {
        queries.push(exact(fields.metadata, &crate::entry::metadata_term(name, value)));
    }
    queries
}
