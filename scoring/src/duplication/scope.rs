//! For whom a text is, and of what: the same text under other access rules, of another product or in another language is
//! no copy, and neither is the same piece of a listing under another heading.

use std::collections::BTreeMap;

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::normalise::{fold, words};
use crate::DuplicationPolicy;
use crate::family::version_in_name;
use crate::markup::shown;

/// What of a document's metadata keeps its passages apart from the same text elsewhere, as one hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scope(u64);

impl Scope {
    /// The scope that `metadata` gives under the policy's [`DuplicationPolicy::apart_by`] keys, names compared without
    /// case. A key that only one of two documents has tells them apart too: who may read a page without access rules
    /// is not who may read one with them. The order of a list does not matter.
    #[must_use]
    pub fn of(metadata: &BTreeMap<String, Value>, policy: &DuplicationPolicy) -> Self {
        let mut stated: Vec<String> = metadata
            .iter()
            .map(|(key, value)| (key.to_lowercase(), value))
            .filter(|(key, value)| !value.is_null() && policy.apart_by.iter().any(|by| by.to_lowercase() == *key))
            .map(|(key, value)| format!("{key}\0{}", canonical(value)))
            .collect();
        if stated.is_empty() {
            return Self::default();
        }
        stated.sort_unstable();
        Self(xxh3_64(stated.join("\0").as_bytes()))
    }

    /// The scope of a listing: what a program is told or answers says nothing of when and why, so the heading above says
    /// what it is about, and the version that its page is named after (`upgrade_3_3.md`). A procedure repeats its commands
    /// from step to step on purpose, and a manual its procedure from version to version.
    #[must_use]
    pub fn of_listing(self, headings: &[String], uri: &str) -> Self {
        let heading = headings.last().map(|heading| fold(&shown(heading))).unwrap_or_default();
        // Sections are numbered anew where one is put in before them.
        let named = words(&heading).skip_while(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        let subject = named.chain(["\0", version_in_name(uri)]).collect::<Vec<_>>().join(" ");
        Self(xxh3_64(subject.as_bytes()) ^ self.0.rotate_left(1))
    }

    /// A key that only passages of this scope share.
    pub(super) fn key(self, key: i64) -> i64 {
        key ^ self.0 as i64
    }

    /// The scope under which `key` became `scoped`.
    pub(super) fn between(key: i64, scoped: i64) -> Self {
        Self((key ^ scoped) as u64)
    }
}

/// A value as text, lists in order.
fn canonical(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(items) => {
            let mut items: Vec<String> = items.iter().map(canonical).collect();
            items.sort_unstable();
            items.join("\u{1}")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope(metadata: Value) -> Scope {
        let metadata: BTreeMap<String, Value> = serde_json::from_value(metadata).unwrap();
        Scope::of(&metadata, &DuplicationPolicy::default())
    }

    #[test]
    fn only_what_the_policy_names_tells_apart() {
        assert_eq!(scope(json!({})), Scope::default());
        assert_eq!(scope(json!({"tags": ["a"], "owner": "b", "acl": null})), Scope::default());
        assert_eq!(scope(json!({"acl": ["a", "b"]})), scope(json!({"ACL": ["b", " a"], "owner": "c"})));
        let stated = [
            json!({"acl": "a"}),
            json!({"acl": "b"}),
            json!({"access": "a"}),
            json!({"product": "a"}),
            json!({"lang": "de"}),
        ];
        let scopes: std::collections::HashSet<Scope> =
            stated.into_iter().map(scope).chain([Scope::default()]).collect();
        assert_eq!(scopes.len(), 6);
    }

    #[test]
    fn a_listing_is_of_its_heading_and_of_the_version_its_page_is_named_after() {
        let of = |heading: &str, uri: &str| Scope::default().of_listing(&["Setup".to_owned(), heading.to_owned()], uri);
        let here = of("Step 1: ask the members", "v3.7/upgrade_3_3.md");
        assert_eq!(here, of("**Step 1:** ask the members", "v3.6/upgrade_3_3.md"));
        assert_ne!(here, of("Step 4: ask the members", "v3.7/upgrade_3_3.md"));
        assert_ne!(here, of("Step 1: ask the members", "v3.7/upgrade_3_4.md"));
        assert_eq!(of("3.2 Limits", "a.md"), of("3.4. Limits", "copies/b.md"));
        assert_ne!(here, Scope::default());
    }

    #[test]
    fn a_policy_may_name_other_keys() {
        let policy = DuplicationPolicy { apart_by: vec!["Region".to_owned()], ..DuplicationPolicy::default() };
        let of = |text: &str| Scope::of(&serde_json::from_str(text).unwrap(), &policy);
        assert_ne!(of(r#"{"region": "eu"}"#), of(r#"{"region": "us"}"#));
        assert_eq!(of(r#"{"acl": "a"}"#), of(r#"{"acl": "b"}"#));
    }
}
