//! Pages with newer editions within a set.

use std::collections::HashMap;

use tamis_ingest::{ChunkId, DocumentId};

use crate::edition::Editions;
use crate::freshness::{old_version, outrun, superseded};
use crate::subject::Subject;
use crate::{Finding, Passage};

/// The findings of all passages whose page has a newer edition, whose version is far behind, or that name a version as
/// the current one that no longer is. Subjects come best first.
pub(super) fn findings(subjects: &[Subject<'_>]) -> Vec<(ChunkId, Finding)> {
    let mut documents: HashMap<&DocumentId, Vec<&Passage>> = HashMap::new();
    for subject in subjects {
        documents.entry(&subject.passage.document).or_default().push(subject.passage);
    }
    let mut openings: HashMap<&str, &Passage> = HashMap::new();
    for subject in subjects {
        let opening = openings.entry(&subject.passage.uri).or_insert(subject.passage);
        // Of several documents at one URI the best opens, and each opens with its first passage.
        if opening.document == subject.passage.document && subject.passage.standing.ordinal < opening.standing.ordinal {
            *opening = subject.passage;
        }
    }
    let editions = Editions::of(openings.keys().copied());
    let mut out = Vec::new();
    for passages in documents.values() {
        let Some(opening) = passages.iter().min_by_key(|passage| passage.standing.ordinal) else { continue };
        let newest = editions.newest(&opening.uri).and_then(|uri| openings.get(uri));
        let replaced = newest.and_then(|newest| superseded(opening, newest));
        let behind = editions.old_version(&opening.uri).map(|old| old_version(&old, &opening.uri));
        let found: Vec<Finding> = replaced.into_iter().chain(behind).collect();
        for passage in passages {
            out.extend(found.iter().map(|finding| (passage.chunk.clone(), finding.clone())));
        }
    }
    let passages: Vec<&Passage> = subjects.iter().map(|subject| subject.passage).collect();
    out.extend(outrun(&passages, &openings, &editions));
    out
}
