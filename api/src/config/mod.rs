//! Settings: the defaults compiled in, then a file, then the environment.

mod alerts;
mod audit;
mod authority;
mod error;
mod ocr;
mod telemetry;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::{Deserialize, Serialize};
use tamis_index::ModelFiles;
use tamis_ingest::source::SourceLimits;
use tamis_ingest::{ChunkLimits, ExtractLimits, SourceName};
use tamis_scoring::{Dimension, Policy, Rule};
use utoipa::ToSchema;

use crate::ledger::{Missed, Overlap};
use crate::schedule::Schedule;
use crate::web_page::LinkSettings;

pub use alerts::{AlertRule, Alerts, Figure, PayloadFormat, Secret, Webhook};
pub use audit::{AuditSettings, NliSettings};
pub use authority::AuthorityRule;
pub use error::{Error, Result, nearest};
pub use ocr::Ocr;
pub use telemetry::TelemetrySettings;

/// The commented defaults, which `tamis init` writes.
pub const DEFAULT: &str = include_str!("default.toml");

/// The configuration file looked for in the current folder.
pub const FILE_NAME: &str = "tamis.toml";

/// Most seconds of jitter: a day.
const MAX_JITTER_SECONDS: u32 = 86_400;

const MODEL: &str = "all-MiniLM-L6-v2";

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What reading one document may cost.
    pub limits: Limits,
    /// Reading scanned pages.
    pub ocr: Ocr,
    /// How large chunks are.
    pub chunks: ChunkLimits,
    /// The embedding model.
    pub model: Model,
    /// Searching.
    pub search: Search,
    /// How many threads do what.
    pub workers: Workers,
    /// The HTTP service.
    pub serve: Serve,
    /// The review queue.
    pub review: Review,
    /// Traces.
    pub telemetry: TelemetrySettings,
    /// Looking for dead links.
    pub links: LinkSettings,
    /// Holding published chunks against their neighbours.
    pub audit: AuditSettings,
    /// The audit's second opinion.
    pub nli: NliSettings,
    /// What `tamis ingest` reads without a PATH.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// How much documents are to be believed by where they lie.
    #[serde(default)]
    pub authority: Vec<AuthorityRule>,
    /// When to call somebody.
    pub alerts: Alerts,
    /// What quality is asked for.
    pub policy: Policy,
    /// What the policy must make of texts: `tamis policy check` runs them.
    #[serde(default)]
    pub policy_tests: Vec<PolicyTest>,
}

/// What the policy must make of a text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyTest {
    /// What it tests, in words.
    pub name: String,
    /// A document in Markdown, front matter and all. Its chunks are graded by themselves.
    pub text: String,
    /// Where it lies; the kind of a document can depend on it.
    #[serde(default)]
    pub path: Option<String>,
    /// Whether all of it is accepted.
    pub expect: Expected,
    /// Rules that must find something.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// A verdict a policy test expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Every chunk is accepted.
    Accept,
    /// Some chunk is quarantined.
    Quarantine,
}

/// What reading one document may cost.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Largest document, in bytes.
    pub max_document_bytes: u64,
    /// Longest text of one document, in bytes.
    pub max_text_bytes: usize,
    /// Most pages of a paged document.
    pub max_pages: usize,
    /// Longest time for one document, in seconds.
    pub read_seconds: u64,
}

/// The embedding model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its folder; empty for the default.
    pub dir: PathBuf,
    /// ONNX Runtime's shared library; empty for the default.
    pub runtime: PathBuf,
}

/// Searching.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// A second look at the first hits.
    pub rerank: Rerank,
}

/// A second look at the first hits, by a cross-encoder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rerank {
    /// The folder of its model; empty for none.
    pub dir: PathBuf,
    /// How many hits it reads, at least those shown.
    pub candidates: usize,
}

/// How many threads do what; 0 means one for each processor.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    /// Reading and grading.
    pub readers: usize,
    /// Embedding.
    pub embedders: usize,
}

