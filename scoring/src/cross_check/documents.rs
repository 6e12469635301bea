//! Copies at the level of documents: pages of which most stands in another page.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use tamis_ingest::DocumentId;

use super::duplicates::{Link, Part};
use crate::Passage;
use crate::subject::Subject;

/// Least share of a document's words that another one has, for the document to be a copy of it.
pub const COPIED: f64 = 0.5;

/// A document and those of which most stands in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentCluster {
    /// The document whose passages stand.
    pub canonical: String,
    /// Its copies, the fullest first.
    pub members: Vec<DocumentCopy>,
}

/// A document of which most stands in another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentCopy {
    /// Its name.
    pub document: String,
    /// The share of its words in passages that give way to passages of the other, 0..=1.
    pub share: f64,
    /// Whether both are editions of one page, such as `v1.2/install` and `v1.3/install`.
    pub edition: bool,
}

/// The clusters of documents that their passages make, largest first: by those that give way, and by the parts that the
/// others have in common with passages of the other document, for a page that was revised throughout has hardly a passage
/// left that is a copy as it stands. A document belongs to the one that stands first among those that hold most of it.
pub(super) fn clusters(subjects: &[Subject<'_>], links: &[Option<Link>], parts: &[Part]) -> Vec<DocumentCluster> {
    let pages = Pages::of(subjects, links, parts);
    let mut copies: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
    for page in 0..pages.held.len() {
        copies.extend(pages.holder(page, subjects).map(|found| (page, found)));
    }
    let mut clusters: BTreeMap<usize, DocumentCluster> = BTreeMap::new();
    for (&page, &(holder, share)) in &copies {
        // What holds it may itself be held by a third page that holds most of this one as well.
        let above = copies.get(&holder).and_then(|(above, _)| Some((*above, pages.share(page, *above, subjects)?)));
        let (holder, share) = above.filter(|(above, _)| *above != page).unwrap_or((holder, share));
        let (passage, canonical) = (pages.opening[page], pages.opening[holder]);
        let copy = DocumentCopy {
            document: passage.document_name.clone(),
            share,
            edition: passage.standing.same_family(&canonical.standing),
        };
        let cluster = clusters
            .entry(holder)
            .or_insert_with(|| DocumentCluster { canonical: canonical.document_name.clone(), members: Vec::new() });
        cluster.members.push(copy);
    }
    let mut clusters: Vec<DocumentCluster> = clusters.into_values().collect();
    for cluster in &mut clusters {
        cluster.members.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.document.cmp(&b.document)));
    }
    clusters.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then_with(|| a.canonical.cmp(&b.canonical)));
    clusters
}

/// The documents of a set by number, with what they hold of each other.
struct Pages<'a, 'b> {
    /// A passage of each, which knows of its document what decides between two.
    opening: Vec<&'b Passage>,
    /// How many words each has.
    words: Vec<u64>,
    /// For each, what others hold of it.
    held: Vec<BTreeMap<usize, Held<'a>>>,
}

/// What one document holds of another.
#[derive(Default)]
struct Held<'a> {
    /// Words of passages that give way to its own.
    copied: u64,
    /// The passages that give way to none and of which its own hold parts.
    parts: Vec<&'a Part>,
}

impl<'a, 'b> Pages<'a, 'b> {
    fn of(subjects: &[Subject<'b>], links: &[Option<Link>], parts: &'a [Part]) -> Self {
        let mut numbers: HashMap<&DocumentId, usize> = HashMap::new();
        let mut pages = Self { opening: Vec::new(), words: Vec::new(), held: Vec::new() };
        let mut page_of = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let page = *numbers.entry(&subject.passage.document).or_insert_with(|| {
                pages.opening.push(subject.passage);
                pages.words.push(0);
                pages.held.push(BTreeMap::new());
                pages.opening.len() - 1
            });
            pages.words[page] += u64::from(subject.passage.standing.words);
            page_of.push(page);
        }
        for (i, link) in links.iter().enumerate() {
            let Some(link) = link.as_ref().filter(|link| page_of[link.canonical] != page_of[i]) else { continue };
            let held = pages.held[page_of[i]].entry(page_of[link.canonical]).or_default();
            held.copied += u64::from(subjects[i].passage.standing.words);
        }
        for part in parts {
            pages.held[page_of[part.inner]].entry(page_of[part.outer]).or_default().parts.push(part);
        }
        pages
    }

    /// The document that stands first among those that hold most of this one, and the share that it holds.
    fn holder(&self, page: usize, subjects: &[Subject<'_>]) -> Option<(usize, f64)> {
        let holders = self.held[page].keys().filter_map(|other| Some((*other, self.share(page, *other, subjects)?)));
        let holds_it_as_much = |other: usize| self.first(page, other) && self.share(other, page, subjects).is_some();
        holders.filter(|(other, _)| !holds_it_as_much(*other)).reduce(|a, b| if self.first(b.0, a.0) { b } else { a })
    }

    /// Whether one document stands before another.
    fn first(&self, page: usize, other: usize) -> bool {
        let order = |page: usize| {
            let standing = &self.opening[page].standing;
            (standing.authority, standing.lineage, standing.document_words, Reverse(&standing.uri))
        };
        order(page) > order(other)
    }

    /// The share of a document's words that another one holds, where that is most of it.
    fn share(&self, page: usize, other: usize, subjects: &[Subject<'_>]) -> Option<f64> {
        let held = self.held[page].get(&other)?;
        let total = self.words[page].max(1) as f64;
        let share = |counts: &dyn Fn(&Part) -> bool| {
            let mut parts: BTreeMap<usize, f64> = BTreeMap::new();
            for part in held.parts.iter().filter(|part| counts(part)) {
                *parts.entry(part.inner).or_default() += f64::from(part.share);
            }
            let words =
                |(inner, share): (&usize, &f64)| f64::from(subjects[*inner].passage.standing.words) * share.min(1.0);
            (held.copied as f64 + parts.iter().map(words).sum::<f64>()) / total
        };
        if held.copied as f64 / total < COPIED && share(&|_| true) < COPIED {
            return None;
        }
        // Only now is it worth reading what the parts say.
        let agreed = share(&|part| subjects[part.inner].agrees_with(&subjects[part.outer]));
        (agreed >= COPIED).then_some(agreed.min(1.0))
    }
}
