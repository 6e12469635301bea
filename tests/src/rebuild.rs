//! Vectors are made once, and indexes are made anew beside those in use.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Bench, page};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// A model that differs from the installed one in what it puts before a query.
fn other_model(bench: &Bench) -> Option<PathBuf> {
    let installed = PathBuf::from(std::env::var_os("TAMIS_MODEL_DIR")?);
    let other = bench.path("other-model");
    copy(&installed, &other);
    fs::write(other.join("tamis.json"), r#"{"pooling": "mean", "query_prefix": "query: "}"#).unwrap();
    Some(other)
}

fn indexes(bench: &Bench) -> usize {
    let items = fs::read_dir(bench.path(".tamis")).unwrap().map(|item| item.unwrap());
    items.filter(|item| item.path().is_dir() && item.file_name().to_string_lossy().starts_with("index")).count()
}

#[test]
fn no_text_is_embedded_twice() {
    let bench = Bench::new();
    bench.write("anchor.md", page("anchor"));
    bench.write("bilge.md", page("bilge"));
    let first = bench.ingest()["embedded"].as_u64().unwrap();
    assert!(first >= 2);

    // Gone and back, under another name, and into indexes made anew.
    bench.remove("bilge.md");
    assert_eq!(bench.ingest()["embedded"], 0);
    bench.write("deep/moved.md", page("bilge"));
    assert_eq!(bench.ingest()["embedded"], 0);
    let rebuilt = bench.run(&["rebuild"]).expect(0);
    assert!(rebuilt.stderr.contains(" 0 of them embedded anew"), "{}", rebuilt.stderr);
    assert_eq!(bench.verify(), first);

    // The cache holds only what can be made again.
    for name in ["embeddings.sqlite", "embeddings.sqlite-wal", "embeddings.sqlite-shm"] {
        let _ = fs::remove_file(bench.path(".tamis").join(name));
    }
    let rebuilt = bench.run(&["rebuild"]).expect(0);
    assert!(rebuilt.stderr.contains(&format!(" {first} of them embedded anew")), "{}", rebuilt.stderr);
    assert_eq!(indexes(&bench), 1);
}

#[test]
fn another_model_takes_over_and_the_old_indexes_stay_until_dropped() {
    let bench = Bench::new();
    let Some(other) = other_model(&bench) else {
        eprintln!("skipped: TAMIS_MODEL_DIR does not say where the model is");
        return;
    };
    for topic in ["anchor", "bilge", "cleat"] {
        bench.write(&format!("{topic}.md"), page(topic));
    }
    bench.ingest();
    let held = bench.verify();
    assert!(bench.run(&["rebuild", "--model", "no-such-model"]).expect(2).stderr.contains("model pull"));

    let rebuilt = bench.run(&["rebuild", "--model", other.to_str().unwrap()]).expect(0);
    assert!(rebuilt.stderr.contains("asked for, found before: 3, now: 3"), "{}", rebuilt.stderr);
    assert_eq!((bench.verify(), indexes(&bench)), (held, 2));
    let answer = bench.run(&["search", "bilge greeting", "--format", "json"]).expect(0).json();
    assert_eq!(answer["hits"][0]["uri"], "bilge.md", "{answer}");

    // What comes next goes into the new indexes, and the old ones go when told.
    bench.write("davit.md", page("davit"));
    bench.ingest();
    assert!(bench.verify() > held);
    bench.run(&["rebuild", "--drop-old"]).expect(0);
    assert_eq!(indexes(&bench), 1);
    assert!(bench.verify() > held);
    // A plain rebuild stays with the model in use.
    bench.run(&["rebuild"]).expect(0);
    fs::remove_dir_all(&other).unwrap();
    let missing = bench.run(&["search", "bilge"]).expect(3);
    assert!(missing.stderr.contains("other-model"), "{}", missing.stderr);
}
