//! Nouns behind counts.

/// The noun that goes with a count: `one` with 1, `many` with all others.
pub(crate) fn plural<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// A count and its noun.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", plural(count, one, many))
}

/// Documents, as many as that.
pub(crate) fn documents(count: u64) -> String {
    counted(count, "document", "documents")
}

/// Chunks, as many as that.
pub(crate) fn chunks(count: u64) -> String {
    counted(count, "chunk", "chunks")
}
