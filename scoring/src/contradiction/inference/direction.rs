//! Which way a sentence says that something goes: up, down, or nowhere.
//!
//! Findings are told in many words (`raises`, `is associated with higher`, `loss of … decreased`), and two sentences about
//! the same things stand against each other where they go different ways, whatever words they use. Ways multiply as signs
//! do: the loss of an inhibitor goes up.

/// Where a sentence goes; none where it says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Direction {
    /// It says nothing of it, or goes both ways.
    #[default]
    Unsaid,
    /// It only says that one thing has to do with another.
    Linked,
    /// More of it, or better.
    Up,
    /// Less of it, or worse.
    Down,
    /// No change, or no link.
    Nowhere,
}

impl Direction {
    /// Whether what goes this way cannot go that way.
    pub(super) fn opposes(self, other: Self) -> bool {
        use Direction::{Down, Linked, Nowhere, Up};
        matches!((self, other), (Up, Down) | (Down, Up) | (Up | Down | Linked, Nowhere) | (Nowhere, Up | Down | Linked))
    }

    /// Whether both go the same way.
    pub(super) fn agrees(self, other: Self) -> bool {
        self != Self::Unsaid && self == other
    }
}

/// Stems of words that go up.
const UP: [&str; 41] = [
    "increas",
    "enhanc",
    "elevat",
    "promot",
    "higher",
    "greater",
    "rise",
    "rising",
    "rose",
    "rais",
    "improv",
    "stimulat",
    "activat",
    "induc",
    "upregulat",
    "up-regulat",
    "accelerat",
    "strengthen",
    "amplif",
    "augment",
    "boost",
    "gain",
    "grow",
    "grew",
    "contribut",
    "positiv",
    "expand",
    "longer",
    "potentiat",
    "facilitat",
    "exacerbat",
    "caus",
    "trigger",
    "worsen",
    "favor",
    "favour",
    "lead",
    "led",
    "more",
    "drives",
    "driven",
];
/// Stems of words that go down.
const DOWN: [&str; 42] = [
    "decreas",
    "reduc",
    "inhibit",
    "suppress",
    "lower",
    "declin",
    "diminish",
    "downregulat",
    "down-regulat",
    "impair",
    "attenuat",
    "prevent",
    "block",
    "repress",
    "protect",
    "negativ",
    "invers",
    "slow",
    "fell",
    "fall",
    "fewer",
    "less",
    "weaken",
    "abolish",
    "abrogat",
    "limit",
    "shorter",
    "shorten",
    "drop",
    "deplet",
    "delay",
    "ameliorat",
    "alleviat",
    "mitigat",
    "counteract",
    "antagoni",
    "restrict",
    "disrupt",
    "shrink",
    "shrank",
    "curb",
    "avert",
];
/// Stems of words that turn a way round: what is lost, lacking or blocked in front of what goes.
const TURNING: [&str; 12] = [
    "loss",
    "lack",
    "deficien",
    "absence",
    "deletion",
    "knockout",
    "knockdown",
    "silenc",
    "depletion",
    "without",
    "ablation",
    "removal",
];
/// Stems of words that say that nothing goes.
const NOWHERE: [&str; 9] = [
    "unchanged",
    "unaffected",
    "ineffectiv",
    "unrelated",
    "similar",
    "independent",
    "irrelevant",
    "comparable",
    "dispensabl",
];
/// Stems of words that say that one thing has to do with another.
const LINKED: [&str; 13] = [
    "associat", "correlat", "link", "relat", "affect", "effect", "influenc", "role", "chang", "alters", "altered",
    "predict", "evidence",
];
/// What denies such words, at most [`REACH`] words before them.
const DENYING: [&str; 11] =
    ["no", "not", "never", "neither", "nor", "little", "n't", "cannot", "fail", "failed", "nothing"];
const REACH: usize = 5;

/// Reads the direction of a sentence from its words in order, lower case.
pub(super) fn read<'a>(words: impl Iterator<Item = &'a str>) -> Direction {
    let words: Vec<&str> = words.collect();
    let (mut ups, mut downs, mut nowhere, mut linked) = (0_u8, 0_u8, 0_u8, 0_u8);
    let mut turned = false;
    for (at, word) in words.iter().enumerate() {
        if starts(word, &TURNING) {
            turned = !turned;
            continue;
        }
        let before = words.get(at.saturating_sub(REACH)..at).unwrap_or_default();
        let denied = before.iter().any(|word| DENYING.contains(word) || word.ends_with("n't"));
        let (up, down) = (starts(word, &UP), starts(word, &DOWN));
        if starts(word, &NOWHERE) || denied && (up || down || starts(word, &LINKED)) {
            nowhere = nowhere.saturating_add(1);
        } else if up != turned && (up || down) {
            ups = ups.saturating_add(1);
        } else if up || down {
            downs = downs.saturating_add(1);
        } else if starts(word, &LINKED) {
            linked = linked.saturating_add(1);
        }
    }
    match (ups, downs, nowhere, linked) {
        (0, 0, 0, 0) => Direction::Unsaid,
        (0, 0, 0, _) => Direction::Linked,
        (_, _, n, _) if n > ups.max(downs) || n > 0 && ups == downs => Direction::Nowhere,
        (u, d, ..) if u > d => Direction::Up,
        (u, d, ..) if d > u => Direction::Down,
        _ => Direction::Unsaid,
    }
}

/// Whether the word is a form of one of these. A short stem must be the whole word but for its ending: `led`, not `ledger`.
fn starts(word: &str, stems: &[&str]) -> bool {
    const SHORT: usize = 4;
    stems.iter().any(|stem| {
        word.strip_prefix(stem).is_some_and(|rest| {
            stem.len() > SHORT || matches!(rest, "" | "s" | "d" | "e" | "ed" | "es" | "n" | "en" | "ing" | "ings")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_which_way_a_sentence_goes() {
        for (text, expected) in [
            ("zinc increases bone density", Direction::Up),
            ("higher zinc leads to greater bone density", Direction::Up),
            ("bone density fell after the treatment", Direction::Down),
            ("loss of the kinase increased cell growth", Direction::Down),
            ("zinc has no effect on bone density", Direction::Nowhere),
            ("zinc does not increase bone density", Direction::Nowhere),
            ("zinc was associated with bone density", Direction::Linked),
            ("the gate is green", Direction::Unsaid),
        ] {
            assert_eq!(read(text.split(' ')), expected, "{text}");
        }
    }
}
