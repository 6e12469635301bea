//! Compiling the constant patterns of rules.

use regex::{Regex, RegexBuilder};

/// Compiles a constant pattern, case-insensitive, with white space in it ignored. Word boundaries are those of ASCII:
/// Unicode's would take the fast engines out of play wherever a document holds a curly quote.
#[expect(clippy::expect_used, reason = "the patterns are constants, and tests compile each of them")]
pub(crate) fn pattern(source: &str) -> Regex {
    RegexBuilder::new(&ascii_boundaries(source))
        .case_insensitive(true)
        .ignore_whitespace(true)
        .build()
        .expect("a constant pattern compiles")
}

/// Compiles a constant pattern as it stands, but for word boundaries, as above.
#[expect(clippy::expect_used, reason = "the patterns are constants, and tests compile each of them")]
pub(crate) fn exact_pattern(source: &str) -> Regex {
    Regex::new(&ascii_boundaries(source)).expect("a constant pattern compiles")
}

fn ascii_boundaries(source: &str) -> String {
    source.replace(r"\b", r"(?-u:\b)")
}
