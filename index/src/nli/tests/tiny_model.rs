//! A model of a few hundred bytes, written here: it adds up a row of three numbers for each token, so that what it says
//! of two sentences can be worked out by hand.

use std::path::Path;

/// The words it knows. Each counts for contradiction, neutral and entailment, by [`ORDER`].
const WORDS: [(&str, [f32; 3]); 6] = [
    ("[UNK]", [0.0, 1.0, 0.0]),
    ("[SEP]", [0.0, 0.0, 0.0]),
    ("not", [6.0, 0.0, 0.0]),
    ("open", [0.0, 0.0, 1.5]),
    ("the", [0.0, 0.0, 0.0]),
    ("door", [0.0, 0.5, 0.0]),
];
/// Labels in the order of the rows.
pub(crate) const ORDER: &str = r#"{"id2label": {"0": "CONTRADICTION", "1": "neutral", "2": "Entailment"}}"#;

/// Protocol buffers, as far as a graph needs them.
mod onnx {
    pub(super) fn varint(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }

    pub(super) fn number(field: u64, value: u64) -> Vec<u8> {
        [varint(field << 3), varint(value)].concat()
    }

    pub(super) fn bytes(field: u64, value: &[u8]) -> Vec<u8> {
        [varint(field << 3 | 2), varint(value.len() as u64), value.to_vec()].concat()
    }

    pub(super) fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
        let inputs: Vec<u8> = inputs.iter().flat_map(|name| bytes(1, name.as_bytes())).collect();
        let attributes: Vec<u8> = attributes.iter().flat_map(|attribute| bytes(5, attribute)).collect();
        [inputs, bytes(2, output.as_bytes()), bytes(4, operator.as_bytes()), attributes].concat()
    }

    pub(super) fn integer(name: &str, value: u64) -> Vec<u8> {
        [bytes(1, name.as_bytes()), number(3, value), number(20, 2)].concat()
    }

    /// A value's name, type (1: float, 7: int64) and dimensions, of which names are open.
    pub(super) fn value(name: &str, kind: u64, dimensions: &[&str]) -> Vec<u8> {
        let shape: Vec<u8> = dimensions.iter().flat_map(|name| bytes(1, &bytes(2, name.as_bytes()))).collect();
        let tensor = [number(1, kind), bytes(2, &shape)].concat();
        [bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()
    }

    pub(super) fn floats(name: &str, dimensions: &[u64], values: &[f32]) -> Vec<u8> {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let dimensions: Vec<u8> = dimensions.iter().flat_map(|length| number(1, *length)).collect();
        [dimensions, number(2, 1), bytes(8, name.as_bytes()), bytes(9, &raw)].concat()
    }

    pub(super) fn integers(name: &str, values: &[i64]) -> Vec<u8> {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        [number(1, values.len() as u64), number(2, 7), bytes(8, name.as_bytes()), bytes(9, &raw)].concat()
    }

    /// A model of one graph, in version 10 of the format and opset 17.
    pub(super) fn model(graph: &[u8]) -> Vec<u8> {
        let opset = number(2, 17);
        [number(1, 10), bytes(7, graph), bytes(8, &opset)].concat()
    }
}

/// `logits = sum over tokens of mask * table[id]`.
fn graph() -> Vec<u8> {
    let rows: Vec<f32> = WORDS.iter().flat_map(|(_, row)| *row).collect();
    let parts = [
        onnx::bytes(1, &onnx::node("Gather", &["table", "input_ids"], "rows", &[])),
        onnx::bytes(1, &onnx::node("Cast", &["attention_mask"], "mask", &[onnx::integer("to", 1)])),
        onnx::bytes(1, &onnx::node("Unsqueeze", &["mask", "last"], "column", &[])),
        onnx::bytes(1, &onnx::node("Mul", &["rows", "column"], "counted", &[])),
        onnx::bytes(1, &onnx::node("ReduceSum", &["counted", "tokens"], "logits", &[onnx::integer("keepdims", 0)])),
        onnx::bytes(2, b"tiny"),
        onnx::bytes(5, &onnx::floats("table", &[WORDS.len() as u64, 3], &rows)),
        onnx::bytes(5, &onnx::integers("last", &[2])),
        onnx::bytes(5, &onnx::integers("tokens", &[1])),
        onnx::bytes(11, &onnx::value("input_ids", 7, &["batch", "length"])),
        onnx::bytes(11, &onnx::value("attention_mask", 7, &["batch", "length"])),
        onnx::bytes(12, &onnx::value("logits", 1, &["batch", "labels"])),
    ];
    onnx::model(&parts.concat())
}

fn tokenizer() -> serde_json::Value {
    let vocabulary: serde_json::Map<_, _> =
        WORDS.iter().enumerate().map(|(id, (word, _))| ((*word).to_owned(), id.into())).collect();
    serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [
                {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}}
            ],
            "special_tokens": {"[SEP]": {"id": "[SEP]", "ids": [1], "tokens": ["[SEP]"]}}
        },
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"}
    })
}

/// Writes the model's three files.
pub(crate) fn write(dir: &Path, config: &str) {
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(dir.join("model.onnx"), graph()).unwrap();
    std::fs::write(dir.join("tokenizer.json"), tokenizer().to_string()).unwrap();
    std::fs::write(dir.join("config.json"), config).unwrap();
}
