//! From measurements to a decision.

use serde::{Deserialize, Serialize};

use crate::{Dimension, Policy, QualityReport, Rule, Score, Scores, Severity, score};

/// Whether a chunk may be searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may.
    Accept,
    /// It waits for a person, for these reasons, the weightiest first. Empty where only the overall score is too low.
    Quarantine(Vec<Rule>),
}

/// A verdict with the overall score it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The mean of the four scores by the policy's weights, at most [`ERROR_CAP`] with an error-level finding.
    ///
    /// For a chunk, under the default policy: from 0.9 sound, and not old; from 0.75 old or an edition behind, or one
    /// warning that weighs (a broken table, a disagreement that nothing decides); from 0.6 several; at 0.4 or below a
    /// defect that keeps it out of search.
    ///
    /// For a corpus, 0 to 100, the mean over tokens. A sound and current one scores 92 to 97 (the current Rust book, dated
    /// or undated; etcd's current manual), a sound but old one 87 to 89 (the same book five years on, or its first
    /// edition), and each tenth of the text that is held back costs nearly six points. So from 90 a corpus is sound; from
    /// 75 it is old throughout, or up to a third of its text is held back; from 60 up to three fifths; and below that most
    /// of it. `scripts/quality/freshness.py` measures the distribution.
    pub overall: Score,
    /// Whether the chunk may be searched.
    pub verdict: Verdict,
}

/// The most that a chunk with an error-level finding is worth overall, however good the rest of it is: three good
/// dimensions do not make a chunk usable whose fourth says that it must not be used.
pub const ERROR_CAP: f32 = 0.4;

/// Decides. Pure: the same report and policy always give the same decision, and one more finding never turns a
/// quarantine into an acceptance.
///
/// Findings of rules the policy turns off do not count, and the others count at the severity it gives them. Any
/// error-level finding quarantines and caps the overall score at [`ERROR_CAP`]; so does an overall score below
/// [`Policy::accept_at_least`].
#[must_use]
pub fn decide(report: &QualityReport, policy: &Policy) -> Decision {
    let judged = judged(report, policy);
    let age = age_of(report);
    let reasons = error_rules(&judged, policy, age);
    let overall = overall(&judged, policy, age);
    let verdict = if reasons.is_empty() && overall.get() >= policy.accept_at_least {
        Verdict::Accept
    } else {
        Verdict::Quarantine(reasons)
    };
    Decision { overall, verdict }
}

/// The overall score of a report, had age alone made `age` of its freshness.
pub(crate) fn overall_at_age(report: &QualityReport, policy: &Policy, age: Score) -> Score {
    overall(&judged(report, policy), policy, age.get())
}

/// The findings that count under the policy.
fn judged(report: &QualityReport, policy: &Policy) -> Vec<(Rule, Severity)> {
    let counted = report.findings.iter();
    counted.filter_map(|finding| Some((finding.rule, policy.severity(finding.rule, finding.severity)?))).collect()
}

fn overall(judged: &[(Rule, Severity)], policy: &Policy, age: f32) -> Score {
    let kept = score::kept(judged.iter().copied());
    let freshness = Score::new(age * kept.freshness.get());
    let mean = weighted_mean(&Scores { freshness, ..kept }, policy);
    let condemned = judged.iter().any(|(_, severity)| *severity == Severity::Error);
    Score::new(if condemned { mean.min(ERROR_CAP) } else { mean })
}

/// What age alone made of freshness: the report's score before its findings took their share.
fn age_of(report: &QualityReport) -> f32 {
    let taken = score::kept(report.findings.iter().map(|finding| (finding.rule, finding.severity))).freshness.get();
    if taken > 0.0 { report.scores.freshness.get() / taken } else { 1.0 }
}

fn weighted_mean(scores: &Scores, policy: &Policy) -> f32 {
    let total: f32 = Dimension::ALL.iter().map(|&dimension| policy.weights.get(dimension)).sum();
    if total <= 0.0 {
        return Dimension::ALL.iter().map(|&dimension| scores.get(dimension).get()).sum::<f32>() / 4.0;
    }
    Dimension::ALL.iter().map(|&dimension| policy.weights.get(dimension) / total * scores.get(dimension).get()).sum()
}

