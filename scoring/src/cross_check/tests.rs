mod boilerplate;
mod brute_force;
mod clusters;
mod cost;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::duplication::{measure_recall, paragraph_hashes};
use crate::testing;
use crate::{
    Boilerplate, Conflict, DuplicationPolicy, Placement, Rule, Scope, Severity, Standing, claims, place, place_amid,
    relate,
};

fn passage(uri: &str, authority: u8, second: Option<i64>, text: &str) -> Passage {
    Passage { claims: claims(text), ..unread(uri, authority, second, text) }
}

/// A passage without statements.
fn unread(uri: &str, authority: u8, second: Option<i64>, text: &str) -> Passage {
    let mut passage = testing::unread(uri, text);
    passage.offset = 100;
    passage.standing.authority = authority;
    passage.standing.effective_at = second.map(|s| Timestamp::from_second(s).unwrap());
    passage.standing.lineage.fresh_at = passage.standing.effective_at;
    passage.standing.document_words = 10;
    passage
}

const BASE: &str = "Backups run every night on the primary server and are copied to a second region. \
    Operators watch the dashboard each morning and open a ticket when a copy is late or damaged. \
    The restore drill takes place on the first Monday and its outcome is written down by the team on duty.";

fn rules(report: &CrossReport, passage: &Passage) -> Vec<(Rule, Severity)> {
    report.findings.get(&passage.chunk).into_iter().flatten().map(|f| (f.rule, f.severity)).collect()
}

#[test]
fn copies_give_way_to_the_best_and_make_one_cluster() {
    let original = passage("a.md", 80, None, BASE);
    let exact = passage("b.md", 50, None, &BASE.to_uppercase());
    let near = passage("c.md", 50, None, &BASE.replace("each morning", "every morning"));
    let inside = passage("d.md", 50, None, &BASE[..180]);
    let other =
        passage("e.md", 50, None, "Completely different words about gardens, rivers, bridges, and old stone houses.");
    let report = cross_check(&[inside.clone(), near.clone(), other.clone(), exact.clone(), original.clone()]);
    assert_eq!(rules(&report, &original), []);
    assert_eq!(rules(&report, &other), []);
    assert_eq!(rules(&report, &exact), [(Rule::DuplicateExact, Severity::Error)]);
    assert_eq!(rules(&report, &near), [(Rule::DuplicateNear, Severity::Error)]);
    let [cluster] = report.clusters.as_slice() else { panic!("{:?}", report.clusters) };
    assert_eq!(cluster.canonical, "a.md");
    let finding = &report.findings[&near.chunk][0];
    assert_eq!(finding.spans[0].start(), 100);
    assert!(finding.quote.chars().count() <= 160 && finding.quote.ends_with('…'));
    assert_eq!(finding.counterpart.as_ref().unwrap().document, "a.md");
    assert_eq!(relate(&inside, &original).duplicate.map(|(kind, _)| kind), Some(DuplicateKind::Containment));
    let placed = place(&inside, std::slice::from_ref(&original));
    assert_eq!(placed.shadowed_by.map(|link| link.chunk), Some(original.chunk));
}

#[test]
fn chains_are_not_followed() {
    let words: Vec<String> = (0..80).map(|i| format!("word{i}x")).collect();
    let text = |from: usize| words[from..from + 50].join(" ");
    // Neighbours in the chain share most of their words, its ends far fewer.
    let chain: Vec<Passage> = (0..5).map(|i| passage(&format!("{i}.md"), 50, None, &text(i * 6))).collect();
    let report = cross_check(&chain);
    for cluster in &report.clusters {
        let by_id = |id: &ChunkId| chain.iter().find(|p| p.chunk == *id).unwrap();
        let head = by_id(&cluster.chunks[0]);
        assert!(cluster.chunks[1..].iter().all(|id| relate(by_id(id), head).duplicate.is_some()));
    }
    assert!(report.clusters.iter().all(|cluster| cluster.members.len() < 5));
}

