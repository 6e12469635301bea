//! What a document's own metadata says about its standing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use tamis_ingest::Document;

use super::dates::{last_day, utc_day};
use crate::edition::Place;
use crate::excerpt::shorten;
use crate::{Finding, Rule, Severity};

/// Fields that name the successor.
const SUCCESSOR: [&str; 4] = ["superseded_by", "replaced_by", "obsoleted_by", "moved_to"];
/// Fields that name the address by which the page wants to be known.
const CANONICAL: [&str; 3] = ["canonical", "canonical_url", "canonical_uri"];
/// Fields that say "do not use" when true.
const RETIRED: [&str; 5] = ["deprecated", "obsolete", "outdated", "archived", "superseded"];
/// Values of `status` that say the same.
const RETIRED_STATUS: [&str; 6] = ["deprecated", "obsolete", "superseded", "retired", "outdated", "withdrawn"];
/// Fields with the last day of validity.
const VALID_UNTIL: [&str; 7] =
    ["expires", "expires_at", "expiry", "expiry_date", "expiration_date", "valid_until", "end_of_life"];
/// Fields with the day by which someone was to look again.
const REVIEW_BY: [&str; 4] = ["review_by", "review_due", "next_review", "review_date"];

/// Every field speaks for itself: a policy may turn the rule of one off, and what another says still holds.
pub(super) fn check(document: &Document, now: Timestamp) -> Vec<Finding> {
    let metadata = Metadata(document.metadata.iter().map(|(key, value)| (normal(key), value)).collect());
    let finding = |rule, message: String, field: &str, value: &Value| {
        Finding::new(rule, message, Vec::new(), shorten(&format!("{field}: {}", plain(value))))
    };
    let mut findings = Vec::new();
    if let Some((field, value)) = metadata.first(&SUCCESSOR, |value| !plain(value).is_empty()) {
        let message = format!("Its metadata names its successor: {}.", shorten(&plain(value)));
        findings.push(finding(Rule::Superseded, message, field, value));
    }
    let newer_edition = |value: &Value| Place::is_newer_edition_of(&plain(value), &document.uri);
    // A named successor says the same, and weighs more.
    if let Some((field, value)) = metadata.first(&CANONICAL, newer_edition).filter(|_| findings.is_empty()) {
        let message = format!("Its metadata names a newer edition as the one to go to: {}.", shorten(&plain(value)));
        findings.push(finding(Rule::Superseded, message, field, value).at(Severity::Warn));
    }
    let retired = metadata.first(&RETIRED, is_true).or_else(|| {
        metadata.first(&["status", "state"], |value| RETIRED_STATUS.contains(&plain(value).to_lowercase().as_str()))
    });
    if let Some((field, value)) = retired {
        let message =
            format!("Its metadata says that it is no longer to be used ({field}: {}).", shorten(&plain(value)));
        findings.push(finding(Rule::Deprecated, message, field, value));
    }
    let today = utc_day(now);
    let passed = |value: &Value| last_day(&plain(value)).is_some_and(|day| day < today);
    if let Some((field, value)) = metadata.first(&VALID_UNTIL, passed) {
        let message = format!("It was valid until {}.", shorten(&plain(value)));
        findings.push(finding(Rule::Expired, message, field, value));
    }
    if let Some((field, value)) = metadata.first(&REVIEW_BY, passed) {
        let message = format!("Its review was due on {}.", shorten(&plain(value)));
        findings.push(finding(Rule::Stale, message, field, value));
    }
    findings
}

/// Metadata by normalised field name.
struct Metadata<'a>(BTreeMap<String, &'a Value>);

impl<'a> Metadata<'a> {
    /// The first of `fields` whose value passes `test`.
    fn first<'f>(&self, fields: &[&'f str], test: impl Fn(&Value) -> bool) -> Option<(&'f str, &'a Value)> {
        fields.iter().find_map(|field| Some((*field, *self.0.get(*field)?)).filter(|(_, value)| test(value)))
    }
}

/// `Superseded-By` and `superseded_by` are one field.
fn normal(key: &str) -> String {
    key.to_lowercase().replace(['-', ' '], "_")
}

fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| matches!(plain(value).to_lowercase().as_str(), "true" | "yes"))
}

/// A value as a person would write it; empty for null and false.
fn plain(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Bool(true) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
