//! Texts that tell their own past: change logs and release notes. What they say was true once.

/// Whether the document at `uri` is a change log, by its name.
pub(super) fn is_history(uri: &str) -> bool {
    const NAMES: [&str; 9] = [
        "changelog",
        "changes",
        "history",
        "releases",
        "news",
        "release-notes",
        "release_notes",
        "releasenotes",
        "whatsnew",
    ];
    let lower = uri.to_lowercase();
    lower.split(['/', '\\', '#', '?']).any(|segment| {
        let stem = segment.split('.').next().unwrap_or(segment);
        NAMES
            .iter()
            .any(|name| stem == *name || stem.strip_prefix(name).is_some_and(|rest| rest.starts_with(['-', '_'])))
            || stem.ends_with("changelog")
    })
}

/// Whether a title or heading announces what has changed.
pub(super) fn tells_changes(heading: &str) -> bool {
    const NAMES: [&str; 10] = [
        "changelog",
        "change log",
        "release notes",
        "release history",
        "version history",
        "revision history",
        "what's new",
        "what’s new",
        "what changed",
        "changes in",
    ];
    let lower = heading.trim().to_lowercase();
    NAMES.iter().any(|name| lower.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_change_logs_by_name() {
        for (uri, expected) in [
            ("CHANGELOG.md", true),
            ("docs/RELEASES.md", true),
            ("a/release-notes/v2.md", true),
            ("a/CHANGELOG-3.5.md", true),
            ("docs/change-your-password.md", false),
            ("news-feed-api.md", true),
            ("historical.md", false),
            ("README.md", false),
        ] {
            assert_eq!(is_history(uri), expected, "{uri}");
        }
    }
}