/// The rules with an error-level finding, those that cost most points first.
fn error_rules(judged: &[(Rule, Severity)], policy: &Policy, age: f32) -> Vec<Rule> {
    let mut rules: Vec<Rule> =
        judged.iter().filter(|(_, severity)| *severity == Severity::Error).map(|&(rule, _)| rule).collect();
    let weight = |rule: Rule| score::loss(rule, Severity::Error, age) * policy.weights.get(rule.dimension());
    rules.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then_with(|| a.cmp(&b)));
    rules.dedup();
    rules
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tamis_ingest::{ChunkId, DocumentId, SourceName};

    use super::*;
    use crate::policy::RuleLevel;
    use crate::{Finding, Measurement};

    fn report(age: f32, findings: Vec<Finding>) -> QualityReport {
        let document = DocumentId::new(&SourceName::new("test").unwrap(), "a.md");
        let measurement = Measurement { freshness: Some(Score::new(age)), findings, ..Measurement::default() };
        QualityReport::compose(ChunkId::new(&document, &[], "text", 0), &measurement, Vec::new())
    }

    fn finding(rule: Rule) -> Finding {
        Finding::new(rule, "m", Vec::new(), "q")
    }

    fn any_finding() -> impl Strategy<Value = Finding> {
        let severity = prop_oneof![Just(Severity::Info), Just(Severity::Warn), Just(Severity::Error)];
        (proptest::sample::select(Rule::ALL), severity).prop_map(|(rule, severity)| finding(rule).at(severity))
    }

    fn any_policy() -> impl Strategy<Value = Policy> {
        let level =
            prop_oneof![Just(RuleLevel::Off), Just(RuleLevel::Info), Just(RuleLevel::Warn), Just(RuleLevel::Error)];
        let rules = proptest::collection::btree_map(proptest::sample::select(Rule::ALL), level, 0..6);
        (rules, 0.0f32..=1.0).prop_map(|(rules, accept_at_least)| Policy {
            accept_at_least,
            rules,
            ..Policy::default()
        })
    }

    #[test]
    fn nothing_wrong_is_accepted_at_one() {
        let decision = decide(&report(1.0, Vec::new()), &Policy::default());
        assert_eq!(decision, Decision { overall: Score::GOOD, verdict: Verdict::Accept });
    }

    #[test]
    fn an_error_quarantines_below_the_cap_with_reasons_by_weight() {
        let decision =
            decide(&report(1.0, vec![finding(Rule::Deprecated), finding(Rule::Mojibake)]), &Policy::default());
        assert_eq!(decision.verdict, Verdict::Quarantine(vec![Rule::Mojibake, Rule::Deprecated]));
        assert!(decision.overall.get() <= ERROR_CAP);
    }

    #[test]
    fn a_rule_turned_off_leaves_no_trace() {
        let report = report(0.5, vec![finding(Rule::Empty), finding(Rule::Deprecated)]);
        let off = |rule| (rule, RuleLevel::Off);
        let policy =
            Policy { rules: [off(Rule::Empty), off(Rule::Deprecated)].into_iter().collect(), ..Policy::default() };
        let decision = decide(&report, &policy);
        assert_eq!(decision.verdict, Verdict::Accept);
        assert!((decision.overall.get() - (1.0 - 0.5 * 1.5 / 10.5)).abs() < 1e-4, "{decision:?}");
    }

    #[test]
    fn age_alone_never_quarantines() {
        let decision =
            decide(&report(Policy::default().freshness.floor, vec![finding(Rule::Stale)]), &Policy::default());
        assert_eq!(decision.verdict, Verdict::Accept);
    }

    #[test]
    fn the_costliest_finding_comes_first() {
        let report = report(1.0, vec![finding(Rule::HeadingJump), finding(Rule::BrokenTable), finding(Rule::Mojibake)]);
        let order: Vec<_> = report.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(order, [Rule::Mojibake, Rule::BrokenTable, Rule::HeadingJump]);
    }

    #[test]
    fn what_age_took_counts_in_the_order() {
        use Rule::{BrokenTable, Deprecated, HeadingJump, Stale, Undated};
        for (age, found, expected) in [
            (0.2, &[HeadingJump, Stale][..], &[Stale, HeadingJump][..]),
            (0.99, &[HeadingJump, Stale], &[HeadingJump, Stale]),
            (0.7, &[HeadingJump, Undated], &[Undated, HeadingJump]),
            (0.2, &[Stale, BrokenTable], &[BrokenTable, Stale]),
            (0.2, &[BrokenTable, Stale, BrokenTable], &[BrokenTable, Stale, BrokenTable]),
            (0.2, &[Stale, Deprecated], &[Deprecated, Stale]),
        ] {
            let report = report(age, found.iter().map(|&rule| finding(rule)).collect());
            assert_eq!(report.findings.iter().map(|f| f.rule).collect::<Vec<_>>(), expected, "{age}");
        }
        let level = |rule| (rule, RuleLevel::Error);
        let rules = [level(HeadingJump), level(Stale)].into_iter().collect();
        let decision =
            decide(&report(0.2, vec![finding(HeadingJump), finding(Stale)]), &Policy { rules, ..Policy::default() });
        assert_eq!(decision.verdict, Verdict::Quarantine(vec![Stale, HeadingJump]));
    }

    proptest! {
        #[test]
        fn one_more_finding_never_helps(
            age in 0.0f32..=1.0,
            findings in proptest::collection::vec(any_finding(), 0..8),
            extra in any_finding(),
            policy in any_policy(),
        ) {
            let before = report(age, findings.clone());
            let after = report(age, findings.into_iter().chain([extra]).collect());
            for dimension in Dimension::ALL {
                prop_assert!(after.scores.get(dimension).get() <= before.scores.get(dimension).get());
            }
            let (before, after) = (decide(&before, &policy), decide(&after, &policy));
            prop_assert!(after.overall.get() <= before.overall.get() + 1e-5, "{before:?} {after:?}");
            prop_assert!(before.verdict == Verdict::Accept || after.verdict != Verdict::Accept || policy.accept_at_least - before.overall.get() < 1e-5);
        }

        #[test]
        fn the_order_of_findings_does_not_matter(findings in proptest::collection::vec(any_finding(), 0..8)) {
            let forwards = report(0.8, findings.clone());
            let backwards = report(0.8, findings.into_iter().rev().collect());
            prop_assert_eq!(forwards, backwards);
        }
    }
}
