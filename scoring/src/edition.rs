//! Editions of a manual, by their paths: of `docs/v1.2/install` and `docs/v1.4/install` the second is the newer one.
//!
//! A folder is an edition by a version (`v1.2`, `serde-1.0.3`, `second-edition`) or by a word (`latest`, `stable`). A
//! bare year or ordinal (`2018`, `second`) is one only beside a folder `latest`, `current` or `stable`: reports of two
//! years do not replace each other, but what lies beside "current" is not. What is not out yet (`next`,
//! `2.0-rc.1`) replaces nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::family::{self, Edition};

/// How many pages two editions have in common before their folders are editions of one manual.
const SHARED_PAGES: usize = 3;
/// From how many newer editions on a page belongs to an old version: projects keep supporting the one before the newest.
const FAR_BEHIND: usize = 2;

/// Names of what is not out yet, as parts of a folder's name.
const UNRELEASED: [&str; 14] = [
    "alpha",
    "beta",
    "canary",
    "dev",
    "edge",
    "main",
    "master",
    "next",
    "nightly",
    "preview",
    "rc",
    "snapshot",
    "unreleased",
    "trunk",
];
/// Words in the names of pages that are about the version they name.
const ABOUT_A_VERSION: [&str; 13] = [
    "adr",
    "announce",
    "announcement",
    "changes",
    "changelog",
    "downgrade",
    "migrate",
    "migration",
    "notes",
    "release",
    "rfc",
    "upgrade",
    "upgrading",
];
const ORDINALS: [&str; 10] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/// Where a page stands: in which edition of which manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The path up to the edition; equal within a manual.
    manual: String,
    /// The path below it; equal for the editions of one page.
    page: String,
    /// Which edition.
    edition: Edition,
    /// The edition as it is written.
    name: String,
    /// Whether the name alone does not make it one: a bare year or ordinal.
    weak: bool,
}

impl Place {
    /// The place of the page at `uri`, or `None` where no part of its path names an edition.
    pub(crate) fn of(uri: &str) -> Option<Self> {
        let segments: Vec<&str> = uri.split('/').collect();
        let (file, folders) = segments.split_last()?;
        let strong = folders.iter().enumerate().find_map(|(at, folder)| Some((at, read_folder(folder)?)));
        if let Some((at, (prefix, edition))) = strong {
            return Some(Self::at(&segments, at, prefix, edition, false));
        }
        if let Some((stem, edition, rest)) = read_file(file) {
            let name = file[stem.len()..file.len() - rest.len()].to_owned();
            let manual = format!("{}/{stem}\0", folders.join("/"));
            return Some(Self { manual, page: rest.to_owned(), edition, name, weak: false });
        }
        let (at, edition) = folders.iter().enumerate().find_map(|(at, folder)| Some((at, read_weak(folder)?)))?;
        Some(Self::at(&segments, at, "", edition, true))
    }

    fn at(segments: &[&str], at: usize, prefix: &str, edition: Edition, weak: bool) -> Self {
        let manual = format!("{}/{prefix}", segments[..at].join("/"));
        let name = segments[at].to_owned();
        Self { manual, page: segments[at + 1..].join("/"), edition, name, weak }
    }

    /// Whether `other` may replace this edition.
    fn gives_way_to(&self, other: &Self) -> bool {
        let comparable = match (self.weak, other.weak) {
            (true, false) => other.edition == Edition::Latest,
            (true, true) | (false, false) => true,
            (false, true) => false,
        };
        comparable && self.manual == other.manual && self.edition < other.edition
    }

    /// Whether the edition of the page at `uri` is a bare year or ordinal.
    pub(crate) fn is_year_or_ordinal(uri: &str) -> bool {
        Self::of(uri).is_some_and(|place| place.weak)
    }

    /// Whether `address` is that of a newer edition of the page at `uri`, wherever the manual itself is served.
    pub(crate) fn is_newer_edition_of(address: &str, uri: &str) -> bool {
        let path = address.split_once("://").map_or(address, |(_, rest)| rest);
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let (Some(other), Some(place)) = (Self::of(path), Self::of(uri)) else { return false };
        other.page_name() == place.page_name()
            && place.gives_way_to(&Self { manual: place.manual.clone(), ..other.clone() })
    }

