//! A chunk ready to publish.

use jiff::Timestamp;
use tamis_ingest::{ChunkId, DocumentId, SourceName};

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
}

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
            };
            assert_eq!(entry.embedding_text(), expected);
        }
    }
}
