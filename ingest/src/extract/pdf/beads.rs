//! Article threads: the order in which the author has the parts of a page read (ISO 32000-1, 12.4.3).

use lopdf::{Dictionary, Document, Object};

use super::line::Line;

/// The most parts of a page.
const MAX_BEADS: usize = 200;

/// An area of a page, its sides from left to top.
pub(super) type Bead = [f32; 4];

/// The parts of a page, in order.
pub(super) fn of(document: &Document, page: &Dictionary) -> Vec<Bead> {
    let beads = page.get_deref(b"B", document).and_then(Object::as_array).into_iter().flatten().take(MAX_BEADS);
    beads.filter_map(|bead| area(document, document.dereference(bead).ok()?.1.as_dict().ok()?)).collect()
}

fn area(document: &Document, bead: &Dictionary) -> Option<Bead> {
    let sides = bead.get_deref(b"R", document).and_then(Object::as_array).ok()?;
    let side = |at: usize| document.dereference(sides.get(at)?).ok()?.1.as_float().ok();
    let (a, b, c, d) = (side(0)?, side(1)?, side(2)?, side(3)?);
    Some([a.min(c), b.min(d), a.max(c), b.max(d)])
}

/// The lines of each part, then those in none.
pub(super) fn split(lines: Vec<Line>, beads: &[Bead]) -> Vec<Vec<Line>> {
    let mut parts: Vec<Vec<Line>> = (0..=beads.len()).map(|_| Vec::new()).collect();
    for line in lines {
        let (middle, height) = (f32::midpoint(line.start, line.end), line.height + 0.3 * line.size);
        let within =
            |[left, bottom, right, top]: &Bead| (left..=right).contains(&&middle) && (bottom..=top).contains(&&height);
        let part = beads.iter().position(within).unwrap_or(beads.len());
        parts[part].push(line);
    }
    parts
}
