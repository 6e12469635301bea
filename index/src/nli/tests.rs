//! The second opinion, on a model whose answers are known.

use std::path::PathBuf;

use super::*;

mod tiny_model;

use tiny_model::{ORDER, write};

fn library() -> Option<PathBuf> {
    let library = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from);
    if library.is_none() {
        eprintln!("skipped: ORT_DYLIB_PATH does not say where ONNX Runtime is");
    }
    library
}

#[test]
fn a_model_says_what_its_numbers_and_the_order_of_its_labels_say() {
    let Some(library) = library() else { return };
    let temp = tempfile::tempdir().unwrap();
    write(temp.path(), ORDER);
    let nli = Nli::open(&NliFiles::find(temp.path().to_str().unwrap()).unwrap(), &library).unwrap();
    // 6 for contradiction, 1 for neutral, 3 for entailment.
    let opinion = nli.opinion("The door not open", "the DOOR open").unwrap();
    let all = 6_f32.exp() + 1_f32.exp() + 3_f32.exp();
    for (found, expected) in [
        (opinion.contradiction, 6_f32.exp() / all),
        (opinion.neutral, 1_f32.exp() / all),
        (opinion.entailment, 3_f32.exp() / all),
    ] {
        assert!((found - expected).abs() < 1e-5, "{opinion:?}");
    }
    assert!(nli.contradiction("the door open", "the door not open").unwrap() > 0.9);
    assert!(nli.contradiction("the door open", "the door open").unwrap() < 0.1);

    // The same graph, whose labels stand in another order.
    write(temp.path(), r#"{"id2label": {"0": "entailment", "1": "neutral", "2": "contradiction"}}"#);
    let turned = Nli::open(&NliFiles::in_folder(temp.path()), &library).unwrap();
    assert!(turned.opinion("the door not open", "the door open").unwrap().entailment > 0.9);
}

#[test]
fn long_pairs_are_cut_and_unknown_words_read() {
    let Some(library) = library() else { return };
    let temp = tempfile::tempdir().unwrap();
    write(temp.path(), ORDER);
    let nli = Nli::open(&NliFiles::in_folder(temp.path()), &library).unwrap();
    let long = "unheard ".repeat(5_000);
    // 511 unknown words count one each for neutral: no more than 512 tokens were read.
    assert!(nli.opinion(&long, &long).unwrap().neutral > 0.999);
    assert!(nli.opinion("", "").is_ok());
}

#[test]
fn what_is_no_model_for_inference_is_refused_and_says_why() {
    let Some(library) = library() else { return };
    let temp = tempfile::tempdir().unwrap();
    let refused = |config: &str, change: fn(&Path)| {
        write(temp.path(), config);
        change(temp.path());
        Nli::open(&NliFiles::in_folder(temp.path()), &library).map(drop).unwrap_err().to_string()
    };
    assert!(refused(r#"{"id2label": {"0": "LABEL_0"}}"#, |_| {}).contains("no label contradict"));
    assert!(refused("{}", |_| {}).contains("id2label"));
    assert!(
        refused(ORDER, |dir| std::fs::write(dir.join("model.onnx"), "none").unwrap()).contains("loading the model")
    );
    assert!(refused(ORDER, |dir| std::fs::remove_file(dir.join("model.onnx")).unwrap()).contains("model.onnx"));
    assert!(refused(ORDER, |dir| std::fs::write(dir.join("tokenizer.json"), "{").unwrap()).contains("tokenizer.json"));
}
