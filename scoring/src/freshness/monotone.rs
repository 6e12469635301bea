//! One more defect in a page's words or metadata never makes it better.

use proptest::prelude::*;
use serde_json::{Value, json};
use tamis_ingest::{Document, MediaType};

use crate::policy::RuleLevel;
use crate::testing::{chunks_at, document, now};
use crate::{Decision, Policy, QualityReport, Rule, Verdict, decide, measure};

/// A defect, and where it stands.
#[derive(Debug, Clone)]
enum Defect {
    Field(&'static str, Value),
    Opening(&'static str),
    LastSection(&'static str),
}

fn defects() -> Vec<Defect> {
    use Defect::{Field, LastSection, Opening};
    vec![
        Field("superseded_by", json!("v2/page.md")),
        Field("canonical", json!("https://x.example/v1.4/page.md")),
        Field("deprecated", json!(true)),
        Field("status", json!("obsolete")),
        Field("valid_until", json!("2020-12-31")),
        Field("review_by", json!("2021-01-01")),
        Opening("This page is outdated."),
        Opening("This guide has been replaced by the handbook."),
        Opening("The old form is deprecated as of January 2018."),
        LastSection("This page is no longer maintained."),
        LastSection("This section is obsolete."),
        LastSection("This information may be out of date."),
        LastSection("This option is deprecated."),
        LastSection("Version 2 of the ticket software reached end of life in 2017."),
        LastSection("Support ends on 31 December 2019."),
        LastSection("The new ranking will be released in March 2019."),
        LastSection("As of 2018, Windows is not among the supported systems."),
        LastSection("The list was last updated in 2009 and may contain errors."),
    ]
}

/// A page of two sections with these defects.
fn page(defects: &[Defect], years: i16) -> (Document, usize) {
    let said = |pick: fn(&Defect) -> Option<&'static str>| {
        defects.iter().filter_map(pick).flat_map(|words| [" ", words]).collect::<String>()
    };
    let opening = said(|defect| if let Defect::Opening(words) = defect { Some(words) } else { None });
    let last = said(|defect| if let Defect::LastSection(words) = defect { Some(words) } else { None });
    let first = format!("# Searching\n\nThe index is rebuilt every night on the server.{opening}\n\n");
    let text = format!("{first}## Folders\n\nAdministrators exclude folders from the index by name.{last}\n");
    let mut page = document("docs/v1.2/page.md", MediaType::Markdown, &text);
    page.modified_at = Some(format!("{}-05-01T00:00:00Z", 2026 - years).parse().unwrap());
    for defect in defects {
        if let Defect::Field(name, value) = defect {
            page.metadata.insert((*name).to_owned(), value.clone());
        }
    }
    (page, first.len())
}

/// What is decided about both chunks of the page.
fn decisions(defects: &[Defect], years: i16, policy: &Policy) -> Vec<Decision> {
    let (page, cut) = page(defects, years);
    let chunks = chunks_at(&page, &[cut]);
    let measurements = measure(&page, &chunks, policy, now());
    let reports = chunks
        .iter()
        .zip(&measurements)
        .map(|(chunk, measurement)| QualityReport::compose(chunk.id.clone(), measurement, Vec::new()));
    reports.map(|report| decide(&report, policy)).collect()
}

/// Fails where a page with `extra` among its defects is better than the one without.
fn check(without: &[Defect], with: &[Defect], years: i16, policy: &Policy) {
    let (before, after) = (decisions(without, years, policy), decisions(with, years, policy));
    for (before, after) in before.iter().zip(&after) {
        let told = format!("{without:?} {with:?} {years} {policy:?}: {before:?} {after:?}");
        assert!(after.overall.get() <= before.overall.get() + 1e-5, "{told}");
        assert!(before.verdict == Verdict::Accept || after.verdict != Verdict::Accept, "{told}");
    }
}

#[test]
fn each_defect_beside_each_other_makes_nothing_better() {
    let all = defects();
    for one in &all {
        check(&[], std::slice::from_ref(one), 0, &Policy::default());
        for more in &all {
            for years in [0, 15] {
                check(std::slice::from_ref(one), &[one.clone(), more.clone()], years, &Policy::default());
            }
        }
    }
}

#[test]
fn a_weak_finding_hides_no_grave_one() {
    let canonical = Defect::Field("canonical", json!("https://x.example/v1.4/page.md"));
    let retired = [Defect::Field("deprecated", json!(true)), canonical];
    let review = Defect::Field("review_by", json!("2021-01-01"));
    let last = [Defect::LastSection("This page is no longer maintained."), review];
    for defects in [retired, last] {
        let decided = decisions(&defects, 0, &Policy::default());
        let rules = vec![Rule::Deprecated];
        assert_eq!(decided.last().unwrap().verdict, Verdict::Quarantine(rules), "{defects:?}");
        assert!(decided.last().unwrap().overall.get() <= 0.4);
    }
}

proptest! {
    /// Whatever else is wrong, and whatever a policy makes of the rules.
    #[test]
    fn one_more_defect_makes_nothing_better(
        chosen in proptest::collection::vec(any::<bool>(), 18),
        extra in 0_usize..18,
        years in 0_i16..20,
        rules in proptest::collection::btree_map(
            proptest::sample::select(&[
                Rule::Deprecated, Rule::Superseded, Rule::Expired, Rule::Stale, Rule::ExpiredPromise, Rule::DatedStatement,
            ]),
            prop_oneof![Just(RuleLevel::Off), Just(RuleLevel::Info), Just(RuleLevel::Warn), Just(RuleLevel::Error)],
            0..4,
        ),
    ) {
        let all = defects();
        prop_assert_eq!(all.len(), chosen.len());
        let of = |with: bool| -> Vec<Defect> {
            let picked = all.iter().enumerate().filter(|(at, _)| if *at == extra { with } else { chosen[*at] });
            picked.map(|(_, defect)| defect.clone()).collect()
        };
        check(&of(false), &of(true), years, &Policy { rules, ..Policy::default() });
    }
}
