//! The service around the stages: settings, ledger, jobs, HTTP and the command line. Only this crate composes.
#![recursion_limit = "256"]

pub mod access;
pub mod alerting;
pub mod assessment;
pub mod cli;
mod comparing;
pub mod config;
pub mod consistency;
mod dashboard;
pub mod data_dir;
pub mod embedding_cache;
pub mod evaluation;
pub mod graded_line;
pub mod grading;
pub mod http;
pub mod jobs;
pub mod ledger;
pub mod metrics;
mod plural;
pub mod ranking;
pub mod reviewing;
pub mod schedule;
pub mod searching;
pub mod service;
pub mod sources;
pub mod telemetry;
pub mod uploading;
pub mod wanted;
pub mod web_page;
pub mod webhook;

/// An error and what caused it, on one line.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
