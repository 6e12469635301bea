//! Whole documents through every reader.

use std::fmt::Write;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{DateSource, Supplied};

const FORMATS: [MediaType; 22] = [
    MediaType::Markdown,
    MediaType::Mdx,
    MediaType::Html,
    MediaType::PlainText,
    MediaType::Pdf,
    MediaType::Rst,
    MediaType::AsciiDoc,
    MediaType::Docx,
    MediaType::Pptx,
    MediaType::Xlsx,
    MediaType::Xls,
    MediaType::Odt,
    MediaType::Ods,
    MediaType::Odp,
    MediaType::Epub,
    MediaType::Csv,
    MediaType::Tsv,
    MediaType::Json,
    MediaType::Xml,
    MediaType::Notebook,
    MediaType::Email,
    MediaType::Rtf,
];

fn raw(media_type: MediaType, bytes: impl Into<Vec<u8>>) -> RawDocument {
    RawDocument {
        uri: "doc".to_owned(),
        media_type,
        bytes: bytes.into(),
        fetched_at: at("2025-06-01"),
        stored_at: Some(at("2025-01-01")),
        place: None,
        supplied: Supplied::default(),
    }
}

fn at(date: &str) -> Timestamp {
    date::parse_iso(date).unwrap()
}

fn read(media_type: MediaType, bytes: impl Into<Vec<u8>>) -> Document {
    extract(&raw(media_type, bytes), ExtractLimits::default())
}

fn kinds(document: &Document) -> Vec<NoticeKind> {
    document.notices.iter().map(|notice| notice.kind).collect()
}

/// A PDF with these content streams, one a page, and this information dictionary.
fn pdf(pages: &[&str], information: &str) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    let kids: Vec<String> = (0..pages.len()).map(|i| format!("{} 0 R", 5 + 2 * i)).collect();
    objects.push(format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()));
    objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned());
    objects.push(information.to_owned());
    for (i, content) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            6 + 2 * i
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        writeln!(file, "{} 0 obj\n{object}\nendobj", i + 1).unwrap();
    }
    let xref = file.len();
    writeln!(file, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(file, "{offset:010} 00000 n ").unwrap();
    }
    write!(file, "trailer\n<< /Size {} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{xref}\n%%EOF\n", objects.len() + 1)
        .unwrap();
    file.into_bytes()
}

#[test]
fn markdown_with_front_matter() {
    let document = read(
        MediaType::Markdown,
        "\u{FEFF}---\r\ntitle: \"Set up\"\r\nauthors: [Ann, {name: Bo}]\r\ndate: 2023-01-02\r\nlast_modified: 2024-03-01\r\n\
         tags: [a, b]\r\nsuperseded_by: /new\r\n2024: x\r\n---\r\n# Heading\r\n\r\nText.\r\n",
    );
    assert_eq!(document.title.as_deref(), Some("Set up"));
    assert_eq!(document.authors, ["Ann", "Bo"]);
    assert_eq!(document.text, "# Heading\n\nText.\n");
    assert_eq!(document.line_offset, Some(9));
    assert_eq!(document.published_at, Some(at("2023-01-02")));
    assert_eq!(
        (document.modified_at, document.modified_at_source),
        (Some(at("2024-03-01")), Some(DateSource::FrontMatter))
    );
    assert_eq!(
        serde_json::to_string(&document.metadata).unwrap(),
        r#"{"2024":"x","superseded_by":"/new","tags":["a","b"]}"#
    );
    assert!(document.notices.is_empty());
}

#[test]
fn toml_front_matter() {
    let document = read(
        MediaType::Markdown,
        "+++\ntitle = \"T\"\ndate = 2024-03-01T10:00:00Z\n[extra]\nkind = \"guide\"\n+++\nText\n",
    );
    assert_eq!(
        (document.title.as_deref(), document.text.as_str(), document.line_offset),
        (Some("T"), "Text\n", Some(6))
    );
    assert_eq!(document.modified_at, "2024-03-01T10:00:00Z".parse().ok());
    assert_eq!(document.metadata["extra"]["kind"], "guide");
}