    /// The page without what differs between a file and its address: the extension, a slash at the end.
    fn page_name(&self) -> &str {
        let page = self.page.trim_end_matches('/');
        let page = page.rsplit_once('.').map_or(page, |(stem, _)| stem);
        page.strip_suffix("/index").unwrap_or(page)
    }

    /// Whether `other` is a newer edition of this very page.
    pub(crate) fn is_replaced_by(&self, other: &Self) -> bool {
        self.page == other.page && self.gives_way_to(other)
    }
}

/// The editions of manuals that a corpus holds.
#[derive(Debug, Clone, Default)]
pub struct Editions {
    manuals: HashMap<String, Manual>,
}

#[derive(Debug, Clone, Default)]
struct Manual {
    /// One place for each edition there is.
    editions: BTreeMap<(Edition, bool), Place>,
    /// The URIs of each page, by edition.
    pages: HashMap<String, BTreeMap<(Edition, bool), String>>,
}

/// An edition that is far behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldVersion {
    /// The page's edition, as its path has it.
    pub edition: String,
    /// The newest one, as its paths have it.
    pub newest: String,
    /// How many there are that are newer than the page's.
    pub newer: usize,
}

impl Editions {
    /// The editions that the pages at `uris` make.
    #[must_use]
    pub fn of<'a>(uris: impl IntoIterator<Item = &'a str>) -> Self {
        let mut manuals: HashMap<String, Manual> = HashMap::new();
        for uri in uris.into_iter().collect::<BTreeSet<_>>() {
            let Some(place) = Place::of(uri) else { continue };
            let manual = manuals.entry(place.manual.clone()).or_default();
            let key = (place.edition.clone(), place.weak);
            manual.pages.entry(place.page.clone()).or_default().entry(key.clone()).or_insert_with(|| uri.to_owned());
            manual.editions.entry(key).or_insert(place);
        }
        Self { manuals }
    }

    /// The newest edition of the page at `uri`, where that is another than the page itself.
    #[must_use]
    pub fn newest(&self, uri: &str) -> Option<&str> {
        let place = Place::of(uri)?;
        let manual = self.manuals.get(&place.manual)?;
        let members = manual.pages.get(&place.page)?;
        let newest = members.keys().rfind(|key| manual.may_replace(&place, key))?;
        members.get(newest).map(String::as_str)
    }

    /// Whether the page at `uri` belongs to an edition that at least two newer ones of its manual stand before.
    #[must_use]
    pub fn old_version(&self, uri: &str) -> Option<OldVersion> {
        let place = Place::of(uri)?;
        let manual = self.manuals.get(&place.manual).filter(|manual| manual.is_one())?;
        let newer: Vec<&Place> = manual.newer_than(&place).collect();
        let newest = newer.last().filter(|_| newer.len() >= FAR_BEHIND)?;
        Some(OldVersion { edition: place.name, newest: newest.name.clone(), newer: newer.len() })
    }

    /// The newest numbered version of the manual whose folder holds `uri`, the nearest such folder first, with the
    /// URI of one of its pages. `None` for the manual's own pages, and where none has numbers.
    #[must_use]
    pub fn newest_number(&self, uri: &str) -> Option<(&[u64], &str)> {
        if Place::of(uri).is_some() {
            return None;
        }
        let folders = uri.match_indices('/').map(|(at, _)| &uri[..=at]).chain(["/"]);
        let mut nearest: Vec<&str> = folders.collect();
        nearest.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
        nearest.into_iter().find_map(|folder| self.manuals.get(folder)?.newest_number())
    }
}

impl Manual {
    /// Whether its folders hold the same pages, so that they are editions and no accident of naming.
    fn is_one(&self) -> bool {
        self.pages.values().filter(|editions| editions.len() > 1).take(SHARED_PAGES).count() >= SHARED_PAGES
    }

