//! What kind of document it is, which decides how fast it ages.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use tamis_ingest::Document;

use crate::pattern::pattern;
use crate::policy::FreshnessPolicy;

/// Kinds of documents that age alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// API references, manuals, specifications.
    Reference,
    /// Tutorials, guides, how-tos.
    Tutorial,
    /// Policies, terms, handbooks.
    Policy,
    /// Change logs and release notes.
    Changelog,
    /// News, blog posts, announcements, meeting notes.
    News,
    /// Licences, glossaries, decision records: written to last.
    Evergreen,
    /// Nothing tells.
    Unknown,
}

/// Names in a path or title, in the order in which they decide.
static NAMES: LazyLock<Vec<(DocumentKind, Regex)>> = LazyLock::new(|| {
    [
        (DocumentKind::Changelog, r"\b(?:change[\ _-]?logs?|changes|releases?|release[\ _-]notes?|what'?s[\ _-]new|history|news)(?:\.\w+)?$ | \brelease[\ _-]notes?\b | \bchange[\ _-]?log\b"),
        (DocumentKind::Evergreen, r"\b(?:licen[cs]e|copying|copyright|notice|authors|contributors|glossary|adr|adrs|decisions?|rfcs?|philosophy|credits)\b"),
        (DocumentKind::News, r"\b(?:blog|blogs|posts?|_posts|news|press|announcements?|articles?|newsletters?|meetings?|minutes)\b | (?:^|/)(?:19|20)\d\d(?:[-/](?:0?[1-9]|1[0-2])(?:[-/]|$)|/)"),
        (DocumentKind::Policy, r"\b(?:polic(?:y|ies)|terms|privacy|gdpr|compliance|legal|security|code[\ _-]of[\ _-]conduct|handbook|governance|sla|regulations?|guidelines)\b"),
        (DocumentKind::Tutorial, r"\b(?:tutorials?|how[\ _-]?tos?|guides?|getting[\ _-]started|quick[\ _-]?start|walk[\ _-]?through|learn|lessons?|courses?|cookbook|recipes?|examples?|dev-guide|upgrad(?:e|ing)|migrat(?:e|ing|ion))\b"),
        (DocumentKind::Reference, r"\b(?:references?|api|apis|manual|man\d?|cli|commands?|spec|specification|standards?|config(?:uration)?|options|schema|op-guide|docs?\.rs)\b"),
    ]
    .into_iter()
    .map(|(kind, source)| (kind, pattern(source)))
    .collect()
});

/// Metadata fields that name the kind.
const FIELDS: [&str; 5] = ["kind", "doc_type", "document_type", "type", "category"];

impl DocumentKind {
    /// The kind of `document` under a policy: what the policy says of its path, else what it shows itself.
    #[must_use]
    pub fn under(policy: &FreshnessPolicy, document: &Document) -> Self {
        let ruled = policy.kinds.iter().find(|rule| rule.path.matches(&document.uri));
        ruled.map_or_else(|| Self::of(document), |rule| rule.kind)
    }

    /// The kind of `document`: what its metadata says, else what its path says, else its title.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let stated = FIELDS.iter().filter_map(|field| document.metadata.get(*field)?.as_str()).find_map(Self::named);
        let path = document.uri.rsplit_once('.').map_or(document.uri.as_str(), |(stem, _)| stem);
        let titled = || document.title.as_deref().and_then(Self::from_names);
        stated.or_else(|| Self::from_path(path)).or_else(titled).unwrap_or(Self::Unknown)
    }

    /// The kind a metadata value names.
    fn named(value: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(value.trim().to_lowercase()))
            .ok()
            .or_else(|| Self::from_names(value))
    }

    /// The file's own name decides before its folders, the nearest of which decides before the others.
    fn from_path(path: &str) -> Option<Self> {
        let mut parts = path.rsplit('/');
        let file = parts.next().and_then(Self::from_names);
        file.or_else(|| parts.find_map(Self::from_names)).or_else(|| Self::from_names(path))
    }

    /// The kind that words such as a file's name or a heading tell of.
    pub(super) fn from_names(text: &str) -> Option<Self> {
        NAMES.iter().find(|(_, names)| names.is_match(text)).map(|(kind, _)| *kind)
    }
}
