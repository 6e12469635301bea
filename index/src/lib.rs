//! Embeds, stores and searches: a lexical index (tantivy) and a vector index (Lance) behind one [`Corpus`].
//!
//! Both are projections of the caller's ledger: what is published under a sequence number can be published again with
//! the same result, and [`Corpus::contents`] tells what each holds, so that a caller can compare.

mod analysis;
mod binding;
mod clauses;
mod corpus;
mod embedder;
mod entry;
mod error;
mod fault;
mod fields;
mod fusion;
mod highlight;
pub mod hub;
mod ids;
mod inference;
mod lexical;
mod memory;
mod model;
mod neighbours;
mod nli;
mod query;
mod reranker;
mod runtime;
mod search;
mod spelling;
mod vectors;

pub use corpus::{Contents, Corpus, Receipt};
pub use embedder::{Embedder, Vector};
pub use entry::{IndexEntry, metadata_values};
pub use error::{Error, Result};
pub use highlight::{Highlighter, Snippet};
pub use model::{ModelFiles, ModelFingerprint};
pub use nli::{Nli, NliFiles, Opinion};
pub use reranker::Reranker;
pub use search::{Correction, SearchFilter, SearchHit, SearchMode, SearchRequest, SearchResults};
