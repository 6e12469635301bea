//! Which of two passages stands when both cannot.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::family::{self, Family};

/// What decides between two passages: authority, then freshness, then completeness, then the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How much the document is to be believed, 0 to 100.
    pub authority: u8,
    /// When its content last changed, where that is known from more than a file time.
    pub effective_at: Option<Timestamp>,
    /// How fresh the page is as an edition among others.
    pub lineage: Lineage,
    /// Length of the passage in words: of two near copies of one age the longer one says more.
    pub words: u32,
    /// Length of the whole document in words: of two equal passages the one in the fuller document stands.
    pub document_words: u32,
    /// The document's URI and the chunk's place in it, which make the order total.
    pub uri: String,
    /// The chunk's position in its document.
    pub ordinal: u32,
}

/// How fresh a page is, counting that a newer edition of a page is no older than the editions before it, whatever their
/// files say: old manuals are still mended. By this, and not by the dates of single pages, the editions of a page and
/// dated pages elsewhere can all be put in one order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lineage {
    /// The newest date of the page and of its older editions.
    pub fresh_at: Option<Timestamp>,
    /// How many older editions of the page there are.
    pub older_editions: u32,
}

impl Lineage {
    /// What the URIs of the editions of one page have in common, as a hash (64 bits, stored as a signed integer); `None`
    /// for a page that is no edition of any.
    #[must_use]
    pub fn family(uri: &str) -> Option<i64> {
        Family::of(uri).map(|family| xxh3_64(family.key.as_bytes()) as i64)
    }

    /// The lineages of pages, given their URIs and when their content last changed, in order.
    #[must_use]
    pub fn of(pages: &[(&str, Option<Timestamp>)]) -> Vec<Self> {
        let mut lineages: Vec<Self> = pages.iter().map(|(_, at)| Self { fresh_at: *at, older_editions: 0 }).collect();
        let mut families: BTreeMap<String, Vec<(Family, usize)>> = BTreeMap::new();
        for (i, (uri, _)) in pages.iter().enumerate() {
            if let Some(family) = Family::of(uri) {
                families.entry(family.key.clone()).or_default().push((family, i));
            }
        }
        for mut family in families.into_values().filter(|family| family.len() > 1) {
            family.sort_by(|(a, _), (b, _)| a.order(b));
            let mut before = Self::default();
            let same_edition = |(a, _): &(Family, usize), (b, _): &(Family, usize)| a.order(b).is_eq();
            for (older_editions, edition) in (0..).zip(family.chunk_by(same_edition)) {
                let newest = edition.iter().map(|(_, i)| lineages[*i].fresh_at).max().flatten();
                for (_, i) in edition {
                    let fresh_at = lineages[*i].fresh_at.max(before.fresh_at);
                    lineages[*i] = Self { fresh_at, older_editions };
                }
                before.fresh_at = before.fresh_at.max(newest);
            }
        }
        lineages
    }
}

/// How many independent documents stand on either side of a contradiction: those that contradict the other side there,
/// the side itself included. The versions of one page are one document, and copies are none of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// On the first side.
    pub here: usize,
    /// On the second side.
    pub there: usize,
}

impl Agreement {
    /// Counts the documents at these URIs on both sides.
    pub fn of<'a>(here: impl Iterator<Item = &'a str>, there: impl Iterator<Item = &'a str>) -> Self {
        let works = |uris: &mut dyn Iterator<Item = &'a str>| uris.map(family::work).collect::<HashSet<_>>().len();
        Self { here: works(&mut { here }), there: works(&mut { there }) }
    }

    /// The same from the other side.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { here: self.there, there: self.here }
    }

    /// Which side has at least `lead` documents more than the other; none where `lead` is 0.
    #[must_use]
    pub fn majority(self, lead: usize) -> Option<Ordering> {
        let order = self.here.cmp(&self.there);
        (lead > 0 && self.here.abs_diff(self.there) >= lead).then_some(order)
    }
}

/// What decided that one place comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ground {
    /// It is to be believed more.
    Authority,
    /// It is of a newer version of the same page.
    Version,
    /// It is dated later, or dated at all.
    Date,
    /// It says more, or its document does.
    Completeness,
    /// Nothing but the order of names and places.
    Order,
}

/// What a statement is to one that it cannot be true together with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictRelation {
    /// It stands, and the other gives way.
    Supersedes,
    /// The other stands.
    SupersededBy,
    /// Nothing says which one stands: a person is asked.
    ConflictsWith,
}

/// What decides between two statements that cannot both be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictGround {
    /// One document is to be believed more.
    Authority,
    /// One is of a newer version of the same page.
    Version,
    /// One is dated later.
    Date,
    /// More independent documents say the one than the other.
    Agreement,
}

/// Which of two statements stands that cannot both be true, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConflictOutcome {
    /// What the first is to the second.
    pub relation: ConflictRelation,
    /// What decided; `None` where nothing did.
    pub ground: Option<ConflictGround>,
}

