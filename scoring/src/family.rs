//! Version families: pages of one manual that differ in version only, such as `/v1.2/install` and `/v1.3/install`.

use std::cmp::Ordering;

/// What a version segment sorts as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Edition {
    /// A numbered version or edition.
    Numbered(Vec<u64>),
    /// The newest, whatever its number.
    Latest,
}

/// A page's family and its place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    /// The URI with its version segments masked; equal within a family.
    pub(crate) key: String,
    /// The versions masked, in order of appearance.
    editions: Vec<Edition>,
}

impl Family {
    /// The family of the page at `uri`, or `None` where no part of its path names a version.
    pub(crate) fn of(uri: &str) -> Option<Self> {
        let mut editions = Vec::new();
        let mut key = String::with_capacity(uri.len());
        for (i, segment) in uri.split('/').enumerate() {
            if i > 0 {
                key.push('/');
            }
            match read_segment(segment) {
                Some((name, edition)) => {
                    key.push_str(name);
                    key.push('\0');
                    editions.push(edition);
                }
                None => key.push_str(segment),
            }
        }
        (!editions.is_empty()).then_some(Self { key, editions })
    }

    /// `Less` where this page of the same family is of an older edition.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        self.editions.cmp(&other.editions)
    }
}

/// How the versions of two pages of one family compare; `None` for pages of different families or the same version.
pub(crate) fn newer(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Family::of(a)?, Family::of(b)?);
    Some(a.editions.cmp(&b.editions)).filter(|order| a.key == b.key && order.is_ne())
}

/// What tells the works that URIs belong to apart: the versions of one page are one work.
pub(crate) fn work(uri: &str) -> String {
    Family::of(uri).map_or_else(|| uri.to_owned(), |family| family.key)
}

/// Whether two URIs are pages of one family.
pub(crate) fn same(a: &str, b: &str) -> bool {
    newer(a, b).is_some()
}

/// Whether two URIs are the same but for digits, without being one family: `upgrade_3_3.md` and `upgrade_3_7.md`, each
/// about the version it is named after. A single digit by itself counts pages (`setup1.md`, `setup2.md`) and names no
/// version.
pub(crate) fn numbered_siblings(a: &str, b: &str) -> bool {
    let masked = |uri: &str| {
        uri.split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("0")
    };
    a != b && !same(a, b) && masked(a) == masked(b) && names_version(a) && names_version(b)
}

/// Whether the last part of a path that holds a digit holds a number of several: `17`, `3_3`, `1-2`.
fn names_version(uri: &str) -> bool {
    let numbered = uri.rsplit('/').find(|part| part.contains(|c: char| c.is_ascii_digit())).unwrap_or_default();
    numbers_of_several(numbered).is_some()
}

/// The version that a page's file is named after, `3_3` of `upgrade_3_3.md`; empty where it is named after none. A single
/// number may be an id, and one of four digits a year.
pub(crate) fn version_in_name(uri: &str) -> &str {
    let file = uri.rsplit('/').next().unwrap_or(uri);
    let runs = file.split(|c: char| !c.is_ascii_digit() && !matches!(c, '_' | '.' | '-'));
    let version = |run: &&str| {
        let mut parts = run.split(['_', '.', '-']);
        run.contains(['_', '.', '-']) && parts.all(|part| (1..=3).contains(&part.len()))
    };
    runs.map(|run| run.trim_matches(['_', '.', '-'])).find(version).unwrap_or_default()
}

/// The first run of numbers of several digits in a name.
fn numbers_of_several(name: &str) -> Option<&str> {
    let digits = |run: &str| run.bytes().filter(u8::is_ascii_digit).count();
    name.split(|c: char| !c.is_ascii_digit() && !matches!(c, '_' | '.' | '-')).find(|run| digits(run) > 1)
}

