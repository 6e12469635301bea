//! Pages that call a version the current one which the rest of the corpus has left behind.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::{ByteSpan, ChunkId};

use crate::edition::Editions;
use crate::outline::Outline;
use crate::pattern::pattern;
use crate::{Finding, Passage, Rule};

/// "The current version of Frobnicator is 3.1", "Frobnicator 3.1 is the latest stable release". A minimum, a version
/// that someone else requires and what was current once are none of it.
static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    let current = r"(?:current|latest|newest|most\s+recent)(?:\s+(?:stable|supported|released?|production|official|public))?\s+(?:version|release)";
    let number = r"v?(?P<NAME>\d+(?:\.\d+){1,3})\b(?:\.x\b)?";
    let (after, before) = (number.replace("NAME", "after"), number.replace("NAME", "before"));
    pattern(&format!(
        r"\b(?:the|our|its)\s+ {current} (?:\s+of\s+(?P<of>[\w.+-]+(?:\s[\w.+-]+){{0,2}}?))? (?:\s+is(?:\s+now)?|\s*:) \s+ [*_`]* (?:(?P<repeat>[\w+-]+)\s+)?? {after}
        | \b(?P<product>[\w+-]+)\s+ [*_`]* {before} [*_`]* \s+ is \s+ (?:now\s+)? (?:the|our)\s+ {current}\b"
    ))
});

/// What no statement is without: looked for first, because it is found faster.
static CALLED_CURRENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"current|latest|newest|most\s+recent"));

/// Words before it in its sentence that make it a condition, a story or a task.
static HEDGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:if|when|whenever|whether|unless|until|once|before|check|verify|ensure|make\s+sure|confirm|assume|assuming|suppose|say|for\s+example|e\.g\.|prints?|shows?|returns?|outputs?|was|were|had)\b[^.!?\n]*$",
    )
});

/// A version called current.
#[derive(Debug, Clone, PartialEq)]
struct Statement {
    /// Of what, lower case, where it says so.
    product: Option<String>,
    version: Vec<u64>,
    /// In the passage's text.
    span: ByteSpan,
}

/// Whether `text` calls some version the current one: only such passages need be handed to [`outrun`].
#[must_use]
pub fn calls_current(text: &str) -> bool {
    !statements(text).is_empty()
}

/// The findings of passages that call a version current which is far below one that another passage calls current for
/// the same product, or, where no product is named, below the newest edition of the manual in whose folder they lie.
/// `openings` holds the first passage at each URI. Far below is another major version, or two minor ones.
#[must_use]
pub fn outrun<S: BuildHasher>(
    passages: &[&Passage],
    openings: &HashMap<&str, &Passage, S>,
    editions: &Editions,
) -> Vec<(ChunkId, Finding)> {
    let said: Vec<(&Passage, Statement)> =
        passages.iter().flat_map(|passage| statements(&passage.text).into_iter().map(|one| (*passage, one))).collect();
    let mut newest: HashMap<&str, (&[u64], &Passage)> = HashMap::new();
    for (passage, statement) in &said {
        let Some(product) = &statement.product else { continue };
        let known = newest.entry(product).or_insert((&statement.version, passage));
        if known.0 < statement.version.as_slice() {
            *known = (&statement.version, passage);
        }
    }
    let outran = said.iter().filter_map(|(passage, statement)| {
        let (version, other) = if let Some(product) = &statement.product {
            *newest.get(product.as_str())?
        } else {
            let (version, uri) = editions.newest_number(&passage.uri)?;
            (version, *openings.get(uri)?)
        };
        let finding = finding(passage, statement, version, other);
        far_below(&statement.version, version).then(|| (passage.chunk.clone(), finding))
    });
    outran.collect()
}

fn finding(passage: &Passage, statement: &Statement, version: &[u64], other: &Passage) -> Finding {
    let message = format!(
        "It calls {} the current version; {} is about {}.",
        written(&statement.version),
        other.document_name,
        written(version)
    );
    let quote = crate::excerpt::quote(&passage.text, statement.span);
    Finding::new(Rule::OldVersion, message, vec![statement.span.shifted(passage.offset)], quote)
        .against(other.as_counterpart())
}

