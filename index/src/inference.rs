//! The threads that run the model, and the queue they take texts from.
//!
//! Texts run one at a time, each session on a thread of its own: nothing is spent on padding, and a dynamically
//! quantised model, which scales its numbers to all that it is given at once, gives a text the same vector whatever
//! else is embedded beside it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use fastembed::{InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use ort::environment::Environment;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::model::{MAX_TOKENS, ModelBytes, ModelSettings, PoolingMethod};
use crate::{Error, ModelFiles, Result, Vector, runtime};

/// Which queue a text waits in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Priority {
    /// Somebody waits for a search.
    Query,
    /// A batch to publish.
    Batch,
}

/// Worker threads, one model each.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    settings: ModelSettings,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    queues: Mutex<Queues>,
    changed: Condvar,
}

#[derive(Default)]
struct Queues {
    queries: VecDeque<Job>,
    batches: VecDeque<Job>,
    closed: bool,
}

struct Job {
    /// Place among the caller's texts.
    place: usize,
    text: String,
    reply: UnboundedSender<(usize, Result<Vector>)>,
}

impl Pool {
    pub(crate) fn open(files: &ModelFiles, threads: usize) -> Result<Self> {
        let environment = runtime::environment(&files.runtime)?;
        let bytes = files.read()?;
        let models = (0..threads).map(|_| load_model(&bytes, &environment)).collect::<Result<Vec<_>>>()?;
        let shared = Arc::new(Shared { queues: Mutex::default(), changed: Condvar::new() });
        let mut pool = Self { shared, settings: bytes.settings, threads: Vec::with_capacity(threads) };
        for (number, model) in models.into_iter().enumerate() {
            let shared = Arc::clone(&pool.shared);
            let thread = std::thread::Builder::new()
                .name(format!("tamis-embed-{number}"))
                .spawn(move || work(&shared, model))
                .map_err(|error| failed("starting a thread", error.to_string()))?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// The vectors of `texts`, in order.
    pub(crate) async fn run(&self, priority: Priority, texts: Vec<String>) -> Result<Vec<Vector>> {
        let mut vectors: Vec<Option<Vector>> = vec![None; texts.len()];
        let (reply, mut replies) = unbounded_channel();
        {
            let mut queues = self.shared.lock();
            let (queue, prefix) = match priority {
                Priority::Query => (&mut queues.queries, &self.settings.query_prefix),
                Priority::Batch => (&mut queues.batches, &self.settings.passage_prefix),
            };
            queue.extend(texts.into_iter().enumerate().map(|(place, text)| {
                let text = if prefix.is_empty() { text } else { format!("{prefix}{text}") };
                Job { place, text, reply: reply.clone() }
            }));
        }
        self.shared.changed.notify_all();
        drop(reply);
        while let Some((place, result)) = replies.recv().await {
            if let Some(slot) = vectors.get_mut(place) {
                *slot = Some(result?);
            }
        }
        vectors
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| failed("embedding a text", "its thread ended without an answer"))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        {
            let mut queues = self.shared.lock();
            *queues = Queues { closed: true, ..Queues::default() };
        }
        self.shared.changed.notify_all();
        // At most one text's worth of waiting, so that no session runs while the process is taken down.
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("an embedding thread panicked");
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next text somebody still wants; `None` where the pool is closed.
    fn next(&self) -> Option<Job> {
        let mut queues = self.lock();
        loop {
            if queues.closed {
                return None;
            }
            let job = queues.queries.pop_front().or_else(|| queues.batches.pop_front());
            match job {
                Some(job) if job.reply.is_closed() => {}
                Some(job) => return Some(job),
                None => queues = self.changed.wait(queues).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

fn work(shared: &Shared, mut model: TextEmbedding) {
    while let Some(Job { place, text, reply }) = shared.next() {
        // A panic in the library must not leave the caller, and everybody after it, waiting for ever.
        let result = catch_unwind(AssertUnwindSafe(|| embed_one(&mut model, &text)))
            .unwrap_or_else(|_| Err(failed("embedding a text", "the library panicked")));
        // Nobody listens where the caller has gone: that is how it says stop.
        let _ = reply.send((place, result));
    }
}

fn embed_one(model: &mut TextEmbedding, text: &str) -> Result<Vector> {
    let vectors = model.embed([text], Some(1)).map_err(|error| failed("embedding a text", error.to_string()))?;
    let vector = vectors.into_iter().next().ok_or_else(|| failed("embedding a text", "no vector came back"))?;
    if vector.iter().all(|number| number.is_finite()) {
        Ok(vector)
    } else {
        Err(failed("embedding a text", "the vector is not finite"))
    }
}

fn load_model(bytes: &ModelBytes, environment: &Environment) -> Result<TextEmbedding> {
    let pooling = match bytes.settings.pooling {
        PoolingMethod::Mean => Pooling::Mean,
        PoolingMethod::Cls => Pooling::Cls,
    };
    let graph = UserDefinedEmbeddingModel::new(bytes.model.clone(), tokenizer_files(bytes)).with_pooling(pooling);
    let model = bytes
        .external
        .iter()
        .fold(graph, |model, (name, weights)| model.with_external_initializer(name.clone(), weights.clone()));
    let options = InitOptionsUserDefined::new()
        .with_environment(environment.clone())
        .with_max_length(MAX_TOKENS)
        .with_intra_threads(1);
    catch_unwind(AssertUnwindSafe(|| TextEmbedding::try_new_from_user_defined(model, options)))
        .map_err(|_| failed("loading the model", "the library panicked"))?
        .map_err(|error| failed("loading the model", error.to_string()))
}

pub(crate) fn tokenizer_files(bytes: &ModelBytes) -> TokenizerFiles {
    TokenizerFiles {
        tokenizer_file: bytes.tokenizer.clone(),
        config_file: bytes.config.clone(),
        special_tokens_map_file: bytes.special_tokens.clone(),
        tokenizer_config_file: bytes.tokenizer_config.clone(),
    }
}

pub(crate) fn failed(doing: &'static str, problem: impl Into<String>) -> Error {
    Error::Model { doing, problem: problem.into() }
}
