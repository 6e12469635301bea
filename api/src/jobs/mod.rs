//! The work that runs in the background, one job a file.

mod ingest;
mod interrupt;
mod links;
mod listing;
mod prepare;
mod publish;
mod run;
mod scheduler;
mod summary;
mod watch;
mod webhooks;
mod workers;

pub use ingest::{Observer, SourceSpec, Step, ingest};
pub use publish::{publish_all, publish_forever};
pub use summary::{BeforeAfter, ChunkCounts, Failure, IngestSummary, Seconds};
pub use webhooks::{deliver_forever, deliver_once};
pub use workers::{Stop, begin, prepare_until_drained, work_forever};
