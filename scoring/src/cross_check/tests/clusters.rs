//! What a passage gives way to, and together with which others.

use super::*;

#[test]
fn a_short_page_gives_way_to_the_page_that_holds_it_though_its_date_is_known() {
    let inner = passage("inner.md", 50, Some(1_000), &BASE[..180]);
    let outer = passage("outer.md", 50, None, BASE);
    let report = cross_check(&[inner.clone(), outer.clone()]);
    assert_eq!(rules(&report, &inner), [(Rule::DuplicateContained, Severity::Error)]);
    assert!(rules(&report, &outer).is_empty());
    assert_eq!(place(&inner, std::slice::from_ref(&outer)).held_by.map(|link| link.chunk), Some(outer.chunk.clone()));
    assert_eq!(place(&outer, std::slice::from_ref(&inner)).holds[0].chunk, inner.chunk);
}

#[test]
fn what_is_held_gives_way_only_together_with_its_copies() {
    // Two copies of one text, both dated, the shorter of which gives way to the fuller; and a longer one without a date.
    let text =
        |clauses: std::ops::Range<u64>| clauses.map(|i| format!("{}.", prose(i, 12))).collect::<Vec<_>>().join(" ");
    let shorter = passage("shorter.md", 50, Some(1_000), &text(800..808));
    let fuller = passage("fuller.md", 50, Some(1_000), &text(800..809));
    let holder = |clauses: std::ops::Range<u64>| {
        passage("holder.md", 50, None, &format!("{} {}", text(clauses), prose(820, 90)))
    };
    let canonical = |report: &CrossReport, one: &Passage| {
        report.findings.get(&one.chunk).map(|found| found[0].counterpart.as_ref().unwrap().uri.clone())
    };
    let all = cross_check(&[shorter.clone(), fuller.clone(), holder(800..809)]);
    assert_eq!(canonical(&all, &shorter).as_deref(), Some("holder.md"));
    assert_eq!(canonical(&all, &fuller).as_deref(), Some("holder.md"));
    assert_eq!((all.clusters.len(), all.clusters[0].chunks.len()), (1, 3));
    // A copy says in its own words what the holder does not.
    let own_words = passage("own.md", 50, Some(1_000), &format!("{} {}.", text(800..808), prose(830, 11)));
    let some = cross_check(&[own_words.clone(), fuller.clone(), holder(800..809)]);
    assert_eq!(canonical(&some, &own_words).as_deref(), Some("fuller.md"));
    assert_eq!(canonical(&some, &fuller), None);
}

#[test]
fn every_member_of_a_cluster_is_a_verified_copy_of_the_canonical_one() {
    // The old page gives way to the new one, from which it differs in a figure, because both are versions of one page;
    // a copy of the old page elsewhere is a copy of that one only.
    let text = |size: &str| format!("{BASE} The archive holds about {size} in all.");
    let set = [
        passage("v2/a.md", 50, None, &text("forty boxes of 7 kg")),
        passage("v1/a.md", 50, None, &text("forty boxes of 9 kg")),
        passage("elsewhere.md", 50, None, &text("forty boxes of 9 kg")),
    ];
    let report = cross_check(&set);
    for cluster in &report.clusters {
        let by_id = |id: &ChunkId| set.iter().find(|p| p.chunk == *id).unwrap();
        let head = by_id(&cluster.chunks[0]);
        assert!(cluster.chunks[1..].iter().all(|id| relate(by_id(id), head).duplicate.is_some()), "{cluster:?}");
    }
}
