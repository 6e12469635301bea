//! Documents of every format of ours, damaged in many places: readers neither break down nor run on.
//!
//! This stands in for a fuzzer in the test suite: seeds with all the marks of a format, changed at random places by
//! bytes that mean something in it. A panic becomes a notice, so the notice is looked for.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::office::tests::package;
use super::*;
use crate::Supplied;

/// Longest that one small document may take, debug build and busy machine included.
const MAX_TIME: Duration = Duration::from_secs(20);

/// Stretches that mean something in one format or another.
const PIECES: [&str; 44] = [
    "::",
    "..",
    ".. x::",
    "`",
    "``",
    "|",
    "+--+",
    "====",
    "----",
    "\n\n",
    "    ",
    "* ",
    "1. ",
    "[",
    "]",
    "<",
    ">",
    "{",
    "}",
    "\\",
    "\\u-1",
    "\\'",
    "\\bin9",
    "\\cell",
    "\\row",
    "\\footnote ",
    "&#x110000;",
    "&lt;",
    "]]>",
    "<![CDATA[",
    "<!--",
    "<a>",
    "</a>",
    "\"",
    ",",
    ":",
    "é",
    "\u{0}",
    "|===",
    "+\n",
    "<<",
    ">>",
    "</w:p>",
    "<w:tbl>",
];

/// A small document of each format whose words can be changed.
fn seeds() -> Vec<(MediaType, &'static str)> {
    vec![
        (MediaType::Mdx, "import A from 'a'\n\n# T\n\n<A title=\"x\">\n  {/* c */}\n  - a `b`\n</A>\n"),
        (
            MediaType::Rst,
            "T\n=\n\n:Date: 2024-03-01\n\n- a *b* ``c`` `d <e>`_ |f|\n\n  1. g\n\n.. note:: h\n\n   i::\n\n     j\n\n+--+--+\n|k |l |\n|  +--+\n|  |q |\n+--+--+\n\n== ==\nm  n\n== ==\no  p\n== ==\n",
        ),
        (
            MediaType::AsciiDoc,
            "= T\nA B\nv1, 2024-03-01\n:a: b\n\n== U\n\n* c `d` {a}\n+\ne\n.. f\n\n[source,x]\n----\ng <1>\n----\n\n|===\n|h .2+|i\n2+|j\n|===\n\nk:: l <<m,n>> https://x.org[o]\n",
        ),
        (MediaType::Csv, "a,b\n1,\"x\ny\"\n;|\t\n"),
        (
            MediaType::Json,
            "{\"title\": \"T\", \"a\": [{\"b\": 1, \"c\": 2}, {\"b\": 3}], \"d\": {\"e\": [[1], \"f\\ng\"]}}",
        ),
        (
            MediaType::Xml,
            "<?xml version='1.0'?><article><title>T</title><para>a <code>b</code> &amp; c</para><table><tr><td>d</td><td>e</td></tr></table><itemizedlist><listitem><para>f</para></listitem></itemizedlist></article>",
        ),
        (
            MediaType::Notebook,
            "{\"cells\": [{\"cell_type\": \"markdown\", \"source\": [\"# T\"]}, {\"cell_type\": \"code\", \"source\": \"a\", \"outputs\": [{\"text\": \"b\"}]}]}",
        ),
        (
            MediaType::Email,
            "From: a@b.c\nSubject: =?utf-8?q?T?=\nDate: Fri, 1 Mar 2024 10:00:00 +0000\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\na\n> b\n- c\n--x\nContent-Type: text/html\n\n<p>d\n--x--\n",
        ),
        (
            MediaType::Rtf,
            "{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset204 A;}}{\\info{\\title T}{\\creatim\\yr2024\\mo3\\dy1}}\\pard\\outlinelevel0 a\\par{\\field{\\*\\fldinst HYPERLINK \"b\"}{\\fldrslt c}}{\\footnote d}\\trowd\\intbl e\\cell\\row{\\listtext 1.}\\ls1 f\\u8212?\\par}",
        ),
    ]
}

/// A Word document, a workbook and an `OpenDocument` file around these parts.
fn packages(inner: &str) -> Vec<(MediaType, Vec<u8>)> {
    vec![
        (MediaType::Docx, package(&[("word/document.xml", inner)])),
        (
            MediaType::Pptx,
            package(&[
                ("ppt/presentation.xml", "<p xmlns:r='r'><sldIdLst><s r:id='a'/></sldIdLst></p>"),
                ("ppt/_rels/presentation.xml.rels", "<r><Relationship Id='a' Type='slide' Target='a.xml'/></r>"),
                ("ppt/a.xml", inner),
            ]),
        ),
        (
            MediaType::Xlsx,
            package(&[
                ("xl/workbook.xml", "<w xmlns:r='r'><sheets><sheet name='S' r:id='a'/></sheets></w>"),
                (
                    "xl/_rels/workbook.xml.rels",
                    "<r><Relationship Id='a' Type='worksheet' Target='a.xml'/><Relationship Id='b' Type='sharedStrings' Target='a.xml'/></r>",
                ),
                ("xl/a.xml", inner),
            ]),
        ),
        (MediaType::Odt, package(&[("content.xml", inner)])),
        (MediaType::Epub, package(&[("META-INF/container.xml", inner), ("a.opf", inner)])),
    ]
}

const PARTS: &str = "<w:document><w:body><w:p><w:pPr><w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
    <sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='XFD9'><v>1e9</v></c></row></sheetData><office:text><text:h text:outline-level='2'>c</text:h><text:list><text:list-item><text:p>d<text:s text:c='9'/></text:p></text:list-item></text:list>\
    <table:table><table:table-row table:number-rows-repeated='9'><table:table-cell table:number-columns-repeated='9'><text:p>e</text:p></table:table-cell></table:table-row></table:table></office:text></w:body></w:document>";

/// The text with pieces put in, or characters taken out.
fn damaged(text: &str, changes: &[(usize, usize, usize)]) -> String {
    let mut text = text.to_owned();
    for (at, piece, drop) in changes {
        let at = text.floor_char_boundary(at % (text.len() + 1));
        let end = text.floor_char_boundary((at + drop).min(text.len())).max(at);
        text.replace_range(at..end, PIECES[piece % PIECES.len()]);
    }
    text
}

/// Reads a document, which holds to its limits and does not break the reader down.
fn check(media_type: MediaType, bytes: Vec<u8>) {
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(600)]).into_owned();
    let raw = RawDocument {
        uri: "doc".to_owned(),
        media_type,
        bytes,
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
        stored_at: None,
        place: None,
        supplied: Supplied::default(),
    };
    let started = Instant::now();
    let document = extract(&raw, ExtractLimits { max_text_bytes: 5_000, max_pages: 3 });
    assert!(started.elapsed() < MAX_TIME, "{media_type:?} took {:?}: {shown}", started.elapsed());
    assert!(document.text.len() <= 5_000);
    assert!(document.pages.iter().all(|span| span.of(&document.text).is_some()), "{media_type:?}: {shown}");
    let broke_down = document.notices.iter().find(|notice| notice.detail.contains("broke down"));
    assert!(broke_down.is_none(), "{media_type:?} broke the reader down: {shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn damaged_documents_are_read(changes in proptest::collection::vec((0_usize..2_000, 0_usize..44, 0_usize..30), 1..8)) {
        for (media_type, seed) in seeds() {
            check(media_type, damaged(seed, &changes).into_bytes());
        }
        for (media_type, bytes) in packages(&damaged(PARTS, &changes)) {
            check(media_type, bytes);
        }
    }
}
