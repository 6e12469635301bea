//! tamis from outside: the binary, as its users run it.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the whole crate is a test")]

mod access;
mod alerts;
mod audit;
mod bad_input;
mod command_line;
mod compare;
mod crash;
mod dashboard;
mod documents;
mod evaluation;
mod harness;
mod http;
mod incremental;
mod pipeline;
mod planted;
mod policy;
mod rebuild;
mod review;
mod runs;
mod schedules;
mod search;
mod server;
mod shapes;
mod traces;
