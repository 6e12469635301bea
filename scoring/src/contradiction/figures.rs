//! The figures of a passage: whatever holds a digit and is no reference, link or path.

use std::collections::BTreeSet;

use super::lexicon::is_label;
use crate::duplication::normalise;

/// Whether each passage gives a figure that the other does not: a figure was replaced, so that neither passage can
/// stand for the other, whatever else they share.
pub(crate) fn replaced(a: &str, b: &str) -> bool {
    let (a, b) = (normalise(a), normalise(b));
    let (mine, theirs) = (figures(&a), figures(&b));
    mine.difference(&theirs).next().is_some() && theirs.difference(&mine).next().is_some()
}

/// The distinct figures of normalised text.
fn figures(normalised: &str) -> BTreeSet<&str> {
    let mut before = "";
    let mut figures = BTreeSet::new();
    for token in normalised.split(' ') {
        let word = token.trim_matches(|c: char| !c.is_alphanumeric());
        let is_reference = is_label(before) || token.starts_with('#') || token.contains(['/', '[', ']']);
        if !is_reference && word.contains(|c: char| c.is_ascii_digit()) {
            figures.insert(word);
        }
        before = word;
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_replaced_figures_from_references_and_additions() {
        for (a, b, expected) in [
            ("keep it 30 days", "keep it 14 days", true),
            ("keep it 30 days", "keep it 30 days and 2 nights", false),
            ("see Listing 3-1 now", "see Listing 4-2 now", false),
            ("from [docs](https://a.b/v1)", "from [docs](https://a.b/v2)", false),
            ("port 8080.", "port (8080)", false),
        ] {
            assert_eq!(replaced(a, b), expected, "{a} / {b}");
        }
    }
}
