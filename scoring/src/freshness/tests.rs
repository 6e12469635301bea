use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use serde_json::json;
use tamis_ingest::{DateSource, MediaType};

use super::*;
use crate::testing::{chunks_at, document, findings, measured, now, rules};
use crate::{Policy, Rule, Severity, measure};

fn days_ago(days: i64) -> Timestamp {
    now() - (days * 24).hours()
}

fn score(kind: DocumentKind, days: i64, source: DateSource) -> f32 {
    age_score(kind, Some(days_ago(days)), Some(source), &FreshnessPolicy::default(), now()).get()
}

#[test]
fn freshness_halves_with_every_half_life() {
    for (kind, days, expected) in [
        (DocumentKind::Reference, 0, 1.0),
        (DocumentKind::Reference, 730, 0.5),
        (DocumentKind::Tutorial, 1460, 0.25),
        (DocumentKind::News, 365, 0.5),
        (DocumentKind::Reference, 10_000, 0.2),
        (DocumentKind::Changelog, 10_000, 1.0),
        (DocumentKind::Evergreen, 10_000, 1.0),
    ] {
        let score = score(kind, days, DateSource::FrontMatter);
        assert!((score - expected).abs() < 1e-3, "{kind:?} {days} {score}");
    }
}

#[test]
fn a_doubtful_date_says_less() {
    let old = 3_000;
    assert!(
        score(DocumentKind::Reference, old, DateSource::FileTime)
            > score(DocumentKind::Reference, old, DateSource::Text)
    );
    assert!(
        score(DocumentKind::Reference, 0, DateSource::FileTime) < score(DocumentKind::Reference, 0, DateSource::Text)
    );
    let undated = age_score(DocumentKind::Unknown, None, None, &FreshnessPolicy::default(), now());
    assert!((undated.get() - 0.7).abs() < 1e-6);
}

#[test]
fn kinds_are_read_from_paths_titles_and_metadata() {
    for (uri, title, expected) in [
        ("CHANGELOG.md", "", DocumentKind::Changelog),
        ("docs/releases/RELEASE_NOTES.md", "", DocumentKind::Changelog),
        ("LICENSE-MIT.md", "", DocumentKind::Evergreen),
        ("posts/2021/03/hello.html", "", DocumentKind::News),
        ("2021-03-04-hello.md", "", DocumentKind::News),
        ("docs/getting-started.md", "", DocumentKind::Tutorial),
        ("docs/api/cache.md", "", DocumentKind::Reference),
        ("hr/leave-policy.md", "", DocumentKind::Policy),
        ("SECURITY.md", "", DocumentKind::Policy),
        ("page.md", "How to bake bread", DocumentKind::Tutorial),
        ("page.md", "Bread", DocumentKind::Unknown),
    ] {
        let mut page = document(uri, MediaType::Markdown, "text");
        page.title = Some(title.to_owned());
        assert_eq!(DocumentKind::of(&page), expected, "{uri} {title}");
    }
    let mut stated = document("CHANGELOG.md", MediaType::Markdown, "text");
    stated.metadata.insert("kind".into(), json!("tutorial"));
    assert_eq!(DocumentKind::of(&stated), DocumentKind::Tutorial);
}

#[test]
fn old_documents_are_stale_where_the_date_is_trusted() {
    for (days, source, kind, expected) in [
        (3_000, DateSource::FrontMatter, "page.md", &[Rule::Stale][..]),
        (3_000, DateSource::FileTime, "page.md", &[]),
        (3_000, DateSource::FrontMatter, "CHANGELOG.md", &[]),
        (900, DateSource::FrontMatter, "page.md", &[]),
        (-30, DateSource::FrontMatter, "page.md", &[Rule::ImplausibleDate]),
        (-1, DateSource::FrontMatter, "page.md", &[]),
    ] {
        let mut page = document(kind, MediaType::Markdown, "The cache keeps every answer for five minutes.");
        (page.modified_at, page.modified_at_source) = (Some(days_ago(days)), Some(source));
        let found: Vec<Rule> = measured(&page).findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(found, expected, "{days} {source:?} {kind}");
    }
}

#[test]
fn only_the_first_chunk_of_an_undated_document_says_so() {
    let mut page = document("page.md", MediaType::Markdown, "The cache keeps every answer.\n\nFor five minutes.\n");
    page.modified_at = None;
    let found: Vec<usize> =
        measure(&page, &chunks_at(&page, &[31]), &Policy::default(), now()).iter().map(|m| m.findings.len()).collect();
    assert_eq!(found, [1, 0]);
}

