//! Which of two copies stands.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use super::{Boilerplate, Duplicate, DuplicateKind, Placement};
use crate::passage::Subject;
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
    place_amid(passage, standing, &Boilerplate::default())
}

/// Places `passage` among `standing` in a corpus with this boilerplate, which makes no two passages copies by itself.
#[must_use]
pub fn place_amid(passage: &Passage, standing: &[Passage], boilerplate: &Boilerplate) -> Placement {
    // What it equals is the best evidence there is and costs next to nothing.
    let equal = standing.iter().filter(|other| {
        passage::equal(passage, other) && outcome(passage, other, DuplicateKind::Exact) == Outcome::Yields
    });
    if let Some(other) = equal.max_by(|a, b| a.standing.precedence(&b.standing)) {
        let link = Duplicate { chunk: other.chunk.clone(), kind: DuplicateKind::Exact, similarity: 1.0 };
        return Placement { shadowed_by: Some(link), shadows: Vec::new() };
    }
    let subject = Subject::amid(passage, boilerplate);
    let others: Vec<Subject<'_>> = standing.iter().map(|other| Subject::amid(other, boilerplate)).collect();
    let mut above: Vec<(&Passage, Duplicate)> = Vec::new();
    let mut shadows = Vec::new();
    for other in &others {
        let Some((kind, similarity)) = subject.duplicate(other) else { continue };
        let link = Duplicate { chunk: other.passage.chunk.clone(), kind, similarity };
        match outcome(passage, other.passage, kind) {
            Outcome::Yields => above.push((other.passage, link)),
            Outcome::Prevails => shadows.push(link),
            Outcome::BothStand => {}
        }
    }
    match above.into_iter().max_by(|(a, _), (b, _)| a.standing.precedence(&b.standing)) {
        Some((_, link)) => Placement { shadowed_by: Some(link), shadows: Vec::new() },
        None => match spread(&subject, others.iter().filter(|other| subject.stands_partly_in(other))) {
            Some(link) if shadows.is_empty() => Placement { shadowed_by: Some(link), shadows },
            Some(_) | None => Placement { shadowed_by: None, shadows },
        },
    }
}

/// The link of a passage that stands nowhere whole but is spread over several passages of one document: to the one that
/// holds most of it. `parts` are those that hold some of it.
pub(crate) fn spread<'a, 'b: 'a>(
    subject: &Subject<'_>,
    parts: impl Iterator<Item = &'a Subject<'b>>,
) -> Option<Duplicate> {
    let mut by_document: BTreeMap<&str, Vec<&Subject<'_>>> = BTreeMap::new();
    for part in parts {
        by_document.entry(part.passage.document.as_str()).or_default().push(part);
    }
    by_document.into_values().filter(|parts| parts.len() > 1).find_map(|parts| {
        let similarity = subject.spread_over(&parts)?;
        let first =
            parts.into_iter().max_by_key(|part| (subject.shared_with(part), Reverse(part.passage.standing.ordinal)))?;
        Some(Duplicate { chunk: first.passage.chunk.clone(), kind: DuplicateKind::Containment, similarity })
    })
}
