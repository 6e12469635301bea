//! Measures chunks, then decides.
//!
//! [`measure`] reads a document's chunks one by one: structure and freshness. [`Passage`]s then meet the passages they
//! may duplicate or contradict ([`relate`], [`place`], or [`cross_check`] for a whole set in memory). Both kinds of
//! [`Finding`] make a [`QualityReport`], and [`decide`] turns a report into a [`Verdict`] under a [`Policy`].
//! Everything here is a pure function of its arguments: no SQL, no clock, no network.

mod by_name;
pub mod contradiction;
mod cross_check;
pub mod duplication;
mod edition;
mod excerpt;
mod family;
mod finding;
pub mod freshness;
mod language;
mod markup;
mod outline;
mod parallel;
mod passage;
mod path_pattern;
mod pattern;
mod policy;
mod precedence;
mod report;
mod rule;
mod score;
pub mod structure;
mod subject;
#[cfg(test)]
mod testing;
mod verdict;

pub use by_name::by_name;
pub use contradiction::{
    Claim, Entry, claims, claims_of, contradicts_itself, inference, may_say_the_same, paraphrased_conflicts,
};
pub use cross_check::{
    COPIED, Cluster, ClusterKind, CrossReport, DocumentCluster, DocumentCopy, DocumentLanguage, Speaker, Templates,
    conflict_findings, confront, cross_check, cross_check_under, foreign_documents,
};
pub use duplication::{Boilerplate, Duplicate, DuplicateKind, Fingerprint, Placement, Scope, place, place_amid};
pub use edition::{Editions, OldVersion};
pub use finding::{Counterpart, Finding, Severity};
pub use freshness::DocumentKind;
pub use passage::{Conflict, Passage, Relation, relate};
pub use path_pattern::PathPattern;
pub use policy::{
    ContradictionPolicy, DuplicationPolicy, FreshnessPolicy, HalfLives, KindRule, Policy, ReviewIntervals, RuleLevel,
    StructurePolicy, Weights,
};
pub use precedence::{Agreement, ConflictGround, ConflictOutcome, ConflictRelation, Ground, Lineage, Standing};
pub use report::{Measurement, QualityReport, Scores, Signal, measure};
pub use rule::Rule;
pub use score::{Dimension, Score};
pub use structure::{notice_finding, say_once};
pub use verdict::{Decision, ERROR_CAP, Verdict, decide};
