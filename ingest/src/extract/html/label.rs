//! What the template calls an element.

use std::collections::HashMap;

use scraper::node::Element;

/// The id, the classes and the item property of an element, as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Names<'a> {
    id: Option<&'a str>,
    class: Option<&'a str>,
    property: Option<&'a str>,
}

impl<'a> Names<'a> {
    /// One pass over the attributes: asking for each by its name takes far longer.
    pub(super) fn of(element: &'a Element) -> Self {
        let mut names = Self::default();
        for (name, value) in element.attrs() {
            match name {
                "id" => names.id = Some(value),
                "class" => names.class = Some(value),
                "itemprop" => names.property = Some(value),
                _ => {}
            }
        }
        names
    }

    /// The names in lower case, words parted by hyphens and spaces.
    pub(super) fn label(self) -> String {
        let mut label = String::new();
        for (value, prefix) in [(self.id, ""), (self.class, ""), (self.property, "itemprop-")] {
            let Some(value) = value else { continue };
            label.push(' ');
            label.push_str(prefix);
            push(&mut label, value);
        }
        label
    }
}

/// The label of an element.
pub(super) fn of(element: &Element) -> String {
    Names::of(element).label()
}

/// What was found out about names; a page has few of them, and many elements of each.
pub(super) struct Known<'a, T> {
    found: HashMap<Names<'a>, T>,
}

impl<'a, T: Copy> Known<'a, T> {
    pub(super) fn new() -> Self {
        Self { found: HashMap::new() }
    }

    /// What `judge` says of the label of these names, asked once.
    pub(super) fn get(&mut self, names: Names<'a>, judge: impl FnOnce(&str) -> T) -> T {
        *self.found.entry(names).or_insert_with(|| judge(&names.label()))
    }
}

fn push(label: &mut String, value: &str) {
    let mut was_lower = false;
    for c in value.chars().take(MAX_CHARS) {
        if c.is_ascii_uppercase() && was_lower {
            label.push('-');
        }
        was_lower = c.is_ascii_lowercase();
        label.push(if c == '_' { '-' } else { c.to_ascii_lowercase() });
    }
}

/// Longer names are no names.
const MAX_CHARS: usize = 400;