impl ConflictRelation {
    /// The same from the other side.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Supersedes => Self::SupersededBy,
            Self::SupersededBy => Self::Supersedes,
            Self::ConflictsWith => Self::ConflictsWith,
        }
    }

    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Supersedes => "supersedes",
            Self::SupersededBy => "superseded_by",
            Self::ConflictsWith => "conflicts_with",
        }
    }

    /// The relation of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Supersedes, Self::SupersededBy, Self::ConflictsWith].into_iter().find(|one| one.name() == name)
    }
}

impl ConflictGround {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Version => "version",
            Self::Date => "date",
            Self::Agreement => "agreement",
        }
    }

    /// The ground of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Authority, Self::Version, Self::Date, Self::Agreement].into_iter().find(|one| one.name() == name)
    }
}

impl ConflictOutcome {
    /// Decides between two places: by authority, version and date, else by the number of documents that agree.
    #[must_use]
    pub fn between(here: &Standing, there: &Standing, agreement: Agreement, lead: usize) -> Self {
        let substantive = here.substantive(there);
        let ground = || {
            if here.authority != there.authority {
                ConflictGround::Authority
            } else if family::newer(&here.uri, &there.uri).is_some() {
                ConflictGround::Version
            } else {
                ConflictGround::Date
            }
        };
        let by_number = || Some((agreement.majority(lead)?, ConflictGround::Agreement));
        match substantive.map(|order| (order, ground())).or_else(by_number) {
            Some((Ordering::Greater, ground)) => Self { relation: ConflictRelation::Supersedes, ground: Some(ground) },
            Some((Ordering::Less, ground)) => Self { relation: ConflictRelation::SupersededBy, ground: Some(ground) },
            Some((Ordering::Equal, _)) | None => Self::OPEN,
        }
    }

    /// Nothing decides.
    pub const OPEN: Self = Self { relation: ConflictRelation::ConflictsWith, ground: None };
}

impl Standing {
    /// `Greater` where `self` comes first, and of two copies stands: by authority, then [`Lineage`] (a known date before
    /// none), then completeness, then name. Total and transitive, so that passages can be sorted by it, and who stands
    /// among copies does not depend on which came first; only the very same place is equal.
    #[must_use]
    pub fn precedence(&self, other: &Self) -> Ordering {
        self.authority
            .cmp(&other.authority)
            .then_with(|| self.lineage.cmp(&other.lineage))
            .then_with(|| self.words.cmp(&other.words))
            .then_with(|| self.document_words.cmp(&other.document_words))
            // Copies tend to have longer names than what they were copied from.
            .then_with(|| other.uri.len().cmp(&self.uri.len()))
            .then_with(|| other.uri.cmp(&self.uri))
            .then_with(|| other.ordinal.cmp(&self.ordinal))
    }

    /// The part of the order that says who is *right*: authority, then the version where both are pages of one version
    /// family, then date. `None` where none decides; a contradiction then goes to a person. Not transitive, for pages
    /// may lack dates: sort by [`Standing::precedence`].
    #[must_use]
    pub fn substantive(&self, other: &Self) -> Option<Ordering> {
        let by_date = || match (self.effective_at, other.effective_at) {
            (Some(mine), Some(theirs)) => mine.cmp(&theirs),
            (Some(_), None) | (None, Some(_) | None) => Ordering::Equal,
        };
        let by_version = || family::newer(&self.uri, &other.uri).unwrap_or(Ordering::Equal);
        Some(self.authority.cmp(&other.authority).then_with(by_version).then_with(by_date))
            .filter(|order| order.is_ne())
    }

    /// Why this place comes before `other`: the first thing by which it does, in the order of [`Standing::precedence`].
    #[must_use]
    pub fn ground(&self, other: &Self) -> Ground {
        let version = family::newer(&self.uri, &other.uri) == Some(Ordering::Greater);
        let grounds = [
            (self.authority > other.authority, Ground::Authority),
            (version, Ground::Version),
            (self.lineage.fresh_at > other.lineage.fresh_at, Ground::Date),
            (self.lineage.older_editions > other.lineage.older_editions, Ground::Version),
            (self.words > other.words, Ground::Completeness),
            (self.words == other.words && self.document_words > other.document_words, Ground::Completeness),
        ];
        grounds.into_iter().find(|(holds, _)| *holds).map_or(Ground::Order, |(_, ground)| ground)
    }