#[test]
fn metadata_speaks() {
    for (field, value, expected) in [
        ("superseded_by", json!("v2/page.md"), &[Rule::Superseded][..]),
        ("Replaced-By", json!("v2/page.md"), &[Rule::Superseded]),
        ("deprecated", json!(true), &[Rule::Deprecated]),
        ("deprecated", json!(false), &[]),
        ("status", json!("Obsolete"), &[Rule::Deprecated]),
        ("status", json!("active"), &[]),
        ("valid_until", json!("2025-12-31"), &[Rule::Expired]),
        ("expires", json!("2027-01-01"), &[]),
        ("review_by", json!("2024-01-01"), &[Rule::Stale]),
        ("superseded_by", json!(null), &[]),
        ("canonical", json!("https://example.com/v1.4/page"), &[Rule::Superseded]),
        ("canonical", json!("https://example.com/v1.2/page"), &[]),
        ("canonical_url", json!("https://example.com/page"), &[]),
    ] {
        let mut page = document("v1.2/page.md", MediaType::Markdown, "The cache keeps every answer for five minutes.");
        page.metadata.insert(field.into(), value.clone());
        let found: Vec<Rule> = measured(&page).findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(found, expected, "{field}: {value}");
    }
}

#[test]
fn banners_condemn_and_mentions_do_not() {
    let outdated: &[&str] = &[
        "# Guide\n\nThis page is outdated. See the new guide instead.\n",
        "# Otter\n\n**This repository is no longer maintained.** Please use `beaver` for it.\n",
        "# Otter\n\nThis project has been discontinued.\n",
        "# Guide\n\nDEPRECATED - do not use.\n\nThe text follows here.\n",
        "# Record 17\n\nStatus: superseded by record 21\n\nThe text follows here.\n",
        "> **Warning:** This documentation is no longer maintained.\n\nThe text follows here.\n",
        "# [DEPRECATED] Setting up the server\n\nRun the installer and wait for it.\n",
        "**Deprecated:** use the new guide instead of this one.\n\nRun the installer.\n",
        "# Guide\n\nThis guide is obsolete and kept for reference only, nothing more.\n",
        "You are viewing documentation for an old version of the product. Go to the latest.\n",
        "# Guide\n\nThis document describes version 1, which is no longer supported by anyone.\n",
        "# Guide\n\nThe information below may be out of date, as it was last read in 2016.\n",
        "# Sinusitis\n\nThis guideline has been withdrawn. Ten days of antibiotics were given.\n",
        "# Parking\n\nThis circular must no longer be used; the yellow card took its place.\n",
        "# Policy\n\nThis policy is no longer in force since the merger of the companies.\n",
    ];
    for text in outdated {
        assert_eq!(rules(text), [Rule::Deprecated], "{text} {:#?}", findings(text));
    }
    let current: &[&str] = &[
        "# Guide\n\nIf this page is outdated, please open an issue in the tracker.\n",
        "# Guide\n\nDeprecated options are listed below, with those that replace them.\n",
        "# Upgrade\n\nRemove the deprecated flags first. The old format is no longer supported.\n",
        "# Deprecated APIs\n\nWhat to use instead of each of them is shown in the table.\n",
        "# Changes\n\nThe menu list was moved here. This separate document has been retired.\n",
        "# Cache\n\nAn entry is stale when this document was archived \"this page is outdated\".\n",
    ];
    for text in current {
        assert!(!rules(text).contains(&Rule::Deprecated), "{text} {:#?}", findings(text));
    }
}

