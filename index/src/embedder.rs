//! Texts to vectors.

use std::collections::HashMap;
use std::sync::Arc;

use crate::inference::{Pool, Priority};
use crate::{ModelFiles, ModelFingerprint, Result};

/// A unit-length embedding.
pub type Vector = Vec<f32>;

/// An embedding model on threads of its own. Clones share them; the last to go stops them.
#[derive(Clone)]
pub struct Embedder {
    fingerprint: ModelFingerprint,
    pool: Arc<Pool>,
}

impl Embedder {
    /// Loads the model once for each of `threads` (at least one); takes about a second and blocks, so call it off the
    /// runtime. ONNX Runtime is loaded once for the whole process, from the first `files` given.
    ///
    /// # Errors
    /// [`crate::Error::ModelFile`] or [`crate::Error::Model`] where the model or ONNX Runtime cannot be loaded.
    pub fn open(files: &ModelFiles, threads: usize) -> Result<Self> {
        let fingerprint = files.fingerprint()?;
        let pool = Arc::new(Pool::open(files, threads.max(1))?);
        Ok(Self { fingerprint, pool })
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
        let vectors = self.pool.run(Priority::Batch, unique).await?;
        Ok(place_of.into_iter().map(|place| vectors[place].clone()).collect())
    }

    /// The vector of a search query; never waits behind a batch of [`Self::embed`].
    ///
    /// # Errors
    /// [`crate::Error::Model`] where inference fails.
    pub async fn embed_query(&self, query: &str) -> Result<Vector> {
        let mut vectors = self.pool.run(Priority::Query, vec![query.to_owned()]).await?;
        Ok(vectors.swap_remove(0))
    }
}

#[cfg(test)]
mod tests;
