//! What the styles of a Word document say about its paragraphs.

use std::collections::HashMap;

use crate::extract::xml::Element;

/// Styles are based on each other no deeper than this.
const MAX_BASES: usize = 12;

/// What a paragraph is by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The title of the document.
    Title,
    /// A heading of rank 1 to 6.
    Heading(usize),
    Code,
    Quote,
    /// A line of the table of contents.
    Contents,
    Body,
}

/// The styles of a document by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

#[derive(Debug, Default)]
struct Style {
    /// Lower case.
    name: String,
    base: Option<String>,
    /// From 0; 9 is body text.
    outline_level: Option<usize>,
    /// The list that paragraphs of the style are items of, and how deep.
    numbering: Option<(String, usize)>,
}

impl Styles {
    /// Reads `word/styles.xml`.
    pub(super) fn of(root: &Element) -> Self {
        let style = |element: &Element| {
            let value = |path: &[&str]| element.at(path).and_then(|found| found.attribute("val")).map(str::to_owned);
            let level = value(&["pPr", "numPr", "ilvl"]).and_then(|level| level.parse().ok()).unwrap_or(0);
            let style = Style {
                name: value(&["name"]).unwrap_or_default().to_lowercase(),
                base: value(&["basedOn"]),
                outline_level: value(&["pPr", "outlineLvl"]).and_then(|level| level.parse().ok()),
                numbering: value(&["pPr", "numPr", "numId"]).map(|id| (id, level)),
            };
            Some((element.attribute("styleId")?.to_owned(), style))
        };
        Self(root.elements().filter(|element| element.name == "style").filter_map(style).collect())
    }

    /// What a paragraph of this style is.
    pub(super) fn role(&self, id: &str) -> Role {
        for style in self.chain(id) {
            if let Some(role) = role_by_name(&style.name) {
                return role;
            }
            if let Some(level) = style.outline_level.filter(|&level| level < 9) {
                return Role::Heading((level + 1).min(6));
            }
        }
        Role::Body
    }

    /// The list that a paragraph of this style is an item of.
    pub(super) fn numbering(&self, id: &str) -> Option<(&str, usize)> {
        let numbering = self.chain(id).find_map(|style| style.numbering.as_ref())?;
        Some((numbering.0.as_str(), numbering.1))
    }

    /// The style and those it is based on.
    fn chain<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Style> {
        let mut next = self.0.get(id);
        std::iter::from_fn(move || {
            let style = next?;
            next = style.base.as_ref().and_then(|base| self.0.get(base));
            Some(style)
        })
        .take(MAX_BASES)
    }
}

/// What a style is by its name, which Word keeps in English for those it brings along.
fn role_by_name(name: &str) -> Option<Role> {
    if let Some(rank) = name.strip_prefix("heading ").and_then(|rank| rank.trim().parse::<usize>().ok()) {
        return Some(Role::Heading(rank.clamp(1, 6)));
    }
    if name.strip_prefix("toc ").is_some_and(|rank| rank.trim().parse::<usize>().is_ok()) {
        return Some(Role::Contents);
    }
    match name {
        "title" => Some(Role::Title),
        "quote" | "intense quote" | "block text" | "quotations" => Some(Role::Quote),
        "html preformatted" | "source code" | "code" | "code block" | "preformatted text" | "macro" | "verbatim" => {
            Some(Role::Code)
        }
        _ => None,
    }
}
