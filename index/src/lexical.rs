//! The lexical index: tantivy.
