//! Whole files of `AsciiDoc`.

use super::*;

fn text(adoc: &str) -> String {
    read(adoc.as_bytes(), ExtractLimits::default()).text
}

#[test]
fn structure_is_kept() {
    let page = r#"// a comment
= Sieves
Ada King <ada@x.org>; Bo Li
v1.2, 2024-03-01
:product: Mill
:description: About sieves.

== Use

See https://x.org/a[the mill^], <<docs,the docs>>, xref:other.adoc#x[other] and `sift -x`;
run {product} *now*, not snake_case_name.footnote:[A note.] +
Next line.

* one
** inner
+
more of one
* two

. first
. second

term:: What it means.

NOTE: Mind the bran.

[WARNING]
====
Two paragraphs.

Of it.
====

.A listing
[source,rust]
----
fn x() {} // <1>
----

[cols="1,2",options="header"]
|===
|part |size
|bran
|1 \| 2
|===

____
A quotation.
____

////
gone
////

image::a.png[A mill,100]

=== Deeper

 literal
"#;
    let reading = read(page.as_bytes(), ExtractLimits::default());
    assert_eq!((reading.title.as_deref(), reading.authors.len(), reading.dates.len()), (Some("Sieves"), 2, 1));
    insta::assert_snapshot!(reading.text);
}

#[test]
fn odd_input_is_read() {
    for adoc in [
        "",
        "=",
        "= ",
        "----",
        "|===",
        "|===\n|",
        "* ",
        "+",
        "[",
        "[[",
        ":a:",
        "a::",
        "....\nx",
        "--\n--",
        "{a}",
        "<<>>",
        "* a\n+",
        "|===\n|a\u{a0}| b\n|===",
    ] {
        let _ = text(adoc);
    }
    let nested: Vec<String> = (0..300).map(|depth| "=".repeat(4 + depth)).collect();
    assert!(text(&format!("{}\ndeep\n", nested.join("\n"))).len() < 1_000_000);
}

#[test]
fn revisions_date_the_document() {
    for (line, expected) in [
        ("v1.2, 2024-05-06", Some("2024-05-06")),
        ("v1.2, 2024-05-06: Second printing", Some("2024-05-06")),
        ("1.0, May 6, 2024", Some("2024-05-06")),
        ("1.0, May 6, 2024: Third, with plates", Some("2024-05-06")),
        ("2024-05-06 10:30: Noon", Some("2024-05-06")),
        ("v2, 6. Mai 2024", Some("2024-05-06")),
        ("v1.2", None),
        ("v1.2, soon: 2 plates", None),
    ] {
        let reading = read(format!("= Berths\nAda King\n{line}\n\nText.\n").as_bytes(), ExtractLimits::default());
        let day = reading.dates.first().and_then(|date| date.at).map(|at| at.to_string()[..10].to_owned());
        assert_eq!(day.as_deref(), expected, "{line}");
        assert_eq!(reading.text, "# Berths\n\nText.", "{line}");
    }
}

#[test]
fn titles_of_two_lines() {
    let page = "Berths\n======\nAda King\nv1, 2024-05-06\n\nText.\n\nHow to book\n-----------\nAsk.\n\n\
                [[fee]]\nFees due\n~~~~~~~~~~\n\nNone.\n\nTide\n----\n\nLow.\n";
    let reading = read(page.as_bytes(), ExtractLimits::default());
    assert_eq!((reading.title.as_deref(), reading.authors.len(), reading.dates.len()), (Some("Berths"), 1, 1));
    assert_eq!(reading.text, "# Berths\n\nText.\n\n## How to book\n\nAsk.\n\n### Fees due\n\nNone.\n\n## Tide\n\nLow.");
    for (listing, expected) in [
        ("Run this:\n----\nsift\n----\n", "Run this:\n\n```\nsift\n```"),
        ("Run\n----\nsift\n----\n", "Run\n\n```\nsift\n```"),
        ("A line of words.\n-----\nsift\n-----\n", "A line of words.\n\n```\nsift\n```"),
        ("one\ntwo two\n-------\nsift\n-------\n", "one two two\n\n```\nsift\n```"),
        ("[source]\nsift x\n------\nmore\n------\n", "```\nsift x\n```\n\n```\nmore\n```"),
    ] {
        assert_eq!(text(listing), expected, "{listing}");
    }
}

#[test]
fn cells_that_reach_over_others_leave_them_their_columns() {
    let page = "|===\n|mill |fine |coarse\n\n.2+|north |1 |2\n|3 |4\n2+|south |5\n2.2+|east |6\n|7\n3*|x\n|===\n";
    let expected = "\
| mill | fine | coarse |
|---|---|---|
| north | 1 | 2 |
| north | 3 | 4 |
| south |  | 5 |
| east |  | 6 |
| east |  | 7 |
| x | x | x |";
    assert_eq!(text(page), expected);
}

#[test]
fn a_listing_that_is_never_closed_is_told() {
    let told = |page: &str| {
        let reading = read(page.as_bytes(), ExtractLimits::default());
        reading.notices.iter().any(|notice| notice.kind == crate::NoticeKind::UnclosedBlock)
    };
    assert!(told("= Coins\n\n[source,json]\n----\n{}\n\n== Rates\n\nThey are of noon.\n"));
    assert!(!told("= Coins\n\n[source,json]\n----\n{}\n----\n\n== Rates\n\nThey are of noon.\n"));
}