    /// Whether both are pages of one version family, such as `v1.2/install` and `v1.3/install`: what differs between
    /// them has changed and is no quarrel.
    #[must_use]
    pub fn same_family(&self, other: &Self) -> bool {
        family::same(&self.uri, &other.uri)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn standing(authority: u8, second: Option<i64>, document_words: u32, uri: &str) -> Standing {
        let effective_at = second.map(|s| Timestamp::from_second(s).unwrap());
        let lineage = Lineage { fresh_at: effective_at, older_editions: 0 };
        Standing { authority, effective_at, lineage, words: 5, document_words, uri: uri.into(), ordinal: 0 }
    }

    #[test]
    fn names_are_those_that_are_written() {
        use ConflictGround::{Agreement, Authority, Date, Version};
        use ConflictRelation::{ConflictsWith, SupersededBy, Supersedes};
        for relation in [Supersedes, SupersededBy, ConflictsWith] {
            assert_eq!(ConflictRelation::from_name(relation.name()), Some(relation));
            assert_eq!(serde_json::to_value(relation).unwrap(), relation.name());
        }
        for ground in [Authority, Version, Date, Agreement] {
            assert_eq!(ConflictGround::from_name(ground.name()), Some(ground));
            assert_eq!(serde_json::to_value(ground).unwrap(), ground.name());
        }
    }

    #[test]
    fn authority_then_version_then_date_decides() {
        let old = standing(50, Some(10), 1, "v1/a");
        assert_eq!(old.substantive(&standing(50, Some(20), 1, "b")), Some(Ordering::Less));
        assert_eq!(old.substantive(&standing(40, Some(20), 1, "b")), Some(Ordering::Greater));
        assert_eq!(old.substantive(&standing(50, None, 1, "b")), None);
        assert_eq!(old.substantive(&standing(50, Some(5), 1, "v2/a")), Some(Ordering::Less));
        assert_eq!(old.precedence(&standing(50, None, 9, "b")), Ordering::Greater);
    }

    #[test]
    fn an_outcome_names_what_decided() {
        use ConflictRelation::{ConflictsWith, SupersededBy, Supersedes};
        let few = Agreement { here: 1, there: 1 };
        let many = Agreement { here: 4, there: 1 };
        let here = standing(50, Some(10), 1, "docs/v1/a");
        for (there, agreement, relation, ground) in [
            (standing(40, Some(20), 1, "b"), few, Supersedes, Some(ConflictGround::Authority)),
            (standing(50, Some(5), 1, "docs/v2/a"), few, SupersededBy, Some(ConflictGround::Version)),
            (standing(50, Some(20), 1, "b"), many, SupersededBy, Some(ConflictGround::Date)),
            (standing(50, None, 1, "b"), many, Supersedes, Some(ConflictGround::Agreement)),
            (standing(50, None, 1, "b"), few, ConflictsWith, None),
        ] {
            assert_eq!(ConflictOutcome::between(&here, &there, agreement, 3), ConflictOutcome { relation, ground });
        }
    }

    #[test]
    fn sources_are_counted_by_work() {
        let agreement = Agreement::of(["a", "docs/v1/b", "docs/v2/b", "a"].into_iter(), ["c"].into_iter());
        assert_eq!(agreement, Agreement { here: 2, there: 1 });
        assert_eq!((agreement.majority(1), agreement.majority(2)), (Some(Ordering::Greater), None));
        assert_eq!((agreement.turned().majority(1), agreement.majority(0)), (Some(Ordering::Less), None));
    }

    #[test]
    fn the_ground_is_what_decided() {
        let this = standing(50, Some(10), 5, "v1/a");
        for (other, expected) in [
            (standing(40, Some(20), 9, "v2/a"), Ground::Authority),
            (standing(50, Some(10), 4, "v0/a"), Ground::Version),
            (standing(50, Some(5), 9, "b"), Ground::Date),
            (standing(50, None, 9, "b"), Ground::Date),
            (standing(50, Some(10), 4, "b"), Ground::Completeness),
            (standing(50, Some(10), 5, "v1/long-name"), Ground::Order),
        ] {
            assert_eq!(this.precedence(&other), Ordering::Greater, "{other:?}");
            assert_eq!(this.ground(&other), expected, "{other:?}");
        }
    }

    #[test]
    fn a_newer_edition_is_no_older_than_those_before_it() {
        let at = |s: i64| Some(Timestamp::from_second(s).unwrap());
        let pages = [("v3/a", None), ("b", at(7)), ("v1/a", at(9)), ("v2/a", at(4)), ("v2/b", at(1))];
        let expected = [(at(9), 2), (at(7), 0), (at(9), 0), (at(9), 1), (at(1), 0)];
        let expected = expected.map(|(fresh_at, older_editions)| Lineage { fresh_at, older_editions });
        assert_eq!(Lineage::of(&pages), expected);
    }

    prop_compose! {
        fn any_standing()(
            authority in 0_u8..2, second in proptest::option::of(0_i64..3), tokens in 0_u32..3, uri in "(v[12]/)?[ab]"
        ) -> Standing {
            standing(authority, second, tokens, &uri)
        }
    }

    proptest! {
        #[test]
        fn precedence_is_a_total_order(a in any_standing(), b in any_standing(), c in any_standing()) {
            prop_assert_eq!(a.precedence(&b), b.precedence(&a).reverse());
            prop_assert_eq!(a.substantive(&b), b.substantive(&a).map(Ordering::reverse));
            if a.precedence(&b).is_ge() && b.precedence(&c).is_ge() {
                prop_assert!(a.precedence(&c).is_ge());
            }
        }
    }
}
