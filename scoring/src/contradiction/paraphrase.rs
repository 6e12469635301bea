//! What is said again, or denied, in other words: what no key finds, looked for between passages that lie next to each
//! other as vectors.
//!
//! The judge of two sentences ([`super::inference`]) does not know whether they are about the same thing, so a pair is
//! put to it only where their headings let them be and both name the same things, and its word counts only for figures,
//! dates and what is affirmed and denied. One thing in another's place (`in Rome`, `in Milan`) is more often a second
//! fact than a quarrel.

use std::collections::BTreeSet;

use super::conflicts::compare;
use super::figures::replaced;
use super::history::is_history;
use super::inference;
use super::statement::Statement;
use super::topic::{self, Setting};
use crate::{Claim, Conflict, Passage, Rule, family};

/// Least share of the content words of either side that both have.
const SHARED: f32 = 0.4;
/// Fewest content words that two statements have in common, where their headings agree and where they say nothing:
/// `archived from the original on …` is no subject.
const FEWEST_SHARED: usize = 2;
const FEWEST_SHARED_ALONE: usize = 3;
/// Most statements read of one passage.
const MOST_STATEMENTS: usize = 48;
/// Most pairs of statements put to the judge for one pair of passages.
const MOST_PAIRS: usize = 24;

/// Statements of two passages that may exclude each other though they are not in the same words, the likeliest first;
/// `confidence` is the judge's probability. None between passages of one document or of one version family, where what
/// differs has changed.
#[must_use]
pub fn paraphrased_conflicts(a: &Passage, b: &Passage) -> Vec<Conflict> {
    if !are_apart(a, b) || is_history(&a.uri) || is_history(&b.uri) || family::numbered_siblings(&a.uri, &b.uri) {
        return Vec::new();
    }
    let (mine, theirs) = (statements(a), statements(b));
    let mut pairs: Vec<(f32, &Said<'_>, &Said<'_>)> = Vec::new();
    for here in &mine {
        pairs.extend(theirs.iter().filter_map(|there| Some((alike(here, there)?, here, there))));
    }
    pairs.sort_by(|x, y| y.0.total_cmp(&x.0));
    pairs.truncate(MOST_PAIRS);
    let mut found: Vec<Conflict> = pairs.iter().filter_map(|(_, here, there)| judged(a, here, b, there)).collect();
    found.sort_by(|x, y| y.confidence.total_cmp(&x.confidence));
    // One sentence is denied once.
    let mut seen = BTreeSet::new();
    found.retain(|conflict| seen.insert((0, conflict.here)) & seen.insert((1, conflict.there)));
    found
}

/// Whether two passages that lie next to each other as vectors may say the same in other words: they name the same
/// things, give the same figures, deny nothing of each other and share a good part of their words.
#[must_use]
pub fn may_say_the_same(a: &Passage, b: &Passage) -> bool {
    let (mine, theirs) = (statements(a), statements(b));
    let agree = || {
        let comparison = compare(a, b, || false);
        comparison.conflicts.is_empty() && !comparison.apart
    };
    are_apart(a, b)
        && !mine.is_empty()
        && a.fingerprint.scope(&a.text) == b.fingerprint.scope(&b.text)
        && names_of(&mine) == names_of(&theirs)
        && denials(&mine) == denials(&theirs)
        && share(&words_of(&mine), &words_of(&theirs)) >= SHARED
        && !replaced(&a.text, &b.text)
        && agree()
        && paraphrased_conflicts(a, b).is_empty()
}

/// Whether they stand in different documents, which are no versions of one page.
fn are_apart(a: &Passage, b: &Passage) -> bool {
    a.document != b.document && !a.standing.same_family(&b.standing)
}

/// A sentence that claims something by itself.
struct Said<'a> {
    claim: &'a Claim,
    text: &'a str,
    statement: Statement,
    /// Names and identifiers, which tell what it is about.
    names: BTreeSet<String>,
    /// All content words, as stems.
    words: BTreeSet<String>,
}

/// The sentences of a passage that say something definite.
fn statements(passage: &Passage) -> Vec<Said<'_>> {
    let claims = passage.claims.iter().filter(|claim| claim.entry.is_none());
    let read = claims.take(MOST_STATEMENTS).filter_map(|claim| {
        let text = claim.sentence.of(&passage.text)?;
        let statement = Statement::read(text);
        let definite = !statement.idle && !statement.hedged && !statement.past && statement.labels.is_empty();
        let words = || statement.words.iter();
        let names = words().filter(|word| word.solid).map(|word| word.stem.to_lowercase()).collect();
        let all = words().map(|word| word.stem.to_lowercase()).collect();
        definite.then_some(Said { claim, text, names, words: all, statement })
    });
    read.collect()
}