#[test]
fn what_a_page_is_about_may_be_deprecated() {
    let severity = |text: &str| {
        let found = findings(text);
        found.iter().find(|finding| finding.rule == Rule::Deprecated).map(|finding| finding.severity)
    };
    for text in [
        "# Printing from Windows 7\n\nThis feature was deprecated in version 2.0 and will be removed in version 3.0.\n",
        "# Contacts\n\nAs of March 2018 this method is deprecated and will be removed in the next release.\n",
        "# Visitors' network\n\nSupport for the paper voucher ended in June 2019. Type the password of the day.\n",
        "# `frob()`\n\nThis legacy XML endpoint is no longer supported. Use the REST endpoint.\n",
    ] {
        assert_eq!(severity(text), Some(Severity::Warn), "{text}");
    }
    let further = "# Options\n\nAll options of the tool.\n\n## size\n\nThe size in bytes.\n\n## width\n\nThis option is deprecated.\n";
    assert_eq!(severity(further), Some(Severity::Info));
    assert_eq!(severity("# Old\n\nDeprecated as of 2019. Use the new one.\n"), Some(Severity::Error));
    for text in [
        "# Flags\n\nThis option is not deprecated, whatever the old guide says of it.\n",
        "# Flags\n\nIf this option is deprecated in your release, the server prints a warning.\n",
    ] {
        assert_eq!(severity(text), None, "{text}");
    }
    let log = document(
        "CHANGELOG.md",
        MediaType::Markdown,
        "# Changelog\n\n## 2.0\n\n- `width`: this option is deprecated.\n",
    );
    assert!(measured(&log).findings.iter().all(|finding| finding.rule != Rule::Deprecated));
}

#[test]
fn words_that_name_the_successor_supersede() {
    for text in [
        "# Guide\n\nThis document has been superseded by the handbook of 2024.\n",
        "# Guide\n\nThis page has moved to the new wiki; please change your links.\n",
        "# Guide\n\nThis page moved to [the handbook](handbook.md) last year, all of it.\n",
        "# Guide\n\nThis guide can now be found at docs.example.com under the same name.\n",
        "# Guide\n\n> This article has been replaced by a newer one with more examples.\n",
    ] {
        assert_eq!(rules(text), [Rule::Superseded], "{text} {:#?}", findings(text));
    }
    for text in [
        "# Guide\n\nIf this page has moved to another place, search for its title.\n",
        "# Guide\n\nThe cursor moved to the next page when you press the key twice.\n",
        "# Guide\n\nThe superseded revisions of a key are kept until the next compaction.\n",
        "# Guide\n\n`this page has moved to` is what the server answers with status 301.\n",
        "# Guide\n\nThe old daemon was replaced by systemd; this page explains how to use it.\n",
    ] {
        assert!(!rules(text).contains(&Rule::Superseded), "{text} {:#?}", findings(text));
    }
}

#[test]
fn versions_out_of_support_say_so() {
    for text in [
        "# Manual\n\nThis version of Frobnicator is no longer supported. Use the latest one.\n",
        "# Manual\n\nThis release has reached its end of life, and nobody mends it any more.\n",
        "# Manual\n\n> This version is not supported since 2021.\n",
    ] {
        assert_eq!(rules(text), [Rule::Deprecated], "{text} {:#?}", findings(text));
    }
    for text in [
        "# Manual\n\nWindows XP is not supported since 2014, so use another system.\n",
        "# Manual\n\nOnce this version is no longer supported, an upgrade is announced.\n",
        "# Manual\n\nVersions older than 3.4 are unsupported by the installer here.\n",
        "# Manual\n\nUnlisted platforms are currently unsupported; they may well work.\n",
    ] {
        assert_eq!(rules(text), [], "{text} {:#?}", findings(text));
    }
    let filler = (0..200).map(|n| format!("Room {n} has a door.")).collect::<Vec<_>>().join(" ");
    let found = findings(&format!("# Versions\n\n{filler}\n\n## 1.2\n\nThis version is no longer supported.\n"));
    let found = found.iter().find(|finding| finding.rule == Rule::Deprecated);
    assert_eq!(found.map(|finding| finding.severity), Some(Severity::Warn));
}