#[test]
fn a_changed_value_is_a_conflict_and_no_copy() {
    let text = |days: &str| format!("{BASE} Backups are kept for {days} before they are removed.");
    let old = passage("old.md", 50, Some(1_000), &text("30 days"));
    let new = passage("new.md", 50, Some(2_000), &text("two weeks"));
    let undated = passage("undated.md", 50, None, &text("90 days"));
    let report = cross_check(&[old.clone(), new.clone()]);
    assert_eq!(rules(&report, &old), [(Rule::ContradictionNumber, Severity::Error)]);
    assert_eq!(rules(&report, &new), [(Rule::ContradictionNumber, Severity::Info)]);
    assert!(report.clusters.is_empty());
    let finding = &report.findings[&old.chunk][0];
    assert!(finding.message.contains("30 days") && finding.message.contains("two weeks"), "{}", finding.message);
    assert_eq!(finding.quote, "Backups are kept for 30 days before they are removed.");
    assert_eq!(finding.counterpart.as_ref().unwrap().quote, "Backups are kept for two weeks before they are removed.");
    let report = cross_check(&[undated.clone(), new.clone()]);
    assert_eq!(rules(&report, &undated), [(Rule::ContradictionNumber, Severity::Warn)]);
    assert_eq!(rules(&report, &new), [(Rule::ContradictionNumber, Severity::Warn)]);
}

#[test]
fn passages_that_say_opposite_things_are_no_copies() {
    for (one, other) in [
        ("It takes 100 uploads per minute.", "It takes 100 uploads per second."),
        ("Rooms are let with a deposit.", "Rooms are let without a deposit."),
        ("The bill is sent in March.", "The bill is sent in May."),
        ("It stands in the second hall.", "It stands in the third hall."),
        ("Doors are opened before dawn.", "Doors are opened after dawn."),
    ] {
        let [a, b] = [("a.md", one), ("b.md", other)]
            .map(|(uri, says)| passage(uri, 50, None, &format!("{BASE} {says} Nobody has changed that for years.")));
        assert_eq!(relate(&a, &b).duplicate, None, "{one} / {other}");
        assert_eq!(relate(&b, &a).duplicate, None, "{other} / {one}");
    }
}

#[test]
fn within_a_version_family_only_the_older_page_carries_it() {
    let text = |days: &str| format!("{BASE} Backups are kept for {days} before they are removed.");
    let old = passage("docs/v1.2/backup.md", 50, None, &text("30 days"));
    let new = passage("docs/v1.3/backup.md", 50, None, &text("14 days"));
    let report = cross_check(&[new.clone(), old.clone()]);
    let superseded = (Rule::Superseded, Severity::Warn);
    assert_eq!(rules(&report, &old), [(Rule::ContradictionNumber, Severity::Error), superseded]);
    assert_eq!(rules(&report, &new), []);
    let copy = passage("docs/v1.4/backup.md", 50, None, &text("14 days"));
    let report = cross_check(&[new.clone(), copy.clone()]);
    assert_eq!(rules(&report, &new), [(Rule::DuplicateExact, Severity::Error), superseded]);
    assert_eq!(rules(&report, &copy), []);
}

