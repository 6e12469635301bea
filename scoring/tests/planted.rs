//! Documents with planted defects, found class by class among clean ones, the way the product checks a folder.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where its fixtures are broken")]

mod corpus;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use corpus::{Read, passages, read};
use serde::Deserialize;
use tamis_scoring::{Dimension, Finding, Passage, Severity, cross_check};

/// What is not found yet, by class. An entry that is found is an error, so that it does not stay.
const NOT_FOUND_YET: &[(&str, &str)] = &[];

/// What is to be found in one class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    rule: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    pairs: Vec<(String, String)>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures")
}

fn expected() -> BTreeMap<String, Vec<Expected>> {
    let path = fixtures().join("planted/expected.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The findings about each document of a set.
fn findings<'a>(set: &[&'a Read]) -> BTreeMap<&'a str, Vec<Finding>> {
    let passages: Vec<Passage> = set.iter().copied().flat_map(passages).collect();
    let mut cross = cross_check(&passages).findings;
    let mut found: BTreeMap<&str, Vec<Finding>> = BTreeMap::new();
    for read in set {
        let all = found.entry(&read.document.uri).or_default();
        for (chunk, measurement) in &read.chunks {
            all.extend(measurement.findings.iter().cloned());
            all.extend(cross.remove(&chunk.id).unwrap_or_default());
        }
    }
    found
}

/// What of `expected` was not found.
fn missing(expected: &Expected, found: &BTreeMap<&str, Vec<Finding>>) -> Vec<String> {
    let of = |file: &str| found.get(file).unwrap_or_else(|| panic!("{file} is not there")).iter();
    let by_rule = |file: &str| of(file).filter(|finding| finding.rule.id() == expected.rule).collect::<Vec<_>>();
    let against = |file: &str, other: &str| {
        by_rule(file).iter().any(|finding| finding.counterpart.as_ref().is_some_and(|side| side.uri == other))
    };
    let files = expected.files.iter().filter(|file| by_rule(file).is_empty()).cloned();
    let pairs = expected.pairs.iter().filter(|(a, b)| !against(a, b) && !against(b, a));
    files.chain(pairs.map(|(a, b)| format!("{a} against {b}"))).collect()
}

fn is_known(class: &str, item: &str) -> bool {
    NOT_FOUND_YET.contains(&(class, item))
}

fn shown(found: &BTreeMap<&str, Vec<Finding>>) -> String {
    let line = |uri: &str, finding: &Finding| {
        format!("  {uri}: {} {:?} {} {:?}\n", finding.rule, finding.severity, finding.message, finding.quote)
    };
    found.iter().flat_map(|(uri, findings)| findings.iter().map(move |finding| line(uri, finding))).collect()
}

#[test]
fn every_planted_class_is_found_with_its_rule_and_its_clean_neighbours_stay_clean() {
    let clean = read(&fixtures().join("clean"));
    let clean_names: BTreeSet<&str> = clean.iter().map(|read| read.document.uri.as_str()).collect();
    let mut wrong = Vec::new();
    for (class, expected) in expected() {
        let planted = read(&fixtures().join("planted").join(&class));
        let planted_names: BTreeSet<&str> = planted.iter().map(|read| read.document.uri.as_str()).collect();
        assert!(planted_names.is_disjoint(&clean_names), "a file of {class} has the name of a clean one");
        let found = findings(&planted.iter().chain(&clean).collect::<Vec<_>>());
        let mut missing_here = BTreeSet::new();
        for expected in &expected {
            let missing = missing(expected, &found);
            let surprising: Vec<_> = missing.iter().filter(|item| !is_known(&class, item)).collect();
            if !surprising.is_empty() {
                let of_class = found.iter().filter(|(uri, _)| planted_names.contains(*uri));
                let of_class = of_class.map(|(uri, findings)| (*uri, findings.clone())).collect();
                wrong.push(format!(
                    "{class}: {} not found for {surprising:?}, but\n{}",
                    expected.rule,
                    shown(&of_class)
                ));
            }
            missing_here.extend(missing);
        }
        for (_, item) in NOT_FOUND_YET.iter().filter(|(of, item)| *of == class && !missing_here.contains(*item)) {
            wrong.push(format!("{class}: {item} is found now: take it out of NOT_FOUND_YET\n"));
        }
        let beside = found.iter().filter(|(uri, _)| clean_names.contains(*uri));
        let beside: BTreeMap<&str, Vec<Finding>> = beside.map(|(uri, findings)| (*uri, findings.clone())).collect();
        if beside.values().any(|findings| !findings.is_empty()) {
            wrong.push(format!("{class}: clean files beside it have findings\n{}", shown(&beside)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.concat());
}

/// Nothing beside its own defect is found in a planted document. What two texts disagree on may be told in another way.
#[test]
fn planted_files_have_no_other_serious_finding() {
    let mut wrong = Vec::new();
    for (class, expected) in expected() {
        let set = read(&fixtures().join("planted").join(&class));
        let rules: BTreeSet<&str> = expected.iter().map(|expected| expected.rule.as_str()).collect();
        let planted = |finding: &Finding| {
            rules.contains(finding.rule.id())
                || finding.dimension == Dimension::Contradiction && class.starts_with("contradiction")
        };
        let mut found = findings(&set.iter().collect::<Vec<_>>());
        for findings in found.values_mut() {
            findings.retain(|finding| finding.severity > Severity::Info && !planted(finding));
        }
        found.retain(|_, findings| !findings.is_empty());
        if !found.is_empty() {
            wrong.push(format!("{class}\n{}", shown(&found)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.concat());
}

#[test]
fn clean_files_have_no_finding_at_all() {
    let set = read(&fixtures().join("clean"));
    assert!(set.len() >= 12);
    let mut found = findings(&set.iter().collect::<Vec<_>>());
    found.retain(|_, findings| !findings.is_empty());
    assert!(found.is_empty(), "\n{}", shown(&found));
}
