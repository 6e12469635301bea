//! Texts to vectors.

use crate::{ModelFiles, ModelFingerprint, Result};

/// A unit-length embedding.
pub type Vector = Vec<f32>;

/// An embedding model on threads of its own. Clones share them.
#[derive(Clone)]
pub struct Embedder {
    fingerprint: ModelFingerprint,
}

impl Embedder {
    /// Loads the model; takes about a second and blocks, so call it off the runtime.
    ///
    /// # Errors
    /// [`crate::Error::ModelFile`] or [`crate::Error::Model`] where the model or ONNX Runtime cannot be loaded.
    pub fn open(files: &ModelFiles, threads: usize) -> Result<Self> {
        let _ = (files, threads);
        todo!()
    }

    /// What the vectors belong to.
    #[must_use]
    pub fn fingerprint(&self) -> &ModelFingerprint {
        &self.fingerprint
    }

    /// The vectors of `texts`, in order. A vector does not depend on what else is embedded beside it.
    ///
    /// # Errors
    /// [`crate::Error::Model`] where inference fails.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vector>> {
        let _ = texts;
        todo!()
    }

    /// The vector of a search query; never waits behind a batch of [`Self::embed`].
    ///
    /// # Errors
    /// [`crate::Error::Model`] where inference fails.
    pub async fn embed_query(&self, query: &str) -> Result<Vector> {
        let _ = query;
        todo!()
    }
}