#[test]
fn every_chunk_of_a_page_with_a_newer_edition_says_so() {
    let two = |uri: &str, text: &str| -> Vec<Passage> {
        let first = passage(uri, 50, None, BASE);
        let chunk = ChunkId::new(&first.document, &[], text, 1);
        let standing = Standing { ordinal: 1, ..first.standing.clone() };
        let second = Passage { chunk, text: text.to_owned(), standing, ..first.clone() };
        vec![first, second]
    };
    let (old, middle, new) = (
        two("docs/v1.2/backup.md", "The tapes lie in the cellar, in a green steel cupboard."),
        two("docs/v1.3/backup.md", "The tapes lie in a bank, and two people hold a key each."),
        two("docs/v1.4/backup.md", "There are no tapes any more; a second region holds it all."),
    );
    let other = two("docs/v1.4/other.md", "Lunch is at noon, and there is soup on every second day.");
    let all: Vec<Passage> = [&old, &middle, &new, &other].into_iter().flatten().cloned().collect();
    let report = cross_check(&all);
    let names = |passage: &Passage| -> Vec<String> {
        let found = report.findings.get(&passage.chunk).into_iter().flatten();
        found.filter(|f| f.rule == Rule::Superseded).filter_map(|f| Some(f.counterpart.as_ref()?.uri.clone())).collect()
    };
    for passage in old.iter().chain(&middle) {
        assert_eq!(names(passage), ["docs/v1.4/backup.md"], "{}", passage.uri);
    }
    for passage in new.iter().chain(&other) {
        assert_eq!(names(passage), [""; 0], "{}", passage.uri);
    }
}

#[test]
fn what_is_called_current_is_held_against_the_newest_known() {
    let says = |uri: &str, text: &str| passage(uri, 50, None, text);
    let all = [
        says("docs/about.md", "The current version is 3.1, and everybody should use it."),
        says("docs/v3.7/start.md", "Start the server with the command below and wait for a line of greeting."),
        says("old.md", "The latest version of Frobnicator is 2.1, which you find on the second shelf."),
        says("new.md", "Buy it soon. Frobnicator 2.4 is the latest stable release of the little machine."),
        says("near.md", "Somebody wrote that the latest version of Frobnicator is 2.3 and left it there."),
        says("elsewhere.md", "The current version is 1.0 of whatever lies in this drawer."),
    ];
    let report = cross_check(&all);
    let found: Vec<(&str, String)> = all
        .iter()
        .flat_map(|p| report.findings.get(&p.chunk).into_iter().flatten().map(move |f| (p, f)))
        .filter(|(_, f)| f.rule == Rule::OldVersion)
        .map(|(p, f)| (p.uri.as_str(), f.counterpart.as_ref().unwrap().uri.clone()))
        .collect();
    assert_eq!(found, [("docs/about.md", "docs/v3.7/start.md".to_owned()), ("old.md", "new.md".to_owned())]);
}

#[test]
fn a_statement_each_document_makes_of_itself_is_a_template() {
    let uris = ["a.md", "b.md", "c.md", "d.md", "e.md"];
    let text = |i: usize| format!("The nightly Frobnicator export job finishes within {} hours.", i + 2);
    let all: Vec<Passage> = uris.iter().enumerate().map(|(i, uri)| passage(uri, 50, None, &text(i))).collect();
    assert_eq!(cross_check(&all[..2]).findings.len(), 2);
    assert!(cross_check(&all).findings.is_empty());
}

#[test]
fn where_nothing_else_decides_more_independent_documents_do() {
    let says = |uri: &str, days: &str, rest: &str| {
        passage(uri, 50, None, &format!("Signed contracts of the harbour are kept for {days} in the archive. {rest}"))
    };
    let odd = says("odd.md", "5 years", "The archive is in the cellar, behind a steel door.");
    let others = [
        says("a.md", "10 years", "Ask the clerk for the key, and sign for it in the book."),
        says("b.md", "ten years", "Every spring two people look through the shelves and make a list."),
        says("c.md", "10 years", "Copies are made on request while you wait at the counter."),
        says("f.md", "10 years", "Whoever borrows a folder leaves a card with a name and a day in its place."),
    ];
    let severity = |set: &[Passage]| rules(&cross_check(set), &odd).into_iter().map(|(_, severity)| severity).max();
    assert_eq!(severity(&[odd.clone(), others[0].clone()]), Some(Severity::Warn));
    assert_eq!(severity(&[odd.clone(), others[0].clone(), others[1].clone()]), Some(Severity::Warn));
    let three: Vec<Passage> = others[..3].iter().chain([&odd]).cloned().collect();
    assert_eq!(severity(&three), Some(Severity::Warn));
    let all: Vec<Passage> = others.iter().chain([&odd]).cloned().collect();
    assert_eq!(severity(&all), Some(Severity::Error));
    let report = cross_check(&all);
    let other_side: Vec<_> = others.iter().flat_map(|other| rules(&report, other)).collect();
    assert!(other_side.contains(&(Rule::ContradictionNumber, Severity::Info)), "{other_side:?}");
    assert!(report.findings[&odd.chunk][0].message.contains("4 documents say so against 1"));
    // Copies of one document are one voice.
    let copy =
        |uri: &str| Passage { chunk: ChunkId::from_stored(uri.to_owned()), uri: uri.to_owned(), ..others[0].clone() };
    assert_eq!(severity(&[odd.clone(), others[0].clone(), copy("d.md"), copy("e.md")]), Some(Severity::Warn));
}

