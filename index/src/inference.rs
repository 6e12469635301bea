//! Threads that run the model, and the queue they take texts from.
//!
//! Texts run one at a time, each session on a thread of its own: nothing is spent on padding, and a dynamically
//! quantised model, which scales its numbers to all that it is given at once, gives a text the same vector whatever
//! else is embedded beside it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use fastembed::{InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::model::{MAX_TOKENS, ModelBytes, PoolingMethod};
use crate::{Error, ModelFiles, Result, Vector, runtime, spelling};

/// Of 0 to 99, where 50 is what a thread starts with: a niceness of 10 on Unix.
const LOW_PRIORITY: u8 = 25;

/// What texts are to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Somebody waits for a search.
    Query,
    /// To be published. Its threads have a low priority: where the processor is short, whoever waits for an answer goes
    /// first.
    Passage,
}

/// One queue and the threads that work it, a session of the model each. Queries and passages have one of their own, so
/// that a query never waits for a passage.
pub(crate) struct Lane {
    shared: Arc<Shared>,
    /// What the model wants before a text.
    prefix: String,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

struct Job {
    /// Place among the caller's texts.
    place: usize,
    text: String,
    reply: UnboundedSender<(usize, Result<Vector>)>,
}

impl Lane {
    /// Loads the model once for each of `threads`; blocks.
    pub(crate) fn open(files: &ModelFiles, role: Role, threads: usize) -> Result<Self> {
        let bytes = files.read()?;
        let prefix = match role {
            Role::Query => bytes.settings.query_prefix.clone(),
            Role::Passage => bytes.settings.passage_prefix.clone(),
        };
        let models = (0..threads).map(|_| load_model(&bytes, files)).collect::<Result<Vec<_>>>()?;
        let shared = Arc::new(Shared { queue: Mutex::default(), changed: Condvar::new() });
        let mut lane = Self { shared, prefix, threads: Vec::with_capacity(threads) };
        for (number, model) in models.into_iter().enumerate() {
            let shared = Arc::clone(&lane.shared);
            let name = match role {
                Role::Query => "tamis-query".to_owned(),
                Role::Passage => format!("tamis-embed-{number}"),
            };
            let thread = std::thread::Builder::new()
                .name(name)
                .spawn(move || work(&shared, model, role))
                .map_err(|error| failed("starting a thread", error.to_string()))?;
            lane.threads.push(thread);
        }
        Ok(lane)
    }

    /// The vectors of `texts`, in order.
    pub(crate) async fn run(&self, texts: Vec<String>) -> Result<Vec<Vector>> {
        let mut vectors: Vec<Option<Vector>> = vec![None; texts.len()];
        let (reply, mut replies) = unbounded_channel();
        self.shared.lock().jobs.extend(texts.into_iter().enumerate().map(|(place, text)| {
            let text = if self.prefix.is_empty() { text } else { format!("{}{text}", self.prefix) };
            Job { place, text, reply: reply.clone() }
        }));
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

impl Drop for Lane {
    fn drop(&mut self) {
        *self.shared.lock() = Queue { closed: true, ..Queue::default() };
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
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next text somebody still wants; `None` where the lane is closed.
    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            match queue.jobs.pop_front() {
                Some(job) if job.reply.is_closed() => {}
                Some(job) => return Some(job),
                None => queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

fn work(shared: &Shared, mut model: TextEmbedding, role: Role) {
    if role == Role::Passage
        && let Ok(low) = ThreadPriorityValue::try_from(LOW_PRIORITY)
        && let Err(error) = set_current_thread_priority(ThreadPriority::Crossplatform(low))
    {
        tracing::debug!(?error, "embedding runs at the usual priority");
    }
    while let Some(Job { place, text, reply }) = shared.next() {
        // A panic in the library must not leave the caller, and everybody after it, waiting for ever.
        let result = catch_unwind(AssertUnwindSafe(|| embed_one(&mut model, &text)))
            .unwrap_or_else(|_| Err(failed("embedding a text", "the library panicked")));
        // Nobody listens where the caller has gone: that is how it says stop.
        let _ = reply.send((place, result));
    }
}

fn embed_one(model: &mut TextEmbedding, text: &str) -> Result<Vector> {
    let text = spelling::spelled(text, |word| model.tokenizer.encode(word, false).is_ok_and(|word| word.len() == 1));
    let vectors =
        model.embed([text.as_ref()], Some(1)).map_err(|error| failed("embedding a text", error.to_string()))?;
    let vector = vectors.into_iter().next().ok_or_else(|| failed("embedding a text", "no vector came back"))?;
    if vector.iter().all(|number| number.is_finite()) {
        Ok(vector)
    } else {
        Err(failed("embedding a text", "the vector is not finite"))
    }
}

fn load_model(bytes: &ModelBytes, files: &ModelFiles) -> Result<TextEmbedding> {
    let environment = runtime::environment(&files.runtime)?;
    let pooling = match bytes.settings.pooling {
        PoolingMethod::Mean => Pooling::Mean,
        PoolingMethod::Cls => Pooling::Cls,
    };
    let graph = UserDefinedEmbeddingModel::new(bytes.model.clone(), tokenizer_files(bytes)).with_pooling(pooling);
    let model = bytes
        .external
        .iter()
        .fold(graph, |model, (name, weights)| model.with_external_initializer(name.clone(), weights.clone()));
    let options =
        InitOptionsUserDefined::new().with_environment(environment).with_max_length(MAX_TOKENS).with_intra_threads(1);
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
