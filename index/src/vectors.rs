//! The vector index: LanceDB.
