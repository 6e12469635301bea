//! Data as documents: tables, JSON, XML and notebooks.

pub(super) mod json;
pub(super) mod notebook;
pub(super) mod table;
pub(super) mod xml_document;
mod xml_table;
