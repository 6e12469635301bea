//! tamis from outside: the binary, as its users run it.

mod bad_input;
mod command_line;
mod crash;
mod harness;
mod http;
mod incremental;
mod pipeline;
