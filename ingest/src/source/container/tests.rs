//! Containers as sources list and fetch them, built here and damaged here.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::{Histories, Listed, Location, SourceLimits, fetch, list};
use crate::MediaType;

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mtime(1_700_000_000);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const MESSAGE: &str = "From: Ada <ada@x.org>\r\nSubject: Mill\r\nMessage-ID: <1@x.org>\r\nDate: Fri, 1 Mar 2024 10:00:00 +0000\r\n\
    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe mill turns.\r\n\
    --b\r\nContent-Type: text/markdown; name=a.md\r\nContent-Disposition: attachment; filename=a.md\r\n\r\n# Attached\r\n--b--\r\n";

/// What a folder with these files lists, a line each; every document is fetched and its beginning shown.
fn listing(files: &[(&str, &[u8])], limits: SourceLimits) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let shown = |listed| match listed {
        Listed::Document(location) => {
            let raw = fetch(&location, limits).unwrap();
            assert_eq!(raw.uri, location.uri);
            let text = String::from_utf8_lossy(&raw.bytes).into_owned();
            let head: String = text.chars().filter(|c| !c.is_control()).take(12).collect();
            format!("{} {} {head:?}", location.uri, raw.media_type.name())
        }
        Listed::Unsupported { uri, kind } => format!("{uri} unsupported {kind}"),
        Listed::Failed { uri, error } => format!("{uri} failed {}: {error}", error.code()),
    };
    list(folder.path(), limits, &Histories::default()).unwrap().map(shown).collect()
}

#[test]
fn what_is_inside_is_listed_and_fetched() {
    let inner = zip(&[("deep.md", b"# Deep"), ("docs.jsonl", b"{\"id\": \"x\", \"text\": \"line\"}\n")]);
    let outer = zip(&[
        ("a/one.md", b"# One"),
        (".hidden/no.md", b"x"),
        ("__MACOSX/no.md", b"x"),
        ("../two.txt", b"two"),
        ("photo.png", b"\x89PNG\0"),
        ("inner.zip", &inner),
        ("mail.eml", MESSAGE.as_bytes()),
    ]);
    let packed = gzip(&tar(&[("x/three.md", b"# Three"), ("four.html", b"<html><p>Four</p>")]));
    let mailbox = format!(
        "From ada@x.org Fri Mar  1 10:00:00 2024\n{}\nFrom bo@x.org Fri Mar  1 10:00:00 2024\nFrom: bo@x.org\nSubject: Re\nDate: Fri, 1 Mar 2024 11:00:00 +0000\n\nHi\n\n>From here on.\n",
        MESSAGE.replace("\r\n", "\n")
    );
    let files: [(&str, &[u8]); 5] = [
        ("a.zip", &outer),
        ("b.tar.gz", &packed),
        ("c.mbox", mailbox.as_bytes()),
        ("d.eml", MESSAGE.as_bytes()),
        ("e.md.gz", &gzip(b"# Five")),
    ];
    insta::assert_snapshot!(listing(&files, SourceLimits::default()).join("\n"));
}

#[test]
fn names_stay_when_others_come_and_go() {
    let message = |id: &str| {
        format!("From a@x.org Fri Mar  1 10:00:00 2024\nFrom: a@x.org\nMessage-ID: <{id}@x.org>\n\nText {id}.\n\n")
    };
    let both = listing(&[("m.mbox", (message("1") + &message("2")).as_bytes())], SourceLimits::default());
    let one = listing(&[("m.mbox", message("2").as_bytes())], SourceLimits::default());
    assert_eq!((both.len(), &both[1]), (2, &one[0]));
}

