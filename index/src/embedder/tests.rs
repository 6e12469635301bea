use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use super::*;
use crate::Error;

/// The installed model, where the environment says where it is.
fn installed() -> Option<ModelFiles> {
    let dir = std::env::var_os("TAMIS_MODEL_DIR").map(PathBuf::from);
    let runtime = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from);
    let files = dir.zip(runtime).map(|(dir, runtime)| ModelFiles { dir, runtime });
    if files.is_none() {
        eprintln!("skipped: TAMIS_MODEL_DIR and ORT_DYLIB_PATH do not say where the model is");
    }
    files
}

fn embedder() -> Option<Embedder> {
    static SHARED: OnceLock<Option<Embedder>> = OnceLock::new();
    SHARED.get_or_init(|| installed().map(|files| Embedder::open(&files, 2).unwrap())).clone()
}

fn cosine(a: &Vector, b: &Vector) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[tokio::test]
async fn sentences_are_as_alike_as_the_published_model_says() {
    let Some(embedder) = embedder() else { return };
    let sentences =
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"];
    let vectors = embedder.embed(texts(&sentences)).await.unwrap();
    for (place, expected) in [(1, 0.6946), (2, 0.9429), (3, 0.2569)] {
        let found = cosine(&vectors[0], &vectors[place]);
        // The figures are the whole model's; 8-bit weights move those of short sentences by up to .03.
        assert!((found - expected).abs() < 0.04, "{}: {found}, expected {expected}", sentences[place]);
    }
    for vector in &vectors {
        assert_eq!(vector.len(), embedder.fingerprint().dimension);
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-4);
    }
}

#[tokio::test]
async fn identifiers_are_read_as_their_words_and_known_words_as_they_are() {
    let Some(embedder) = embedder() else { return };
    let pairs = texts(&["a StdMapObserver", "a Std Map Observer", "YouTube", "You Tube"]);
    let vectors = embedder.embed(pairs).await.unwrap();
    assert!(vectors[0] == vectors[1]);
    assert!(vectors[2] != vectors[3]);
}

#[tokio::test]
async fn a_vector_is_the_same_alone_and_among_others_and_comes_back_in_its_place() {
    let Some(embedder) = embedder() else { return };
    let long = "the quick brown fox jumps over the lazy dog ".repeat(200);
    let batch = texts(&["", "short", &long, "déjà vu 東京 \u{0} \u{feff}", "short", "freshness of documents", "\n\t "]);
    let together = embedder.embed(batch.clone()).await.unwrap();
    for (text, vector) in batch.iter().zip(&together) {
        assert_eq!(&embedder.embed_query(text).await.unwrap(), vector, "{text:.20}");
    }
    assert!(embedder.embed(Vec::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_dropped_batch_stops_and_a_query_goes_before_one() {
    let Some(embedder) = embedder() else { return };
    let batch: Vec<String> = (0..2000).map(|n| format!("{n} {}", "words of a long text ".repeat(80))).collect();
    let dropped = tokio::time::timeout(Duration::from_millis(50), embedder.embed(batch.clone())).await;
    assert!(dropped.is_err(), "2,000 texts in 50 ms");

    let running = tokio::spawn({
        let embedder = embedder.clone();
        async move { embedder.embed(batch).await }
    });
    embedder.embed_query("a query").await.unwrap();
    assert!(!running.is_finished(), "the query waited for the batch");
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    embedder.embed(texts(&["another batch is not held up by the dropped ones"])).await.unwrap();
}

#[test]
fn a_missing_or_wrong_runtime_is_an_error_that_names_it() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("model");
    std::fs::create_dir(&dir).unwrap();
    for name in ["model.onnx", "tokenizer.json", "special_tokens_map.json", "tokenizer_config.json"] {
        std::fs::write(dir.join(name), "nothing").unwrap();
    }
    std::fs::write(dir.join("config.json"), r#"{"hidden_size": 8}"#).unwrap();
    let runtime = temp.path().join("libonnxruntime.so");

    let open = || Embedder::open(&ModelFiles { dir: dir.clone(), runtime: runtime.clone() }, 1).map(drop).unwrap_err();
    let missing = open();
    assert!(matches!(&missing, Error::ModelFile { path, .. } if *path == runtime), "{missing}");

    // Another test of this process may have loaded the real runtime, which then serves here too: both ways the model,
    // being none, is refused.
    std::fs::write(&runtime, "no library").unwrap();
    let wrong = open();
    assert!(matches!(&wrong, Error::Model { .. }), "{wrong}");
}
