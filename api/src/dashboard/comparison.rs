//! Two passages side by side: a word diff of copies, the sentences of a contradiction.

use std::time::Duration;

use similar::{Algorithm, ChangeTag, TextDiff};

use super::evidence::{MarkedText, Piece};

/// Longest time for one diff; past it, the rest is shown as changed.
const TIME_LIMIT: Duration = Duration::from_millis(200);

/// The words of `left` and `right`: what only the left one has is in `del`, what only the right one has in `ins`.
pub(super) fn word_diff(left: &str, right: &str) -> (MarkedText, MarkedText) {
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).timeout(TIME_LIMIT).diff_unicode_words(left, right);
    let (mut here, mut there) = (Runs::default(), Runs::default());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                here.push(change.value(), false);
                there.push(change.value(), false);
            }
            ChangeTag::Delete => here.push(change.value(), true),
            ChangeTag::Insert => there.push(change.value(), true),
        }
    }
    (here.pieces("del"), there.pieces("ins"))
}

/// Stretches of text that are, by turns, shared and not.
#[derive(Default)]
struct Runs(Vec<(String, bool)>);

impl Runs {
    fn push(&mut self, text: &str, changed: bool) {
        if let [.., (before, was_changed), (between, false)] = self.0.as_mut_slice()
            && changed
            && *was_changed
            && between.chars().all(char::is_whitespace)
        {
            // Two changed words are one change, not two with a space between.
            before.push_str(between);
            before.push_str(text);
            self.0.pop();
            return;
        }
        match self.0.last_mut() {
            Some((last, was_changed)) if *was_changed == changed => last.push_str(text),
            _ => self.0.push((text.to_owned(), changed)),
        }
    }

    fn pieces(self, element: &'static str) -> MarkedText {
        let pieces = self.0.into_iter().flat_map(|(text, changed)| {
            // A space at the end of a change is no part of what changed.
            let words = if changed { text.trim_end().len() } else { 0 };
            let (words, rest) = text.split_at(words);
            [Piece::new(words, element), Piece::new(rest, "")]
        });
        MarkedText::new(pieces.filter(|piece| !piece.is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_words_are_marked_on_their_side() {
        let (left, right) = word_diff("Keep the logs for 30 days, then stop.", "Keep all logs for 90 days, then stop.");
        assert_eq!(left.to_string(), "Keep <del>the</del> logs for <del>30</del> days, then stop.");
        assert_eq!(right.to_string(), "Keep <ins>all</ins> logs for <ins>90</ins> days, then stop.");
    }

    #[test]
    fn neighbouring_changes_are_one() {
        let (left, right) = word_diff("the old oak mast fell", "the mast fell");
        assert_eq!(left.to_string(), "the <del>old oak</del> mast fell");
        assert_eq!(right.to_string(), "the mast fell");
    }

    #[test]
    fn equal_texts_have_no_changes_and_markup_is_text() {
        let (left, right) = word_diff("<b>x</b>", "<b>x</b>");
        assert_eq!(left.to_string(), "&#60;b&#62;x&#60;/b&#62;");
        assert_eq!(left.to_string(), right.to_string());
    }
}