/// Whether two pages of one folder are named after different things of a program: `SplitN.md` and `SplitInclusive.md`.
/// Reference pages are written from a template, and what one says the other need not. Words that name a kind of text
/// name no thing; `is_generic` says which do.
pub(crate) fn named_siblings(a: &str, b: &str, is_generic: impl Fn(&str) -> bool) -> bool {
    matches!(own_parts(a, b, is_generic), Some((mine, theirs)) if mine || theirs)
}

/// Whether each of two pages of one folder is named after a thing of a program that the other is not named after:
/// `load_le.md` of `BitField_load_le.md` and `BitField_load_be.md`, but not `BitField_load.md`, which is about both.
pub(crate) fn parallel_pages(a: &str, b: &str, is_generic: impl Fn(&str) -> bool) -> bool {
    own_parts(a, b, is_generic) == Some((true, true))
}

/// Whether the name of either of two pages of one folder has parts of its own, beside one they share; `None` where they
/// share none, or are named after no things of a program.
fn own_parts(a: &str, b: &str, is_generic: impl Fn(&str) -> bool) -> Option<(bool, bool)> {
    let split = |uri: &str| {
        let (folder, file) = uri.rsplit_once('/').unwrap_or(("", uri));
        (folder.to_owned(), camel_parts(file.split('.').next().unwrap_or(file)))
    };
    let ((folder_a, a), (folder_b, b)) = (split(a), split(b));
    let beyond = |own: &[String], other: &[String]| own.iter().any(|part| !other.contains(part) && !is_generic(part));
    let share = a.iter().any(|part| part.len() > 1 && b.contains(part));
    (folder_a == folder_b && a.len().max(b.len()) > 1 && share).then(|| (beyond(&a, &b), beyond(&b, &a)))
}

/// The parts of a name in camel case, also with underscores, in small letters; none where it is written otherwise.
fn camel_parts(stem: &str) -> Vec<String> {
    let named = stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !named || !stem.starts_with(|c: char| c.is_ascii_uppercase()) || !stem.contains(|c: char| c.is_lowercase()) {
        return Vec::new();
    }
    let mut parts: Vec<String> = Vec::new();
    for piece in stem.split('_').filter(|piece| !piece.is_empty()) {
        let mut fresh = true;
        for c in piece.chars() {
            match parts.last_mut().filter(|_| !fresh && !c.is_ascii_uppercase()) {
                Some(part) => part.push(c),
                None => parts.push(c.to_ascii_lowercase().to_string()),
            }
            fresh = false;
        }
    }
    parts
}

/// A segment as the name in front of its version (empty for `v1.2`, `serde-` for `serde-1.0.3`) and the version.
pub(crate) fn read_segment(segment: &str) -> Option<(&str, Edition)> {
    if matches!(segment, "latest" | "current" | "stable") {
        return Some(("", Edition::Latest));
    }
    if let Some(number) = edition_number(segment) {
        return Some(("", Edition::Numbered(vec![number])));
    }
    if let Some(numbers) = version_numbers(segment) {
        return Some(("", Edition::Numbered(numbers)));
    }
    let (at, _) =
        segment.match_indices(['-', '@', '_']).find(|(at, _)| version_numbers(&segment[at + 1..]).is_some())?;
    let (name, version) = segment.split_at(at + 1);
    Some((name, Edition::Numbered(version_numbers(version)?)))
}

/// The number of `second-edition`, `2018-edition`, `edition-2`.
fn edition_number(segment: &str) -> Option<u64> {
    const ORDINALS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let rest = segment.strip_suffix("-edition").or_else(|| segment.strip_prefix("edition-"))?;
    match ORDINALS.iter().position(|ordinal| *ordinal == rest) {
        Some(at) => Some(at as u64 + 1),
        None => rest.trim_end_matches(|c: char| c.is_ascii_lowercase()).parse().ok(),
    }
}

