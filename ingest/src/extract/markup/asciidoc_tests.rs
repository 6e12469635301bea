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