#[test]
fn what_was_so_as_of_a_day_long_past_is_dated() {
    let of = |text: &str| {
        let mut page = document("page.md", MediaType::Markdown, text);
        page.modified_at = None;
        let found = measured(&page).findings.into_iter().filter(|f| f.rule == Rule::DatedStatement);
        found.map(|finding| finding.quote).collect::<Vec<_>>()
    };
    for text in [
        "# Systems\n\nAs of 2018, Windows is not among the supported systems.\n",
        "# Systems\n\nThe tool runs anywhere. As of March 2018, there is no build for phones.\n",
        "# Systems\n\nThe team has (as of 2017) eleven members and two offices.\n",
        "# Systems\n\nAt the time of writing, in June 2016, the library has three backends.\n",
    ] {
        assert_eq!(of(text).len(), 1, "{text}");
    }
    for text in [
        "# Systems\n\nAs of 2025, Windows is not among the supported systems.\n",
        "# Systems\n\nThe flag is deprecated as of 2018.\n",
        "# Systems\n\nAs of March 2018, all visitors must sign the book at the door.\n",
        "# Systems\n\nAs of 2018 the old licence no longer applies to any of it.\n",
        "# Systems\n\nAs of 2018, twelve people had signed, and the work was done.\n",
        "# Systems\n\nAs of 2018.1 the editor has a dark theme that follows the system.\n",
        "# Systems\n\nAs of version 2018, the editor has a dark theme of its own.\n",
        "# Systems\n\n`As of 2018, it is` stands at the head of every such message.\n",
        "# Systems\n\nAs of this writing, benchmark tests are only available in nightly builds.\n",
        "# Systems (all of them)\n\nAs of 2018 we ship on Fridays.\n",
        "# Systems\n\nIn 2018 Windows was not among the supported systems.\n",
        "# Systems\n\nThe standard of 2018 is still the one in use everywhere today.\n",
    ] {
        assert_eq!(of(text), [""; 0], "{text}");
    }
    let text = "# Systems\n\nAs of 2018, Windows is not among the supported systems.\n";
    for (uri, modified, expected) in
        [("page.md", "2018-09-01", 0), ("page.md", "2025-09-01", 1), ("CHANGELOG.md", "2025-09-01", 0)]
    {
        let mut page = document(uri, MediaType::Markdown, text);
        page.modified_at = Some(format!("{modified}T00:00:00Z").parse().unwrap());
        let found = measured(&page).findings;
        assert_eq!(found.iter().filter(|f| f.rule == Rule::DatedStatement).count(), expected, "{uri} {modified}");
    }
}

#[test]
fn kept_pages_lose_nothing_to_newer_editions() {
    let kept = |uri: &str, text: &str, field: Option<(&str, serde_json::Value)>| {
        let mut page = document(uri, MediaType::Markdown, text);
        page.metadata.extend(field.map(|(name, value)| (name.to_owned(), value)));
        measured(&page).kept
    };
    for (uri, text, field) in [
        ("v1.2/CHANGELOG.md", "# 1.2\n\nNew doors.\n", None),
        ("v1.2/release-notes.md", "# 1.2\n\nNew doors.\n", None),
        ("blog/v1.2/doors.md", "# 1.2\n\nNew doors.\n", None),
        ("v1.2/a.md", "# A\n\nThis page is kept for historical reference.\n", None),
        ("v1.2/a.md", "# A\n\nIt is archived for the record.\n", None),
        ("v1.2/a.md", "# A\n\nThis version is still supported until 2031.\n", None),
        ("v1.2/a.md", "# A\n\nThis is a long-term support release.\n", None),
        ("v1.2/a.md", "# A\n\nThe doors.\n", Some(("lts", json!(true)))),
        ("v1.2/a.md", "# A\n\nThe doors.\n", Some(("status", json!("Supported")))),
    ] {
        assert!(kept(uri, text, field), "{uri} {text}");
    }
    for (uri, text, field) in [
        ("v1.2/a.md", "# A\n\nThe doors.\n", None),
        ("book/2018/doors.md", "# A\n\nThe doors.\n", None),
        ("archive/v1.2/a.md", "# A\n\nThe doors.\n", None),
        ("v1.2/a.md", "# A\n\nThe table is provided for reference.\n", Some(("supported", json!(false)))),
        ("v1.2/a.md", "# A\n\nOld mails are not kept for the record.\n", None),
        ("v1.2/a.md", "# A\n\nThis version is not supported.\n", None),
    ] {
        assert!(!kept(uri, text, field), "{uri} {text}");
    }
    let page = document("v1.2/CHANGELOG.md", MediaType::Markdown, "# 1.2\n\nNew doors.\n");
    let newer = crate::Finding::new(Rule::Superseded, "m", Vec::new(), "q");
    let chunk = chunks_at(&page, &[]).remove(0).id;
    let of = |page| crate::QualityReport::compose(chunk.clone(), &measured(page), vec![newer.clone()]).findings;
    assert!(of(&page).iter().all(|finding| finding.rule != Rule::Superseded));
    let page = document("v1.2/doors.md", MediaType::Markdown, "# 1.2\n\nNew doors.\n");
    assert!(of(&page).iter().any(|finding| finding.rule == Rule::Superseded));
}

