//! Which way a sentence says that something goes: more of it, or less.
//!
//! Two sentences about the same things can exclude each other in a verb that no dictionary of antonyms pairs up (`raises`,
//! `causes a reduced`). So words have a sign, a sentence the product of the signs of what stands among the words that both
//! have, and a denial turns it.

use super::token::Sentence;

/// Beginnings of words that say that there is more of something.
const MORE: [&str; 22] = [
    "increas",
    "rais",
    "enhanc",
    "promot",
    "stimulat",
    "activat",
    "improv",
    "boost",
    "elevat",
    "accelerat",
    "strengthen",
    "induc",
    "upregulat",
    "expand",
    "greater",
    "abundan",
    "caus",
    "augment",
    "amplif",
    "facilitat",
    "extend",
    "favor",
];
/// Such words in full.
const MORE_WORDS: [&str; 20] = [
    "more", "higher", "longer", "larger", "faster", "gain", "gains", "gained", "rise", "rises", "rising", "rose",
    "risen", "grow", "grows", "grew", "growing", "favours", "favoured", "high",
];
/// Beginnings of words that say that there is less.
const LESS: [&str; 34] = [
    "decreas",
    "reduc",
    "inhibit",
    "suppress",
    "impair",
    "blocked",
    "blocking",
    "diminish",
    "weaken",
    "repress",
    "downregulat",
    "prevent",
    "absen",
    "deplet",
    "deficien",
    "delet",
    "knockdown",
    "knockout",
    "attenuat",
    "scarc",
    "abolish",
    "disrupt",
    "declin",
    "protect",
    "abrogat",
    "antagoni",
    "ameliorat",
    "restrict",
    "shrink",
    "remov",
    "delay",
    "hinder",
    "shorten",
    "limits",
];
/// Such words in full.
const LESS_WORDS: [&str; 25] = [
    "less", "fewer", "lower", "lowers", "lowered", "lowering", "loss", "lack", "lacking", "lacks", "slow", "slows",
    "slower", "slowed", "smaller", "shorter", "fall", "falls", "fell", "fallen", "cut", "cuts", "blocks", "low",
    "shrank",
];
/// Words that begin like one and say nothing of it.
const NEITHER: [&str; 2] = ["raisin", "raisins"];
/// How far from the words that both sentences have a word still belongs to them, in words.
const REACH: usize = 4;

/// 1 for a word that says that there is more of something, -1 for less, 0 for all others.
pub(super) fn sign(word: &str) -> i8 {
    let plain: String = word.chars().filter(|c| *c != '-').collect::<String>().to_lowercase();
    let begins = |list: &[&str]| list.iter().any(|beginning| plain.starts_with(beginning));
    let word = plain.as_str();
    if NEITHER.contains(&word) {
        0
    } else if LESS_WORDS.contains(&word) || begins(&LESS) {
        -1
    } else {
        i8::from(MORE_WORDS.contains(&word) || begins(&MORE))
    }
}

/// Which way a sentence goes around the words at these places, in words from its start; 0 where it says neither.
pub(super) fn direction(sentence: &Sentence, places: &[usize]) -> i8 {
    let (Some(first), Some(last)) = (places.iter().min(), places.iter().max()) else { return 0 };
    let near = |at: usize| at + REACH >= *first && at <= last + REACH;
    let signs = sentence.tokens.iter().filter(|token| near(token.at)).map(|token| token.sign).filter(|sign| *sign != 0);
    let (product, any) = signs.fold((1, false), |(product, _), sign| (product * sign, true));
    let denials = sentence.denials.iter().filter(|at| near(**at)).count();
    match (any, denials % 2) {
        (false, _) => 0,
        (true, 0) => product,
        (true, _) => -product,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_more_or_less() {
        for (word, expected) in [
            ("increases", 1),
            ("up-regulated", 1),
            ("Reduced", -1),
            ("lack", -1),
            ("raisins", 0),
            ("painted", 0),
            ("", 0),
        ] {
            assert_eq!(sign(word), expected, "{word}");
        }
    }

    #[test]
    fn a_sentence_goes_one_way_and_a_denial_turns_it() {
        for (text, expected) in [
            ("Salt increases the pressure.", 1),
            ("Salt inhibits the pressure.", -1),
            ("Deletion of the gene reduces growth of cells.", 1),
            ("Salt does not increase the pressure.", -1),
            ("Salt stands beside the pressure gauge.", 0),
        ] {
            let sentence = Sentence::read(text);
            let all: Vec<usize> = sentence.tokens.iter().map(|token| token.at).collect();
            assert_eq!(direction(&sentence, &all), expected, "{text}");
            assert_eq!(direction(&sentence, &[]), 0, "{text}");
        }
        // What stands far from the words in question says nothing of them.
        let far = Sentence::read("The cells of the old tissue were kept in a warm room where pressure increases.");
        assert_eq!(direction(&far, &[1]), 0);
    }
}
