//! What office files and books say about themselves: Dublin Core and its relatives.

use serde_json::Value;

use crate::DateSource;
use crate::extract::date::{self, Event, StatedDate};
use crate::extract::language;
use crate::extract::package::Package;
use crate::extract::reading::Reading;
use crate::extract::xml::Element;

/// Titles that programs put where nobody gave one.
const NO_TITLES: [&str; 9] = [
    "untitled",
    "untitled document",
    "powerpoint presentation",
    "presentation",
    "slide 1",
    "document",
    "book1",
    "title",
    "unknown",
];

/// Endings of file names that programs take for titles.
const FILE_ENDINGS: [&str; 11] =
    [".doc", ".docx", ".odt", ".ppt", ".pptx", ".rtf", ".txt", ".xls", ".xlsx", ".dot", ".indd"];

/// Reads `docProps/core.xml` of Office Open XML.
pub(super) fn read_core(package: &mut Package<'_>, reading: &mut Reading) {
    if package.has("docProps/core.xml")
        && let Some(root) = package.xml("docProps/core.xml")
    {
        read(&root, reading);
    }
}

/// Reads the properties right below an element.
pub(crate) fn read(properties: &Element, reading: &mut Reading) {
    for property in properties.elements() {
        let value = property.text().trim().to_owned();
        if value.is_empty() {
            continue;
        }
        match property.name.as_str() {
            "title" if reading.title.is_none() => reading.title = Some(value).filter(|title| is_title(title)),
            // In OpenDocument `creator` is who changed it last.
            "initial-creator" => reading.authors = people(&value),
            "creator" if reading.authors.is_empty() => reading.authors = people(&value),
            "language" if reading.language.is_none() => reading.language = language::from_tag(&value),
            "modified" => keep_date("modified", &value, Event::Modified, reading),
            "created" | "creation-date" => keep_date(&property.name, &value, Event::Published, reading),
            "subject" | "description" | "keywords" | "keyword" | "publisher" | "identifier" | "category" => {
                reading.metadata.entry(property.name.clone()).or_insert(Value::String(value));
            }
            _ => {}
        }
    }
}

/// Notes a date that the file's properties state.
pub(crate) fn keep_date(field: &str, written: &str, event: Event, reading: &mut Reading) {
    let at = date::parse(written);
    let (source, field, written) = (DateSource::DocumentProperties, field.to_owned(), written.to_owned());
    reading.dates.push(StatedDate { event, source, field, written, at, span: None });
}

/// Whether a title is one, and not what a program put there for want of it.
pub(crate) fn is_title(title: &str) -> bool {
    let lower = title.trim().to_lowercase();
    !(lower.is_empty()
        || NO_TITLES.contains(&lower.as_str())
        || lower.starts_with("microsoft word - ")
        || FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending)))
}

fn people(names: &str) -> Vec<String> {
    names.split(';').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