#[test]
fn empty_passages_are_no_copies() {
    let report = cross_check(&[passage("a.md", 50, None, ""), passage("b.md", 50, None, " \n")]);
    assert!(report.findings.is_empty() && report.clusters.is_empty());
}

#[test]
fn a_hundred_thousand_equal_stubs_are_one_cluster() {
    let stub =
        passage("s.md", 50, None, "This page has moved to another place, please follow the link below to find it.");
    let stubs: Vec<Passage> =
        (0..100_000).map(|i| Passage { chunk: ChunkId::from_stored(format!("{i:08}")), ..stub.clone() }).collect();
    let report = cross_check(&stubs);
    assert_eq!(report.clusters.len(), 1);
    assert_eq!(report.clusters[0].chunks.len(), 100_000);
    assert_eq!(report.findings.len(), 99_999);
}

/// `count` words of a small language, the same for the same `seed`.
fn prose(seed: u64, count: usize) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let syllables = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu"];
    let mut word = || (0..3).map(|_| syllables[draw(10) as usize]).collect::<String>();
    (0..count).map(|_| word()).collect::<Vec<_>>().join(" ")
}

#[test]
fn near_copies_with_an_edit_each_in_another_place_are_one_cluster() {
    let paragraphs: Vec<String> = (0..8).map(|i| format!("{}.", prose(700 + i, 30))).collect();
    let edited = |i: usize| {
        let mut mine = paragraphs.clone();
        mine[i] = mine[i].replacen(' ', " rather ", 3);
        mine.join("\n\n")
    };
    let near: Vec<Passage> = (0..8).map(|i| passage(&format!("{i}.md"), 50, None, &edited(i))).collect();
    let report = cross_check(&near);
    assert_eq!(report.clusters.len(), 1);
    assert_eq!(report.clusters[0].chunks.len(), 8);
}

#[test]
fn a_passage_inside_a_longer_one_is_found() {
    let inner = format!("{}.", prose(60, 60));
    let long = format!("{}. {inner} {}.", prose(61, 170), prose(62, 170));
    let set = [passage("inner.md", 50, None, &inner), passage("outer.md", 50, None, &long)];
    let report = cross_check(&set);
    assert_eq!(rules(&report, &set[0]), [(Rule::DuplicateContained, Severity::Error)]);
    assert_eq!(report.clusters[0].canonical, "outer.md");
}

