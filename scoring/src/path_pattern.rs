//! Patterns for paths in a policy.

use serde::{Deserialize, Serialize};

/// A pattern for document URIs, as in `.gitignore`: `?` is one character and `*` any number of them within a folder's
/// name, `**` is any number of folders. `docs/*.md` is one folder, `docs/**` everything under it, `**/adr/**`
/// everything under any folder called `adr`. The whole URI must match; upper and lower case differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathPattern(String);

impl PathPattern {
    /// Any text is a pattern.
    #[must_use]
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// Whether `uri` is one of those meant.
    #[must_use]
    pub fn matches(&self, uri: &str) -> bool {
        let wanted: Vec<&str> = self.0.split('/').collect();
        let given: Vec<&str> = uri.split('/').collect();
        matches(&wanted, &given, |part| *part == "**", |part, folder| names(part, folder))
    }
}

/// Whether one segment matches.
fn names(pattern: &str, segment: &str) -> bool {
    let wanted: Vec<char> = pattern.chars().collect();
    let given: Vec<char> = segment.chars().collect();
    matches(&wanted, &given, |c| *c == '*', |wanted, given| *wanted == '?' || wanted == given)
}

/// Matches `given` against `wanted`, where items that are `any` stand for any number of items. It goes back to the last
/// such item only, which is enough and keeps the cost at the product of both lengths.
fn matches<T>(wanted: &[T], given: &[T], any: impl Fn(&T) -> bool, one: impl Fn(&T, &T) -> bool) -> bool {
    let (mut w, mut g) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while g < given.len() {
        if wanted.get(w).is_some_and(&any) {
            retry = Some((w, g));
            w += 1;
        } else if wanted.get(w).is_some_and(|wanted| one(wanted, &given[g])) {
            (w, g) = (w + 1, g + 1);
        } else if let Some((star, from)) = retry {
            (w, g) = (star + 1, from + 1);
            retry = Some((star, from + 1));
        } else {
            return false;
        }
    }
    wanted[w..].iter().all(any)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, uri, expected) in [
            ("docs/a.md", "docs/a.md", true),
            ("docs/a.md", "x/docs/a.md", false),
            ("docs/*.md", "docs/a.md", true),
            ("docs/*.md", "docs/b/a.md", false),
            ("docs/**", "docs/b/a.md", true),
            ("docs/**", "docs", true),
            ("docs/**", "documents/a.md", false),
            ("**/adr/**", "adr/1.md", true),
            ("**/adr/**", "x/y/adr/z/1.md", true),
            ("**/adr/**", "x/adrian/1.md", false),
            ("**/*-v?.md", "x/guide-v2.md", true),
            ("**/*-v?.md", "guide-v10.md", false),
            ("**", "anything/at/all", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
        ] {
            assert_eq!(PathPattern::new(pattern).matches(uri), expected, "{pattern} {uri}");
        }
    }

    proptest! {
        #[test]
        fn a_path_without_wildcards_matches_itself_and_everything_matches_all(uri in "[a-z./\\PC]{0,30}") {
            prop_assert!(PathPattern::new(uri.replace(['*', '?'], "")).matches(&uri.replace(['*', '?'], "")));
            prop_assert!(PathPattern::new("**").matches(&uri));
        }
    }
}
