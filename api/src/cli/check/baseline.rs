//! What an earlier check found, so that only what is new fails.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tamis_scoring::Finding;

use crate::cli::Usage;

/// Largest baseline read, in bytes.
const MAX_BYTES: u64 = 1 << 30;

/// How a check compares with its baseline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Comparison {
    /// Findings that the baseline has too.
    pub(crate) known: usize,
    /// Findings that it has not.
    pub(crate) new: usize,
    /// What it has and this check has not.
    pub(crate) fixed: usize,
}

/// The findings of an earlier check, by identity, with how often each occurred.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    left: HashMap<String, usize>,
}

#[derive(Deserialize)]
struct EarlierReport {
    findings: Vec<EarlierFinding>,
}

#[derive(Deserialize)]
struct EarlierFinding {
    uri: String,
    #[serde(flatten)]
    finding: Finding,
}

impl Baseline {
    /// Reads what `tamis check --format json` wrote.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read the baseline {}", path.display()))?;
        let report: EarlierReport =
            serde_json::from_reader(BufReader::new(file.take(MAX_BYTES))).map_err(|problem| {
                Usage(format!(
                    "{} is no baseline ({problem}): `tamis check … --format json` of this version writes one",
                    path.display()
                ))
            })?;
        let mut baseline = Self::default();
        for one in report.findings {
            *baseline.left.entry(identity(&one.uri, &one.finding)).or_default() += 1;
        }
        Ok(baseline)
    }

    /// Whether the baseline has this finding; each of its findings is matched once.
    pub(crate) fn knows(&mut self, uri: &str, finding: &Finding) -> bool {
        match self.left.get_mut(&identity(uri, finding)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    /// How many of its findings nothing matched.
    pub(crate) fn unmatched(&self) -> usize {
        self.left.values().sum()
    }
}

/// What makes a finding the same one in a later check: rule, document, the words it rests on and the document they
/// stand against. Places and measured values change when something else is edited, so they are no part of it.
pub(crate) fn identity(uri: &str, finding: &Finding) -> String {
    let words = finding.quote.split_whitespace().collect::<Vec<_>>().join(" ");
    let against = finding.counterpart.as_ref().map_or("", |other| other.uri.as_str());
    let mut hash = blake3::Hasher::new();
    for part in [finding.rule.id(), uri, words.as_str(), against] {
        hash.update(part.as_bytes()).update(b"\0");
    }
    hash.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use tamis_scoring::Rule;

    use super::*;

    #[test]
    fn a_finding_is_known_as_often_as_it_was_found() {
        let finding = |quote: &str| Finding::new(Rule::Mojibake, "decoded wrongly", Vec::new(), quote);
        let mut baseline = Baseline::default();
        baseline.left.insert(identity("a.md", &finding("caf\u{c3}\u{a9} bar")), 2);
        assert!(baseline.knows("a.md", &finding("caf\u{c3}\u{a9}\n bar")), "white space makes no other finding");
        assert!(!baseline.knows("b.md", &finding("caf\u{c3}\u{a9} bar")), "another document");
        assert!(!baseline.knows("a.md", &finding("na\u{c3}\u{af}ve")), "other words");
        assert_eq!(baseline.unmatched(), 1);
        assert!(baseline.knows("a.md", &finding("caf\u{c3}\u{a9} bar")));
        assert!(!baseline.knows("a.md", &finding("caf\u{c3}\u{a9} bar")), "a third is new");
        assert_eq!(baseline.unmatched(), 0);
    }
}
