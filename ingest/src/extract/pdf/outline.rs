//! The outline (bookmarks): headings the author named (ISO 32000-1, 12.3.3).

use std::collections::{HashMap, HashSet};

use lopdf::{Dictionary, Document, Object, ObjectId};

/// The most entries read.
const MAX_ENTRIES: usize = 10_000;

/// The deepest level headings have in Markdown.
const MAX_LEVEL: usize = 6;

/// Titles, reduced to letters and digits, with their level from 1.
pub(super) fn read(document: &Document) -> HashMap<String, usize> {
    let mut titles = HashMap::new();
    let mut seen: HashSet<ObjectId> = HashSet::new();
    let outlines = document.catalog().ok().and_then(|catalog| catalog.get_deref(b"Outlines", document).ok());
    let mut open: Vec<(&Dictionary, usize)> = outlines
        .and_then(|outlines| first(outlines.as_dict().ok()?, document, &mut seen))
        .map(|entry| (entry, 1))
        .into_iter()
        .collect();
    while let Some((entry, level)) = open.pop() {
        if titles.len() >= MAX_ENTRIES {
            break;
        }
        if let Some(title) =
            entry.get_deref(b"Title", document).ok().and_then(|title| lopdf::decode_text_string(title).ok())
        {
            let key = key(&title);
            if !key.is_empty() {
                titles.entry(key).or_insert(level.min(MAX_LEVEL));
            }
        }
        open.extend(linked(entry, b"Next", document, &mut seen).map(|next| (next, level)));
        open.extend(first(entry, document, &mut seen).map(|child| (child, level + 1)));
    }
    titles
}

fn first<'a>(entry: &'a Dictionary, document: &'a Document, seen: &mut HashSet<ObjectId>) -> Option<&'a Dictionary> {
    linked(entry, b"First", document, seen)
}

/// The entry another leads to; none where it was met before.
fn linked<'a>(
    entry: &'a Dictionary,
    key: &[u8],
    document: &'a Document,
    seen: &mut HashSet<ObjectId>,
) -> Option<&'a Dictionary> {
    let id = entry.get(key).and_then(Object::as_reference).ok()?;
    if seen.insert(id) { document.get_dictionary(id).ok() } else { None }
}

/// A title down to its letters and digits.
pub(super) fn key(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
