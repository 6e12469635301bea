//! How age becomes freshness.

use serde::{Deserialize, Serialize};

use crate::DocumentKind;
use crate::by_name::by_name;
use crate::path_pattern::PathPattern;

/// How age becomes freshness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FreshnessPolicy {
    /// Kinds of documents by path, before anything else is asked; the first that matches decides.
    pub kinds: Vec<KindRule>,
    /// After how many days the freshness of each kind of document has halved; 0 for kinds that never age.
    #[serde(deserialize_with = "by_name")]
    pub half_life_days: HalfLives,
    /// After how many days without a change someone is to look at a document of each kind again: an older one is called
    /// stale. 0 for kinds that are never reviewed.
    #[serde(deserialize_with = "by_name")]
    pub review_interval_days: ReviewIntervals,
    /// Age alone never takes freshness below this, 0..=1: an old page may still be right.
    pub floor: f32,
    /// Freshness of a document that nothing dates, 0..=1, and what weakly dated ones are drawn towards.
    pub undated: f32,
    /// The review interval in half-lives, for all kinds at once; where it is given, it stands in place of
    /// `review_interval_days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_after_half_lives: Option<f32>,
}

/// The kind of the documents under a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindRule {
    /// Which documents, by URI.
    pub path: PathPattern,
    /// What they are.
    pub kind: DocumentKind,
}

/// Half-lives by kind of document, in days; 0 means that it never ages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HalfLives {
    /// API references, manuals, specifications.
    pub reference: f32,
    /// Tutorials, guides, how-tos.
    pub tutorial: f32,
    /// Policies, terms, handbooks.
    pub policy: f32,
    /// Change logs and release notes: a record of the past stays true.
    pub changelog: f32,
    /// News, blog posts, announcements.
    pub news: f32,
    /// Licences, glossaries, decision records: written to last.
    pub evergreen: f32,
    /// Everything else.
    pub unknown: f32,
}

/// Review intervals by kind of document, in days; 0 means never.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewIntervals {
    /// API references, manuals, specifications.
    pub reference: f32,
    /// Tutorials, guides, how-tos.
    pub tutorial: f32,
    /// Policies, terms, handbooks.
    pub policy: f32,
    /// Change logs and release notes.
    pub changelog: f32,
    /// News, blog posts, announcements.
    pub news: f32,
    /// Licences, glossaries, decision records.
    pub evergreen: f32,
    /// Everything else.
    pub unknown: f32,
}

impl Default for FreshnessPolicy {
    fn default() -> Self {
        Self {
            kinds: Vec::new(),
            half_life_days: HalfLives::default(),
            review_interval_days: ReviewIntervals::default(),
            floor: 0.2,
            undated: 0.7,
            stale_after_half_lives: None,
        }
    }
}

impl Default for HalfLives {
    /// Two years for what describes software, three for rules people agreed on, one for news.
    fn default() -> Self {
        Self {
            reference: 730.0,
            tutorial: 730.0,
            policy: 1095.0,
            changelog: 0.0,
            news: 365.0,
            evergreen: 0.0,
            unknown: 730.0,
        }
    }
}

impl Default for ReviewIntervals {
    /// Four years for what describes software, three for rules people agreed on and for news.
    fn default() -> Self {
        Self {
            reference: 1460.0,
            tutorial: 1460.0,
            policy: 1095.0,
            changelog: 0.0,
            news: 1095.0,
            evergreen: 0.0,
            unknown: 1460.0,
        }
    }
}

impl FreshnessPolicy {
    /// The age in days past which a document of `kind` is called stale, or `None` where it never is.
    #[must_use]
    pub fn stale_after_days(&self, kind: DocumentKind) -> Option<f32> {
        match self.stale_after_half_lives {
            Some(half_lives) => self.half_life_days.of(kind).map(|days| days * half_lives),
            None => self.review_interval_days.of(kind),
        }
    }
}

impl HalfLives {
    /// The half-life of `kind` in days, or `None` where it never ages.
    #[must_use]
    pub fn of(&self, kind: DocumentKind) -> Option<f32> {
        let days = match kind {
            DocumentKind::Reference => self.reference,
            DocumentKind::Tutorial => self.tutorial,
            DocumentKind::Policy => self.policy,
            DocumentKind::Changelog => self.changelog,
            DocumentKind::News => self.news,
            DocumentKind::Evergreen => self.evergreen,
            DocumentKind::Unknown => self.unknown,
        };
        (days > 0.0).then_some(days)
    }
}

impl ReviewIntervals {
    /// The review interval of `kind` in days, or `None` where it is never reviewed.
    #[must_use]
    pub fn of(&self, kind: DocumentKind) -> Option<f32> {
        let days = match kind {
            DocumentKind::Reference => self.reference,
            DocumentKind::Tutorial => self.tutorial,
            DocumentKind::Policy => self.policy,
            DocumentKind::Changelog => self.changelog,
            DocumentKind::News => self.news,
            DocumentKind::Evergreen => self.evergreen,
            DocumentKind::Unknown => self.unknown,
        };
        (days > 0.0).then_some(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_lives_given_for_all_kinds_stand_in_place_of_review_intervals() {
        let older: FreshnessPolicy = serde_json::from_str(r#"{"stale_after_half_lives":3.0}"#).unwrap();
        assert_eq!(older.stale_after_days(DocumentKind::Reference), Some(2190.0));
        assert_eq!(FreshnessPolicy::default().stale_after_days(DocumentKind::Reference), Some(1460.0));
        let own: FreshnessPolicy = serde_json::from_str(r#"{"review_interval_days":{"policy":365}}"#).unwrap();
        assert_eq!(own.stale_after_days(DocumentKind::Policy), Some(365.0));
        for policy in [older, own] {
            assert_eq!(policy.stale_after_days(DocumentKind::Changelog), None);
        }
    }

    #[test]
    fn kinds_are_read_by_path() {
        let policy: FreshnessPolicy =
            serde_json::from_str(r#"{"kinds":[{"path":"docs/adr/**","kind":"evergreen"}]}"#).unwrap();
        assert!(policy.kinds[0].path.matches("docs/adr/2019/one.md"));
        assert!(serde_json::from_str::<FreshnessPolicy>(r#"{"kinds":[{"path":"a","kind":"book"}]}"#).is_err());
        assert_eq!(serde_json::to_value(&policy).unwrap()["kinds"][0]["path"], "docs/adr/**");
    }
}