#[test]
fn the_policy_says_what_lies_under_a_path() {
    let policy: Policy =
        serde_json::from_str(r#"{"freshness":{"kinds":[{"path":"notes/**","kind":"changelog"}]}}"#).unwrap();
    for (uri, expected) in [("notes/api.md", DocumentKind::Changelog), ("docs/api.md", DocumentKind::Reference)] {
        let mut page = document(uri, MediaType::Markdown, "text");
        assert_eq!(DocumentKind::under(&policy.freshness, &page), expected);
        page.metadata.insert("kind".into(), json!("news"));
        let stated = if expected == DocumentKind::Changelog { expected } else { DocumentKind::News };
        assert_eq!(DocumentKind::under(&policy.freshness, &page), stated);
    }
}

#[test]
fn what_is_at_an_end_is_noted() {
    let noted = |uri: &str, text: &str| {
        let found = measured(&document(uri, MediaType::Markdown, text)).findings.into_iter();
        found.filter(|found| found.rule == Rule::Deprecated).map(|found| found.severity).collect::<Vec<_>>()
    };
    let must = [
        "The `export` command is deprecated as of release 3.1 and will be removed in a future version.",
        "The old form is deprecated as of January 2018.",
        "The `get` method is deprecated as of v1.2: use `fetch` instead.",
        "Short names are now deprecated since 2.0, and long ones are used.",
        "The export is deprecated and will be removed in version 5.",
        "Both modules have been officially deprecated since the merger.",
        "Version 2 of the ticket software reached end of life in 2017.",
        "The old server has reached its end-of-support on 1 May 2019.",
        "The ticket software is no longer supported by its maker.",
        "The library is no longer actively maintained by its original authors.",
        "The parser, which is deprecated as of 3.1, reads both forms.",
    ];
    for said in must {
        let text = format!("# Tickets\n\nThe desk answers every ticket within a day. {said}\n");
        assert_eq!(noted("page.md", &text), [Severity::Info], "{said}");
        for log in ["CHANGELOG.md", "docs/release-notes.md", "blog/tickets.md"] {
            assert_eq!(noted(log, &text), [], "{log} {said}");
        }
    }
    for said in [
        "The export will be removed in version 5.",
        "Deprecated options are listed below, with those that replace them.",
        "The old format is no longer supported.",
        "The flag is not deprecated as of release 3.1, whatever the old guide says.",
        "If the command is deprecated as of your release, the server prints a warning.",
        "Anything that is deprecated as of a release stays for two more.",
        "The client prints \"the export command is deprecated as of release 3.1\" once.",
        "The server answers `export is deprecated as of release 3.1` to old clients.",
        "The command is deprecated.",
        "Every version reaches its end of life in the third year.",
        "Once it has reached end of life in 2017 or later, a version is taken down.",
        "When a version reached its end of life, we wrote to its users.",
        "Pop-up windows are no longer supported by Chrome.",
        "The team was no longer supported by its sponsors.",
        "Its price is depreciated as of January 2018 over five years.",
    ] {
        let text = format!("# Tickets\n\nThe desk answers every ticket within a day. {said}\n");
        assert_eq!(noted("page.md", &text), [], "{said}");
    }
    let page = document("page.md", MediaType::Markdown, &format!("The desk answers. {}\n", must[0]));
    let mut chunks = chunks_at(&page, &[]);
    chunks[0].heading_path = vec!["Tickets".to_owned(), "Release notes".to_owned(), "3.1".to_owned()];
    assert!(measure(&page, &chunks, &Policy::default(), now()).remove(0).findings.is_empty());
}

#[test]
fn a_note_quotes_its_sentence_and_a_banner_is_told_once() {
    let found = findings("# Export\n\nIt writes files. The old form is deprecated as of January 2018.\n");
    assert_eq!(found[0].quote, "The old form is deprecated as of J");
    for text in ["# A\n\nThis feature is deprecated as of 2.0.\n", "# A\n\nThis page is deprecated since 2019.\n"] {
        let found = findings(text);
        assert_eq!(found.iter().filter(|found| found.rule == Rule::Deprecated).count(), 1, "{text} {found:#?}");
    }
}

#[test]
fn what_was_looked_at_long_ago_and_is_doubted_is_dated() {
    let dated = |uri: &str, text: &str| {
        let mut page = document(uri, MediaType::Markdown, text);
        page.modified_at = None;
        measured(&page).findings.iter().filter(|found| found.rule == Rule::DatedStatement).count()
    };
    for said in [
        "The list of rooms was last updated in 2009 and may contain errors.",
        "This table was last revised in March 2011 and might be out of date.",
        "The figures, last checked on 3 May 2012, could now be wrong.",
    ] {
        let text = format!("# Rooms\n\n{said}\n");
        assert_eq!((dated("page.md", &text), dated("CHANGELOG.md", &text)), (1, 0), "{said}");
    }
    for said in [
        "The list of rooms was last updated in 2025 and may contain errors.",
        "The list of rooms was last updated in 2009.",
        "The list of rooms was last updated in 2009. Doors may be wrong for carts.",
        "A field that was last changed in 2009 may hold a name of sixty letters.",
        "The rooms that were last updated in 2009.4 may contain errors.",
        "`last updated in 2009 and may contain errors` is what the old banner says.",
    ] {
        assert_eq!(dated("page.md", &format!("# Rooms\n\n{said}\n")), 0, "{said}");
    }
}

#[test]
fn support_that_was_to_end_has_ended() {
    for said in [
        "Support ends on 31 December 2019.",
        "Support for version 2 ends in 2019, and version 3 takes over.",
        "Security updates stop on 2020-01-31 for all of them.",
        "Maintenance for the old client expires at the end of 2019.",
        "These prices are valid until 31 December 2018.",
        "The offer ends on 30 June 2017 in all shops.",
    ] {
        assert_eq!(rules(&format!("# Plans\n\n{said}\n")), [Rule::ExpiredPromise], "{said}");
    }
    for said in [
        "Support ends on 31 December 2031.",
        "Support ended on 31 December 2019 for both of the clients.",
        "Support stops on weekends since March 2020 for the whole team.",
        "Support ends when the contract of 2019 does, and not before.",
        "`Support ends on 31 December 2019` is what the old client prints.",
    ] {
        assert_eq!(rules(&format!("# Plans\n\n{said}\n")), [], "{said}");
        let past = document("CHANGELOG.md", MediaType::Markdown, "# 1.0\n\nSupport ends on 31 December 2019.\n");
        assert!(measured(&past).findings.is_empty());
    }
}

#[test]
fn promises_expire() {
    for text in [
        "# Plans\n\nSupport for Windows is coming in Q3 2021.\n",
        "# Plans\n\nVersion 2.0 will be released in March 2020 to everyone.\n",
        "# Plans\n\nThe old endpoint will be shut down on 2022-06-30 at noon.\n",
        "# Plans\n\nThe migration is planned for late 2019, after the summer.\n",
        "# Plans\n\nFrom 1 January 2022 the new law will apply to all cycles.\n",
        "# Plans\n\nThe wording is expected before Christmas 2021 at the desk.\n",
    ] {
        assert_eq!(rules(text), [Rule::ExpiredPromise], "{text}");
    }
    for text in [
        "# Plans\n\nSupport for Windows is coming in Q3 2031.\n",
        "# Plans\n\nIt was released in March 2020, and removed in 2021.\n",
        "# Editions\n\nThis will be available from the 2021 edition onward in all of them.\n",
        "# Study\n\nDeaths due to the illness decreased by 2015 and are expected to rise from 2005 levels.\n",
        "# Style\n\nA sentence such as \"will be removed in 2022\" is out of date soon.\n",
        "# Plans\n\n`will be removed in 2020` is what the old message said to people.\n",
    ] {
        assert_eq!(rules(text), [], "{text} {:#?}", findings(text));
    }
    let changelog = document("CHANGELOG.md", MediaType::Markdown, "# 1.0\n\nIt will be removed in March 2020.\n");
    assert!(measured(&changelog).findings.is_empty());
}

#[test]
fn findings_about_a_banner_quote_it() {
    let found = findings("# Guide\n\nThis page is outdated. See the new guide instead.\n");
    assert_eq!((found[0].severity, found[0].quote.as_str()), (Severity::Error, "This page is outdated"));
}

proptest! {
    #[test]
    fn time_never_makes_fresher(days in 0i64..6_000, more in 0i64..2_000) {
        for kind in [DocumentKind::Reference, DocumentKind::News, DocumentKind::Changelog, DocumentKind::Unknown] {
            for source in [DateSource::Supplied, DateSource::FileTime] {
                prop_assert!(score(kind, days + more, source) <= score(kind, days, source));
            }
        }
    }
}
