//! Nouns behind counts.

/// The noun that goes with a count: `one` with 1, `many` with all others.
pub(in crate::cli) fn plural(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// Documents, as many as that.
pub(in crate::cli) fn documents(count: u64) -> String {
    format!("{count} {}", plural(count, "document", "documents"))
}

/// Chunks, as many as that.
pub(in crate::cli) fn chunks(count: u64) -> String {
    format!("{count} {}", plural(count, "chunk", "chunks"))
}
