//! Compiling the constant patterns of rules.

use regex::{Regex, RegexBuilder};

/// Compiles a constant pattern, case-insensitive, with white space in it ignored.
#[expect(clippy::expect_used, reason = "the patterns are constants, and tests compile each of them")]
pub(crate) fn pattern(source: &str) -> Regex {
    RegexBuilder::new(source)
        .case_insensitive(true)
        .ignore_whitespace(true)
        .build()
        .expect("a constant pattern compiles")
}

/// Compiles a constant pattern as it stands.
#[expect(clippy::expect_used, reason = "the patterns are constants, and tests compile each of them")]
pub(crate) fn exact_pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern compiles")
}
