//! Embedding chunks with this crate against stock fastembed: the 32-bit model, batches of 256 in the order given, all
//! processors. Both embed the same chunks, in turns, and the best of each one's rounds counts. How near our vectors are to
//! theirs, and to what we make of each text alone, is printed too.
//!
//! `scripts/build_model.py --wheel WHEEL --out DIR --precision fp32` writes the stock model. Chunks are the `text` of each
//! line of a JSONL file, such as `tamis grade PATH --format jsonl` prints:
//!
//! ```text
//! TAMIS_STOCK_MODEL_DIR=DIR TAMIS_BENCH_TEXTS=chunks.jsonl cargo bench -p tamis-index --bench embedding
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use fastembed::{InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use ort::environment::Environment;
use tamis_index::{Embedder, ModelFiles};
use tokenizers::Tokenizer;

const ROUNDS: usize = 3;
/// Chunks embedded in a round: the first of the file.
const CHUNKS: usize = 512;
/// fastembed's default.
const STOCK_BATCH: usize = 256;
const MAX_TOKENS: usize = 512;
/// Set for the process that runs stock fastembed: where it writes how long it took and its vectors.
const STOCK_OUT: &str = "TAMIS_BENCH_STOCK_OUT";
/// Multiplications of one token with all matrices of all-MiniLM-L6-v2: six layers of four 384 × 384 and two 384 × 1536.
const PRODUCTS_A_TOKEN: f64 = 6.0 * (4.0 * 384.0 * 384.0 + 2.0 * 384.0 * 1536.0);

fn main() {
    let [Some(model), Some(runtime), Some(stock), Some(texts)] =
        ["TAMIS_MODEL_DIR", "ORT_DYLIB_PATH", "TAMIS_STOCK_MODEL_DIR", "TAMIS_BENCH_TEXTS"]
            .map(|name| std::env::var_os(name).map(PathBuf::from))
    else {
        println!("skipped: TAMIS_STOCK_MODEL_DIR and TAMIS_BENCH_TEXTS do not say what to compare (see the source)");
        return;
    };
    let texts = chunks(&texts);
    if let Some(out) = std::env::var_os(STOCK_OUT) {
        return embed_with_stock(&runtime, &stock, &texts, Path::new(&out));
    }
    let lengths = lengths(&stock, &texts);
    let tokens: usize = lengths.iter().sum();
    println!("{} chunks, {:.0} tokens each on average", texts.len(), tokens as f64 / texts.len() as f64);

    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runner = ok(tokio::runtime::Runtime::new());
    let ours = ok(Embedder::open(&ModelFiles { dir: model, runtime }, threads));
    let (mut best_ours, mut best_theirs) = (f64::MAX, f64::MAX);
    for round in 1..=ROUNDS {
        let begun = Instant::now();
        ok(runner.block_on(ours.embed(texts.clone())));
        let seconds = begun.elapsed().as_secs_f64();
        let (their_seconds, exact) = stock_in_a_process();
        println!(
            "round {round}: ours {seconds:.2} s, stock fastembed {their_seconds:.2} s, {:.2} times",
            their_seconds / seconds
        );
        (best_ours, best_theirs) = (best_ours.min(seconds), best_theirs.min(their_seconds));
        if round == ROUNDS {
            // The model knows no capitals, and in small letters ours spells no identifier as its words.
            let small: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
            let vectors = ok(runner.block_on(ours.embed(small.clone())));
            print_cosines("to the vectors of the 32-bit model", &vectors, &exact);
            let alone: Vec<_> =
                small.iter().flat_map(|text| ok(runner.block_on(ours.embed(vec![text.clone()])))).collect();
            print_cosines("to what the same text gives alone", &vectors, &alone);
        }
    }
    for (name, seconds, padding) in
        [("tamis", best_ours, 0.0), ("stock fastembed", best_theirs, padding(&lengths, STOCK_BATCH))]
    {
        println!(
            "{name}: {:.1} chunks/s, {:.0} tokens/s, {:.1} thousand million products/s, {:.1} % of what it computes is padding",
            texts.len() as f64 / seconds,
            tokens as f64 / seconds,
            tokens as f64 * PRODUCTS_A_TOKEN / seconds / 1e9,
            padding * 100.0
        );
    }
    println!("tamis is {:.2} times as fast", best_theirs / best_ours);
}

fn print_cosines(what: &str, vectors: &[Vec<f32>], others: &[Vec<f32>]) {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| f64::from(x * y)).sum::<f64>();
    let cosines = vectors.iter().zip(others).map(|(a, b)| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt());
    let (sum, least) = cosines.fold((0.0, f64::MAX), |(sum, least), cosine| (sum + cosine, least.min(cosine)));
    println!("cosine {what}: {:.4} on average, {least:.4} at least", sum / vectors.len() as f64);
}

