//! Sheets and slides that are in a file but not shown.
//!
//! They are read, for they are found by whoever opens the file and others build on them, and it is said which they are:
//! in their heading and in the document's metadata.

use serde_json::Value;

use crate::extract::reading::Reading;

/// No more names than this are listed.
const MAX_NAMES: usize = 100;

/// The heading of a hidden sheet or slide; `what` is one of the two.
pub(super) fn heading(name: &str, what: &str) -> String {
    format!("{name} (hidden {what})")
}

/// Lists a hidden sheet or slide in the metadata, under `hidden_sheets` or `hidden_slides`.
pub(super) fn list(reading: &mut Reading, what: &str, name: &str) {
    let names = reading.metadata.entry(format!("hidden_{what}s")).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(names) = names
        && names.len() < MAX_NAMES
    {
        names.push(Value::String(name.to_owned()));
    }
}
