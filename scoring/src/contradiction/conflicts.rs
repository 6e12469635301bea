//! The statements of two passages against each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use tamis_ingest::{ByteSpan, Chunk, Document};

use super::history::is_history;
use super::judge::{Judgement, Placed, differ_twice, is_range, judge};
use super::statement::Statement;
use super::topic;
use crate::duplication::are_entries;
use crate::family::{named_siblings, numbered_siblings};
use crate::{Claim, Conflict, Finding, Passage, Rule, Severity, excerpt};

/// What comparing the statements of two passages shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Comparison {
    /// Statements that cannot both be true, the surest first.
    pub(crate) conflicts: Vec<Conflict>,
    /// Whether some statements say the same of different circumstances, so that neither passage can stand for the
    /// other.
    pub(crate) apart: bool,
}

/// Most conflicts kept of one pair of passages.
const MOST: usize = 8;
/// Most claims compared under one key: a passage that repeats one template a thousand times stays linear.
const MOST_UNDER_KEY: usize = 8;
/// Most pairs of statements judged for one pair of passages.
const MOST_PAIRS: usize = 256;

/// Least strength of statements that can clash inside one document.
const STRONG: f32 = 4.0;

/// Least number of their words that are no names: less is a title, an address or a line of a table of results.
const COMMON: usize = 3;

/// Compares the statements of two passages. `same_topic` says, when asked, whether the passages are about the same
/// thing.
pub(crate) fn compare(a: &Passage, b: &Passage, same_topic: impl Fn() -> bool) -> Comparison {
    if a.chunk == b.chunk || a.claims.is_empty() || b.claims.is_empty() || is_history(&a.uri) || is_history(&b.uri) {
        return Comparison::default();
    }
    // One side always comes first, so that caps and ties fall alike from both sides.
    if a.chunk.as_str() <= b.chunk.as_str() {
        return compare_in_order(a, b, &same_topic);
    }
    let turned = compare_in_order(b, a, &same_topic);
    Comparison { conflicts: turned.conflicts.iter().map(Conflict::turned).collect(), apart: turned.apart }
}

fn compare_in_order(a: &Passage, b: &Passage, same_topic: &impl Fn() -> bool) -> Comparison {
    let mut comparison = Comparison::default();
    let mut seen = HashSet::new();
    let siblings = numbered_siblings(&a.uri, &b.uri);
    let about_others =
        || named_siblings(&a.uri, &b.uri, topic::is_generic_word) || are_entries(titled(a), &a.uri, titled(b), &b.uri);
    // What the other side says as well, word for word, is one of a list of cases.
    let (mine, theirs) = (said_in(a), said_in(b));
    for (i, j) in meeting_claims(a, b) {
        let (here, there) = (a.claims[i].sentence, b.claims[j].sentence);
        let (said, denied) = (a.claims[i].said(&a.text), b.claims[j].said(&b.text));
        if said == denied || !seen.insert((a.claims[i].keys.first(), said, denied)) {
            continue;
        }
        let answered =
            || theirs.contains(&(a.claims[i].keys.first(), said)) || mine.contains(&(b.claims[j].keys.first(), denied));
        match judge_claims((a, &a.claims[i]), (b, &b.claims[j]), same_topic) {
            Judgement::Unrelated | Judgement::Agree => {}
            Judgement::Apart => comparison.apart = true,
            Judgement::Conflict(clash) if about_others() || (clash.rule == Rule::ContradictionVersion && siblings) => {
                comparison.apart = true;
            }
            Judgement::Conflict(_) if answered() => {}
            Judgement::Conflict(clash) => comparison.conflicts.push(Conflict {
                rule: clash.rule,
                message: clash.message,
                here: here.shifted(a.offset),
                there: there.shifted(b.offset),
                confidence: clash.confidence,
            }),
        }
    }
    keep_surest(&mut comparison.conflicts);
    comparison
}

/// The title of a passage's document, or the heading that stands for it.
fn titled(passage: &Passage) -> &str {
    passage.claims.first().and_then(|claim| claim.topic.first()).map_or("", String::as_str)
}

