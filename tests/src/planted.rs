//! The planted defects and the clean files, through the gate a user runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{Bench, ran};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn check(paths: &[PathBuf]) -> Value {
    let bench = Bench::new();
    let mut command = bench.command(&["check", "--fail-under", "0", "--format", "json"]);
    ran(&command.args(paths).output().unwrap()).expect(0).json()
}

/// Whether a finding of `rule` stands on the document, against `other` if one is given.
fn stands(findings: &[Value], rule: &str, uri: &str, other: Option<&str>) -> bool {
    findings.iter().any(|finding| {
        finding["rule"] == rule && finding["uri"] == uri && other.is_none_or(|o| finding["counterpart"]["uri"] == o)
    })
}

#[test]
fn every_planted_class_is_found_by_the_gate() {
    let root = fixtures().join("planted");
    let expected: BTreeMap<String, Vec<Value>> =
        serde_json::from_str(&std::fs::read_to_string(root.join("expected.json")).unwrap()).unwrap();
    assert!(expected.len() >= 26, "{}", expected.len());
    let mut missing = Vec::new();
    for (class, planted) in &expected {
        // Among the clean files: what is wrong shows against what is right.
        let report = check(&[root.join(class), fixtures().join("clean")]);
        let findings = report["findings"].as_array().unwrap();
        for one in planted {
            let rule = one["rule"].as_str().unwrap();
            for file in one["files"].as_array().into_iter().flatten() {
                let file = file.as_str().unwrap();
                if !stands(findings, rule, file, None) {
                    missing.push(format!("{class}: {rule} on {file}"));
                }
            }
            for pair in one["pairs"].as_array().into_iter().flatten() {
                let (a, b) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
                let found = stands(findings, rule, a, Some(b)) || stands(findings, rule, b, Some(a));
                if !found {
                    missing.push(format!("{class}: {rule} on {a} against {b}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn clean_files_pass_the_gate_without_a_finding() {
    let report = check(&[fixtures().join("clean")]);
    // File times say nothing of when these were written, and that is all there is to say.
    let findings: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().filter(|one| one["rule"] != "freshness.undated").collect();
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(report["quarantined"], 0, "{report}");
    assert!(report["score"].as_f64() >= Some(85.0), "{}", report["score"]);
}