/// The numbers of `v1.2`, `1.2.3`, `v3`, `2.x`, `1.0.0-rc.1`; a bare number is none, for it may be a year or an id.
fn version_numbers(text: &str) -> Option<Vec<u64>> {
    let bare = text.strip_prefix(['v', 'V']);
    let digits = bare.unwrap_or(text);
    let core = digits.split(['-', '+']).next().unwrap_or(digits);
    let numbers: Option<Vec<u64>> = core.split('.').filter(|part| *part != "x").map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| !numbers.is_empty() && (bare.is_some() || core.contains('.')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_of_one_manual_are_a_family() {
        for (a, b, expected) in [
            ("docs/v1.2/install.md", "docs/v1.3/install.md", Some(Ordering::Less)),
            ("docs/v3.10/a", "docs/v3.9/a", Some(Ordering::Greater)),
            ("docs/latest/a", "docs/v3.9/a", Some(Ordering::Greater)),
            ("serde-1.0.3/README.md", "serde-1.0.10/README.md", Some(Ordering::Less)),
            ("book/first-edition/ch1.md", "book/second-edition/ch1.md", Some(Ordering::Less)),
            ("book/second-edition/ch1.md", "book/2018-edition/ch1.md", Some(Ordering::Less)),
            ("docs/v1.2/install.md", "docs/v1.2/install.md", None),
            ("docs/v1.2/install.md", "docs/v1.3/remove.md", None),
            ("serde-1.0.3/README.md", "serde_json-1.0.10/README.md", None),
            ("blog/2019/post", "blog/2020/post", None),
            ("a/b", "a/c", None),
        ] {
            assert_eq!(newer(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn pages_named_after_versions_are_siblings() {
        assert!(numbered_siblings("v3.7/upgrade_3_3.md", "v3.7/upgrade_3_7.md"));
        assert!(!numbered_siblings("v3.6/upgrade.md", "v3.7/upgrade.md"));
        assert!(!numbered_siblings("a.md", "b.md"));
        assert!(!numbered_siblings("a1.md", "a1.md"));
        assert!(!numbered_siblings("setup1.md", "setup2.md"));
        assert!(numbered_siblings("notes/release-17.md", "notes/release-18.md"));
        assert_eq!(version_in_name("v3.6/upgrade_3_3.md"), "3_3");
        for uri in ["v3.6/upgrade.md", "pages/id2048.html", "minutes/2026-05-01.md"] {
            assert_eq!(version_in_name(uri), "", "{uri}");
        }
    }

    #[test]
    fn pages_named_after_things_of_a_program() {
        let siblings = |a, b| named_siblings(a, b, |part| matches!(part, "guide" | "faq"));
        assert!(siblings("doc/iter/Split.md", "doc/iter/SplitInclusive.md"));
        assert!(siblings("doc/iter/RSplitN.md", "doc/iter/SplitInclusive.md"));
        assert!(!siblings("doc/Split.md", "iter/SplitInclusive.md"), "another folder");
        assert!(!siblings("wiki/UploadGuide.md", "wiki/UploadFaq.md"), "both are about uploads");
        assert!(!siblings("hr/leave-policy.md", "hr/leave-faq.md"));
        assert!(!siblings("Leave.md", "Travel.md"));
        assert!(!siblings("FAQ.md", "README.md"));
    }

    #[test]
    fn pages_named_after_two_things_are_parallel() {
        let parallel = |a, b| parallel_pages(a, b, |part| matches!(part, "guide" | "copy" | "old"));
        assert!(parallel("field/BitField_load_le.md", "field/BitField_load_be.md"));
        assert!(parallel("docs/DropTableResponse.md", "docs/RenameTableResponse.md"));
        assert!(!parallel("field/BitField_load_le.md", "field/BitField_load.md"), "the one is about both");
        assert!(!parallel("wiki/LeavePolicy.md", "wiki/LeavePolicyCopy.md"));
        assert!(!parallel("README.md", "READ_MORE.md"));
    }

    proptest! {
        #[test]
        fn comparing_is_antisymmetric(a in "[a-b]/(v[0-9]|latest|[0-9]\\.[0-9]|\\PC{0,4})/x", b in "[a-b]/v[0-9]/x") {
            prop_assert_eq!(newer(&a, &b), newer(&b, &a).map(Ordering::reverse));
        }
    }
}
