//! Pages that are kept on purpose: records of their time, and manuals of versions that are still supported.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use tamis_ingest::ByteSpan;

use super::DocumentKind;
use crate::edition::Place;
use crate::pattern::pattern;
use crate::structure::Reading;

/// Words with which a page says so.
static KEPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:it|this(?:\s+[\w-]+){0,3}?)\s+(?:is|has\s+been)\s+(?:\w+\s+and\s+)?(?:now\s+|only\s+|being\s+)?(?:kept|retained|preserved|archived)\s+(?:here\s+|online\s+|only\s+|available\s+)*(?:for|as)\s+(?:an?\s+|the\s+|our\s+)?(?:historical|history|archiv\w+|record|records|reference|posterity)\b
        | \bthis\s+(?:\w+\s+)?(?:version|release)\s+(?:of\s+[\w.+-]+\s+)?(?:is|remains|stays|continues\s+to\s+be)\s+(?:still\s+|fully\s+|currently\s+|actively\s+)*(?:supported|maintained|an?\s+(?:LTS|long[\s-]term[\s-]support)\b)
        | \bthis\s+is\s+an?\s+(?:LTS|long[\s-]term[\s-]support)\s+(?:version|release)",
    )
});
/// Words right before it that deny it.
static DENIAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:not|no|never|if|unless|whether)\b[^.!?\n]{0,30}$"));

/// How far from its head a page says so, in bytes.
const HEAD: usize = 1_500;
/// Fields that say that its version is supported, when true.
const SUPPORTED: [&str; 3] = ["supported", "lts", "maintained"];
/// Values of `status` that say the same.
const SUPPORTED_STATUS: [&str; 4] = ["supported", "maintained", "lts", "long-term support"];

/// Whether newer editions take nothing from the document. A folder called "archive" does not say so: what lies there is
/// as often forgotten as kept.
pub(super) fn is_kept(reading: &Reading<'_>, kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::Changelog => return true,
        // A year in the path makes it news, and beside a folder "current" it is an edition.
        DocumentKind::News if !Place::is_year_or_ordinal(&reading.document.uri) => return true,
        DocumentKind::News
        | DocumentKind::Reference
        | DocumentKind::Tutorial
        | DocumentKind::Policy
        | DocumentKind::Evergreen
        | DocumentKind::Unknown => {}
    }
    let text = reading.text();
    let head = reading.at(ByteSpan::new(0, text.floor_char_boundary(text.len().min(HEAD))));
    let said = KEPT.find_iter(head).any(|found| !DENIAL.is_match(&head[..found.start()]));
    said || is_supported(&reading.document.metadata)
}

/// Whether the metadata says that the version is supported.
fn is_supported(metadata: &std::collections::BTreeMap<String, Value>) -> bool {
    metadata.iter().any(|(key, value)| match key.to_lowercase().as_str() {
        "status" | "state" => {
            value.as_str().is_some_and(|status| SUPPORTED_STATUS.contains(&status.trim().to_lowercase().as_str()))
        }
        key => SUPPORTED.contains(&key) && value.as_bool() == Some(true),
    })
}
