//! Links to elsewhere: areas of a page that lead to an address (ISO 32000-1, 12.5.6.5 and 12.6.4.7).

use std::rc::Rc;

use lopdf::{Dictionary, Document, Object};

use super::super::html::link_target;
use super::word::Word;

/// The most links of a page.
const MAX_LINKS: usize = 500;

/// Marks the words that stand in a link.
pub(super) fn mark(document: &Document, page: &Dictionary, words: &mut [Word]) {
    let annotations = page.get_deref(b"Annots", document).and_then(Object::as_array).into_iter().flatten();
    let links = annotations.take(8 * MAX_LINKS).filter_map(|annotation| link(document, annotation)).take(MAX_LINKS);
    for (area, target) in links {
        for word in words.iter_mut().filter(|word| word.style.angle == 0 && is_within(word, area)) {
            word.link = Some(Rc::clone(&target));
        }
    }
}

fn is_within(word: &Word, [left, bottom, right, top]: [f32; 4]) -> bool {
    let middle = f32::midpoint(word.start, word.end);
    let height = word.height + 0.3 * word.size;
    (left..=right).contains(&middle) && (bottom..=top).contains(&height)
}

/// The area of a link, its sides from left to top, and where it leads.
fn link(document: &Document, annotation: &Object) -> Option<([f32; 4], Rc<str>)> {
    let annotation = document.dereference(annotation).ok()?.1.as_dict().ok()?;
    let is_link =
        annotation.get_deref(b"Subtype", document).and_then(Object::as_name).is_ok_and(|name| name == b"Link");
    let action = annotation.get_deref(b"A", document).and_then(Object::as_dict).ok().filter(|_| is_link)?;
    let address = action.get_deref(b"URI", document).and_then(Object::as_str).ok()?;
    let target = link_target(&String::from_utf8_lossy(address))?;
    let area = annotation.get_deref(b"Rect", document).and_then(Object::as_array).ok()?;
    let side = |at: usize| document.dereference(area.get(at)?).ok()?.1.as_float().ok();
    let (a, b, c, d) = (side(0)?, side(1)?, side(2)?, side(3)?);
    Some(([a.min(c), b.min(d), a.max(c), b.max(d)], Rc::from(target)))
}
