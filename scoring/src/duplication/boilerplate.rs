//! Paragraphs that stand in many documents: headers, licences, "was this page helpful".
//!
//! Such a paragraph says nothing about the page it stands on. It is taken out of what is matched and embedded and kept
//! for display, and it must not make two pages copies of each other that are otherwise different.

use std::borrow::Cow;
use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::paragraph::{Paragraph, paragraphs};
use crate::family::Family;
use crate::{DuplicationPolicy, Finding, Passage, Rule};

/// Fewest words of a question that may be boilerplate: "was this helpful?"
const QUESTION_WORDS: usize = 3;

/// The hashes of the paragraphs of `text` that are long enough to be boilerplate, each once, sorted: what to count
/// documents by.
#[must_use]
pub fn paragraph_hashes(text: &str, policy: &DuplicationPolicy) -> Vec<i64> {
    // A question to the reader that page after page asks in the same words is the site's, however short it is.
    let asks = |paragraph: &Paragraph| {
        let question = || paragraph.span.of(text).is_some_and(|said| said.ends_with('?') || said.contains("? "));
        paragraph.words >= QUESTION_WORDS && question()
    };
    let long = |paragraph: &Paragraph| paragraph.words >= policy.boilerplate_words as usize || asks(paragraph);
    let mut hashes: Vec<i64> = paragraphs(text).iter().filter(|one| long(one)).map(|one| one.hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// What a document counts as where documents are counted: all versions of one page are one (a 64-bit hash, stored as a
/// signed integer).
#[must_use]
pub fn work(document: &str, uri: &str) -> i64 {
    let hash = Family::of(uri).map_or_else(|| xxh3_64(document.as_bytes()), |family| xxh3_64(family.key.as_bytes()));
    hash as i64
}

/// The paragraphs of a corpus that stand in many documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Boilerplate {
    /// In how many documents each stands, by its hash.
    documents: HashMap<i64, usize>,
}

impl Boilerplate {
    /// The boilerplate among paragraphs of which it is known in how many documents they stand. The versions of one page
    /// are one document here, and so are exact copies.
    #[must_use]
    pub fn of(frequencies: impl IntoIterator<Item = (i64, usize)>, policy: &DuplicationPolicy) -> Self {
        let enough = (policy.boilerplate_documents as usize).max(2);
        Self { documents: frequencies.into_iter().filter(|(_, documents)| *documents >= enough).collect() }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Whether the paragraph with this hash is boilerplate.
    #[must_use]
    pub fn holds(&self, paragraph: i64) -> bool {
        self.documents.contains_key(&paragraph)
    }

    /// `text` without boilerplate: what to match and to embed. Empty where there is nothing else; embed such a text as
    /// it is.
    #[must_use]
    pub fn without<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut taken = self.in_text(text).into_iter().peekable();
        if taken.peek().is_none() {
            return Cow::Borrowed(text);
        }
        let (mut rest, mut left) = (0, String::with_capacity(text.len()));
        for (paragraph, _) in taken {
            left.push_str(&text[rest..paragraph.span.start()]);
            rest = paragraph.span.end();
        }
        left.push_str(&text[rest..]);
        Cow::Owned(left)
    }

    /// The finding that a passage carries of its boilerplate: one, whose spans are the paragraphs.
    #[must_use]
    pub fn finding(&self, passage: &Passage) -> Option<Finding> {
        let found = self.in_text(&passage.text);
        let (first, _) = found.first()?;
        let most = found.iter().map(|(_, documents)| *documents).max().unwrap_or_default();
        let message = match found.len() {
            1 => format!("The same paragraph stands in {most} documents."),
            count => format!("{count} paragraphs stand in many documents, in up to {most} of them."),
        };
        let quote = passage.quote(first.span.shifted(passage.offset));
        let spans = found.iter().map(|(paragraph, _)| paragraph.span.shifted(passage.offset)).collect();
        Some(Finding::new(Rule::Boilerplate, message, spans, quote))
    }

    /// The boilerplate paragraphs of a text, each with the number of documents it stands in.
    fn in_text(&self, text: &str) -> Vec<(Paragraph, usize)> {
        if self.is_empty() {
            return Vec::new();
        }
        let documents = |paragraph: Paragraph| Some((paragraph, *self.documents.get(&paragraph.hash)?));
        paragraphs(text).into_iter().filter_map(documents).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: &str = "Was this page helpful? Tell us what is missing and we will mend it.";

    fn known(documents: usize) -> Boilerplate {
        let policy = DuplicationPolicy::default();
        Boilerplate::of(paragraph_hashes(SHARED, &policy).into_iter().map(|hash| (hash, documents)), &policy)
    }

    #[test]
    fn five_documents_are_few_and_six_are_many() {
        assert!(known(5).is_empty());
        assert!(!known(6).is_empty());
    }

    #[test]
    fn short_paragraphs_and_headings_do_not_count() {
        let policy = DuplicationPolicy::default();
        assert!(paragraph_hashes("Back to the top of this page.", &policy).is_empty());
        for (text, counts) in [
            ("Was this page helpful?", 1),
            ("Was this helpful? Yes No", 1),
            ("Why? Because.", 0),
            ("See https://example.org/?page=2 too.", 0),
        ] {
            assert_eq!(paragraph_hashes(text, &policy).len(), counts, "{text}");
        }
        assert!(paragraph_hashes("# One two three four five six seven eight nine", &policy).is_empty());
        assert_eq!(paragraph_hashes(&format!("{SHARED}\n\n{SHARED}"), &policy).len(), 1);
    }

    #[test]
    fn what_is_left_is_everything_else() {
        let text = format!("# Title\n\nOwn words.\n\n{SHARED}\n\nMore words.");
        assert_eq!(known(6).without(&text), "# Title\n\nOwn words.\n\n\n\nMore words.");
        assert_eq!(known(6).without(SHARED), "");
        assert!(matches!(known(6).without("Own words."), Cow::Borrowed("Own words.")));
    }
}
