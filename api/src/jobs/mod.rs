//! The work that runs in the background, one job a file.

mod ingest;
mod links;
mod prepare;
mod publish;
mod watch;
mod webhooks;
mod workers;

pub use ingest::{Failure, IngestSummary, Observer, Seconds, SourceSpec, Step, ingest};
pub use publish::{publish_all, publish_forever};
pub use webhooks::{deliver_forever, deliver_once};
pub use workers::{Stop, prepare_forever, prepare_until_drained};