#[test]
fn bombs_and_crowds_are_refused_by_name() {
    let limits = SourceLimits { max_document_bytes: 10_000 };
    let bomb = vec![b'x'; 20_000_000];
    let many: Vec<(String, &[u8])> = (0..40).map(|n| (format!("{n}.md"), &bomb[..9_000])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    let crowd: Vec<(String, &[u8])> = (0..10_001).map(|n| (format!("{n}.md"), b"x".as_slice())).collect();
    let crowd: Vec<(&str, &[u8])> = crowd.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    let mut nested = zip(&[("a.md", b"x")]);
    for _ in 0..5 {
        nested = zip(&[("in.zip", &nested)]);
    }
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("a.zip", zip(&[("big.md", &bomb)]), "big.md failed too_large"),
        ("a.zip", zip(&many), "a.zip failed bad_container: unpacks to more than 160000 bytes"),
        ("a.tar.gz", gzip(&tar(&[("big.md", &bomb)])), "more than"),
        ("a.tar.gz", gzip(&tar(&[(".skipped", &bomb)])), "unpacks to more than 160000 bytes"),
        ("a.zip", zip(&crowd), "more than 10000 entries"),
        ("a.tar", tar(&crowd), "more than 10000 members"),
        ("a.zip", nested, "more than 3 containers deep"),
        ("a.zip", zip(&[("a.md", b"x")])[..60].to_vec(), "cut off"),
    ];
    for (name, file, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), file).unwrap();
        let last = list(folder.path(), limits, &Histories::default()).unwrap().last();
        let Some(Listed::Failed { uri, error }) = last else { panic!("{expected}: {last:?}") };
        assert!(format!("{uri} failed {}: {error}", error.code()).contains(expected), "{expected}: {uri} {error}");
    }
}

#[test]
fn a_name_says_what_its_content_does_not() {
    let library = zip(&[("a.class", b"x")]);
    let cases: [(&str, &[u8], &str); 6] = [
        ("a.jar", &library, "a.jar unsupported .jar"),
        (
            "a.docx",
            b"PK\x03\x04 cut off",
            "a.docx application/vnd.openxmlformats-officedocument.wordprocessingml.document \"PK cut off\"",
        ),
        ("a.svgz", &gzip(b"<svg/>"), "a.svgz unsupported .svgz"),
        ("a.deb", &tar(&[("a", b"x")]), "a.deb unsupported .deb"),
        ("a.zip", &zip(&[]), ""),
        ("a.txt", b"From here on it is text.\nIt is.\n", "a.txt text/plain \"From here on\""),
    ];
    for (name, file, expected) in cases {
        assert_eq!(listing(&[(name, file)], SourceLimits::default()).join("\n"), expected, "{name}");
    }
}

#[test]
fn what_was_taken_away_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    fs::write(&path, zip(&[("a.md", b"x"), ("b.md", b"y")])).unwrap();
    let documents: Vec<Location> = list(&path, SourceLimits::default(), &Histories::default())
        .unwrap()
        .filter_map(|listed| if let Listed::Document(location) = listed { Some(location) } else { None })
        .collect();
    assert_eq!(documents[1].uri, format!("{}!/b.md", path.display()));
    assert_eq!(fetch(&documents[1], SourceLimits::default()).unwrap().media_type, MediaType::Markdown);
    fs::write(&path, zip(&[("a.md", b"x")])).unwrap();
    assert_eq!(fetch(&documents[1], SourceLimits::default()).unwrap_err().code(), "bad_container");
    // A place in a ledger from before there were containers.
    let stored = r#"{"uri": "a.md", "path": "a.md", "line": null, "bytes": 1, "stored_at": null}"#;
    assert!(serde_json::from_str::<Location>(stored).unwrap().member.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_containers_are_listed(at in 0_usize..4_000, byte in any::<u8>(), cut in 0_usize..4_000) {
        let files: [(&str, &[u8]); 3] = [("a/one.md", b"# One"), ("two.txt", b"two two two"), ("mail.eml", MESSAGE.as_bytes())];
        let mut text = String::new();
        write!(text, "From a@x.org Fri Mar  1 10:00:00 2024\n{MESSAGE}").unwrap();
        for (name, whole) in [("a.zip", zip(&files)), ("a.tar", tar(&files)), ("a.tar.gz", gzip(&tar(&files))), ("a.mbox", text.into_bytes())] {
            let mut damaged = whole.clone();
            let length = damaged.len();
            damaged[at % length] = byte;
            for file in [damaged.as_slice(), &whole[..cut % length]] {
                let folder = tempfile::tempdir().unwrap();
                fs::write(folder.path().join(name), file).unwrap();
                let limits = SourceLimits { max_document_bytes: 100_000 };
                for listed in list(folder.path(), limits, &Histories::default()).unwrap() {
                    if let Listed::Document(location) = listed {
                        let _ = fetch(&location, limits);
                    }
                }
            }
        }
    }
}
