//! Languages for writing text: MDX, reStructuredText and `AsciiDoc`.

pub(super) mod asciidoc;
mod asciidoc_header;
mod asciidoc_inline;
mod asciidoc_table;
pub(super) mod mdx;
pub(super) mod rst;
mod rst_directive;
mod rst_inline;
mod rst_lines;
mod rst_table;