/// The HTTP service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    /// Address and port.
    pub bind: String,
    /// Most seconds between a change and its publication.
    pub publish_seconds: u64,
    /// Most requests a second by one API key, and twice as many at once; 0 for no limit.
    pub requests_per_second: u32,
    /// How long the audit log is kept, in days.
    pub audit_days: u32,
    /// Most seconds that work goes on after the order to stop.
    pub drain_seconds: u64,
}

/// The review queue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// A file of questions that must stay answerable, one JSON object with `query` a line; empty for none.
    pub canaries: PathBuf,
}

/// A source to ingest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name.
    pub name: SourceName,
    /// A folder, a document or a JSONL file.
    pub path: PathBuf,
    /// How much its documents are to be believed, 0 to 100.
    #[serde(default)]
    pub authority: Option<u8>,
    /// When `tamis serve` and `tamis worker` read it by themselves.
    #[serde(default)]
    pub schedule: Option<ScheduleSettings>,
}

/// When a source is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSettings {
    /// A cron expression of five fields: minute, hour, day of month, month, day of week.
    #[schema(example = "30 2 * * mon-fri")]
    pub cron: String,
    /// IANA name of the time zone the expression is read in.
    #[serde(default = "utc")]
    #[schema(default = "UTC", example = "Europe/Berlin")]
    pub time_zone: String,
    /// Most seconds by which a run begins later than the expression says, 0 to 86,400.
    #[serde(default)]
    #[schema(default = 0, maximum = 86400)]
    pub jitter_seconds: u32,
    /// What becomes of a run that is due while another one of the source is queued or running.
    #[serde(default)]
    pub overlap: Overlap,
    /// What becomes of runs that were due while no process was there.
    #[serde(default)]
    pub missed: Missed,
}

