//! Documents in another language than the rest of their set.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use tamis_ingest::{ChunkId, Document};

use crate::language::{are_close, name, of_paragraph};
use crate::{Finding, Passage, Rule};

/// Fewest documents whose language is known, from which there is a main language.
const FEWEST_DOCUMENTS: usize = 4;
/// Least share of the documents, or of their tokens, in the main language; of few documents all but one are enough.
const MAIN: f64 = 0.8;
const MAIN_OF_FEW: f64 = 0.75;

/// What language a document is in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DocumentLanguage {
    /// ISO 639-1.
    pub code: String,
    /// Whether the document says so itself; else it was told from its words.
    pub stated: bool,
}

impl DocumentLanguage {
    /// The language of `document`, if it is known; a text too short for statistics is told by its function words.
    #[must_use]
    pub fn of(document: &Document) -> Option<Self> {
        let code = document.language.clone().or_else(|| of_paragraph(&document.text).map(str::to_owned))?;
        let supplied =
            ["lang", "language", "locale"].iter().filter_map(|field| document.metadata.get(*field)?.as_str());
        let stated = document.language_stated || supplied.into_iter().any(|tag| speaks_of(tag, &code));
        Some(Self { code, stated })
    }
}

/// A document of a set, as far as its language goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker<'a> {
    /// Where the document is.
    pub uri: &'a str,
    /// Its language.
    pub language: &'a DocumentLanguage,
    /// Its length.
    pub tokens: u32,
}

/// Which of `documents` are in another language than at least four fifths of them (by number or by tokens), where there
/// are at least five (three of four); for each its place in the list and the finding's message. A document whose metadata or path names
/// its language is where it is on purpose.
#[must_use]
pub fn foreign_documents(documents: &[Speaker<'_>]) -> Vec<(usize, String)> {
    let Some((main, share)) = main_language(documents) else { return Vec::new() };
    let foreign = documents.iter().enumerate().filter(|(_, document)| {
        let code = &document.language.code;
        !are_close(code, main) && !document.language.stated && !speaks_of(document.uri, code)
    });
    let message = |code: &str| {
        format!("The document is in {}, where {:.0} % of the others are in {}.", name(code), share * 100.0, name(main))
    };
    foreign.map(|(index, document)| (index, message(&document.language.code))).collect()
}

/// The language of nearly all documents and its share.
fn main_language<'a>(documents: &[Speaker<'a>]) -> Option<(&'a str, f64)> {
    if documents.len() < FEWEST_DOCUMENTS {
        return None;
    }
    let mut spoken: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
    for document in documents {
        let (number, tokens) = spoken.entry(&document.language.code).or_default();
        *number += 1;
        *tokens += u64::from(document.tokens);
    }
    let all: u64 = spoken.values().map(|(_, tokens)| tokens).sum();
    let share = |(number, tokens): (usize, u64)| {
        (number as f64 / documents.len() as f64).max(tokens as f64 / all.max(1) as f64)
    };
    let (code, share) =
        spoken.into_iter().map(|(code, counts)| (code, share(counts))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let least = if documents.len() > FEWEST_DOCUMENTS { MAIN } else { MAIN_OF_FEW };
    (share >= least).then_some((code, share))
}

/// Names of folders that hold documents in several languages.
const TRANSLATIONS: [&str; 8] =
    ["translations", "translation", "translated", "i18n", "l10n", "locale", "locales", "languages"];

/// Whether a path or tag names the language `code`: `/fr/`, `README.zh-CN.md`, `guide_pt_BR.md`, `docs/french/`.
fn speaks_of(path: &str, code: &str) -> bool {
    let parts = path.split(|c: char| !c.is_alphanumeric());
    parts.into_iter().any(|part| {
        part.eq_ignore_ascii_case(code)
            || part.eq_ignore_ascii_case(name(code))
            || TRANSLATIONS.iter().any(|folder| part.eq_ignore_ascii_case(folder))
    })
}

/// The findings about documents in another language than the rest, each with the first passage of its document.
pub(super) fn findings(passages: &[Passage]) -> Vec<(ChunkId, Finding)> {
    let mut first: HashMap<&str, &Passage> = HashMap::new();
    for passage in passages {
        let first = first.entry(passage.document.as_str()).or_insert(passage);
        if passage.offset < first.offset {
            *first = passage;
        }
    }
    let mut known: Vec<(&Passage, &DocumentLanguage)> =
        first.into_values().filter_map(|passage| Some((passage, passage.language.as_ref()?))).collect();
    known.sort_by_key(|(passage, _)| passage.document.as_str());
    let speakers: Vec<Speaker<'_>> = known
        .iter()
        .map(|(passage, language)| Speaker { uri: &passage.uri, language, tokens: passage.standing.document_words })
        .collect();
    foreign_documents(&speakers)
        .into_iter()
        .filter_map(|(index, message)| Some((known.get(index)?.0, message)))
        .map(|(passage, message)| (passage.chunk.clone(), passage.finding(Rule::WrongLanguage, message)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of five documents in English and these, each `uri language stated`, are foreign.
    fn foreign(others: &[(&'static str, &str, bool)]) -> Vec<&'static str> {
        let language = |code: &str, stated| DocumentLanguage { code: code.to_owned(), stated };
        let mut documents: Vec<(&str, DocumentLanguage)> = vec![("a.md", language("en", false)); 8];
        documents.extend(others.iter().map(|(uri, code, stated)| (*uri, language(code, *stated))));
        let speakers: Vec<Speaker<'_>> =
            documents.iter().map(|(uri, language)| Speaker { uri, language, tokens: 100 }).collect();
        foreign_documents(&speakers)
            .into_iter()
            .filter_map(|(index, _)| Some(others.get(index.checked_sub(8)?)?.0))
            .collect()
    }

    #[test]
    fn one_among_many_is_foreign_unless_it_says_so() {
        assert_eq!(foreign(&[("guide.md", "fr", false)]), ["guide.md"]);
        assert_eq!(
            foreign(&[("holiday-policy.md", "de", false), ("b.md", "ja", false)]),
            ["holiday-policy.md", "b.md"]
        );
        for uri in [
            "fr/guide.md",
            "docs/fr-FR/guide.md",
            "README.fr.md",
            "README_FR.md",
            "french/x.md",
            "i18n/x.md",
            "guide-fr.md",
        ] {
            assert_eq!(foreign(&[(uri, "fr", false)]), Vec::<&str>::new(), "{uri}");
        }
        assert_eq!(foreign(&[("README.zh-CN.md", "zh", false)]), Vec::<&str>::new());
        assert_eq!(foreign(&[("guide.md", "fr", true)]), Vec::<&str>::new());
        assert_eq!(foreign(&[("a.md", "fr", false), ("b.md", "fr", false), ("c.md", "de", false)]), Vec::<&str>::new());
    }

    #[test]
    fn few_documents_have_no_main_language() {
        let language = |code: &str| DocumentLanguage { code: code.to_owned(), stated: false };
        let (english, french) = (language("en"), language("fr"));
        let speaker = |language| Speaker { uri: "a.md", language, tokens: 10 };
        let mut speakers = vec![speaker(&english), speaker(&english), speaker(&french)];
        assert!(foreign_documents(&speakers).is_empty());
        speakers.push(speaker(&english));
        assert_eq!(foreign_documents(&speakers)[0].0, 2);
    }
}
