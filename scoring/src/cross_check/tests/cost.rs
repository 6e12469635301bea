//! What hostile sets cost, in comparisons rather than in time.

use super::*;

/// How many pairs checking these passages compares word by word.
fn compared(set: &[Passage]) -> usize {
    let mut passages: Vec<&Passage> = set.iter().collect();
    passages.sort_by(|a, b| b.standing.precedence(&a.standing));
    let heads = duplicates::heads(&passages);
    let mut subjects: Vec<Subject<'_>> = passages.iter().map(|passage| Subject::new(passage)).collect();
    duplicates::links(&mut subjects, &heads).compared
}

#[test]
fn hostile_sets_cost_no_more_than_their_size() {
    let numbered = |i: usize, text: &str| unread(&format!("{i}.md"), 50, None, text);
    let equal: Vec<Passage> = (0..600).map(|i| numbered(i, BASE)).collect();
    assert_eq!(compared(&equal), 0);
    let empty: Vec<Passage> = (0..600).map(|i| numbered(i, "---")).collect();
    assert_eq!(compared(&empty), 0);
    let stub = |i: usize| {
        format!("The page {} has moved to another place, please follow this link to it.", prose(i as u64, 1))
    };
    let stubs: Vec<Passage> = (0..600).map(|i| numbered(i, &stub(i))).collect();
    assert!(compared(&stubs) <= 32 * stubs.len(), "{}", compared(&stubs));
    // Each stands, for a figure of each is another, and each meets others under every key.
    let quarrel = |i: usize| format!("{BASE} Rack {} in hall {}.", 3 * i + 1, 7 * i + 2);
    let quarrels: Vec<Passage> = (0..600).map(|i| numbered(i, &quarrel(i))).collect();
    assert!(compared(&quarrels) <= 32 * quarrels.len(), "{}", compared(&quarrels));
    // Each holds the one before it and comes later, so that each pushes the one before it aside.
    let words = prose(1, 400);
    let ends: Vec<usize> = words.match_indices(' ').map(|(at, _)| at).skip(20).collect();
    let russian_dolls: Vec<Passage> = ends.iter().enumerate().map(|(i, end)| numbered(i, &words[..*end])).collect();
    assert!(compared(&russian_dolls) <= 64 * russian_dolls.len(), "{}", compared(&russian_dolls));
}

#[test]
fn a_document_of_ten_megabytes_is_one_comparison() {
    let huge = prose(5, 1_400_000);
    assert!(huge.len() > 9_000_000);
    let set = [unread("huge.md", 50, None, &huge), unread("part.md", 50, None, &huge[4_000_000..4_002_000])];
    assert_eq!(compared(&set), 1);
    assert_eq!(rules(&cross_check(&set), &set[1]), [(Rule::DuplicateContained, Severity::Error)]);
}

#[test]
fn near_equal_stubs_without_end_are_compared_with_a_few_each() {
    let set: Vec<Passage> = (0..5_000_u64)
        .map(|i| {
            let text = format!(
                "This page has moved to the part called {} in another part of the manual, and all links to it were \
                 changed. Please follow the link below to find it there.",
                prose(i, 1)
            );
            unread(&format!("{i}.md"), 50, None, &text)
        })
        .collect();
    let compared = compared(&set);
    assert!(compared <= 8 * set.len(), "{compared}");
}
