//! Identifiers of programs spelled as the words they are made of, for a model that was taught prose.
//!
//! A model without capitals reads `HashBuilder` as `hash ##bu ##ilde ##r`, pieces of which most mean nothing; spelled
//! `Hash Builder` it reads what the name says.

use std::borrow::Cow;

use crate::analysis::{MAX_PARTS, parts};

/// The text with a space before each part of an identifier that only its case sets off. What `is_known` says is a word
/// of its own (`YouTube`, `mRNA`) stays, and so does encoded data, of which parts say nothing.
pub(crate) fn spelled(text: &str, mut is_known: impl FnMut(&str) -> bool) -> Cow<'_, str> {
    let mut spelled = String::new();
    let mut copied = 0;
    for (start, word) in words(text) {
        let parts = parts(word);
        if parts.len() == 1 || parts.len() > MAX_PARTS || is_known(word) {
            continue;
        }
        for pair in parts.windows(2) {
            let ((_, end), (next, _)) = (pair[0], pair[1]);
            // Others have an underscore between them.
            if end == next {
                spelled.push_str(&text[copied..start + end]);
                spelled.push(' ');
                copied = start + end;
            }
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    spelled.push_str(&text[copied..]);
    Cow::Owned(spelled)
}

/// Runs of letters, digits and underscores that have a capital behind their first character, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|char: char| !char.is_alphanumeric() && char != '_')
        .filter(|word| word.chars().skip(1).any(char::is_uppercase))
        .map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_sets_words_off() {
        let known = |word: &str| ["YouTube", "mRNA"].contains(&word);
        for (text, expected) in [
            ("a StdMapObserver holds", "a Std Map Observer holds"),
            ("getHTTPServer2()", "get HTTP Server2()"),
            ("YouTube and mRNA, APIs of SQL", "YouTube and mRNA, APIs of SQL"),
            ("max_openFiles, MAX_FILES", "max_open Files, MAX_FILES"),
            ("zażółćGęślą", "zażółć Gęślą"),
            ("aBcDeFgHiJkLmNoPqRsTuVwXyZ", "aBcDeFgHiJkLmNoPqRsTuVwXyZ"),
            ("", ""),
        ] {
            assert_eq!(spelled(text, known), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_but_spaces_is_added(text in "([a-zA-Zé_0-9 .]|[A-Z][a-z]+){0,20}") {
            let spelled = spelled(&text, |_| false);
            prop_assert_eq!(spelled.replace(' ', ""), text.replace(' ', ""));
        }
    }
}
