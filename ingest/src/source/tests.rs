//! What sources list and fetch, on real folders.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::MediaType;

/// A folder with these files in it.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// What is listed, a line each.
fn listing(path: &Path, limits: SourceLimits) -> Vec<String> {
    let shown = |listed| match listed {
        Listed::Document(location) => location.uri,
        Listed::Unsupported { uri, kind } => format!("{uri} unsupported {kind}"),
        Listed::Failed { uri, error } => format!("{uri} failed {}", error.code()),
    };
    list(path, limits, &Histories::default()).unwrap().map(shown).collect()
}

fn documents(path: &Path) -> Vec<Location> {
    let found = list(path, SourceLimits::default(), &Histories::default()).unwrap();
    found.filter_map(|listed| if let Listed::Document(location) = listed { Some(location) } else { None }).collect()
}

#[test]
fn folders_are_walked_in_order_and_nothing_is_skipped_in_silence() {
    let folder = folder(&[
        (".gitignore", b"target/\n"),
        (".hidden/a.md", b"x"),
        ("target/b.md", b"x"),
        ("z.md", b"x"),
        ("b/c.txt", b""),
        ("b/photo.png", b"\x89PNG\x00"),
        ("b/main.rs", b"fn main() {}"),
        ("b/bad.txt", b"a\x00b"),
        ("b/wide.jsonl", b"{\x00\"\x00i\x00d\x00\"\x00:\x001\x00}\x00"),
        ("LICENSE", b"x"),
    ]);
    let expected = [
        "LICENSE",
        "b/bad.txt unsupported binary data",
        "b/c.txt",
        "b/main.rs unsupported .rs",
        "b/photo.png unsupported .png",
        "b/wide.jsonl unsupported .jsonl in UTF-16 or UTF-32: save it as UTF-8",
        "z.md",
    ];
    assert_eq!(listing(folder.path(), SourceLimits::default()), expected);
}

#[cfg(unix)]
#[test]
fn links_end() {
    let outside = folder(&[("secret.md", b"x")]);
    let folder = folder(&[("a/one.md", b"x")]);
    let link = |target: &Path, name: &str| std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    link(folder.path(), "a/loop");
    link(&folder.path().join("a/one.md"), "inside.md");
    link(&outside.path().join("secret.md"), "outside.md");
    link(Path::new("nowhere"), "broken.md");
    let expected = [
        "a/loop unsupported link to a folder",
        "a/one.md",
        "broken.md unsupported broken link",
        "inside.md",
        "outside.md unsupported link out of the folder",
    ];
    assert_eq!(listing(folder.path(), SourceLimits::default()), expected);
}

#[test]
fn one_file_is_itself() {
    let folder = folder(&[("a.md", b"# Hi\n")]);
    let path = folder.path().join("a.md");
    let [location] = documents(&path).try_into().unwrap();
    assert_eq!(location.uri, path.to_string_lossy());
    let raw = fetch(&location, SourceLimits::default()).unwrap();
    assert_eq!((raw.bytes.as_slice(), raw.media_type), (b"# Hi\n".as_slice(), MediaType::Markdown));
    assert!(raw.stored_at.is_some() && raw.place.is_some());
}

#[test]
fn what_is_not_there_is_an_error() {
    let folder = folder(&[("a.md", b"x")]);
    assert!(matches!(
        list(&folder.path().join("b.md"), SourceLimits::default(), &Histories::default()),
        Err(Error::Missing { .. })
    ));
    let [location] = documents(folder.path()).try_into().unwrap();
    fs::remove_file(folder.path().join("a.md")).unwrap();
    assert!(matches!(fetch(&location, SourceLimits::default()), Err(Error::Read { .. })));
}

#[test]
fn a_folder_that_vanishes_half_way_is_no_empty_folder() {
    let folder = folder(&[("a.md", b"x"), ("b/one.md", b"x"), ("b/two.md", b"x"), ("c/three.md", b"x")]);
    let mut walk = list(folder.path(), SourceLimits::default(), &Histories::default()).unwrap();
    assert!(matches!(walk.next(), Some(Listed::Document(location)) if location.uri == "a.md"));
    fs::remove_dir_all(folder.path()).unwrap();
    let rest: Vec<Listed> = walk.collect();
    assert!(rest.iter().all(|one| matches!(one, Listed::Failed { .. })), "{rest:?}");
    assert!(matches!(rest.last(), Some(Listed::Failed { uri, .. }) if uri == ROOT), "{rest:?}");
}

