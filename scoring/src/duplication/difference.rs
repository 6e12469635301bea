//! The words in which two texts differ, whatever their order: those that one has more often than the other.

use std::collections::{BTreeSet, HashMap};

use crate::contradiction::{denies, exclude_each_other};

/// What each of two texts has beyond the other, each word as often as it is more.
#[derive(Debug, Default)]
pub(super) struct Difference<'a> {
    pub(super) mine: Vec<&'a str>,
    pub(super) theirs: Vec<&'a str>,
}

impl<'a> Difference<'a> {
    /// Of two texts as they are shown, word by word, without the signs around a word and what a fence says it is of.
    pub(super) fn of(a: &'a str, b: &'a str) -> Self {
        let words = |text: &'a str| -> Vec<&'a str> {
            let is_word = |word: &&str| word.contains(char::is_alphanumeric) && !word.starts_with("```");
            let words = text.split_whitespace().filter(is_word);
            words.map(|word| word.trim_matches(|c: char| matches!(c, '*' | ',' | '.' | ';' | ':' | '|'))).collect()
        };
        let (mine, theirs) = (words(a), words(b));
        // Near copies begin and end alike.
        let before = mine.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
        let (mine, theirs) = (&mine[before..], &theirs[before..]);
        let after = mine.iter().rev().zip(theirs.iter().rev()).take_while(|(a, b)| a == b).count();
        Self::of_words(mine[..mine.len() - after].to_vec(), theirs[..theirs.len() - after].to_vec())
    }

    fn of_words(mut mine: Vec<&'a str>, mut theirs: Vec<&'a str>) -> Self {
        mine.sort_unstable();
        theirs.sort_unstable();
        let (mut left, mut right) = (mine.into_iter().peekable(), theirs.into_iter().peekable());
        let mut difference = Self::default();
        loop {
            match (left.peek(), right.peek()) {
                (Some(a), Some(b)) if a == b => {
                    left.next();
                    right.next();
                }
                (Some(a), Some(b)) if a < b => difference.mine.extend(left.next()),
                (_, Some(_)) => difference.theirs.extend(right.next()),
                (Some(_), None) => difference.mine.extend(left.next()),
                (None, None) => return difference,
            }
        }
    }

    /// Whether the texts say opposite things where they differ: another month, place in an order, unit or quantity, or
    /// one of them denies. Of a longer text, which says much more, only what the shorter one has of its own is asked.
    pub(super) fn is_opposed(&self) -> bool {
        // Where much is worded otherwise, such words come and go by chance.
        if self.mine.len().min(self.theirs.len()) > FEW {
            return false;
        }
        let plain = |words: &[&str]| -> BTreeSet<String> {
            words
                .iter()
                .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('’', "'"))
                .collect()
        };
        let (mine, theirs) = (plain(&self.mine), plain(&self.theirs));
        let any_denies = |words: &BTreeSet<String>| words.iter().any(|word| denies(word));
        let one_denies = match self.mine.len().abs_diff(self.theirs.len()) {
            0..=ABOUT_AS_MANY => any_denies(&mine) != any_denies(&theirs),
            _ if self.mine.len() < self.theirs.len() => any_denies(&mine),
            _ => any_denies(&theirs),
        };
        one_denies || mine.difference(&theirs).any(|a| theirs.difference(&mine).any(|b| exclude_each_other(a, b)))
    }

    /// Whether one word stands for another again and again, and that is most of what is different: one template, written
    /// out for two things (`procedure`, `function`). The side that has less of its own tells, for the other may be longer.
    pub(super) fn is_one_word_for_another(&self) -> bool {
        let (less, more) =
            if self.mine.len() <= self.theirs.len() { (&self.mine, &self.theirs) } else { (&self.theirs, &self.mine) };
        let Some((word, times)) = most_often(less) else { return false };
        most_often(more).is_some_and(|(other, again)| other != word && again >= OFTEN)
            && times >= OFTEN
            && times * 2 >= less.len()
    }
}