#[test]
fn recall_counts_what_keys_find_and_what_they_miss() {
    let inner = format!("{}.", prose(60, 60));
    let mut set = vec![
        passage("a.md", 50, None, BASE),
        passage("b.md", 50, None, &BASE.replace("each morning", "every morning")),
        passage("c.md", 50, None, BASE),
        passage("inner.md", 50, None, &inner),
        passage("outer.md", 50, None, &format!("{} {inner} {}", prose(61, 150), prose(62, 150))),
    ];
    let recall = measure_recall(&set, set.len(), 7);
    assert_eq!((recall.sampled, recall.near.pairs, recall.near.found), (5, 2, 2));
    assert_eq!((recall.contained.pairs, recall.contained.found), (1, 1));
    set[1].fingerprint.bands = vec![1];
    let recall = measure_recall(&set, set.len(), 7);
    assert_eq!((recall.near.pairs, recall.near.found, recall.near.missed.len()), (2, 0, 2));
    assert!(recall.near.share().abs() < f64::EPSILON);
    assert_eq!(measure_recall(&set, 2, 7).sampled, 2);
}

#[test]
fn a_passage_cut_in_two_by_the_chunks_of_a_longer_document_is_found() {
    let (first, second) = (prose(60, 60), prose(61, 50));
    let inner = passage("inner.md", 50, None, &format!("{first}. {second}."));
    let part = |ordinal: u32, text: String| {
        let mut part = passage("outer.md", 50, None, &text);
        part.standing.ordinal = ordinal;
        part.standing.document_words = 900;
        part
    };
    let outer = [part(0, format!("{}. {first}.", prose(62, 150))), part(1, format!("{second}. {}.", prose(63, 150)))];
    let set = [outer[0].clone(), inner.clone(), outer[1].clone()];
    let report = cross_check(&set);
    assert_eq!(rules(&report, &inner), [(Rule::DuplicateContained, Severity::Error)]);
    assert!(set.iter().filter(|one| one.uri == "outer.md").all(|one| rules(&report, one).is_empty()));
    assert_eq!(report.clusters[0].members, ["outer.md", "inner.md"]);
    assert_eq!(place(&inner, &outer).held_by.map(|link| link.chunk), Some(outer[0].chunk.clone()));
    // Neither half holds it, and a half is no copy.
    assert_eq!(place(&inner, &outer[..1]), Placement::default());
    // The same of three in a row: what holds a part of one is not taken away in its turn.
    let third = [passage("third.md", 50, None, &format!("{}. {first}. {second}.", prose(64, 5)))];
    let report = cross_check(&[set.as_slice(), &third].concat());
    assert!(set.iter().filter(|one| one.uri == "outer.md").all(|one| rules(&report, one).is_empty()));
}

#[test]
fn equal_texts_for_other_readers_are_no_copies() {
    let scope =
        |acl: &str| Scope::of(&[("acl".to_owned(), serde_json::json!(acl))].into(), &DuplicationPolicy::default());
    let read_by = |uri: &str, text: &str, acl: &str| {
        let one = passage(uri, 50, None, text);
        Passage { fingerprint: one.fingerprint.clone().within(scope(acl)), ..one }
    };
    let edited = BASE.replace("each morning", "every morning");
    let apart = [passage("a.md", 50, None, BASE), read_by("b.md", BASE, "staff"), read_by("c.md", &edited, "board")];
    let report = cross_check(&apart);
    assert!(report.findings.is_empty() && report.clusters.is_empty());
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        assert_eq!(relate(&apart[one], &apart[other]).duplicate, None);
        assert_eq!(place(&apart[one], &apart[other..=other]), Placement::default());
    }
    let together = [read_by("a.md", BASE, "staff"), read_by("b.md", BASE, "staff"), read_by("c.md", &edited, "staff")];
    assert_eq!(cross_check(&together).clusters[0].members.len(), 3);
}

