use std::process::Command;

use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::*;
use crate::{ExtractLimits, MediaType, RawDocument, Supplied, extract_scanned};

/// A PDF of one page with this content and these resources.
fn pdf(content: &str, resources: Dictionary, mut document: Document) -> RawDocument {
    let pages = document.new_object_id();
    let content = document.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
    let page = document.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => pages,
        "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
        "Resources" => resources,
        "Contents" => content,
    });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![Object::from(page)], "Count" => 1 };
    document.objects.insert(pages, tree.into());
    let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", root);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    RawDocument {
        uri: "scan.pdf".to_owned(),
        media_type: MediaType::Pdf,
        bytes,
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
        stored_at: None,
        place: None,
        supplied: Supplied::default(),
    }
}

/// A page that is a picture in grey, with these bytes for its pixels.
fn scan_of(width: i64, height: i64, pixels: Vec<u8>) -> RawDocument {
    let mut document = Document::with_version("1.7");
    let picture = document.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => width, "Height" => height,
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
        },
        pixels,
    ));
    let resources = dictionary! { "XObject" => dictionary! { "Im" => picture } };
    pdf("q 612 0 0 792 0 0 cm /Im Do Q", resources, document)
}

/// A page of printed words, drawn and put back as a picture.
fn scanned_words() -> RawDocument {
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
    let content = "BT /F1 18 Tf 72 700 Td (The sieve parts flour from bran.) Tj 0 -30 Td (It is made of silk.) Tj ET";
    let printed = pdf(content, resources, Document::with_version("1.7"));
    let arguments = ["-q", "-gray", "-r", "200", "-"];
    let drawn =
        process::run(Path::new("pdftoppm"), &arguments, &printed.bytes, MAX_PICTURE, settings().page_time).unwrap();
    // P5, width, height and depth stand before the pixels, each behind white space.
    let mut words = drawn.splitn(4, u8::is_ascii_whitespace).skip(1);
    let mut number = || std::str::from_utf8(words.next().unwrap()).unwrap().parse::<i64>().unwrap();
    let (width, height) = (number(), number());
    let pixels = drawn[drawn.len() - usize::try_from(width * height).unwrap()..].to_vec();
    scan_of(width, height, pixels)
}

fn settings() -> OcrSettings {
    OcrSettings {
        tesseract: "tesseract".into(),
        pdftoppm: "pdftoppm".into(),
        languages: "eng".to_owned(),
        max_pages: 5,
        page_time: Duration::from_mins(2),
        document_time: Duration::from_mins(4),
    }
}

#[test]
fn scanned_pages_are_read_where_there_is_tesseract() {
    if let Err(problem) = settings().check() {
        eprintln!("skipped: {problem}");
        return;
    }
    let document = extract_scanned(&scanned_words(), ExtractLimits::default(), Some(&settings()));
    let words = document.text.to_lowercase();
    assert!(words.contains("sieve") && words.contains("flour"), "{:?} {:?}", document.text, document.notices);
    assert_eq!(document.media_type, MediaType::Pdf);
    assert_eq!(document.pages.len(), 1);
    assert_eq!(document.pages[0].of(&document.text).map(str::trim_end), Some(document.text.trim_end()));
    assert!(document.notices.is_empty(), "{:?}", document.notices);
}

#[test]
fn without_the_program_a_scan_stays_a_finding() {
    let nowhere =
        OcrSettings { tesseract: "/nowhere/tesseract".into(), pdftoppm: "/nowhere/pdftoppm".into(), ..settings() };
    assert!(nowhere.check().unwrap_err().contains("poppler-utils"));
    let document = extract_scanned(&scan_of(2, 2, vec![200; 4]), ExtractLimits::default(), Some(&nowhere));
    let kinds: Vec<NoticeKind> = document.notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::NoTextLayer, NoticeKind::Malformed]);
}

#[test]
fn programs_have_limits() {
    if Command::new("sh").arg("-c").arg("true").status().is_err() {
        eprintln!("skipped: there is no shell here");
        return;
    }
    let run = |script: &str, input: &[u8], time: u64| {
        process::run(Path::new("sh"), &["-c", script], input, 1_000, Duration::from_millis(time))
    };
    assert_eq!(run("cat", b"words", 60_000).as_deref(), Ok(b"words".as_slice()));
    assert_eq!(run("exec sleep 100", b"", 100).unwrap_err(), "sh took longer than 0 s");
    assert_eq!(run("exec cat /dev/zero", b"", 60_000).unwrap_err(), "sh wrote more than 1000 bytes");
    assert!(run("exit 3", b"", 60_000).unwrap_err().starts_with("sh failed"));
    // More than a pipe holds, to a program that reads none of it.
    assert_eq!(run("exec echo done", &vec![0; 1 << 20], 60_000).as_deref(), Ok(b"done\n".as_slice()));
}

#[test]
fn lines_of_a_scan_become_paragraphs() {
    for (written, expected) in [
        ("One two\nthree.\n\nFour\n\u{c}", "One two three.\n\nFour"),
        ("a broken hyphen-\nated word\n", "a broken hyphenated word"),
        ("- no item", "\\- no item"),
        (" \n\n \n", ""),
    ] {
        assert_eq!(paragraphs(written), expected);
    }
}
