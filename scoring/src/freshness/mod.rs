//! Is it still true? Age against a half-life for the kind of document.
