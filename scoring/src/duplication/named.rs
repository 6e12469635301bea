//! What a passage is about by its heading, where that names a thing of a program.
//!
//! Reference pages are written from a template: the sections on `read_u16` and `read_u32` differ in that name and little
//! else, and are no copies. A heading in plain words may be put otherwise in a copy; a name may not. Nor are two texts
//! copies that differ in names and in nothing else, wherever those stand: a template was filled in twice.

use std::collections::{BTreeMap, BTreeSet};

use crate::markup::shown;

/// Whether the headings of both texts name things, and not the same ones, or names are all that the texts differ in.
pub(crate) fn name_different_things(a: &str, b: &str) -> bool {
    let (mine, theirs) = (names(a), names(b));
    let headed = mine.difference(&theirs).next().is_some() && theirs.difference(&mine).next().is_some();
    headed || differ_in_names(&shown(a), &shown(b))
}

/// Whether each of two passages, given with the URI of its page, says its own page's name where the other one says its
/// own: `Executing mount …` on `mount.html` is no copy of `Executing umount …` on `umount.html`.
pub(crate) fn name_their_pages(a: (&str, &str), b: (&str, &str)) -> bool {
    let (mine, theirs) = (page_name(a.1), page_name(b.1));
    mine != theirs && says(a.0, &mine) && says(b.0, &theirs) && !says(a.0, &theirs) && !says(b.0, &mine)
}

/// Fewest letters of a page's name that is told from a common word or an ordinal.
const SHORTEST_PAGE_NAME: usize = 4;

/// The name of a page's file without extensions, in small letters.
fn page_name(uri: &str) -> String {
    let file = uri.rsplit('/').next().unwrap_or(uri);
    file.split('.').next().unwrap_or(file).to_lowercase()
}

/// Whether a text says a word.
fn says(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    word.len() >= SHORTEST_PAGE_NAME && text.split(|c| !is_part(c)).any(|part| part.eq_ignore_ascii_case(word))
}

/// Whether each of two shown texts has words that the other lacks, and all of them are names.
fn differ_in_names(a: &str, b: &str) -> bool {
    let mut left: BTreeMap<&str, i64> = BTreeMap::new();
    for (text, sign) in [(a, 1), (b, -1)] {
        for word in text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)) {
            *left.entry(word.trim_matches(|c: char| matches!(c, '*' | ',' | '.' | ';' | ':' | '|'))).or_default() +=
                sign;
        }
    }
    left.retain(|_, count| *count != 0);
    let own = |sign: i64| left.values().any(|count| count.signum() == sign);
    let shouts = [a, b].iter().any(|text| !text.chars().any(char::is_lowercase));
    own(1) && own(-1) && left.keys().all(|word| name(word, shouts).is_some())
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
            ("Calls `read_u16`.", "Calls `read_u32`.", true),
            ("Calls `read_u16` first.", "Calls `read_u32` then.", false),
            ("Calls `read_u16`.", "Calls `read_u16` and `read_u32`.", false),
            ("See [`read`](a_b.md).", "See [`read`](../c_d.md).", false),
            ("Returns [**GetPlanReply**](GetPlanReply.md) or 404.", "Returns [**ListPlansReply**](x.md) or 404.", true),
        ] {
            assert_eq!(name_different_things(a, b), expected, "{a} / {b}");
        }
    }
    #[test]
    fn passages_that_say_the_names_of_their_pages_are_told_apart() {
        let (a, b) = ("Executing mount asks the kernel.", "Executing umount asks the kernel.");
        assert!(name_their_pages((a, "man/mount.8.html"), (b, "man/umount.8.html")));
        assert!(!name_their_pages((a, "man/mount.html"), (a, "man/umount.html")), "a copy");
        assert!(!name_their_pages((a, "man/mount.html"), (b, "wiki/devices.html")));
        assert!(!name_their_pages((a, "man/mount.html"), (b, "archive/mount.html")));
    }
}
