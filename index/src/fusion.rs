//! Fusing two rankings into one.