/// Most words that a text has of its own where it says another thing in the same words.
const FEW: usize = 4;

/// Differences of so many words more are of texts about equally long.
const ABOUT_AS_MANY: usize = 3;

/// Times from which a word was not put in by chance.
const OFTEN: usize = 3;

/// Fewest letters of a word that names something, and how many of them tell it from others: the rest is an ending.
const SHORTEST: usize = 4;
const STEM: usize = 7;

/// The word that stands there most often, by its first letters, and how often; the first of several.
fn most_often(words: &[&str]) -> Option<(String, usize)> {
    let mut times: HashMap<String, usize> = HashMap::new();
    for word in words {
        let letters: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if letters.chars().count() >= SHORTEST && letters.contains(char::is_alphabetic) {
            *times.entry(letters.chars().take(STEM).collect()).or_default() += 1;
        }
    }
    times.into_iter().max_by(|(a, x), (b, y)| x.cmp(y).then_with(|| b.cmp(a)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_beyond_the_other_text_are_told() {
        let difference = Difference::of("a pump, a valve and oil", "a valve and a pump and water.");
        assert_eq!((difference.mine, difference.theirs), (vec!["oil"], vec!["and", "water"]));
        let difference = Difference::of("```rust,ignore let a; ```", "```rust let a; ```");
        assert_eq!((difference.mine.len(), difference.theirs.len()), (0, 0));
    }

    #[test]
    fn one_template_for_two_things_is_told_from_an_edited_copy() {
        let template = |thing: &str| {
            format!(
                "To make a {thing}, name the {thing} and say who owns it. The {thing} is kept until its owner asks for the \
                {thing} to go, and only then are the rights to it given back."
            )
        };
        let is_template = |a: &str, b: &str| Difference::of(a, b).is_one_word_for_another();
        assert!(is_template(&template("function"), &template("procedure")));
        assert!(is_template(
            &template("function"),
            &format!("{} It may have functions. {}", template("trigger"), "More. ")
        ));
        assert!(!is_template(&template("function"), &template("function")));
        let edited = template("function").replace("owner", "keeper").replace("kept", "held").replace("given", "handed");
        assert!(!is_template(&template("function"), &edited));
        assert!(!is_template(
            &template("function"),
            &format!("{} And that is all there is to it.", template("function"))
        ));
    }

    #[test]
    fn opposites_are_told_from_other_words() {
        for (a, b, expected) in [
            ("100 requests per minute", "100 requests per second", true),
            ("open every March", "open every May", true),
            ("the second office", "the third office", true),
            ("rooms with a key", "rooms without a key", true),
            ("it is sent before lunch", "it is sent after lunch", true),
            ("the port is enabled", "the port is disabled", true),
            ("it does answer", "it doesn't answer", true),
            ("more than nine", "fewer than nine", true),
            ("a large garden", "a big garden", false),
            ("a garden and a pond", "a garden, a pond and not much else to see there", false),
            ("two rooms", "two halls", false),
        ] {
            assert_eq!(Difference::of(a, b).is_opposed(), expected, "{a} / {b}");
            assert_eq!(Difference::of(b, a).is_opposed(), expected, "{b} / {a}");
        }
    }

    proptest! {
        #[test]
        fn a_difference_is_the_same_from_both_sides(a in "([ab]{1,2} ){0,9}", b in "([ab]{1,2} ){0,9}") {
            let (one, other) = (Difference::of(&a, &b), Difference::of(&b, &a));
            prop_assert_eq!(&one.mine, &other.theirs);
            prop_assert_eq!(&one.theirs, &other.mine);
            prop_assert_eq!(one.is_one_word_for_another(), other.is_one_word_for_another());
            let (mine, theirs) = (a.split_whitespace().count(), b.split_whitespace().count());
            prop_assert_eq!(mine + one.theirs.len(), theirs + one.mine.len());
        }
    }
}