#[test]
fn the_finding_says_why_the_other_one_is_kept() {
    let message = |loser: &Passage, winner: &Passage| {
        let report = cross_check(&[loser.clone(), winner.clone()]);
        report.findings[&loser.chunk][0].message.clone()
    };
    let copy = passage("copies/a.md", 50, Some(0), BASE);
    for (winner, why) in [
        (passage("z.md", 80, None, BASE), "it has more authority (80 against 50)"),
        (passage("z.md", 50, Some(86_400), BASE), "it is newer (1970-01-02 against 1970-01-01)"),
        (passage("a.md", 50, Some(0), BASE), "comes first by address and position"),
    ] {
        let message = message(&copy, &winner);
        assert!(message.contains(why), "{message}");
    }
    let (old, new) = (passage("v1/a.md", 50, None, BASE), passage("v2/a.md", 50, None, BASE));
    assert!(message(&old, &new).contains("it is of a newer version"));
    let elsewhere = [
        passage("copies/a.md", 50, None, BASE),
        passage("v1/b.md", 50, None, "Nobody wrote anything down here but that the lamps are lit at dusk."),
        passage("v2/b.md", 50, None, BASE),
    ];
    let found = &cross_check(&elsewhere).findings[&elsewhere[0].chunk];
    assert!(found[0].message.contains("older versions of its page are known"), "{found:?}");
    let mut fuller = passage("z.md", 50, Some(0), BASE);
    fuller.standing.document_words = 99;
    assert!(message(&copy, &fuller).contains("its document is longer (99 words against 10)"));
}

#[test]
fn documents_of_which_most_stands_elsewhere_are_copies() {
    let own = "Nobody else writes about the seven lamps of the harbour and the people who light them at dusk.";
    let page = |uri: &str, extra: &str| passage(uri, 50, None, &format!("{BASE} {extra}"));
    let (old, new) = (page("v1/a.md", ""), page("v2/a.md", ""));
    let copy = passage("copy.md", 50, None, BASE);
    let mut other = passage("other.md", 50, None, own);
    other.standing.words = 400;
    let mut pasted = passage("other.md", 50, None, BASE);
    pasted.standing.ordinal = 1;
    let report = cross_check(&[old, new, copy, other, pasted]);
    let [cluster] = report.document_clusters.as_slice() else { panic!("{:?}", report.document_clusters) };
    assert_eq!(cluster.canonical, "v2/a.md");
    let members: Vec<_> = cluster.members.iter().map(|copy| (copy.document.as_str(), copy.edition)).collect();
    assert_eq!(members, [("copy.md", false), ("v1/a.md", true)]);
}

#[test]
fn a_copy_in_capitals_is_no_fuller_than_its_original() {
    let original = passage("a.md", 50, None, BASE);
    let shouted = passage("copy.md", 50, None, &BASE.to_uppercase());
    let report = cross_check(&[shouted.clone(), original.clone()]);
    assert_eq!(rules(&report, &shouted), [(Rule::DuplicateExact, Severity::Error)]);
    assert_eq!(rules(&report, &original), []);
}

#[test]
fn a_newer_edition_stands_whatever_the_dates_of_files_say() {
    let old = passage("v1/a.md", 50, Some(9_000), BASE);
    let new = passage("v2/a.md", 50, Some(1_000), &BASE.replace("each morning", "every morning"));
    // Newer than the file of the newer edition, older than that of the older one: a circle, if files decided.
    let elsewhere = passage("a.md", 50, Some(5_000), BASE);
    let report = cross_check(&[old.clone(), elsewhere.clone(), new.clone()]);
    assert!(rules(&report, &new).is_empty());
    for loser in [&old, &elsewhere] {
        let finding = &report.findings[&loser.chunk][0];
        assert_eq!((finding.rule, &*finding.counterpart.as_ref().unwrap().uri), (Rule::DuplicateNear, "v2/a.md"));
    }
}