#[test]
fn limits_hold_when_listing_and_when_fetching() {
    let limits = SourceLimits { max_document_bytes: 20 };
    let folder = folder(&[
        ("a.md", &[b'x'; 21]),
        ("b.md", &[b'x'; 20]),
        ("c.jsonl", b"{\"id\":1,\"text\":\"too long\"}\n{\"id\":2,\"text\":\"\"}\n"),
    ]);
    assert_eq!(
        listing(folder.path(), limits),
        ["a.md failed too_large", "b.md", "c.jsonl:1 failed too_large", "c.jsonl#2"]
    );
    for location in documents(folder.path()) {
        let fetched = fetch(&location, limits);
        let fits = location.bytes <= 20;
        assert_eq!(fetched.is_ok(), fits, "{location:?}");
        assert!(fits || matches!(fetched, Err(Error::TooLarge { .. })));
    }
}

#[test]
fn lines_of_jsonl_fail_one_by_one() {
    let lines = [
        r#"{"id": "a", "text": "one"}"#,
        r#"{"id": 2, "markdown": "two", "uri": "two.md", "title": "T", "modified_at": "2024-03-01", "authority": 80, "metadata": {"k": 1}, "extra": true}"#,
        r#"{"_id": "c", "html": "<p>three", "title": null}"#,
        "",
        r#"{"id": "d"}"#,
        r#"{"id": "a", "text": "again"}"#,
        r#"{"id": "e", "text": "cut"#,
        r#"{"id": "f", "text": "x", "uri": "two.md"}"#,
        r#"{"id": "g", "text": "x", "modified_at": "last week"}"#,
        r#"{"id": "h", "text": "x", "authority": 101}"#,
        r#"{"id": "i", "text": "x", "html": "y"}"#,
        "[1]",
        "\u{2028}",
        r#"{"id": "last", "text": "no line feed after it"}"#,
    ];
    let folder = folder(&[("docs.jsonl", lines.join("\n").as_bytes())]);
    let path = folder.path().join("docs.jsonl");
    let problems: Vec<String> = list(&path, SourceLimits::default(), &Histories::default())
        .unwrap()
        .filter_map(|listed| match listed {
            Listed::Failed { error: Error::BadLine { line, problem, .. }, .. } => Some(format!("{line}: {problem}")),
            Listed::Failed { .. } | Listed::Document(_) | Listed::Unsupported { .. } => None,
        })
        .collect();
    insta::assert_snapshot!(problems.join("\n"), @r#"
    5: has no text; expected a string in "text", "markdown" or "html"
    6: the id "a" is already on line 1: ids must be unique within the file
    7: is not valid JSON at column 24: EOF while parsing a string; expected one object a line
    8: the uri "two.md" is already on line 2: uris must be unique within the file
    9: "modified_at" is "last week"; expected a date such as 2024-03-01 or 2024-03-01T10:00:00Z
    10: "authority" is 101; expected a whole number from 0 to 100
    11: has both "text" and "html"; expected one of them
    12: expected a JSON object such as {"id": "a", "text": "…"}
    13: is not valid JSON at column 1: expected value; expected one object a line
    "#);
    let uris: Vec<String> = documents(&path).into_iter().map(|location| location.uri).collect();
    assert_eq!(uris, ["a", "two.md", "c", "last"]);
    let uris: Vec<String> = documents(folder.path()).into_iter().map(|location| location.uri).collect();
    assert_eq!(uris, ["docs.jsonl#a", "docs.jsonl#two.md", "docs.jsonl#c", "docs.jsonl#last"]);
}

#[test]
fn lines_without_ids_keep_their_names_when_others_come_and_go() {
    let shown = |lines: &[&str]| -> Vec<(String, Option<String>, Vec<u8>)> {
        let folder = folder(&[("docs.jsonl", lines.join("\n").as_bytes())]);
        let fetched = |location: Location| {
            let raw = fetch(&location, SourceLimits::default()).unwrap();
            assert_eq!(raw.uri, location.uri);
            (location.uri, raw.supplied.id, raw.bytes)
        };
        documents(&folder.path().join("docs.jsonl")).into_iter().map(fetched).collect()
    };
    let (one, two) = (r#"{"text": "one", "k": 1}"#, r#"{"id": null, "markdown": "two"}"#);
    let before = shown(&[one, two]);
    let after = shown(&[r#"{"id": "new", "text": "x"}"#, two, r#"{"text": "new"}"#, r#"{"text": "one", "k": 2}"#, one]);
    assert_eq!((before.len(), after.len()), (2, 5));
    assert_eq!(before[0], after[3], "what else a line says is no part of its name");
    assert_eq!(before[1], after[1]);
    // The same text once more is a document of its own, lest a copy go unseen.
    assert_eq!((&after[4].0, &after[4].2), (&format!("{}~2", before[0].0), &before[0].2));
    assert_eq!(after[4].1.as_ref(), Some(&after[4].0));
    // A line that only has a uri goes by it.
    let named = shown(&[r#"{"uri": "a.md", "text": "one"}"#, r#"{"uri": "b~2", "text": "one"}"#]);
    assert_eq!(
        named.iter().map(|(uri, id, _)| (uri.as_str(), id.as_deref())).collect::<Vec<_>>(),
        [("a.md", Some("a.md")), ("b~2", Some("b~2"))]
    );
}

#[test]
fn lines_are_fetched_with_what_they_say() {
    let line = r#"{"id": 2, "markdown": "two", "uri": "two.md", "title": "T", "modified_at": "2024-03-01", "authority": 80, "metadata": {"k": 1}, "extra": true}"#;
    let folder = folder(&[("docs.jsonl", format!("\u{FEFF}{{\"id\":\"a\",\"text\":\"é\"}}\r\n{line}\r\n").as_bytes())]);
    let path = folder.path().join("docs.jsonl");
    let [first, second] = documents(&path).try_into().unwrap();
    assert_eq!(fetch(&first, SourceLimits::default()).unwrap().bytes, "é".as_bytes());
    let raw = fetch(&second, SourceLimits::default()).unwrap();
    assert_eq!(
        (raw.uri.as_str(), raw.media_type, raw.bytes.as_slice()),
        ("two.md", MediaType::Markdown, b"two".as_slice())
    );
    assert_eq!(raw.supplied.id.as_deref(), Some("2"));
    assert_eq!(raw.supplied.title.as_deref(), Some("T"));
    assert_eq!(raw.supplied.authority, Some(80));
    assert_eq!(raw.supplied.modified_at, "2024-03-01T00:00:00Z".parse().ok());
    assert_eq!(serde_json::to_string(&raw.supplied.metadata).unwrap(), r#"{"extra":true,"k":1}"#);

    fs::write(&path, "{\"id\":\"a\",\"text\":\"shorter\"}\n").unwrap();
    assert!(matches!(fetch(&second, SourceLimits::default()), Err(Error::BadLine { .. })));
    fs::write(&path, [b"{}".as_slice(), &[b' '; 40], b"\n"].concat()).unwrap();
    assert!(matches!(fetch(&first, SourceLimits::default()), Err(Error::BadLine { .. })));
}

proptest! {
    #[test]
    fn any_bytes_make_a_listing(content in proptest::collection::vec(any::<u8>(), 0..400), limit in 0_u64..200) {
        let folder = folder(&[("a.jsonl", &content)]);
        let limits = SourceLimits { max_document_bytes: limit };
        for listed in list(folder.path(), limits, &Histories::default()).unwrap() {
            if let Listed::Document(location) = listed {
                prop_assert!(fetch(&location, limits).is_ok());
            }
        }
    }

    #[test]
    fn every_line_is_found_again(texts in proptest::collection::vec(".{0,30}", 0..20), limit in 1_u64..100) {
        let lines: Vec<String> = texts.iter().enumerate()
            .map(|(i, text)| serde_json::json!({"id": i, "text": text}).to_string()).collect();
        let folder = folder(&[("a.jsonl", lines.join("\n").as_bytes())]);
        let limits = SourceLimits { max_document_bytes: limit };
        let listed: Vec<Listed> = list(&folder.path().join("a.jsonl"), limits, &Histories::default()).unwrap().collect();
        prop_assert_eq!(listed.len(), lines.len());
        for (i, listed) in listed.into_iter().enumerate() {
            match listed {
                Listed::Document(location) => {
                    prop_assert_eq!(fetch(&location, limits).unwrap().bytes, texts[i].as_bytes());
                }
                Listed::Failed { error, .. } => {
                    let too_large = matches!(error, Error::TooLarge { bytes, .. } if bytes == lines[i].len() as u64);
                    prop_assert!(too_large);
                }
                Listed::Unsupported { .. } => prop_assert!(false),
            }
        }
    }
}