fn chunks(path: &Path) -> Vec<String> {
    let lines = ok(std::fs::read_to_string(path));
    let text = |line: &str| -> Option<String> {
        serde_json::from_str::<serde_json::Value>(line).ok()?.get("text")?.as_str().map(str::to_owned)
    };
    let texts: Vec<String> =
        lines.split('\n').filter_map(text).filter(|text| !text.trim().is_empty()).take(CHUNKS).collect();
    assert!(!texts.is_empty(), "{} has no texts", path.display());
    texts
}

fn lengths(model: &Path, texts: &[String]) -> Vec<usize> {
    let mut tokenizer = ok(Tokenizer::from_file(model.join("tokenizer.json")));
    // The published one pads and cuts to 128 tokens, whatever the text.
    ok(tokenizer.with_truncation(None));
    tokenizer.with_padding(None);
    texts.iter().map(|text| ok(tokenizer.encode(text.as_str(), true)).len().min(MAX_TOKENS)).collect()
}

/// Share of what is computed that is padding, where each batch is as long as the longest in it.
fn padding(lengths: &[usize], batch: usize) -> f64 {
    let computed: usize =
        lengths.chunks(batch).map(|batch| batch.len() * batch.iter().max().copied().unwrap_or_default()).sum();
    1.0 - lengths.iter().sum::<usize>() as f64 / computed.max(1) as f64
}

/// The seconds that stock fastembed takes, and its vectors. A process has one environment of ONNX Runtime, which is ours
/// here, so it runs in one of its own.
fn stock_in_a_process() -> (f64, Vec<Vec<f32>>) {
    let out = ok(tempfile::NamedTempFile::new());
    let program = ok(std::env::current_exe());
    let status = ok(Command::new(program).arg("--bench").env(STOCK_OUT, out.path()).status());
    assert!(status.success(), "stock fastembed: {status}");
    ok(serde_json::from_slice(&ok(std::fs::read(out.path()))))
}

fn embed_with_stock(runtime: &Path, model: &Path, texts: &[String], out: &Path) {
    let environment = ok(ok(ort::init_from(runtime)).build());
    let mut model = stock_model(model, environment);
    let begun = Instant::now();
    ok(model.embed(texts, None));
    let seconds = begun.elapsed().as_secs_f64();
    // One to a run: the graph of `build_model.py` reads no mask, so what is padded gets another vector.
    let vectors = ok(model.embed(texts, Some(1)));
    ok(std::fs::write(out, ok(serde_json::to_vec(&(seconds, vectors)))));
}

fn stock_model(dir: &Path, environment: Environment) -> TextEmbedding {
    let read = |name: &str| ok(std::fs::read(dir.join(name)));
    let tokenizer = TokenizerFiles {
        tokenizer_file: read("tokenizer.json"),
        config_file: read("config.json"),
        special_tokens_map_file: read("special_tokens_map.json"),
        tokenizer_config_file: read("tokenizer_config.json"),
    };
    let model = UserDefinedEmbeddingModel::new(read("model.onnx"), tokenizer).with_pooling(Pooling::Mean);
    let options = InitOptionsUserDefined::new().with_environment(environment).with_max_length(MAX_TOKENS);
    ok(TextEmbedding::try_new_from_user_defined(model, options))
}

fn ok<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    #[expect(clippy::expect_used, reason = "a bench that cannot set itself up has nothing to say")]
    result.expect("set up")
}
