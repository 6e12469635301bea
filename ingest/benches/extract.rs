//! How fast each reader reads: documents of some hundred kilobytes, made up here.

use std::fmt::Write;

use criterion::{Criterion, Throughput};
use jiff::Timestamp;
use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};
use tamis_ingest::{ExtractLimits, MediaType, RawDocument, Supplied, extract};

/// Sections in each document.
const SECTIONS: usize = 200;

const SENTENCE: &str = "A sieve lets fine flour through and keeps the bran, so that what is baked of it is light. ";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let documents = [
        (MediaType::Markdown, markdown().into_bytes()),
        (MediaType::Html, html().into_bytes()),
        (MediaType::Pdf, pdf()),
    ];
    let mut group = criterion.benchmark_group("extract");
    for (media_type, bytes) in documents {
        let raw = raw(media_type, bytes);
        let document = extract(&raw, ExtractLimits::default());
        assert!(document.text.len() > SECTIONS * SENTENCE.len(), "{media_type:?} was not read: {:?}", document.notices);
        group.throughput(Throughput::Bytes(raw.bytes.len() as u64));
        group.bench_function(media_type.name(), |bencher| bencher.iter(|| extract(&raw, ExtractLimits::default())));
    }
    group.finish();
    criterion.final_summary();
}

fn raw(media_type: MediaType, bytes: Vec<u8>) -> RawDocument {
    RawDocument {
        uri: "made-up".to_owned(),
        media_type,
        bytes,
        fetched_at: Timestamp::now(),
        stored_at: None,
        place: None,
        supplied: Supplied::default(),
    }
}

fn markdown() -> String {
    let mut text = "---\ntitle: Sieves\nupdated: 2024-03-01\n---\n# Sieves\n\n".to_owned();
    for section in 0..SECTIONS {
        let _ = write!(
            text,
            "## Section {section}\n\n{}\n\n- flour\n- bran\n\n```sh\nsift {section}\n```\n\n",
            SENTENCE.repeat(5)
        );
    }
    text
}

fn html() -> String {
    let mut text =
        "<!doctype html><html lang=en><title>Sieves</title><body><nav><a href=/>Home</a></nav><main><article>"
            .to_owned();
    for section in 0..SECTIONS {
        let _ = write!(text, "<h2>Section {section}</h2><p>{}</p><ul><li>flour<li>bran</ul>", SENTENCE.repeat(5));
    }
    text + "</article></main><footer>Imprint</footer></body></html>"
}

/// A PDF of one section a page, each sentence a line.
fn pdf() -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document.add_object(
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" },
    );
    let mut pages: Vec<Object> = Vec::new();
    for _ in 0..SECTIONS {
        let mut operations = vec![
            Operation::new("BT", vec![]),
            Operation::new("Tf", vec!["F1".into(), 10.into()]),
            Operation::new("Td", vec![72.into(), 720.into()]),
        ];
        for _ in 0..40 {
            operations.push(Operation::new("Td", vec![0.into(), (-12).into()]));
            operations.push(Operation::new("Tj", vec![Object::string_literal(SENTENCE)]));
        }
        operations.push(Operation::new("ET", vec![]));
        let content = Content { operations }.encode().unwrap_or_default();
        let content = document.add_object(Stream::new(dictionary! {}, content));
        let page = dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        };
        pages.push(document.add_object(page).into());
    }
    let count = i64::try_from(pages.len()).unwrap_or_default();
    document.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => pages, "Count" => count }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document.compress();
    let mut bytes = Vec::new();
    // Writing to memory cannot fail; an empty file would fail the check above.
    let _ = document.save_to(&mut bytes);
    bytes
}
