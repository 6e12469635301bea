//! Authority by where documents lie.

use serde::{Deserialize, Serialize};
use tamis_ingest::SourceName;
use tamis_scoring::PathPattern;

/// How much the documents under a path are to be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRule {
    /// Which documents, by URI.
    pub path: PathPattern,
    /// Only those of this source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceName>,
    /// How much they are to be believed, 0 to 100; more wins when two documents disagree.
    pub rank: u8,
}

/// The rank of a document by the first rule that means it.
pub(super) fn rank(rules: &[AuthorityRule], source: Option<&str>, uri: &str) -> Option<u8> {
    let of_source = |rule: &AuthorityRule| rule.source.as_ref().is_none_or(|name| source == Some(name.as_str()));
    rules.iter().find(|rule| of_source(rule) && rule.path.matches(uri)).map(|rule| rule.rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_means_a_document_ranks_it() {
        let rule = |path: &str, source: Option<&str>, rank| AuthorityRule {
            path: PathPattern::new(path),
            source: source.map(|name| SourceName::new(name).unwrap()),
            rank,
        };
        let rules = [rule("drafts/**", None, 10), rule("**/adr/**", Some("handbook"), 90), rule("**/*.md", None, 40)];
        for (source, uri, expected) in [
            (None, "drafts/adr/1.md", Some(10)),
            (Some("handbook"), "x/adr/1.md", Some(90)),
            (Some("wiki"), "x/adr/1.md", Some(40)),
            (None, "x/adr/1.md", Some(40)),
            (None, "x/adr/1.rst", None),
        ] {
            assert_eq!(rank(&rules, source, uri), expected, "{source:?} {uri}");
        }
    }
}
