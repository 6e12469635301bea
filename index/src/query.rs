//! What a typed query asks of the lexical index.
//!
//! There is no query language to trip over: words are alternatives, `"double quotes"` hold a phrase that must occur,
//! and every other sign is text.

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::tokenizer::TextAnalyzer;

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::SearchFilter;
use crate::lexical::Fields;

/// Words of a query that count; somebody who pastes a page wants its beginning.
const MAX_TERMS: usize = 128;

/// A word or a phrase, analysed as the index was.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Word(String),
    Phrase(Vec<(usize, String)>),
}

/// The query for `text` under `filter`; `None` where it holds no words.
pub(crate) fn build(
    text: &str,
    filter: &SearchFilter,
    fields: &Fields,
    analyzer: &mut TextAnalyzer,
) -> Option<Box<dyn Query>> {
    let parts = parse(text, analyzer);
    if parts.is_empty() {
        return None;
    }
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(parts.len());
    for part in parts {
        let occur = match part {
            Part::Word(_) => Occur::Should,
            Part::Phrase(_) => Occur::Must,
        };
        clauses.push((occur, in_fields(&part, fields)));
    }
    // A phrase that must occur makes words beside it optional, which is what they are meant to be.
    let words: Box<dyn Query> = Box::new(BooleanQuery::new(clauses));
    let filters = filters(filter, fields);
    if filters.is_empty() {
        return Some(words);
    }
    let filters = filters.into_iter().map(|query| {
        // A filter says yes or no; it must not add to the score.
        let silent: Box<dyn Query> = Box::new(ConstScoreQuery::new(query, 0.0));
        (Occur::Must, silent)
    });
    Some(Box::new(BooleanQuery::new(std::iter::once((Occur::Must, words)).chain(filters).collect())))
}

/// Words and phrases of `text`, each once, in order.
fn parse(text: &str, analyzer: &mut TextAnalyzer) -> Vec<Part> {
    let pieces: Vec<&str> = text.split('"').collect();
    let mut seen = BTreeSet::new();
    let mut parts = Vec::new();
    let mut count = 0;
    for (number, piece) in pieces.iter().enumerate() {
        // Odd pieces stand between two quotes; an opening quote that nothing closes is just a sign.
        let quoted = number % 2 == 1 && number + 1 < pieces.len();
        let terms = analyze(piece, analyzer, MAX_TERMS - count);
        count += terms.len();
        if quoted && terms.len() > 1 {
            parts.push(Part::Phrase(terms));
        } else {
            parts.extend(
                terms.into_iter().filter(|(_, term)| seen.insert(term.clone())).map(|(_, term)| Part::Word(term)),
            );
        }
    }
    parts
}

fn analyze(text: &str, analyzer: &mut TextAnalyzer, limit: usize) -> Vec<(usize, String)> {
    let mut terms = Vec::new();
    let mut stream = analyzer.token_stream(text);
    while terms.len() < limit && stream.advance() {
        let token = stream.token();
        terms.push((token.position, token.text.clone()));
    }
    terms
}

/// A part found in any field, each by its weight.
fn in_fields(part: &Part, fields: &Fields) -> Box<dyn Query> {
    let in_field = |(field, weight): (Field, f32)| -> (Occur, Box<dyn Query>) {
        let query: Box<dyn Query> = match part {
            Part::Word(word) => {
                Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs))
            }
            Part::Phrase(terms) => Box::new(PhraseQuery::new_with_offset(
                terms.iter().map(|(position, term)| (*position, Term::from_field_text(field, term))).collect(),
            )),
        };
        (Occur::Should, Box::new(BoostQuery::new(query, weight)))
    };
    Box::new(BooleanQuery::new(fields.weighted().into_iter().map(in_field).collect()))
}

fn filters(filter: &SearchFilter, fields: &Fields) -> Vec<Box<dyn Query>> {
    let exact = |field: Field, value: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic))
    };
    let mut queries: Vec<Box<dyn Query>> = Vec::new();
    if !filter.sources.is_empty() {
        let any = filter.sources.iter().map(|source| (Occur::Should, exact(fields.source, source.as_str()))).collect();
        queries.push(Box::new(BooleanQuery::new(any)));
    }
    if let Some(language) = &filter.language {
        queries.push(exact(fields.language, language));
    }
    if let Some(time) = filter.modified_after {
        let from = Term::from_field_i64(fields.modified_at, time.as_microsecond());
        queries.push(Box::new(RangeQuery::new(Bound::Included(from), Bound::Unbounded)));
    }
    queries
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lexical::analyzer;

    fn words(text: &str) -> Vec<String> {
        parse(text, &mut analyzer())
            .into_iter()
            .map(|part| match part {
                Part::Word(word) => word,
                Part::Phrase(terms) => {
                    format!("\"{}\"", terms.into_iter().map(|(_, term)| term).collect::<Vec<_>>().join(" "))
                }
            })
            .collect()
    }

    #[test]
    fn signs_are_text_and_quotes_hold_phrases() {
        let cases: [(&str, &[&str]); 12] = [
            ("", &[]),
            ("?!* () [] : ^~ +-", &[]),
            ("running Runs", &["run"]),
            ("title:secret AND NOT (x OR y)^3", &["titl", "secret", "and", "not", "x", "or", "y", "3"]),
            ("C++ -Wall --force", &["c", "wall", "forc"]),
            ("café naïve", &["cafe", "naiv"]),
            (r#""open source" code"#, &["\"open sourc\"", "code"]),
            (r#""freshness" of data"#, &["fresh", "of", "data"]),
            (r#"5" disk"#, &["5", "disk"]),
            (r#"a "b c" d "e f"#, &["a", "\"b c\"", "d", "e", "f"]),
            (r#""""#, &[]),
            ("max_connections", &["max", "connect"]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_pasted_page_is_cut() {
        let page = (0..10_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(words(&page).len(), MAX_TERMS);
        assert!(words(&page.replace(' ', "\" \"")).len() <= MAX_TERMS);
    }

    proptest! {
        #[test]
        fn any_text_parses(text in any::<String>()) {
            prop_assert!(words(&text).len() <= MAX_TERMS);
        }
    }
}
