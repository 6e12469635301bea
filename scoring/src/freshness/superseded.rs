//! What a page's editions say about it: a newer one of the page lies beside it, or its version is far behind.
//!
//! Both are warnings. Documentation of several versions is mostly kept on purpose, for those who still run them, and
//! what really differs between two versions stands in the older one only; to quarantine it by default would empty every
//! manual but the newest. So an older page keeps its place in search, below the newer one, and a policy that serves the
//! newest version only makes `freshness.superseded` an error.

use std::collections::HashSet;

use crate::edition::{OldVersion, Place};
use crate::{Finding, Passage, Rule, Severity};

/// How much of a page's opening is compared, in bytes.
const OPENING: usize = 1_500;
/// Least share of the shorter opening's words that two editions of a page have in common. In two public manuals
/// (`stale_etcd`, `stale_rustbook`) 19 in 20 pairs of editions share more than two thirds, and 19 in 20 pairs of
/// different pages less than one third.
const SAME_PAGE: f32 = 0.4;
/// An opening with fewer different words than this says too little to deny what the path says.
const TELLING_WORDS: usize = 10;

/// The finding, for each chunk of the page that `opening` opens, that `newest` opens a newer edition of it: `None`
/// unless the paths say so and both are about the same thing. Where several editions are newer, hand in the newest.
#[must_use]
pub fn superseded(opening: &Passage, newest: &Passage) -> Option<Finding> {
    let (place, other) = (Place::of(&opening.uri)?, Place::of(&newest.uri)?);
    if !place.is_replaced_by(&other) || !same_page(&opening.text, &newest.text) {
        return None;
    }
    let message = format!("A newer edition of this page is {}.", newest.document_name);
    let finding = Finding::new(Rule::Superseded, message, Vec::new(), opening.uri.clone());
    Some(finding.at(Severity::Warn).against(newest.as_counterpart()))
}

/// The finding, for each chunk of a page of it, that a version is far behind.
#[must_use]
pub fn old_version(old: &OldVersion, uri: &str) -> Finding {
    let OldVersion { edition, newest, newer } = old;
    let message =
        format!("It belongs to {edition}, which {newer} newer editions stand before; the newest is {newest}.");
    Finding::new(Rule::OldVersion, message, Vec::new(), uri)
}

/// Whether two texts open alike, or under the same heading.
fn same_page(a: &str, b: &str) -> bool {
    let (one, two) = (words(a), words(b));
    let fewer = one.len().min(two.len());
    let shared = one.intersection(&two).count();
    fewer < TELLING_WORDS
        || shared as f32 >= SAME_PAGE * fewer as f32
        || heading(a).is_some_and(|h| heading(b) == Some(h))
}

/// The different longer words of a text's opening, lower case.
fn words(text: &str) -> HashSet<String> {
    let opening = &text[..text.floor_char_boundary(text.len().min(OPENING))];
    let words = opening.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 4);
    words.filter(|word| word.chars().all(char::is_alphabetic)).map(str::to_lowercase).collect()
}

/// The heading that a text opens with, lower case.
fn heading(text: &str) -> Option<String> {
    let line = text.trim_start().lines().next()?;
    line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_lowercase()).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::passage;

    const TEXT: &str = "# Backup\n\nBackups run every night on the primary server and are copied to a second region. \
        Operators watch the dashboard each morning and open a ticket when a copy is late or damaged.";

    #[test]
    fn the_older_page_names_the_newer_one() {
        let old = passage("docs/v1.2/backup.md", TEXT);
        let new = passage("docs/v1.4/backup.md", &TEXT.replace("every night", "twice an hour"));
        let found = superseded(&old, &new).unwrap();
        assert_eq!((found.rule, found.severity), (Rule::Superseded, Severity::Warn));
        assert_eq!(found.counterpart.as_ref().map(|other| other.uri.as_str()), Some("docs/v1.4/backup.md"));
        assert_eq!(superseded(&new, &old), None);
        assert_eq!(superseded(&old, &old), None);
    }

    #[test]
    fn pages_of_one_name_must_be_about_one_thing() {
        let other = "# Printers\n\nEach floor has a printer by the kitchen, whose paper and toner somebody from the \
            facilities desk fills up every Tuesday; broken ones belong to the yellow container outside.";
        for (new, expected) in [
            (TEXT, true),
            (other, false),
            ("Backup, rewritten", true),
            (&other.replace("# Printers", "#  backup"), true),
            ("", true),
        ] {
            let (old, new) = (passage("docs/v1/README.md", TEXT), passage("docs/v2/README.md", new));
            assert_eq!(superseded(&old, &new).is_some(), expected, "{}", new.text);
        }
    }
}
