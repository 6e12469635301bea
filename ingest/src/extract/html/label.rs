//! What the template calls an element.

use scraper::node::Element;

/// The id, the classes and the item property of an element in lower case, words parted by hyphens and spaces.
pub(super) fn of(element: &Element) -> String {
    let mut label = String::new();
    for (name, prefix) in [("id", ""), ("class", ""), ("itemprop", "itemprop-")] {
        let Some(value) = element.attr(name) else { continue };
        label.push(' ');
        label.push_str(prefix);
        push(&mut label, value);
    }
    label
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