    /// Whether the edition `key` may replace that of `place`.
    fn may_replace(&self, place: &Place, key: &(Edition, bool)) -> bool {
        self.editions.get(key).is_some_and(|other| place.gives_way_to(other)) && (!place.weak || self.has_latest())
    }

    fn has_latest(&self) -> bool {
        self.editions.contains_key(&(Edition::Latest, false))
    }

    /// The editions newer than that of `place`, the newest last.
    fn newer_than(&self, place: &Place) -> impl Iterator<Item = &Place> {
        self.editions.iter().filter(|(key, _)| self.may_replace(place, key)).map(|(_, other)| other)
    }

    fn newest_number(&self) -> Option<(&[u64], &str)> {
        let (key, numbers) = self.editions.keys().rev().find_map(|key| match key {
            (Edition::Numbered(numbers), false) => Some((key, numbers)),
            (Edition::Numbered(_) | Edition::Latest, _) => None,
        })?;
        let uri = self.pages.values().filter_map(|members| members.get(key)).min()?;
        Some((numbers, uri))
    }
}

/// The edition that a folder's name is, with what stands before it.
fn read_folder(name: &str) -> Option<(&str, Edition)> {
    let unreleased = words(name).any(|word| UNRELEASED.contains(&word.as_str()));
    if unreleased { None } else { family::read_segment(name) }
}

