//! Which of two copies stands.

use std::cmp::Ordering;

use super::{Duplicate, DuplicateKind, Placement};
use crate::{Passage, passage};

/// What becomes of the first of two copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It gives way.
    Yields,
    /// The other gives way.
    Prevails,
    /// Both stay: the one stands inside the other but is more to be believed.
    BothStand,
}

/// Decides between two verified copies. Of equal or near copies the lesser in standing gives way. Of a passage and a
/// longer one that holds it, only the shorter can give way, for the longer says more; and it does not give way to what
/// is less authoritative or older.
pub(crate) fn outcome(passage: &Passage, other: &Passage, kind: DuplicateKind) -> Outcome {
    match kind {
        DuplicateKind::Exact | DuplicateKind::Near => match passage.standing.against(&other.standing) {
            Ordering::Greater => Outcome::Prevails,
            Ordering::Less | Ordering::Equal => Outcome::Yields,
        },
        DuplicateKind::Containment => {
            let inner = passage.text.len().cmp(&other.text.len());
            match (inner, passage.standing.substantive(&other.standing)) {
                (Ordering::Less, Some(Ordering::Greater)) => Outcome::BothStand,
                (Ordering::Less, _) => Outcome::Yields,
                (_, Some(Ordering::Less)) => Outcome::BothStand,
                (_, _) => Outcome::Prevails,
            }
        }
    }
}

/// Places `passage` among `standing`, candidates that are no one's duplicate so far. Every link is verified, so a
/// chain of near-duplicates never joins two passages that are not alike.
#[must_use]
pub fn place(passage: &Passage, standing: &[Passage]) -> Placement {
    let mut above: Vec<(&Passage, Duplicate)> = Vec::new();
    let mut shadows = Vec::new();
    for other in standing {
        let Some((kind, similarity)) = passage::relate(passage, other).duplicate else { continue };
        let link = Duplicate { chunk: other.chunk.clone(), kind, similarity };
        match outcome(passage, other, kind) {
            Outcome::Yields => above.push((other, link)),
            Outcome::Prevails => shadows.push(link),
            Outcome::BothStand => {}
        }
    }
    match above.into_iter().max_by(|(a, _), (b, _)| a.standing.precedence(&b.standing)) {
        Some((_, link)) => Placement { shadowed_by: Some(link), shadows: Vec::new() },
        None => Placement { shadowed_by: None, shadows },
    }
}