impl ScheduleSettings {
    /// Checks the settings.
    ///
    /// # Errors
    /// The sentence that says what is wrong and what was expected.
    pub fn check(&self) -> std::result::Result<Schedule, String> {
        if self.jitter_seconds > MAX_JITTER_SECONDS {
            return Err(format!("jitter_seconds must be between 0 and {MAX_JITTER_SECONDS}"));
        }
        Schedule::parse(&self.cron, &self.time_zone).map_err(|problem| problem.to_string())
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

impl Config {
    /// Reads the settings. `file` must exist where it is given; otherwise `tamis.toml` is read if it is there.
    ///
    /// # Errors
    /// [`Error`] where the file cannot be read, or a setting is unknown or no fit value.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let named = file.map(Path::to_owned);
        let path = named.clone().unwrap_or_else(|| PathBuf::from(FILE_NAME));
        let mut figment = Figment::from(Toml::string(DEFAULT));
        if named.is_some() || path.exists() {
            let text =
                std::fs::read_to_string(&path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
            figment = figment.merge(Toml::string(&text));
        }
        let figment = figment.merge(Env::prefixed("TAMIS__").split("__"));
        let mut config: Self = figment.extract().map_err(|problem| error::explain(&path, &problem))?;
        config.check()?;
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        for source in &mut config.sources {
            source.path = base.join(&source.path);
        }
        if !config.review.canaries.as_os_str().is_empty() {
            config.review.canaries = base.join(&config.review.canaries);
        }
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        check_policy(&self.policy)?;
        self.alerts.check()?;
        self.telemetry.check()?;
        self.audit.check(&self.nli)?;
        let problem = if self.chunks.target == 0 || self.chunks.target > self.chunks.max {
            Some(("chunks.target", "must be at least 1 and at most chunks.max"))
        } else if self.chunks.max > 480 {
            Some(("chunks.max", "must be at most 480, so that a chunk and its headings fit the model's 512 positions"))
        } else if self.limits.read_seconds == 0 {
            Some(("limits.read_seconds", "must be at least 1"))
        } else if self.sources.iter().any(|source| source.authority.is_some_and(|authority| authority > 100)) {
            Some(("sources.authority", "must be between 0 and 100"))
        } else if self.authority.iter().any(|rule| rule.rank > 100) {
            Some(("authority.rank", "must be between 0 and 100"))
        } else if self.ocr.enabled && self.ocr.document_seconds >= self.limits.read_seconds {
            Some(("ocr.document_seconds", "must be below limits.read_seconds"))
        } else {
            None
        };
        if let Some((key, rule)) = problem {
            return Err(Error::Value { key: key.to_owned(), problem: rule.to_owned() });
        }
        let mut names = HashSet::new();
        for source in &self.sources {
            if !names.insert(&source.name) {
                let problem = format!("{} is named twice: every source needs a name of its own", source.name);
                return Err(Error::Value { key: "sources.name".to_owned(), problem });
            }
            if let Some(Err(problem)) = source.schedule.as_ref().map(ScheduleSettings::check) {
                return Err(Error::Value { key: format!("sources.schedule of {}", source.name), problem });
            }
        }
        Ok(())
    }

    /// Where the model's files are.
    #[must_use]
    pub fn model_files(&self) -> ModelFiles {
        let cache = cache_dir();
        let dir = if self.model.dir.as_os_str().is_empty() {
            cache.join("models").join(MODEL)
        } else {
            self.model.dir.clone()
        };
        let runtime = if self.model.runtime.as_os_str().is_empty() {
            std::env::var_os("ORT_DYLIB_PATH").map_or_else(|| default_runtime(&cache), PathBuf::from)
        } else {
            self.model.runtime.clone()
        };
        ModelFiles { dir, runtime }
    }

    /// Where the files of the model are that reranks, where there is one.
    #[must_use]
    pub fn rerank_files(&self) -> Option<ModelFiles> {
        let dir = &self.search.rerank.dir;
        (!dir.as_os_str().is_empty()).then(|| ModelFiles { dir: dir.clone(), ..self.model_files() })
    }

    /// Limits on reading a source.
    #[must_use]
    pub fn source_limits(&self) -> SourceLimits {
        SourceLimits { max_document_bytes: self.limits.max_document_bytes }
    }

    /// Limits on reading a document.
    #[must_use]
    pub fn extract_limits(&self) -> ExtractLimits {
        ExtractLimits { max_text_bytes: self.limits.max_text_bytes, max_pages: self.limits.max_pages }
    }

    /// How much a document is to be believed by where it lies, if any rule says.
    #[must_use]
    pub fn authority_of(&self, source: Option<&str>, uri: &str) -> Option<u8> {
        authority::rank(&self.authority, source, uri)
    }

    /// Longest time for one document.
    #[must_use]
    pub fn read_time(&self) -> Duration {
        Duration::from_secs(self.limits.read_seconds)
    }

    /// Longest time that work goes on after the order to stop.
    #[must_use]
    pub fn drain_time(&self) -> Duration {
        Duration::from_secs(self.serve.drain_seconds)
    }

    /// Threads that read and grade.
    #[must_use]
    pub fn readers(&self) -> usize {
        or_processors(self.workers.readers)
    }

    /// Threads that embed.
    #[must_use]
    pub fn embedders(&self) -> usize {
        or_processors(self.workers.embedders)
    }
}

/// Checks the values of a policy.
///
/// # Errors
/// [`Error::Value`] where one is out of its range.
pub fn check_policy(policy: &Policy) -> Result<()> {
    let weights = Dimension::ALL.map(|dimension| policy.weights.get(dimension));
    let problem = if !(0.0..=1.0).contains(&policy.accept_at_least) {
        ("policy.accept_at_least", "must be between 0 and 1")
    } else if weights.iter().sum::<f32>() <= 0.0 {
        ("policy.weights", "must hold at least one weight above 0")
    } else if policy.duplication.boilerplate_documents < 2 {
        ("policy.duplication.boilerplate_documents", "must be at least 2")
    } else {
        return Ok(());
    };
    let (key, rule) = problem;
    Err(Error::Value { key: key.to_owned(), problem: rule.to_owned() })
}

/// tamis' cache: `$TAMIS_CACHE`, else `tamis` in the user's cache folder (XDG Base Directory Specification).
#[must_use]
pub fn cache_dir() -> PathBuf {
    // An empty variable is an unset one, as the XDG specification and the shell have it.
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("TAMIS_CACHE").unwrap_or_else(|| {
        let base = named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")));
        base.unwrap_or_else(std::env::temp_dir).join("tamis")
    })
}

/// The newest ONNX Runtime library in the cache, or the name it should have.
fn default_runtime(cache: &Path) -> PathBuf {
    let dir = cache.join("onnxruntime");
    let mut found: Vec<PathBuf> = std::fs::read_dir(&dir)
        .map(|entries| entries.filter_map(std::result::Result::ok).map(|entry| entry.path()).collect())
        .unwrap_or_default();
    found.retain(|path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("libonnxruntime."))
    });
    found.sort();
    found.pop().unwrap_or_else(|| dir.join("libonnxruntime.so"))
}

