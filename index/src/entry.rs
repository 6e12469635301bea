//! A chunk ready to publish.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use tamis_ingest::{ChunkId, DocumentId, SourceName};

/// Values of metadata that one document is found by, at most, and the length of each in bytes.
const MAX_VALUES: usize = 64;
const MAX_VALUE: usize = 256;

/// A chunk with what search needs to find, filter and show it.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexEntry {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// Its source.
    pub source: SourceName,
    /// Where the document is.
    pub uri: String,
    /// The document's title.
    pub title: Option<String>,
    /// The headings it stands under, outermost first.
    pub heading_path: Vec<String>,
    /// The text.
    pub text: String,
    /// ISO 639-1 code of the document's language.
    pub language: Option<String>,
    /// When the document last changed.
    pub modified_at: Option<Timestamp>,
    /// What kind of document it is.
    pub kind: Option<String>,
    /// The document's metadata as names and values; see [`metadata_values`].
    pub metadata: Vec<(String, String)>,
}

/// Metadata as names and values that a filter can ask for: of an object's fields as `outer.inner`, of a list each
/// element. At most 64 values; those longer than 256 bytes, and those that are null, are not among them.
#[must_use]
pub fn metadata_values(metadata: &BTreeMap<String, Value>) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for (name, value) in metadata {
        gather(name, value, &mut values);
    }
    values.retain(|(name, value)| name.len() + value.len() <= MAX_VALUE);
    values.truncate(MAX_VALUES);
    values
}

fn gather(name: &str, value: &Value, values: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => values.push((name.to_owned(), flag.to_string())),
        Value::Number(number) => values.push((name.to_owned(), number.to_string())),
        Value::String(text) => values.push((name.to_owned(), text.clone())),
        Value::Array(list) => list.iter().for_each(|value| gather(name, value, values)),
        Value::Object(fields) => {
            for (inner, value) in fields {
                gather(&format!("{name}.{inner}"), value, values);
            }
        }
    }
}

/// What stands for a value of metadata in both indexes.
pub(crate) fn metadata_term(name: &str, value: &str) -> String {
    format!("{name}={value}").replace(SEPARATOR_TEXT, " ")
}

/// Stands around each value where all are one text.
pub(crate) const SEPARATOR_TEXT: &str = "\u{1f}";

impl IndexEntry {
    /// What the embedder reads: title and headings as context, then the text.
    #[must_use]
    pub fn embedding_text(&self) -> String {
        let title = self.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
        let mut context: Vec<&str> = title.into_iter().collect();
        for heading in self.heading_path.iter().map(|heading| heading.trim()) {
            // A document's first heading mostly is its title again.
            if !heading.is_empty() && context.last() != Some(&heading) {
                context.push(heading);
            }
        }
        if context.is_empty() { self.text.clone() } else { format!("{}\n{}", context.join(" > "), self.text) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedder_reads_the_context_once() {
        let source = SourceName::new("docs").unwrap();
        let document = DocumentId::new(&source, "a.md");
        let cases: [(Option<&str>, &[&str], &str); 6] = [
            (None, &[], "text"),
            (Some("Guide"), &[], "Guide\ntext"),
            (Some("Guide"), &["Guide", "Install"], "Guide > Install\ntext"),
            (Some(" "), &["", " Install "], "Install\ntext"),
            (Some("Guide"), &["Install", "Linux"], "Guide > Install > Linux\ntext"),
            (None, &["A", "B", "A"], "A > B > A\ntext"),
        ];
        for (title, headings, expected) in cases {
            let entry = IndexEntry {
                chunk: ChunkId::new(&document, &[], "text", 0),
                document: document.clone(),
                source: source.clone(),
                uri: "a.md".into(),
                title: title.map(str::to_owned),
                heading_path: headings.iter().map(|&heading| heading.to_owned()).collect(),
                text: "text".into(),
                language: None,
                modified_at: None,
                kind: None,
                metadata: Vec::new(),
            };
            assert_eq!(entry.embedding_text(), expected);
        }
    }

    #[test]
    fn metadata_is_found_by_name_and_value() {
        let json = r#"{"team": "core", "tags": ["a", "b"], "n": 3, "deep": {"x": true}, "none": null, "long": "LONG"}"#;
        let metadata = serde_json::from_str(&json.replace("LONG", &"x".repeat(300))).unwrap();
        let found: Vec<String> =
            metadata_values(&metadata).iter().map(|(name, value)| metadata_term(name, value)).collect();
        assert_eq!(found, ["deep.x=true", "n=3", "tags=a", "tags=b", "team=core"]);
    }
}
