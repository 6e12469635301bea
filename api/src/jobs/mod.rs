//! The work that runs in the background, one job a file.

mod audit;
mod demand;
mod embed;
mod ingest;
mod interrupt;
mod links;
mod listing;
mod poll_interval;
mod prepare;
mod publish;
mod rebuild;
mod run;
mod scheduler;
mod summary;
mod watch;
mod webhooks;
mod workers;

pub use audit::{AuditSummary, audit};
pub(crate) use embed::{Embedded, embed, embedding_hash};
pub use ingest::{Observer, SourceSpec, Step, Unobserved, ingest};
pub use publish::{publish_all, publish_forever};
pub use rebuild::{Canaries, NewIndexes, Rebuilt};
pub use summary::{BeforeAfter, ChunkCounts, Failure, IngestSummary, Seconds};
pub use webhooks::{deliver_forever, deliver_once};
pub use workers::{Stop, begin, prepare_until_drained, work_forever};
