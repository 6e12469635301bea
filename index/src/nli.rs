//! A second opinion on two sentences: a cross-encoder for natural language inference, trained on MNLI or its like.
//!
//! Any sequence classifier exported to ONNX serves whose `config.json` names its labels (`id2label`): contradiction,
//! entailment and neutral, in whatever order. Both sentences go through the model together, so it costs a pass of a
//! transformer a pair and is asked about few.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::session::{Session, SessionInputValue};
use ort::value::Tensor;
use serde::Deserialize;
use tokenizers::{Tokenizer, TruncationParams};

use crate::{Error, Result, hub, runtime};

/// Tokens of a pair, special tokens included; what is longer is cut, the longer sentence first.
const MAX_TOKENS: usize = 512;

/// Where a model's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NliFiles {
    /// The graph: `model.onnx`, its weights inside or beside it.
    pub model: PathBuf,
    /// `tokenizer.json`, as the tokenizers library writes it.
    pub tokenizer: PathBuf,
    /// `config.json`, with `id2label`.
    pub config: PathBuf,
}

impl NliFiles {
    /// The files of the model that `name` says: a folder, or else a model of the Hugging Face hub, which is fetched into
    /// the hub's cache where it is not there yet. Blocks.
    ///
    /// # Errors
    /// [`Error::Nli`] where there is neither.
    pub fn find(name: &str) -> Result<Self> {
        let dir = Path::new(name);
        if dir.is_dir() {
            return Ok(Self::in_folder(dir));
        }
        let is_hub_name = name.split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..").count() == 2
            && name.matches('/').count() == 1;
        if !is_hub_name {
            let problem = format!("{name} is no folder, and no name of a model on the hub (owner/model)");
            return Err(failed("looking for the model", problem));
        }
        let [model, tokenizer, config] = hub::classifier(name)
            .map_err(|problem| failed("fetching the model", format!("{name} is no folder, and {problem}")))?;
        Ok(Self { model, tokenizer, config })
    }

    /// The files in a folder. Exporters put the graph beside the rest or into `onnx/`.
    #[must_use]
    pub fn in_folder(dir: &Path) -> Self {
        let inner = dir.join("onnx").join("model.onnx");
        let model = if inner.is_file() { inner } else { dir.join("model.onnx") };
        Self { model, tokenizer: dir.join("tokenizer.json"), config: dir.join("config.json") }
    }
}

/// How likely each relation of two sentences is, 0 to 1; the three sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opinion {
    /// They exclude each other.
    pub contradiction: f32,
    /// The second follows from the first.
    pub entailment: f32,
    /// Neither.
    pub neutral: f32,
}

/// A loaded model. Pairs go through it one at a time.
pub struct Nli {
    session: Mutex<Session>,
    tokenizer: Tokenizer,
    labels: Labels,
    /// The graph's inputs that it is given.
    inputs: Vec<Input>,
    output: String,
}

/// What a graph can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Input {
    Ids,
    Mask,
    Types,
}

/// Which of the graph's numbers stands for which relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Labels {
    contradiction: usize,
    entailment: usize,
    neutral: usize,
}

impl Nli {
    /// Loads a model. Blocks, and takes seconds where it is large.
    ///
    /// # Errors
    /// [`Error::ModelFile`] where a file cannot be read, [`Error::Nli`] where it is no such model.
    pub fn open(files: &NliFiles, library: &Path) -> Result<Self> {
        let labels = Labels::read(&files.config)?;
        let mut tokenizer = Tokenizer::from_file(&files.tokenizer)
            .map_err(|error| failed("reading tokenizer.json", error.to_string()))?;
        let truncation = TruncationParams { max_length: MAX_TOKENS, ..TruncationParams::default() };
        tokenizer
            .with_truncation(Some(truncation))
            .map_err(|error| failed("reading tokenizer.json", error.to_string()))?;
        tokenizer.with_padding(None);
        let environment = runtime::environment(library)?;
        let open = || -> ort::Result<Session> {
            let builder = Session::builder(&environment)?;
            let mut builder = builder.with_intra_threads(1).map_err(ort::Error::<()>::from)?;
            builder.commit_from_file(&files.model)
        };
        std::fs::File::open(&files.model).map_err(|source| Error::ModelFile { path: files.model.clone(), source })?;
        let session = catch_unwind(AssertUnwindSafe(open))
            .map_err(|_| failed("loading the model", "the library panicked"))?
            .map_err(|error| failed("loading the model", error.to_string()))?;
        let inputs = session.inputs().iter().map(|input| Input::called(input.name())).collect::<Result<Vec<_>>>()?;
        let output = session.outputs().first().map(|output| output.name().to_owned());
        let output = output.ok_or_else(|| failed("loading the model", "it has no output"))?;
        Ok(Self { session: Mutex::new(session), tokenizer, labels, inputs, output })
    }

