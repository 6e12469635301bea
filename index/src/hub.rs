//! Fetching embedding models from the Hugging Face hub, where it can be reached.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fastembed::{EmbeddingModel, ModelInfo, Pooling, TextEmbedding};

use crate::model::{ModelSettings, PoolingMethod};
use crate::{Error, Result};

const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// A model that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubModel {
    /// Its name, as fastembed calls it.
    pub name: String,
    /// Numbers in a vector.
    pub dimension: usize,
    /// What it is good for.
    pub description: String,
}

/// All models that can be fetched, by name.
#[must_use]
pub fn models() -> Vec<HubModel> {
    let mut models: Vec<HubModel> = supported()
        .into_iter()
        .map(|info| HubModel { name: format!("{:?}", info.model), dimension: info.dim, description: info.description })
        .collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models
}

/// Fetches the model called `name` into `dir`, all of it or nothing. `HF_ENDPOINT` names another hub, `HF_HOME` its
/// cache.
///
/// # Errors
/// [`Error::Model`] where there is no such model or the hub does not deliver it, [`Error::Folder`] where `dir` cannot
/// be written.
pub fn pull(name: &str, dir: &Path) -> Result<()> {
    let failed = |problem: String| Error::Model { doing: "fetching the model", problem };
    let info = supported()
        .into_iter()
        .find(|info| format!("{:?}", info.model) == name)
        .ok_or_else(|| failed(format!("there is no model called {name}")))?;
    let repository = api().map_err(failed)?.model(info.model_code.clone());
    let fetch = |file: &str| repository.get(file).map_err(|problem| failed(format!("{file}: {problem}")));
    let mut files: Vec<(PathBuf, PathBuf)> = vec![(fetch(&info.model_file)?, "model.onnx".into())];
    for file in ["tokenizer.json", "config.json", "special_tokens_map.json", "tokenizer_config.json"] {
        files.push((fetch(file)?, file.into()));
    }
    for file in &info.additional_files {
        // Weights beside the graph: the graph names them by file name.
        let to = Path::new(file).file_name().map_or_else(|| PathBuf::from(file), PathBuf::from);
        files.push((fetch(file)?, to));
    }
    install(&files, &settings(&info), dir).map_err(|source| Error::Folder { dir: dir.to_owned(), source })
}

/// The graph, tokenizer and configuration of the classifier called `name` (`owner/model`), fetched into the hub's cache
/// where they are not there yet.
pub(crate) fn classifier(name: &str) -> std::result::Result<[PathBuf; 3], String> {
    let repository = api()?.model(name.to_owned());
    let fetch = |file: &str| repository.get(file).map_err(|problem| format!("the hub says of {file}: {problem}"));
    let (tokenizer, config) = (fetch("tokenizer.json")?, fetch("config.json")?);
    let model = fetch("onnx/model.onnx").or_else(|_| fetch("model.onnx"))?;
    Ok([model, tokenizer, config])
}

/// The hub that `HF_ENDPOINT` names.
fn api() -> std::result::Result<hf_hub::api::sync::Api, String> {
    let endpoint = std::env::var("HF_ENDPOINT").unwrap_or_else(|_| DEFAULT_ENDPOINT.to_owned());
    let builder = hf_hub::api::sync::ApiBuilder::from_env().with_endpoint(endpoint);
    builder.build().map_err(|problem| problem.to_string())
}

fn supported() -> Vec<ModelInfo<EmbeddingModel>> {
    let mut models = TextEmbedding::list_supported_models();
    // An image model's other half: it embeds captions, not documents.
    models.retain(|info| info.model != EmbeddingModel::ClipVitB32);
    models
}

/// How the model's authors pool its tokens, and what they put before queries and passages, from their model cards.
fn settings(info: &ModelInfo<EmbeddingModel>) -> ModelSettings {
    let pooling = match TextEmbedding::get_default_pooling_method(&info.model) {
        Some(Pooling::Mean) => PoolingMethod::Mean,
        Some(Pooling::Cls) | None => PoolingMethod::Cls,
    };
    let code = info.model_code.to_lowercase();
    let instructed = "Represent this sentence for searching relevant passages: ";
    let (query_prefix, passage_prefix) = if code.contains("-e5-") {
        ("query: ", "passage: ")
    } else if code.contains("nomic") || code.contains("modernbert-embed") {
        ("search_query: ", "search_document: ")
    } else if code.contains("embeddinggemma") {
        ("task: search result | query: ", "title: none | text: ")
    } else if (code.contains("bge") && code.contains("-en")) || code.contains("mxbai") || code.contains("arctic") {
        (instructed, "")
    } else {
        ("", "")
    };
    ModelSettings { pooling, query_prefix: query_prefix.to_owned(), passage_prefix: passage_prefix.to_owned() }
}

/// Copies the files beside `dir` first, so that a half-copied model is never taken for a whole one.
fn install(files: &[(PathBuf, PathBuf)], settings: &ModelSettings, dir: &Path) -> io::Result<()> {
    let partial = dir.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    for (from, to) in files {
        fs::copy(from, partial.join(to))?;
    }
    fs::write(partial.join(ModelSettings::FILE), serde_json::to_vec_pretty(settings)?)?;
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::rename(&partial, dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_a_name_of_its_own() {
        let models = models();
        assert!(models.iter().any(|model| model.name == "AllMiniLML6V2" && model.dimension == 384));
        assert!(models.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn an_unknown_model_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = pull("NoSuchModel", &dir.path().join("m")).unwrap_err();
        assert!(error.to_string().contains("NoSuchModel"), "{error}");
        assert!(!dir.path().join("m").exists());
    }

    #[test]
    fn a_model_is_installed_whole_or_not_at_all() {
        let temp = tempfile::tempdir().unwrap();
        let (from, dir) = (temp.path().join("from"), temp.path().join("model"));
        fs::write(&from, "weights").unwrap();
        let settings = ModelSettings::default();
        let missing = (temp.path().join("missing"), PathBuf::from("tokenizer.json"));
        install(&[(from.clone(), "model.onnx".into()), missing], &settings, &dir).unwrap_err();
        assert!(!dir.exists());
        install(&[(from, "model.onnx".into())], &settings, &dir).unwrap();
        assert_eq!(fs::read_to_string(dir.join("model.onnx")).unwrap(), "weights");
        assert!(dir.join(ModelSettings::FILE).is_file());
    }
}
