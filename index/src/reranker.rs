//! Reading a question and a passage together with a cross-encoder: slower by far than comparing their vectors, and better,
//! so it is for the first hits of a search alone, and only where somebody configured a model.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use fastembed::{RerankInitOptionsUserDefined, TextRerank, UserDefinedRerankingModel};
use tokio::sync::{mpsc, oneshot};

use crate::inference::{failed, tokenizer_files};
use crate::model::MAX_TOKENS;
use crate::{ModelFiles, Result, runtime};

/// Questions that wait at most; whoever asks next waits to be let in.
const QUEUE: usize = 64;

/// A cross-encoder on a thread of its own. Clones share it; the last to go stops it.
#[derive(Clone)]
pub struct Reranker(Arc<Worker>);

struct Worker {
    /// None while it is taken down.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

struct Job {
    query: String,
    passages: Vec<String>,
    reply: oneshot::Sender<Result<Vec<f32>>>,
}

impl Reranker {
    /// Loads the model, with as many threads as `threads` says (at least one) for each passage. Takes about a second and
    /// blocks, so call it off the runtime.
    ///
    /// # Errors
    /// [`crate::Error::ModelFile`] or [`crate::Error::Model`] where the model or ONNX Runtime cannot be loaded.
    pub fn open(files: &ModelFiles, threads: usize) -> Result<Self> {
        let environment = runtime::environment(&files.runtime)?;
        let bytes = files.read()?;
        let model = UserDefinedRerankingModel::new(bytes.model.clone(), tokenizer_files(&bytes));
        let options = RerankInitOptionsUserDefined::new()
            .with_environment(environment)
            .with_max_length(MAX_TOKENS)
            .with_intra_threads(threads.max(1));
        let mut model = catch_unwind(AssertUnwindSafe(|| TextRerank::try_new_from_user_defined(model, options)))
            .map_err(|_| failed("loading the reranking model", "the library panicked"))?
            .map_err(|error| failed("loading the reranking model", error.to_string()))?;
        let (jobs, mut waiting) = mpsc::channel::<Job>(QUEUE);
        let work = move || {
            while let Some(Job { query, passages, reply }) = waiting.blocking_recv() {
                let scores = score(&mut model, &query, &passages, || reply.is_closed());
                // Nobody listens where the search was given up.
                let _ = reply.send(scores);
            }
        };
        let thread = std::thread::Builder::new().name("tamis-rerank".to_owned()).spawn(work);
        let thread = thread.map_err(|error| failed("starting a thread", error.to_string()))?;
        Ok(Self(Arc::new(Worker { jobs: Some(jobs), thread: Some(thread) })))
    }

    /// How well each of `passages` answers `query`, 0..=1, in their order. Dropping the future stops the work after the
    /// passage at hand.
    ///
    /// # Errors
    /// [`crate::Error::Model`] where inference fails.
    pub async fn scores(&self, query: &str, passages: Vec<String>) -> Result<Vec<f32>> {
        let ended = || failed("reranking", "its thread has ended");
        let jobs = self.0.jobs.as_ref().ok_or_else(ended)?;
        let (reply, scores) = oneshot::channel();
        jobs.send(Job { query: query.to_owned(), passages, reply }).await.map_err(|_| ended())?;
        scores.await.map_err(|_| ended())?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.jobs.take());
        // At most one question's worth of waiting, so that no session runs while the process is taken down.
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the reranking thread panicked");
        }
    }
}

/// One passage at a time: nothing is spent on padding, and a score does not depend on what stands beside a passage.
fn score(model: &mut TextRerank, query: &str, passages: &[String], unwanted: impl Fn() -> bool) -> Result<Vec<f32>> {
    let mut scores = Vec::with_capacity(passages.len());
    for passage in passages {
        if unwanted() {
            return Err(failed("reranking", "nobody waits for it any more"));
        }
        let read = catch_unwind(AssertUnwindSafe(|| model.rerank(query, [passage.as_str()], false, Some(1))));
        let results = read
            .map_err(|_| failed("reranking", "the library panicked"))?
            .map_err(|error| failed("reranking", error.to_string()))?;
        let logit = results.first().map_or(f32::NAN, |result| result.score);
        if !logit.is_finite() {
            return Err(failed("reranking", "the score is not finite"));
        }
        scores.push(1.0 / (1.0 + (-logit).exp()));
    }
    Ok(scores)
}
