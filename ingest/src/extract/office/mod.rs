//! Office documents: Office Open XML (ECMA-376), `OpenDocument` (ISO 26300), and the older Excel workbooks.

pub(super) mod docx;
mod docx_numbering;
mod docx_styles;
mod hidden;
mod number_format;
pub(super) mod opendocument;
mod opendocument_sheet;
pub(super) mod pptx;
pub(super) mod properties;
mod sheet;
#[cfg(test)]
pub(super) mod tests;
pub(super) mod xls;
mod xls_records;
pub(super) mod xlsx;

use std::collections::HashMap;

use super::package::{self, Package};

/// Where the relationships of a part lead, by their ids.
struct Relations(HashMap<String, Relation>);

struct Relation {
    /// The last word of its type, as `hyperlink` or `slide`.
    kind: String,
    /// The name of a part, or an address outside the package.
    target: String,
}

impl Relations {
    /// Reads the relationships of a part.
    fn of(package: &mut Package<'_>, part: &str) -> Self {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let file = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
        let root = package.xml(&file).unwrap_or_default();
        let relation = |element: &super::xml::Element| {
            let target = element.attribute("Target")?;
            let is_outside = element.attribute("TargetMode") == Some("External");
            let target = if is_outside { target.to_owned() } else { package::resolve(part, target) };
            let kind = element.attribute("Type").unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
            Some((element.attribute("Id")?.to_owned(), Relation { kind, target }))
        };
        Self(root.elements().filter_map(relation).collect())
    }

    fn target(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|relation| relation.target.as_str())
    }

    /// The ids and targets of a kind.
    fn all_of_kind(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        let of_kind = self.0.iter().filter(move |(_, relation)| relation.kind == kind);
        of_kind.map(|(id, relation)| (id.as_str(), relation.target.as_str()))
    }

    /// The first target of a kind.
    fn of_kind(&self, kind: &str) -> Option<&str> {
        self.0.values().filter(|relation| relation.kind == kind).map(|relation| relation.target.as_str()).min()
    }
}

/// The part that an Office Open XML package is about, as `word/document.xml`.
fn main_part(package: &mut Package<'_>, otherwise: &str) -> String {
    let relations = Relations::of(package, "");
    relations.of_kind("officeDocument").unwrap_or(otherwise).to_owned()
}