fn written(version: &[u64]) -> String {
    version.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// Another major version, or at least two minor ones.
fn far_below(version: &[u64], newest: &[u64]) -> bool {
    let at = |version: &[u64], place: usize| version.get(place).copied().unwrap_or_default();
    let (major, minor) = (at(newest, 0), at(newest, 1));
    at(version, 0) < major || (at(version, 0) == major && at(version, 1) + 2 <= minor)
}

/// The versions that `text` calls current, without those in code or under a condition.
fn statements(text: &str) -> Vec<Statement> {
    if !CALLED_CURRENT.is_match(text) {
        return Vec::new();
    }
    let mut found = STATEMENT.captures_iter(text).peekable();
    if found.peek().is_none() {
        return Vec::new();
    }
    let outline = Outline::of_markdown(text);
    let read = found.filter_map(|captures| {
        let whole = captures.get(0)?;
        let number = captures.name("after").or_else(|| captures.name("before"))?;
        let product = ["of", "product", "repeat"].iter().find_map(|name| captures.name(name));
        let hedged = HEDGE.is_match(&text[text.floor_char_boundary(whole.start().saturating_sub(120))..whole.start()]);
        if hedged || outline.in_code(whole.start()) {
            return None;
        }
        Some(Statement {
            product: product.and_then(|name| named(name.as_str())),
            version: number.as_str().split('.').map(str::parse).collect::<Result<_, _>>().ok()?,
            span: ByteSpan::from(whole.range()),
        })
    });
    read.collect()
}

/// A product's name, lower case; "this", "version" and their like name none.
fn named(name: &str) -> Option<String> {
    const NONE: [&str; 8] = ["the", "this", "it", "version", "release", "software", "manual", "documentation"];
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let telling = words.iter().any(|word| !NONE.contains(&word.as_str()));
    telling.then(|| words.into_iter().filter(|word| word != "the").collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Option<String>, String)> {
        statements(text).into_iter().map(|one| (one.product, written(&one.version))).collect()
    }

    #[test]
    fn reads_what_is_called_current() {
        for (text, product, version) in [
            ("The current version is 3.1.", None, "3.1"),
            ("The current stable release is v3.1.4 for all platforms.", None, "3.1.4"),
            ("The latest version of Frobnicator is 3.1.", Some("frobnicator"), "3.1"),
            ("Our most recent release is Frobnicator 3.1.", Some("frobnicator"), "3.1"),
            ("Frobnicator 3.1 is the latest stable version.", Some("frobnicator"), "3.1"),
            ("The current version of this manual is 3.1.", None, "3.1"),
            ("Get it here. The newest version: **3.1**", None, "3.1"),
        ] {
            assert_eq!(read(text), [(product.map(str::to_owned), version.to_owned())], "{text}");
        }
    }

    #[test]
    fn other_talk_of_versions_is_none_of_it() {
        for text in [
            "The minimum version is 3.1.",
            "Frobnicator 3.1 or later is required.",
            "At that time the latest version was 3.1.",
            "If the current version is 3.1, upgrade first.",
            "Make sure that the latest version is 3.1 or newer.",
            "The command prints that the current version is 3.1.",
            "| Frobnicator | 3.1 | supported |",
            "```\nThe current version is 3.1\n```",
            "Since 3.1 it is the default.",
            "Version 3.1 was the latest release of its line.",
            "The current version has 12 pages.",
            "The latest version adds 3.1 new rules.",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn far_is_a_major_version_or_two_minor_ones() {
        for (version, newest, expected) in [
            (&[3, 1][..], &[3, 7][..], true),
            (&[3, 6], &[3, 7], false),
            (&[3, 7, 1], &[3, 7, 9], false),
            (&[2, 9], &[3, 0], true),
            (&[3, 7], &[3, 1], false),
            (&[3, 7], &[2, 9], false),
        ] {
            assert_eq!(far_below(version, newest), expected, "{version:?} {newest:?}");
        }
    }
}