/// The edition in a file's name, `leave-policy-v2.md`, with what stands before and after it. None where the page is
/// about that version, as an upgrade guide is.
fn read_file(name: &str) -> Option<(&str, Edition, &str)> {
    let (stem, extension) = name.rsplit_once('.').filter(|(_, e)| e.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    let about = words(stem).any(|word| ABOUT_A_VERSION.contains(&word.as_str()));
    let (prefix, edition) = read_folder(stem).filter(|(prefix, _)| !about && !prefix.is_empty())?;
    Some((prefix, edition, &name[name.len() - extension.len() - 1..]))
}

/// The edition of a bare ordinal or year.
fn read_weak(name: &str) -> Option<Edition> {
    let ordinal = ORDINALS.iter().position(|ordinal| *ordinal == name).map(|at| at as u64 + 1);
    let year = || name.parse().ok().filter(|year| (1990..2100).contains(year) && name.len() == 4);
    ordinal.or_else(year).map(|number| Edition::Numbered(vec![number]))
}

/// The words in a name, lower case.
fn words(name: &str) -> impl Iterator<Item = String> {
    name.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn newer_editions_replace_older_ones() {
        for (old, new, expected) in [
            ("docs/v1.2/x.md", "docs/v1.4/x.md", true),
            ("docs/v1.9/x.md", "docs/v1.10/x.md", true),
            ("docs/v1.4/x.md", "docs/v1.2/x.md", false),
            ("docs/v1.2/x.md", "docs/v1.2/x.md", false),
            ("docs/v1.2/x.md", "docs/v1.4/y.md", false),
            ("docs/v1.2/x.md", "manual/v1.4/x.md", false),
            ("docs/v1.2/x.md", "docs/latest/x.md", true),
            ("docs/v1.2/x.md", "docs/next/x.md", false),
            ("docs/v1.2/x.md", "docs/v2.0-rc.1/x.md", false),
            ("docs/v1.2/x.md", "docs/v2.0-beta/x.md", false),
            ("lib-1.2/README.md", "lib-1.3/README.md", true),
            ("lib-1.2/README.md", "other-1.3/README.md", false),
            ("book/first-edition/x.md", "book/second-edition/x.md", true),
            ("book/first/x.md", "book/current/x.md", true),
            ("book/2018/x.md", "book/current/x.md", true),
            ("book/first/x.md", "book/second/x.md", false),
            ("reports/2023/x.md", "reports/2024/x.md", false),
            ("docs/2023/x.md", "docs/v3/x.md", false),
            ("leave-policy-v1.md", "leave-policy-v2.md", true),
            ("hr/leave_v1.2.pdf", "hr/leave_v1.3.pdf", true),
            ("upgrade-v1.md", "upgrade-v2.md", false),
            ("release-1.2.md", "release-1.3.md", false),
            ("ch03-01-variables.md", "ch03-02-types.md", false),
            ("upgrade_3_3.md", "upgrade_3_4.md", false),
        ] {
            let newest = Editions::of([old, new]).newest(old).map(str::to_owned);
            assert_eq!(newest.as_deref(), expected.then_some(new), "{old} {new}");
            assert!(Editions::of([old, new]).newest(new).is_none() || old != new && !expected, "{new}");
        }
    }

    #[test]
    fn addresses_name_newer_editions_wherever_they_are_served() {
        for (address, uri, expected) in [
            ("https://example.com/docs/v1.4/x/", "v1.2/x.md", true),
            ("https://example.com/docs/latest/x.html#top", "docs/v1.2/x.md", true),
            ("https://example.com/docs/v1.2/x", "v1.2/x.md", false),
            ("https://example.com/docs/v1.4/y", "v1.2/x.md", false),
            ("https://example.com/x", "v1.2/x.md", false),
            ("", "v1.2/x.md", false),
        ] {
            assert_eq!(Place::is_newer_edition_of(address, uri), expected, "{address} {uri}");
        }
    }

    #[test]
    fn a_version_is_old_behind_two_newer_ones_of_the_same_manual() {
        let pages = |versions: &[&str]| -> Vec<String> {
            versions.iter().flat_map(|v| ["a", "b", "c"].map(|page| format!("docs/{v}/{page}.md"))).collect()
        };
        for (versions, uri, expected) in [
            (&["v1.0", "v1.1", "v1.2"][..], "docs/v1.0/gone.md", Some(("v1.2", 2))),
            (&["v1.0", "v1.1", "v1.2"], "docs/v1.1/a.md", None),
            (&["v1.0", "v1.1", "v1.2"], "docs/v1.2/a.md", None),
            (&["v1.0", "v1.1", "v1.2"], "other/v0.1/a.md", None),
            (&["v1.0", "v1.1", "next"], "docs/v1.0/a.md", None),
            (&["first", "second", "current"], "docs/first/gone.md", Some(("current", 2))),
            (&["2021", "2022", "2023"], "docs/2021/a.md", None),
        ] {
            let mut uris = pages(versions);
            uris.push(uri.to_owned());
            let found = Editions::of(uris.iter().map(String::as_str)).old_version(uri);
            let found = found.as_ref().map(|old| (old.newest.as_str(), old.newer));
            assert_eq!(found, expected, "{versions:?} {uri}");
        }
        let unlike = ["x/v1/a.md", "x/v2/b.md", "x/v3/c.md", "x/v4/d.md"];
        assert_eq!(Editions::of(unlike).old_version("x/v1/a.md"), None);
    }

    #[test]
    fn the_newest_number_is_that_of_the_nearest_manual_around() {
        let editions = Editions::of(["docs/v3.1/a.md", "docs/v3.7/a.md", "docs/x/v1.0/a.md", "v9.1/a.md"]);
        for (uri, expected) in [
            ("docs/about.md", Some(&[3, 7][..])),
            ("docs/x/y/about.md", Some(&[1, 0])),
            ("about.md", Some(&[9, 1])),
            ("docs/v3.1/a.md", None),
        ] {
            assert_eq!(editions.newest_number(uri).map(|(numbers, _)| numbers), expected, "{uri}");
        }
    }

    proptest! {
        #[test]
        fn no_page_replaces_itself_and_none_that_replaces_is_replaced_by_it(
            a in "[a-b]/(v[0-9]|latest|201[0-9]|first|[0-9]\\.[0-9]|\\PC{0,4})/[xy]",
            b in "[a-b]/(v[0-9]|latest|201[0-9]|second|[0-9]\\.[0-9])/[xy]",
        ) {
            let editions = Editions::of([a.as_str(), b.as_str()]);
            prop_assert!(editions.newest(&a).is_none() || editions.newest(&b).is_none());
            prop_assert_ne!(editions.newest(&a), Some(a.as_str()));
            if let (Some(a), Some(b)) = (Place::of(&a), Place::of(&b)) {
                prop_assert!(!(a.is_replaced_by(&b) && b.is_replaced_by(&a)));
            }
        }
    }
}