#[test]
fn what_only_looks_like_front_matter_stays() {
    for text in [
        "---\nJust a line between rules.\n---\nMore.\n",
        "---\n\nno end\n",
        "---\n- a\n- b\n---\n",
        "--- \n",
        "---",
        "----\nx: 1\n---\n",
    ] {
        let document = read(MediaType::Markdown, text);
        assert_eq!(
            (document.text.as_str(), document.line_offset, document.notices.len()),
            (text, Some(0), 0),
            "{text:?}"
        );
    }
    let text = "---\ntitle: [broken\n---\n# Real title\n";
    let document = read(MediaType::Markdown, text);
    assert_eq!((document.text.as_str(), document.title.as_deref()), ("# Real title\n", Some("Real title")));
    assert_eq!(kinds(&document), [NoticeKind::BadFrontMatter]);
}

#[test]
fn titles_of_markdown() {
    let cases = [
        ("intro\n\n# The `tool` *guide*\n", Some("The tool guide")),
        ("Setext\ntitle\n===\n", Some("Setext title")),
        ("#\n\n## Second\n", Some("Second")),
        ("```\n# no\n```\ntext\n", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(read(MediaType::Markdown, text).title.as_deref(), expected, "{text:?}");
    }
}

#[test]
fn dates_by_trust() {
    let text = "---\ndate: 2023-01-01\n---\nText.\n\nLast updated: 2024-02-02\n";
    let document = read(MediaType::Markdown, text);
    assert_eq!((document.modified_at, document.modified_at_source), (Some(at("2024-02-02")), Some(DateSource::Text)));
    assert_eq!(document.published_at, Some(at("2023-01-01")));

    let mut supplied = raw(MediaType::Markdown, text);
    supplied.supplied.modified_at = Some(at("2024-12-12"));
    let document = extract(&supplied, ExtractLimits::default());
    assert_eq!(
        (document.modified_at, document.modified_at_source),
        (Some(at("2024-12-12")), Some(DateSource::Supplied))
    );

    let document = read(MediaType::Markdown, "Text.\n");
    assert_eq!(
        (document.modified_at, document.modified_at_source),
        (Some(at("2025-01-01")), Some(DateSource::FileTime))
    );

    let mut packed = raw(MediaType::Markdown, "Text.\n");
    packed.stored_at = Some("2006-07-24T01:21:28Z".parse().unwrap());
    assert_eq!(extract(&packed, ExtractLimits::default()).modified_at, None);
}

#[test]
fn impossible_dates_give_way() {
    let document = read(
        MediaType::Markdown,
        "---\nupdated: 2999-01-01\ndate: 0000-00-00\n---\nText.\n\nLast updated: 2024-02-02\n",
    );
    assert_eq!((document.modified_at, document.modified_at_source), (Some(at("2024-02-02")), Some(DateSource::Text)));
    assert_eq!(kinds(&document), [NoticeKind::ImplausibleDate; 2]);
    assert!(document.notices.iter().any(|n| n.detail.contains("2999-01-01") && n.detail.contains("front matter")));
    let document = read(MediaType::Markdown, "---\neffective_date: 2999-01-01\nupdated: 2024-02-02\n---\nText.\n");
    assert_eq!((document.modified_at, kinds(&document)), (Some(at("2024-02-02")), vec![]));
}

#[test]
fn html_pages() {
    let paragraph =
        "The sieve lets fine flour through and keeps the bran, so that what is baked is even and light. ".repeat(5);
    let page = format!(
        r#"<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>How to sift · Site</title>
        <meta name="author" content="Ann"><meta property="article:published_time" content="2023-01-02T00:00:00Z">
        <script type="application/ld+json">{{"@graph":[{{"@type":"Article","dateModified":"2024-03-01","author":[{{"name":"Bo"}}]}}]}}</script>
        </head><body><nav><a href="/">Home</a><a href="/x">Products</a></nav><main><article><h1>How to sift</h1>
        <p>{paragraph}</p><h2>Why</h2><p>{paragraph}</p><ul><li>flour</li><li>bran</li></ul></article></main>
        <footer>Imprint</footer></body></html>"#
    );
    let document = read(MediaType::Html, page);
    assert_eq!(document.title.as_deref(), Some("How to sift"));
    assert_eq!(document.authors, ["Ann", "Bo"]);
    assert_eq!(document.language.as_deref(), Some("en"));
    assert_eq!(document.published_at, Some(at("2023-01-02")));
    assert_eq!(
        (document.modified_at, document.modified_at_source),
        (Some(at("2024-03-01")), Some(DateSource::PageMetadata))
    );
    assert!(document.text.contains("## Why") && document.text.contains("lets fine flour"), "{}", document.text);
    assert!(!document.text.contains("Products") && !document.text.contains("Imprint"), "{}", document.text);
}

#[test]
fn html_without_content() {
    assert_eq!(read(MediaType::Html, "").text, "");
    assert_eq!(read(MediaType::Html, "<html><body><div id=app></div><script>render()</script></body></html>").text, "");
    assert_eq!(read(MediaType::Html, "<p>Short.</p>").text, "Short.");
}

#[test]
fn deeply_nested_html_is_read_plainly() {
    let page = format!("{}deep words{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
    let document = read(MediaType::Html, page);
    assert_eq!((document.text.as_str(), kinds(&document)), ("deep words", vec![NoticeKind::Malformed]));
}

#[test]
fn pdf_pages() {
    let first = "BT /F1 12 Tf 72 700 Td (A sieve that lets the fine) Tj 0 -14 Td (flour through is called a ta-) Tj 0 -14 Td (mis.) Tj \
                 0 -40 Td [(It) -300 (is) -300 (r) 20 (ound.)] TJ ET";
    let file = pdf(
        &[first, "BT /F1 12 Tf 72 700 Td (Second page) Tj ET"],
        "<< /Title (Sieves) /Author (Ann) /ModDate (D:20240301102030Z) >>",
    );
    let document = read(MediaType::Pdf, file);
    assert_eq!(
        document.text,
        "A sieve that lets the fine flour through is called a tamis.\n\nIt is round.\n\nSecond page"
    );
    assert_eq!(document.title.as_deref(), Some("Sieves"));
    assert_eq!(
        (document.modified_at, document.modified_at_source),
        ("2024-03-01T10:20:30Z".parse().ok(), Some(DateSource::PdfMetadata))
    );
    let pages: Vec<_> =
        document.pages.iter().filter_map(|page| page.of(&document.text)).map(|text| &text[..6]).collect();
    assert_eq!(pages, ["A siev", "Second"]);
}

#[test]
fn bad_pdfs_say_why() {
    let whole = pdf(&["BT /F1 12 Tf 72 700 Td (Text) Tj ET"], "<< >>");
    assert_eq!(kinds(&read(MediaType::Pdf, "")), [NoticeKind::Malformed]);
    assert_eq!(kinds(&read(MediaType::Pdf, "%PDF-1.4 nothing more")), [NoticeKind::Malformed]);
    assert_eq!(kinds(&read(MediaType::Pdf, pdf(&["0 0 m 10 10 l S"], "<< >>"))), [NoticeKind::NoTextLayer]);
    assert_eq!(read(MediaType::Pdf, &whole[..whole.len() - 30]).text, "Text");
    let limits = ExtractLimits { max_pages: 1, ..ExtractLimits::default() };
    let long = pdf(&["BT /F1 12 Tf (One) Tj ET", "BT /F1 12 Tf (Two) Tj ET"], "<< >>");
    let document = extract(&raw(MediaType::Pdf, long), limits);
    assert_eq!((document.text.as_str(), kinds(&document)), ("One", vec![NoticeKind::Truncated]));
}

#[test]
fn long_texts_are_cut_between_characters() {
    let limits = ExtractLimits { max_text_bytes: 5, ..ExtractLimits::default() };
    let document = extract(&raw(MediaType::PlainText, "éééé"), limits);
    assert_eq!((document.text.as_str(), kinds(&document)), ("éé", vec![NoticeKind::Truncated]));
}

#[test]
fn invalid_bytes_are_noted() {
    let document = read(MediaType::PlainText, b"hello \xFF\xFE world".as_slice());
    assert_eq!(kinds(&document), [NoticeKind::InvalidEncoding]);
}

#[test]
fn wide_texts_are_read_without_a_mark() {
    for (media_type, source, expected) in [
        (MediaType::PlainText, "Café\r\nau lait\r\n", "Café\nau lait\n"),
        (MediaType::Markdown, "# Café\n\nText.\n", "# Café\n\nText.\n"),
        (MediaType::Html, "<html><head><meta charset=utf-16></head><body><p>Café.</p></body></html>", "Café."),
        (MediaType::Csv, "a;b\n1;é\n", "| a | b |\n|---|---|\n| 1 | é |"),
        (MediaType::Json, "{\"a\": \"é\"}", "- a: é"),
        (MediaType::Xml, "<?xml version='1.0' encoding='UTF-16'?><r><a>é</a></r>", "- r: é"),
    ] {
        for is_big in [true, false] {
            let unit = |unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let document = read(media_type, source.encode_utf16().flat_map(unit).collect::<Vec<u8>>());
            assert_eq!((document.text.as_str(), kinds(&document)), (expected, vec![]), "{media_type:?} {is_big}");
        }
    }
}

#[test]
fn what_the_source_says_wins() {
    let mut document = raw(MediaType::Markdown, "---\ntitle: Ours\nkind: guide\n---\nText\n");
    document.supplied.title = Some("Theirs".to_owned());
    document.supplied.authority = Some(70);
    document.supplied.metadata.insert("kind".to_owned(), "note".into());
    let document = extract(&document, ExtractLimits::default());
    assert_eq!(
        (document.title.as_deref(), document.authority, &document.metadata["kind"]),
        (Some("Theirs"), Some(70), &"note".into())
    );
}

#[test]
fn languages() {
    let english =
        "The sieve lets fine flour through and keeps the bran, so that what is baked is even and light. ".repeat(4);
    let german =
        "Das Sieb lässt feines Mehl durch und hält die Kleie zurück, damit das Gebackene gleichmäßig wird. ".repeat(4);
    assert_eq!(read(MediaType::PlainText, english).language.as_deref(), Some("en"));
    assert_eq!(read(MediaType::PlainText, german).language.as_deref(), Some("de"));
    assert_eq!(read(MediaType::PlainText, "Too short to tell.").language, None);
}

/// Every span lies in the text, on character boundaries, and the text keeps its limit.
fn check(media_type: MediaType, bytes: &[u8]) {
    let limits = ExtractLimits { max_text_bytes: 300, max_pages: 3 };
    let document = extract(&raw(media_type, bytes), limits);
    assert!(document.text.len() <= 300);
    assert!(document.pages.iter().all(|span| span.of(&document.text).is_some()));
    assert!(document.notices.iter().filter_map(|notice| notice.span).all(|span| span.of(&document.text).is_some()));
}

#[test]
fn wrong_character_sets_are_put_right_and_told() {
    for (media_type, bytes) in [
        (MediaType::PlainText, "Le cafÃ© est fermÃ©.\n"),
        (MediaType::Markdown, "Le cafÃ© est fermÃ©.\n"),
        (MediaType::Html, "<html><body><p>Le caf&Atilde;&copy; est fermÃ©.</p></body></html>"),
    ] {
        let document = extract(&raw(media_type, bytes), ExtractLimits::default());
        assert_eq!(document.text.trim(), "Le café est fermé.", "{media_type:?}");
        let told = document.notices.iter().find(|notice| notice.kind == NoticeKind::RepairedEncoding).unwrap();
        assert_eq!(told.detail, "1 line put right while reading, \"Ã© est fermÃ©\" being now \"é est fermé\"");
        assert_eq!(told.span.and_then(|span| span.of(&document.text)), Some("é est fermé"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for format in FORMATS {
            check(format, &bytes);
        }
        check(MediaType::Pdf, &[b"%PDF-1.4\n".as_slice(), &bytes].concat());
    }

    #[test]
    fn any_text_is_read(text in "(---|\\+\\+\\+|<p>|</p>|<script>|\n|\r|Last updated: |2024-0[0-9]-1[0-9]|title: |é|[ -~]|.){0,80}") {
        for format in FORMATS {
            check(format, text.as_bytes());
        }
    }

    #[test]
    fn damaged_pdfs_are_read(at in 0_usize..900, byte in any::<u8>(), cut in 0_usize..900) {
        let mut file = pdf(&["BT /F1 12 Tf 72 700 Td (A sieve) Tj ET", "BT /F1 9 Tf (more) ' ET"], "<< /Title (T) /ModDate (D:2024) >>");
        let length = file.len();
        file[at % length] = byte;
        check(MediaType::Pdf, &file);
        check(MediaType::Pdf, &file[..cut % length]);
    }
}