/// Judges two claims. Inside one document authors tell cases apart, so that only strong sentences in the same words
/// that say by themselves what they are about can clash there: a name that is given twice heads a list of cases, and
/// `it` is something else in each paragraph.
fn judge_claims(
    (a, mine): (&Passage, &Claim),
    (b, theirs): (&Passage, &Claim),
    same_topic: &impl Fn() -> bool,
) -> Judgement {
    let (here, there) = (Statement::of(mine, &a.text), Statement::of(theirs, &b.text));
    let (left, right) = (Placed { said: &here, above: &mine.topic }, Placed { said: &there, above: &theirs.topic });
    if a.document != b.document {
        return judge(left, right, same_topic);
    }
    judge_within((mine, left, &a.text), (theirs, right, &b.text))
}

/// Judges two claims of one document, each with the text of its passage.
fn judge_within(
    (mine, left, text): (&Claim, Placed<'_>, &str),
    (theirs, right, other_text): (&Claim, Placed<'_>, &str),
) -> Judgement {
    let (here, there) = (left.said, right.said);
    let points = here.points() || there.points();
    let told_apart = here.entry || points || here.strength() < STRONG || here.common_words() < COMMON;
    if mine.keys.first() != theirs.keys.first() || told_apart || differ_twice(here, there) && !is_range(here) {
        return Judgement::Unrelated;
    }
    match judge(left, right, || false) {
        Judgement::Conflict(clash)
            if clash.rule == Rule::ContradictionPolarity && (picks(mine, text) || picks(theirs, other_text)) =>
        {
            Judgement::Unrelated
        }
        judgement => judgement,
    }
}

/// The findings of statements of one chunk that cannot both be true; `claims` are the chunk's.
#[must_use]
pub fn contradicts_itself(document: &Document, chunk: &Chunk, claims: &[Claim]) -> Vec<Finding> {
    if is_history(&document.uri) {
        return Vec::new();
    }
    let mut under: BTreeMap<i64, Vec<&Claim>> = BTreeMap::new();
    // A clause repeats what its sentence says.
    let is_clause = |claim: &Claim| {
        let (start, end) = (claim.sentence.start(), claim.sentence.end());
        let holds = |whole: &Claim| whole.sentence.start() <= start && end <= whole.sentence.end();
        claims.iter().any(|whole| whole.entry.is_none() && whole.sentence != claim.sentence && holds(whole))
    };
    for claim in claims.iter().filter(|claim| claim.entry.is_none() && !is_clause(claim)) {
        let Some(key) = claim.keys.first() else { continue };
        let held = under.entry(*key).or_default();
        if held.iter().all(|other| other.said(&chunk.text) != claim.said(&chunk.text)) {
            held.push(claim);
        }
    }
    // Where there are more, they are a series of records.
    let pairs = under.into_values().filter_map(|held| <[&Claim; 2]>::try_from(held).ok());
    let found = pairs.filter_map(|[mine, theirs]| {
        let (here, there) = (Statement::of(mine, &chunk.text), Statement::of(theirs, &chunk.text));
        let (left, right) = (Placed { said: &here, above: &mine.topic }, Placed { said: &there, above: &theirs.topic });
        let Judgement::Conflict(clash) = judge_within((mine, left, &chunk.text), (theirs, right, &chunk.text)) else {
            return None;
        };
        let spans = [mine, theirs].map(|claim| claim.sentence.shifted(chunk.span.start()));
        let message = format!("{} Both stand in this passage.", clash.message);
        let quote = excerpt::quote(&document.text, spans[0]);
        Some(Finding::new(clash.rule, message, spans.to_vec(), quote).at(Severity::Warn))
    });
    found.collect()
}

/// Whether a statement says what one of several choices does (`Don't ask before each file.` stands beside `Ask before
/// each file.`), or picks out things by what they may not do (`hosts which may not connect`).
fn picks(claim: &Claim, text: &str) -> bool {
    let said = claim.said(text).to_lowercase().replace('’', "'");
    let mut words = said.split_whitespace();
    let opener = words.next().unwrap_or_default().trim_start_matches(['*', '_', '`']);
    let forbids = matches!(opener, "don't" | "never" | "no") || (opener == "do" && words.clone().next() == Some("not"));
    forbids || words.any(|word| matches!(word, "which" | "that" | "who"))
}

/// Pairs of claims that share a key, each once, from the top of the passages on.
fn meeting_claims(a: &Passage, b: &Passage) -> Vec<(usize, usize)> {
    let mut under: HashMap<i64, Vec<usize>> = HashMap::new();
    for (j, claim) in b.claims.iter().enumerate() {
        for key in &claim.keys {
            let held = under.entry(*key).or_default();
            if held.len() < MOST_UNDER_KEY {
                held.push(j);
            }
        }
    }
    let mut seen: HashMap<i64, usize> = HashMap::new();
    let mut pairs = HashSet::new();
    for (i, claim) in a.claims.iter().enumerate() {
        for key in &claim.keys {
            let Some(held) = under.get(key) else { continue };
            let uses = seen.entry(*key).or_default();
            *uses += 1;
            if *uses <= MOST_UNDER_KEY {
                pairs.extend(held.iter().map(|j| (i, *j)));
            }
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_unstable_by_key(|(i, j)| (i + j, *i.min(j), *i.max(j)));
    pairs.truncate(MOST_PAIRS);
    pairs
}

/// All that a passage says, with the first key it is found under.
fn said_in(passage: &Passage) -> HashSet<(Option<&i64>, &str)> {
    passage.claims.iter().map(|claim| (claim.keys.first(), claim.said(&passage.text))).collect()
}

fn overlap(a: ByteSpan, b: ByteSpan) -> bool {
    a.start() < b.end() && b.start() < a.end()
}

/// Keeps the surest few conflicts, each pair of sentences once.
fn keep_surest(conflicts: &mut Vec<Conflict>) {
    conflicts
        .sort_by(|x, y| y.confidence.total_cmp(&x.confidence).then_with(|| (x.here, x.there).cmp(&(y.here, y.there))));
    // A clause says what its sentence does.
    let mut kept: Vec<Conflict> = Vec::new();
    for conflict in conflicts.drain(..) {
        let told = |other: &Conflict| overlap(other.here, conflict.here) && overlap(other.there, conflict.there);
        if kept.len() < MOST && !kept.iter().any(told) {
            kept.push(conflict);
        }
    }
    *conflicts = kept;
}

#[cfg(test)]
mod tests {
    use tamis_ingest::MediaType;

    use super::*;
    use crate::claims_of;
    use crate::testing::{chunks_at, document};

    fn found(text: &str) -> Vec<(Rule, usize)> {
        let document = document("guide.md", MediaType::Markdown, text);
        let chunks = chunks_at(&document, &[]);
        let claims = claims_of(&chunks[0], None);
        let findings = contradicts_itself(&document, &chunks[0], &claims);
        findings.into_iter().map(|finding| (finding.rule, finding.spans.len())).collect()
    }

    #[test]
    fn one_passage_can_contradict_itself() {
        let text = "Every volunteer of the night shift receives 12 meal vouchers. Bring a torch.\n\nThe porter has the \
                    keys. Every volunteer of the night shift receives 20 meal vouchers.\n";
        assert_eq!(found(text), [(Rule::ContradictionNumber, 2)]);
        // Sentences that hold a clause are still sentences.
        let text = text.replace("meal vouchers.", "meal vouchers, because the kitchen is closed.");
        assert_eq!(found(&text), [(Rule::ContradictionNumber, 2)]);
    }

    #[test]
    fn records_cases_and_repeats_do_not() {
        let voucher = |number: u32| format!("Every volunteer of the night shift receives {number} meal vouchers.\n\n");
        for text in [
            voucher(12) + &voucher(12),
            voucher(12) + &voucher(20) + &voucher(30),
            voucher(12) + &voucher(20).replace("night", "day"),
            format!("{}If it rains, {}", voucher(12), voucher(20).replace("Every", "every")),
        ] {
            assert_eq!(found(&text), [], "{text}");
        }
    }
}
