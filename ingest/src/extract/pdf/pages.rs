//! The pages of a document, in order (ISO 32000-1, 7.7.3).

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::budget::Budget;
use super::open::is_type;

/// How deep the tree of pages may be.
const MAX_DEPTH: usize = 64;

/// A page: what is drawn, and what with.
pub(super) struct Page<'a> {
    pub(super) dictionary: &'a Dictionary,
    /// Its own resources, or those of the nodes above it.
    pub(super) resources: Vec<&'a Dictionary>,
}

/// Whether there is any page.
pub(super) fn exist(document: &Document) -> bool {
    !pages(document, 1).is_empty()
}

/// The first `max` pages.
pub(super) fn pages(document: &Document, max: usize) -> Vec<Page<'_>> {
    let mut walk = Walk { document, max, seen: HashSet::new(), pages: Vec::new() };
    let root = document.catalog().ok().and_then(|catalog| catalog.get(b"Pages").ok());
    if let Some(root) = root {
        walk.node(root, &mut Vec::new());
    }
    if walk.pages.is_empty() {
        // No tree to follow: what says it is a page is one.
        for object in document.objects.values() {
            if object.as_dict().is_ok_and(|dictionary| dictionary.has_type(b"Page")) {
                walk.node(object, &mut Vec::new());
            }
        }
    }
    walk.pages
}

struct Walk<'a> {
    document: &'a Document,
    max: usize,
    /// Nodes met: a tree with loops has no end.
    seen: HashSet<ObjectId>,
    pages: Vec<Page<'a>>,
}

impl<'a> Walk<'a> {
    fn node(&mut self, object: &'a Object, above: &mut Vec<&'a Dictionary>) {
        if self.pages.len() >= self.max || above.len() > MAX_DEPTH {
            return;
        }
        let Ok((id, object)) = self.document.dereference(object) else { return };
        let Ok(dictionary) = object.as_dict() else { return };
        if is_type(object, b"Pages", b"Kids") || dictionary.has(b"Kids") {
            if id.is_some_and(|id| !self.seen.insert(id)) {
                return;
            }
            above.push(dictionary);
            for kid in dictionary.get_deref(b"Kids", self.document).and_then(Object::as_array).into_iter().flatten() {
                self.node(kid, above);
            }
            above.pop();
        } else {
            let chain = std::iter::once(dictionary).chain(above.iter().rev().copied());
            let resources = chain
                .filter_map(|node| node.get_deref(b"Resources", self.document).and_then(Object::as_dict).ok())
                .take(1)
                .collect();
            self.pages.push(Page { dictionary, resources });
        }
    }
}

/// The content streams of a page as one; what of them cannot be read is left out.
pub(super) fn content(document: &Document, page: &Page<'_>, budget: &mut Budget) -> Option<Vec<u8>> {
    let contents = page.dictionary.get_deref(b"Contents", document).ok();
    let mut parts: Vec<&Object> = Vec::new();
    match contents {
        Some(Object::Array(list)) => parts.extend(list),
        Some(object) => parts.push(object),
        None => return Some(Vec::new()),
    }
    let mut content = Vec::new();
    let mut was_read = parts.is_empty();
    for part in parts {
        let stream = document.dereference(part).ok().and_then(|(_, object)| object.as_stream().ok());
        if let Some(bytes) = stream.and_then(|stream| budget.unfold(stream)) {
            content.extend(bytes);
            // One operation may not go on from stream to stream, but words must not run together.
            content.push(b'\n');
            was_read = true;
        }
    }
    was_read.then_some(content)
}