#[test]
fn much_the_same_in_other_words_is_a_hint_and_holds_nothing_back() {
    let text = "Whoever restores an archive opens the history, selects the newest verified snapshot, confirms the destination \
        directory with the administrator on duty and waits until the progress indicator turns green. Operators configure nightly backups through the settings dialogue of the console. They choose retention \
        periods, encryption passwords, storage locations and notification addresses before pressing the button labelled \
        schedule. Finished archives are verified automatically, and every failure appears on the overview page.";
    let reworded = "Whoever restores an archive opens the history, selects the newest verified snapshot, confirms the destination \
        directory with the administrator on duty and waits until the progress indicator turns green. Nightly backups are configured by operators through the settings dialogue of the console. Before \
        pressing the button labelled schedule they choose storage locations, retention periods, notification addresses \
        and encryption passwords. Every failure appears on the overview page; archives are verified automatically when \
        finished.";
    let (one, other) = (passage("a.md", 50, None, text), passage("other.md", 50, None, reworded));
    let unlike = passage("b.md", 50, None, BASE);
    let report = cross_check(&[one.clone(), other.clone(), unlike.clone()]);
    let found: Vec<_> = [&one, &other, &unlike].iter().flat_map(|p| rules(&report, p)).collect();
    assert_eq!(found, [(Rule::Reworded, Severity::Warn)]);
    let changed = passage("c.md", 50, None, &reworded.replace("Nightly", "At 3 o'clock"));
    let at_four = passage("d.md", 50, None, &text.replace("nightly", "at 4 o'clock"));
    let report = cross_check(&[changed, at_four]);
    assert!(report.findings.values().flatten().all(|f| f.rule != Rule::Reworded), "{:?}", report.findings);
}

fn any_passage() -> impl Strategy<Value = Passage> {
    let sentence = prop_oneof![
        (2_u32..5).prop_map(|n| format!("The archive server keeps nightly snapshots for {n} weeks.")),
        (0_u32..2).prop_map(|n| format!(
            "Remote login is {}supported on production hosts.",
            if n == 0 { "not " } else { "" }
        )),
        Just("Operators watch the dashboard each morning and open a ticket when a copy is late.".to_owned()),
        Just("The restore drill takes place on Mondays and its outcome is written down by the team.".to_owned()),
        Just("Every team names one person who answers questions about storage and access.".to_owned()),
    ];
    let uri = prop_oneof!["[a-f]\\.md", "v[1-3]/[ab]\\.md"];
    (uri, 0_u8..2, proptest::option::of(0_i64..3), proptest::collection::vec(sentence, 1..6))
        .prop_map(|(uri, authority, second, text)| passage(&uri, authority, second, &text.join(" ")))
}

proptest! {
    #[test]
    fn relating_is_symmetric(a in any_passage(), b in any_passage()) {
        let (one, two) = (relate(&a, &b), relate(&b, &a));
        prop_assert_eq!(one.duplicate, two.duplicate);
        prop_assert!(one.duplicate.is_none() || one.conflicts.is_empty());
        prop_assert_eq!(one.conflicts.iter().map(Conflict::turned).collect::<Vec<_>>(), two.conflicts);
    }

    #[test]
    fn order_does_not_matter(
        (set, shuffled) in proptest::collection::vec(any_passage(), 0..10).prop_flat_map(|set| {
            let mut seen = HashSet::new();
            let set: Vec<Passage> = set.into_iter().filter(|p| seen.insert(p.chunk.clone())).collect();
            (Just(set.clone()), Just(set).prop_shuffle())
        })
    ) {
        let (one, two) = (cross_check(&set), cross_check(&shuffled));
        prop_assert!(one.findings == two.findings);
        prop_assert!(one.clusters == two.clusters);
        let by_id = |id: &ChunkId| set.iter().find(|p| p.chunk == *id).unwrap();
        for cluster in &one.clusters {
            let (head, members) = cluster.chunks.split_first().unwrap();
            // What is cut in other places in a longer document is spread over several of its passages.
            let parts = set.iter().filter(|p| p.document == by_id(head).document).count();
            let is_copy = |id: &ChunkId| relate(by_id(id), by_id(head)).duplicate.is_some();
            prop_assert!(parts > 1 || members.iter().all(is_copy), "{cluster:?}");
            prop_assert!(one.clusters.iter().all(|other| !other.chunks[1..].contains(head)), "{cluster:?}");
        }
    }
}
