//! What a passage is about by its heading, where that names a thing of a program.
//!
//! Reference pages are written from a template: the sections on `read_u16` and `read_u32` differ in that name and little
//! else, and are no copies. A heading in plain words may be put otherwise in a copy; a name may not.

use std::collections::BTreeSet;

/// Whether the headings of both texts name things, and not the same ones.
pub(crate) fn name_different_things(a: &str, b: &str) -> bool {
    let (a, b) = (names(a), names(b));
    a.difference(&b).next().is_some() && b.difference(&a).next().is_some()
}

/// The names in the first line of a text, where that is a heading.
fn names(text: &str) -> BTreeSet<&str> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match first.trim_start().strip_prefix('#') {
        Some(heading) => {
            let shouts = !heading.chars().any(char::is_lowercase);
            heading.split_whitespace().filter_map(|word| name(word, shouts)).collect()
        }
        None => BTreeSet::new(),
    }
}

/// A word as a name: set as code, or spelt as words are not, in capitals among others that are in small letters.
fn name(word: &str, shouts: bool) -> Option<&str> {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let camel = bare.chars().zip(bare.chars().skip(1)).any(|(one, next)| one.is_lowercase() && next.is_uppercase());
    let capitals = bare.chars().filter(|c| c.is_uppercase()).count();
    let keyword = !shouts && capitals >= 2 && !bare.chars().any(char::is_lowercase);
    let is_name =
        keyword || word.contains(['`', '_', '(', '$']) || word.contains("::") || word.starts_with("--") || camel;
    (is_name && !bare.is_empty()).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_apart_and_plain_words_do_not() {
        for (a, b, expected) in [
            ("### `read_u16`\n\nReads.", "### `read_u32`\n\nReads.", true),
            ("## fn max(a, b)\n", "## fn min(a, b)\n", true),
            ("# StdMapObserver\n", "# StdCellObserver\n", true),
            ("## --log-level\n", "## --log-format\n", true),
            ("## `read_u16`\n", "## Reading `read_u16`\n", false),
            ("## Adding conditionals\n", "## Extra conditionals\n", false),
            ("## Adding `if`\n", "## Extra conditionals\n", false),
            ("### 9.24.3. ANY/SOME (array)\n", "### 9.24.4. ALL (array)\n", true),
            ("## THE LAMPS\n", "## THE LIGHTS\n", false),
            ("## The FAQ\n", "## The questions\n", false),
            ("Calls `read_u16`.", "Calls `read_u32`.", false),
        ] {
            assert_eq!(name_different_things(a, b), expected, "{a} / {b}");
        }
    }
}