    /// What the model makes of two sentences. Blocks.
    ///
    /// # Errors
    /// [`Error::Nli`] where the model cannot be run, or gives something else than a number for each label.
    pub fn opinion(&self, premise: &str, hypothesis: &str) -> Result<Opinion> {
        let encoding = self
            .tokenizer
            .encode((premise, hypothesis), true)
            .map_err(|error| failed("reading two sentences", error.to_string()))?;
        let run = || -> ort::Result<Vec<f32>> {
            let mut given: Vec<SessionInputValue<'_>> = Vec::with_capacity(self.inputs.len());
            for input in &self.inputs {
                let numbers = match input {
                    Input::Ids => encoding.get_ids(),
                    Input::Mask => encoding.get_attention_mask(),
                    Input::Types => encoding.get_type_ids(),
                };
                let numbers: Vec<i64> = numbers.iter().map(|number| i64::from(*number)).collect();
                given.push(Tensor::from_array(([1, numbers.len()], numbers))?.into());
            }
            let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            let outputs = session.run(given.as_slice())?;
            let logits = outputs.get(&self.output).map(|output| output.try_extract_tensor::<f32>()).transpose()?;
            Ok(logits.map(|(_, numbers)| numbers.to_vec()).unwrap_or_default())
        };
        let logits = catch_unwind(AssertUnwindSafe(run))
            .map_err(|_| failed("comparing two sentences", "the library panicked"))?
            .map_err(|error| failed("comparing two sentences", error.to_string()))?;
        self.labels.read_off(&logits)
    }

    /// How likely it is that two sentences exclude each other, 0 to 1, whichever is taken first. Blocks.
    ///
    /// # Errors
    /// As [`Self::opinion`].
    pub fn contradiction(&self, a: &str, b: &str) -> Result<f32> {
        Ok(f32::midpoint(self.opinion(a, b)?.contradiction, self.opinion(b, a)?.contradiction))
    }
}

impl Input {
    fn called(name: &str) -> Result<Self> {
        match name {
            "input_ids" => Ok(Self::Ids),
            "attention_mask" => Ok(Self::Mask),
            "token_type_ids" => Ok(Self::Types),
            other => Err(failed("loading the model", format!("it wants an input called {other}"))),
        }
    }
}

impl Labels {
    /// The order of labels that `config.json` gives.
    fn read(path: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Config {
            id2label: BTreeMap<String, String>,
        }
        let bytes = std::fs::read(path).map_err(|source| Error::ModelFile { path: path.to_owned(), source })?;
        let Config { id2label } =
            serde_json::from_slice(&bytes).map_err(|error| failed("reading config.json", error.to_string()))?;
        let place = |name: &'static str| {
            let known = id2label.iter().find(|(_, label)| label.to_lowercase().starts_with(name));
            known.and_then(|(id, _)| id.parse().ok()).ok_or_else(|| {
                failed("reading config.json", format!("id2label has no label {name}: it is no model for inference"))
            })
        };
        Ok(Self { contradiction: place("contradict")?, entailment: place("entail")?, neutral: place("neutral")? })
    }

    /// The softmax of the graph's numbers, by label.
    fn read_off(self, logits: &[f32]) -> Result<Opinion> {
        let of = |place: usize| logits.get(place).copied().filter(|logit| logit.is_finite());
        let (Some(contradiction), Some(entailment), Some(neutral)) =
            (of(self.contradiction), of(self.entailment), of(self.neutral))
        else {
            return Err(failed("comparing two sentences", format!("it gave {logits:?}, no number for each label")));
        };
        let most = contradiction.max(entailment).max(neutral);
        let [contradiction, entailment, neutral] = [contradiction, entailment, neutral].map(|x| (x - most).exp());
        let all = contradiction + entailment + neutral;
        Ok(Opinion { contradiction: contradiction / all, entailment: entailment / all, neutral: neutral / all })
    }
}

fn failed(doing: &'static str, problem: impl Into<String>) -> Error {
    Error::Nli { doing, problem: problem.into() }
}

#[cfg(test)]
mod tests;
