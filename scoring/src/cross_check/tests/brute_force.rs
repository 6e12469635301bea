//! What keys find, against comparing all with all.

use super::*;

/// A corpus of families of texts that differ in some words each, and texts of their own.
fn corpus(seed: u64) -> Vec<Passage> {
    let mut set = Vec::new();
    for family in 0..30_u64 {
        let words: Vec<String> = prose(seed + family, 40 + 6 * family as usize).split(' ').map(str::to_owned).collect();
        for member in 0..4_usize {
            let mut mine = words.clone();
            let step = [usize::MAX, 37, 23, 17][member];
            for at in (family as usize % 11 + member..mine.len()).step_by(step) {
                mine[at] = prose(seed + 7_000 + at as u64 + 97 * member as u64, 1);
            }
            set.push(unread(&format!("{family}-{member}.md"), 50, None, &mine.join(" ")));
        }
    }
    set
}

#[test]
fn no_two_copies_stand_and_no_other_gives_way() {
    let (mut alike, mut missed) = (0, Vec::new());
    for seed in [1_000, 2_000, 3_000, 4_000, 5_000] {
        let set = corpus(seed);
        let report = cross_check(&set);
        let stands = |passage: &Passage| {
            !report.findings.get(&passage.chunk).into_iter().flatten().any(|f| f.severity == Severity::Error)
        };
        for (i, one) in set.iter().enumerate() {
            // Texts of different families have no word in common but by accident.
            let family = |passage: &Passage| passage.uri.split('-').next().map(str::to_owned);
            for other in set[i + 1..].iter().filter(|other| family(other) == family(one)) {
                if relate(one, other).duplicate.is_some() {
                    alike += 1;
                    if stands(one) && stands(other) {
                        missed.push((one.uri.clone(), other.uri.clone()));
                    }
                }
            }
            // Whoever gives way gives way to a passage that stands and that it is a copy of.
            for finding in report.findings.get(&one.chunk).into_iter().flatten() {
                let other = set.iter().find(|p| finding.counterpart.as_ref().is_some_and(|c| c.chunk == p.chunk));
                if finding.severity == Severity::Error {
                    assert!(other.is_some_and(|p| stands(p) && relate(one, p).duplicate.is_some()), "{}", one.uri);
                }
            }
        }
    }
    assert!(alike > 200, "only {alike} pairs are alike");
    assert!(missed.len() * 100 <= alike, "{missed:?} of {alike}");
}
