//! Is it well-formed, readable text?