/// How much of both statements is in the same words, where that and their headings let them be about the same thing.
fn alike(here: &Said<'_>, there: &Said<'_>) -> Option<f32> {
    let (a, b) = (&here.statement, &there.statement);
    let shared = here.words.intersection(&there.words).count();
    let alike = share(&here.words, &there.words);
    // A figure or a year that only one gives tells a case of its own.
    let same_case = here.names == there.names && a.conditional == b.conditional && a.values.len() == b.values.len();
    if !same_case || shared < FEWEST_SHARED || alike < SHARED {
        return None;
    }
    match topic::compare(a, &here.claim.topic, b, &there.claim.topic) {
        Setting::Same(_) => Some(alike),
        Setting::Open => (shared >= FEWEST_SHARED_ALONE && !a.points() && !b.points()).then_some(alike),
        Setting::Elsewhere | Setting::Apart => None,
    }
}

/// The conflict that the judge sees between two statements.
fn judged(a: &Passage, here: &Said<'_>, b: &Passage, there: &Said<'_>) -> Option<Conflict> {
    let judgement = inference::judge(here.text, there.text);
    let difference = judgement.differences.first()?;
    let telling = match difference.rule {
        Rule::ContradictionNumber | Rule::ContradictionDate => true,
        _ => here.statement.denies != there.statement.denies,
    };
    telling.then(|| Conflict {
        rule: Rule::ContradictionParaphrase,
        message: "Two statements about the same thing exclude each other, in other words.".to_owned(),
        here: here.claim.sentence.shifted(a.offset),
        there: there.claim.sentence.shifted(b.offset),
        confidence: judgement.probabilities.contradiction as f32,
    })
}

fn names_of(said: &[Said<'_>]) -> BTreeSet<String> {
    said.iter().flat_map(|one| one.names.iter().cloned()).collect()
}

/// How many of the statements deny something.
fn denials(said: &[Said<'_>]) -> usize {
    said.iter().filter(|one| one.statement.negations > 0).count()
}

fn words_of(said: &[Said<'_>]) -> BTreeSet<String> {
    said.iter().flat_map(|one| one.words.iter().cloned()).collect()
}

/// The share of the larger of two sets of words that both have.
fn share(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f32 {
    a.intersection(b).count() as f32 / a.len().max(b.len()).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::passage;

    fn denied(a: &str, b: &str) -> Option<f32> {
        let (a, b) = (passage("docs/a.md", a), passage("docs/b.md", b));
        let found = paraphrased_conflicts(&a, &b);
        let turned = paraphrased_conflicts(&b, &a);
        assert_eq!(found.len(), turned.len());
        found.first().map(|conflict| conflict.confidence)
    }

    #[test]
    fn statements_in_other_words_can_deny_each_other() {
        for (a, b) in [
            ("Backups of the archive are kept for 30 days.", "The archive keeps its backups for 14 days."),
            ("Guests may park in the courtyard overnight.", "Overnight, guests must not park in the courtyard."),
        ] {
            assert!(denied(a, b).is_some_and(|sure| sure > 0.5), "{a} / {b}: {:?}", denied(a, b));
        }
    }

    #[test]
    fn another_subject_or_the_same_again_denies_nothing() {
        for (a, b) in [
            ("Backups of the Oslo archive are kept for 30 days.", "The Bergen archive keeps its backups for 14 days."),
            ("Backups of the archive are kept for two weeks.", "The archive keeps its backups for 14 days."),
            ("The office in Rome has a kitchen.", "The office in Milan has a kitchen."),
            ("The museum opens in spring.", "The museum is closed in winter."),
            ("The Greens won 13 of 109 seats.", "In 2003 the Greens won 7 of 109 seats."),
            ("Archived from the original on 20 October 2013.", "Archived from the original on 19 August 2022."),
        ] {
            assert_eq!(denied(a, b), None, "{a} / {b}");
        }
    }

    #[test]
    fn only_what_names_the_same_things_may_say_the_same() {
        let same = |a: &str, b: &str| may_say_the_same(&passage("docs/a.md", a), &passage("docs/b.md", b));
        let said = "Guests park in the courtyard. The gate must be closed at night. Keys are kept by the porter.";
        let again = "In the courtyard guests park. At night the gate must be closed. The porter keeps the keys.";
        assert!(same(said, again));
        assert!(!same(
            said,
            "In the courtyard guests park. At night the gate must not be closed. The porter keeps keys."
        ));
        assert!(!same(&said.replace("porter", "Oslo porter"), again));
        assert!(!same(said, &again.replace("The porter", "Nobody")));
    }
}
