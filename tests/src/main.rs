//! tamis from outside: the binary, as its users run it.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the whole crate is a test")]

mod bad_input;
mod command_line;
mod compare;
mod crash;
mod harness;
mod http;
mod incremental;
mod pipeline;
mod planted;
