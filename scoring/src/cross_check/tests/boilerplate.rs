//! Paragraphs that many documents share.

use super::*;

fn with_boilerplate<'a>(report: &CrossReport, set: &'a [Passage]) -> Vec<&'a str> {
    let holds = |passage: &&Passage| rules(report, passage).contains(&(Rule::Boilerplate, Severity::Warn));
    set.iter().filter(holds).map(|passage| passage.uri.as_str()).collect()
}

/// Pages of sixty words of their own with `shared` between them.
fn pages(count: u64, shared: &str) -> Vec<Passage> {
    let text = |i| format!("# Page {i}\n\n{}.\n\n{shared}\n\n{}.", prose(2 * i + 1, 30), prose(2 * i + 2, 30));
    (0..count).map(|i| passage(&format!("{i}.md"), 50, None, &text(i))).collect()
}

const HELPFUL: &str = "Was this page helpful? Tell us what is missing and we will mend it.";

#[test]
fn one_paragraph_in_six_documents_is_found_on_each() {
    let six = pages(6, HELPFUL);
    let report = cross_check(&six);
    assert_eq!(with_boilerplate(&report, &six), ["0.md", "1.md", "2.md", "3.md", "4.md", "5.md"]);
    let finding = &report.findings[&six[0].chunk][0];
    assert_eq!(finding.quote, HELPFUL);
    assert_eq!(finding.spans[0].start(), 100 + six[0].text.find("Was").unwrap());
    assert!(finding.message.contains("6 documents"), "{}", finding.message);
    assert!(report.clusters.is_empty());
    assert!(cross_check(&six[..5]).findings.is_empty());
    let headings = pages(8, "## Was this page of any help to you, dear reader of it?");
    assert!(cross_check(&headings).findings.is_empty());
}

#[test]
fn what_only_copies_share_is_no_boilerplate() {
    let shared = format!("{}.\n\n{}.", prose(900, 40), prose(901, 40));
    let edited = |i: u64| format!("{shared}\n\nPage number {} of all, {}.", prose(i, 1), prose(902, 12));
    let near: Vec<Passage> = (0..9).map(|i| passage(&format!("{i}.md"), 50, None, &edited(i))).collect();
    let report = cross_check(&near);
    assert_eq!(with_boilerplate(&report, &near), Vec::<&str>::new());
    assert_eq!(report.clusters.len(), 1);
    assert_eq!(report.clusters[0].chunks.len(), 9);
    let exact: Vec<Passage> = (0..9).map(|i| passage(&format!("{i}.md"), 50, None, &shared)).collect();
    assert_eq!(with_boilerplate(&cross_check(&exact), &exact), Vec::<&str>::new());
    let own = |i: u64| format!("{shared}\n\n{}.", prose(i, 200));
    let versions: Vec<Passage> = (0..9).map(|i| passage(&format!("v1.{i}/page.md"), 50, None, &own(i))).collect();
    assert_eq!(with_boilerplate(&cross_check(&versions), &versions), Vec::<&str>::new());
}

#[test]
fn a_shared_paragraph_makes_no_copies_of_different_pages() {
    let licence = format!("{}.", prose(800, 120));
    let stub = |i: u64| passage(&format!("{i}.md"), 50, None, &format!("{}.\n\n{licence}", prose(i, 14)));
    let stubs: Vec<Passage> = (0..7).map(stub).collect();
    assert!(relate(&stubs[0], &stubs[1]).duplicate.is_some(), "by their words alone they are near copies");
    let report = cross_check(&stubs);
    assert!(report.clusters.is_empty(), "{:?}", report.clusters);
    assert_eq!(with_boilerplate(&report, &stubs).len(), 7);
    let policy = DuplicationPolicy::default();
    let known = Boilerplate::of(paragraph_hashes(&licence, &policy).into_iter().map(|hash| (hash, 7)), &policy);
    assert_eq!(place_amid(&stubs[0], &stubs[1..], &known), Placement::default());
}

#[test]
fn stubs_that_say_nothing_beside_their_titles_are_one_cluster() {
    let moved = format!("{}.\n\n{}.", prose(810, 20), prose(811, 12));
    let stub = |i: u64| passage(&format!("old/{i}.md"), 50, None, &format!("# {}\n\n{moved}", prose(i, 2)));
    let stubs: Vec<Passage> = (0..7).map(stub).collect();
    let report = cross_check(&stubs);
    assert_eq!(report.clusters.iter().map(|cluster| cluster.chunks.len()).collect::<Vec<_>>(), [7]);
    // A line of its own is something that it says.
    let told = |i: u64| {
        let text = format!("# {}\n\n{moved}\n\nNow see {}.", prose(i, 2), prose(90 + i, 12));
        passage(&format!("old/{i}.md"), 50, None, &text)
    };
    assert!(cross_check(&(0..7).map(told).collect::<Vec<_>>()).clusters.is_empty());
}

#[test]
fn a_page_under_other_boilerplate_is_found() {
    let (ours, theirs) = (format!("{}.", prose(801, 150)), format!("{}.", prose(802, 150)));
    let page = |site: &str, i: u64, body: u64, shared: &str| {
        passage(&format!("{site}/{i}.md"), 50, None, &format!("{shared}\n\n{}.", prose(body, 60)))
    };
    let mut set: Vec<Passage> = (0..7).map(|i| page("a", i, i, &ours)).collect();
    set.extend((0..7).map(|i| page("b", i, 50 + i, &theirs)));
    set.push(page("b", 9, 3, &theirs));
    let report = cross_check(&set);
    assert_eq!(report.clusters.len(), 1, "{:?}", report.clusters);
    assert_eq!(report.clusters[0].members, ["a/3.md", "b/9.md"]);
}