fn or_processors(threads: usize) -> usize {
    if threads > 0 { threads } else { thread::available_parallelism().map_or(1, std::num::NonZero::get) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings read from text laid over the defaults, without files and environment.
    fn read(text: &str) -> std::result::Result<Config, Box<figment::Error>> {
        Figment::from(Toml::string(DEFAULT)).merge(Toml::string(text)).extract().map_err(Box::new)
    }

    #[test]
    fn the_default_file_says_what_the_code_does_by_itself() {
        let config = read("").unwrap();
        assert_eq!(config.policy, Policy::default());
        assert_eq!(config.chunks, ChunkLimits::default());
        let (source, extract) = (SourceLimits::default(), ExtractLimits::default());
        assert_eq!(config.limits.max_document_bytes, source.max_document_bytes);
        assert_eq!(
            (config.limits.max_text_bytes, config.limits.max_pages),
            (extract.max_text_bytes, extract.max_pages)
        );
        config.check().unwrap();
    }

    #[test]
    fn unknown_settings_name_the_nearest() {
        for (text, key, nearest) in [
            ("[limits]\nmax_page = 1", "limits.max_page", "max_pages"),
            ("[chunk]\ntarget = 1", "chunk", "chunks"),
            ("[policy.weights]\nfreshnes = 1.0", "policy.weights.freshnes", "freshness"),
        ] {
            let problem = read(text).unwrap_err();
            let told = error::explain(Path::new("tamis.toml"), &problem).to_string();
            assert!(told.contains(key) && told.contains(nearest), "{told}");
        }
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for text in [
            "[chunks]\ntarget = 0",
            "[chunks]\nmax = 481",
            "[policy]\naccept_at_least = 1.5",
            "[limits]\nread_seconds = 0",
            "[ocr]\nenabled = true\ndocument_seconds = 60",
            "[[authority]]\npath = \"a/**\"\nrank = 101",
            "[[sources]]\nname = \"a\"\npath = \"x\"\nschedule.cron = \"every day\"",
            "[[sources]]\nname = \"a\"\npath = \"x\"\nschedule = { cron = \"0 3 * * *\", time_zone = \"Mars\" }",
            "[[sources]]\nname = \"a\"\npath = \"x\"\nschedule = { cron = \"0 3 * * *\", jitter_seconds = 90000 }",
            "[[sources]]\nname = \"a\"\npath = \"x\"\n[[sources]]\nname = \"a\"\npath = \"y\"",
        ] {
            assert!(read(text).unwrap().check().is_err(), "{text}");
        }
        assert!(read("[limits]\nmax_pages = \"many\"").is_err());
    }
}
