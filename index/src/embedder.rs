//! Texts to vectors.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::inference::{Lane, Role, failed};
use crate::{ModelFiles, ModelFingerprint, Result};

/// A unit-length embedding.
pub type Vector = Vec<f32>;

/// An embedding model on threads of its own: one for queries, and others for what is to be published. Clones share them;
/// the last to go stops them.
#[derive(Clone)]
pub struct Embedder {
    fingerprint: ModelFingerprint,
    queries: Arc<Lane>,
    passages: Arc<Passages>,
}

/// The threads for passages, started with the first of them: whoever only searches does without.
struct Passages {
    files: ModelFiles,
    threads: usize,
    lane: OnceCell<Lane>,
}

impl Embedder {
    /// Loads the model for queries; takes about a second and blocks, so call it off the runtime. Passages are embedded
    /// by `threads` threads (at least one). ONNX Runtime is loaded once for the whole process, from the first `files`
    /// given.
    ///
    /// # Errors
    /// [`crate::Error::ModelFile`] or [`crate::Error::Model`] where the model or ONNX Runtime cannot be loaded.
    pub fn open(files: &ModelFiles, threads: usize) -> Result<Self> {
        let fingerprint = files.fingerprint()?;
        let queries = Arc::new(Lane::open(files, Role::Query, 1)?);
        let passages = Passages { files: files.clone(), threads: threads.max(1), lane: OnceCell::new() };
        Ok(Self { fingerprint, queries, passages: Arc::new(passages) })
    }

    /// What the vectors belong to.
    #[must_use]
    pub fn fingerprint(&self) -> &ModelFingerprint {
        &self.fingerprint
    }

    /// The vectors of `texts`, in order. A vector does not depend on what else is embedded beside it. Equal texts are
    /// embedded once. Dropping the future drops what has not begun.
    ///
    /// # Errors
    /// [`crate::Error::Model`] where inference fails.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vector>> {
        let mut places: HashMap<String, usize> = HashMap::with_capacity(texts.len());
        let mut unique = Vec::with_capacity(texts.len());
        let mut place_of = Vec::with_capacity(texts.len());
        for text in texts {
            let place = *places.entry(text).or_insert_with_key(|text| {
                unique.push(text.clone());
                unique.len() - 1
            });
            place_of.push(place);
        }
        let lane = self.passages.lane.get_or_try_init(|| self.open_passages()).await?;
        let vectors = lane.run(unique).await?;
        Ok(place_of.into_iter().map(|place| vectors[place].clone()).collect())
    }

    /// The vector of a search query; never waits behind a batch of [`Self::embed`].
    ///
    /// # Errors
    /// [`crate::Error::Model`] where inference fails.
    pub async fn embed_query(&self, query: &str) -> Result<Vector> {
        let mut vectors = self.queries.run(vec![query.to_owned()]).await?;
        Ok(vectors.swap_remove(0))
    }

    async fn open_passages(&self) -> Result<Lane> {
        let (files, threads, expected) = (self.passages.files.clone(), self.passages.threads, self.fingerprint.clone());
        let open = move || {
            // Its files may have been replaced since it was opened, and vectors of two models must never mix.
            let found = files.fingerprint()?;
            if !found.is_comparable(&expected) {
                return Err(failed("loading the model", "its files were replaced since it was opened: start again"));
            }
            Lane::open(&files, Role::Passage, threads)
        };
        tokio::task::spawn_blocking(open)
            .await
            .unwrap_or_else(|error| Err(failed("loading the model", error.to_string())))
    }
}

#[cfg(test)]
mod tests;
