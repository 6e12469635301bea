//! The work that runs in the background, one job a file.

mod ingest;
mod links;
mod prepare;
mod publish;
mod workers;

pub use ingest::{Failure, IngestSummary, Observer, Seconds, SourceSpec, Step, ingest};
pub use publish::{publish_all, publish_forever};
pub use workers::{Stop, prepare_forever, prepare_until_drained};
