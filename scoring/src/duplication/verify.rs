//! Exact judgement of a candidate pair: no estimate ever quarantines a passage.

use super::{DuplicateKind, shingle::Overlap};

/// Least Jaccard similarity over three-word shingles of near copies: what an edit of about one word in seventeen leaves.
pub(crate) const NEAR: f32 = 0.7;

/// Least share of a passage's shingles that a longer one must hold for the passage to stand inside it.
pub(crate) const CONTAINED: f32 = 0.9;

/// What kind of copy an overlap shows, and how alike the pair is: by Jaccard for near copies, by the share of the
/// shorter passage for containment.
pub(crate) fn judge(overlap: Overlap) -> Option<(DuplicateKind, f32)> {
    if overlap.jaccard >= NEAR {
        Some((DuplicateKind::Near, overlap.jaccard))
    } else if overlap.containment >= CONTAINED {
        Some((DuplicateKind::Containment, overlap.containment))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_inclusive() {
        for (jaccard, containment, expected) in [
            (0.7, 0.8, Some((DuplicateKind::Near, 0.7))),
            (0.69, 0.89, None),
            (0.3, 0.9, Some((DuplicateKind::Containment, 0.9))),
            (0.0, 0.0, None),
        ] {
            assert_eq!(judge(Overlap { jaccard, shared: 10, containment }), expected);
        }
    }
}
