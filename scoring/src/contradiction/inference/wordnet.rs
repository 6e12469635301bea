//! What WordNet knows of two words: the same, one kind of the other, opposites, or kinds of one thing that exclude each
//! other.
//!
//! The table beside this file is compiled by `scripts/build_opposition.py`, which says how it is written. Siblings in the
//! hierarchy (red and blue, oboe and cello) are taken to exclude each other; the closer above they meet and the more usual
//! the senses, the surer. The method is that of the WordNet baseline of Glockner et al. (ACL 2018), with inherited
//! antonyms and adjectives read through what they pertain to.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What one word is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lexical {
    /// They share a sense.
    Synonym,
    /// WordNet calls them antonyms.
    Opposite,
    /// Adjectives of which one is the head of the other's cluster.
    Similar,
    /// One is a kind of the other.
    Kind,
    /// They inherit being antonyms from what is above them.
    Opposed,
    /// Kinds of the same thing.
    Sibling,
    /// Kinds of something a step or two further above.
    Cousin,
    /// Adjectives of one cluster.
    Near,
    /// Things that can be touched, of different sorts.
    Distinct,
    /// Other nouns of different sorts.
    Unlike,
    /// Nothing is known.
    Unknown,
}

/// A sense of a word: a synset, and how usual the sense is among the word's (1 the most).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sense {
    synset: u32,
    rank: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Noun,
    Verb,
    Adjective,
    Adverb,
}

#[derive(Debug, Clone)]
struct Synset {
    parent: Option<u32>,
    depth: u8,
    part: Part,
    /// Whether it is a role, deed, thought or state, of which one thing may have several at a time.
    loose: bool,
    /// Whether it can be touched.
    concrete: bool,
}

#[derive(Debug, Default)]
struct WordNet {
    words: HashMap<&'static str, Vec<Sense>>,
    synsets: Vec<Synset>,
    opposite: HashSet<(u32, u32)>,
    irregular: HashMap<&'static str, Vec<&'static str>>,
}

static WORDNET: LazyLock<WordNet> = LazyLock::new(|| WordNet::read(include_str!("wordnet.txt")));

/// Least depth of the noun under which siblings exclude each other: what is above says next to nothing.
const LEAST_DEPTH: u8 = 3;
/// Least usual sense that is looked at.
const MAX_RANK: u8 = 3;
/// Fields whose nouns do not exclude each other.
const LOOSE: [&str; 14] = [
    "act",
    "cognition",
    "communication",
    "event",
    "feeling",
    "group",
    "motive",
    "person",
    "phenomenon",
    "possession",
    "process",
    "relation",
    "state",
    "tops",
];

/// Fields whose nouns can be touched.
const CONCRETE: [&str; 7] = ["animal", "artifact", "body", "food", "object", "plant", "substance"];

/// The senses of a lower-case word under all its lemmas, and the first lemma itself.
pub(super) fn senses(word: &str) -> (Vec<Sense>, Option<&'static str>) {
    let mut found: Vec<Sense> = Vec::new();
    let mut first = None;
    for lemma in lemmas(word) {
        first = first.or(Some(lemma));
        for sense in WORDNET.words.get(lemma).into_iter().flatten() {
            if !found.iter().any(|known| known.synset == sense.synset) {
                found.push(*sense);
            }
        }
    }
    (found, first)
}

/// Whether the word can be a noun.
pub(super) fn is_noun(senses: &[Sense]) -> bool {
    senses.iter().any(|sense| WORDNET.synset(sense.synset).is_some_and(|synset| synset.part == Part::Noun))
}

/// What two words with these senses are to each other.
pub(super) fn relation(a: &[Sense], b: &[Sense]) -> Lexical {
    let mut best = Lexical::Unknown;
    if a.is_empty() || b.is_empty() {
        return best;
    }
    for x in a.iter().filter(|sense| sense.rank <= MAX_RANK) {
        for y in b.iter().filter(|sense| sense.rank <= MAX_RANK) {
            best = best.min(WORDNET.compare(*x, *y));
            if best == Lexical::Synonym {
                return best;
            }
        }
    }
    best
}

impl WordNet {
    fn read(table: &'static str) -> Self {
        let mut net = Self::default();
        let mut section = "";
        let mut above: Vec<u32> = Vec::new();
        let mut marks: Vec<(bool, bool)> = Vec::new();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']');
                above.clear();
                marks.clear();
                continue;
            }
            let mut fields = line.split(' ');
            match section {
                "noun" => net.read_synset(Part::Noun, fields, &mut above, &mut marks),
                "verb" => net.read_synset(Part::Verb, fields, &mut above, &mut marks),
                "adjective" => net.read_synset(Part::Adjective, fields, &mut above, &mut marks),
                "adverb" => net.read_synset(Part::Adverb, fields, &mut above, &mut marks),
                "opposite" => {
                    let part = fields.next().and_then(part_of);
                    let pair = |lemma: Option<&str>| net.resolve(part?, lemma?);
                    if let (Some(a), Some(b)) = (pair(fields.next()), pair(fields.next())) {
                        net.opposite.insert((a.min(b), a.max(b)));
                    }
                }
                _ => {
                    if let (Some(form), Some(lemma)) = (fields.nth(1), fields.next()) {
                        net.irregular.entry(form).or_default().push(lemma);
                    }
                }
            }
        }
        net
    }

    fn read_synset(
        &mut self,
        part: Part,
        mut fields: std::str::Split<'static, char>,
        above: &mut Vec<u32>,
        marks: &mut Vec<(bool, bool)>,
    ) {
        let Some(depth) = fields.next().and_then(|depth| depth.parse::<usize>().ok()) else { return };
        above.truncate(depth);
        marks.truncate(depth);
        let id = self.synsets.len() as u32;
        let (mut is_loose, mut concrete) = marks.last().copied().unwrap_or((part != Part::Noun, false));
        let mut own: Vec<&'static str> = Vec::new();
        for field in fields {
            if let Some(name) = field.strip_prefix('@') {
                is_loose = part != Part::Noun || LOOSE.contains(&name);
                concrete = CONCRETE.contains(&name);
            } else if let Some(noun) = field.strip_prefix('~') {
                if let Some(synset) = self.resolve(Part::Noun, noun) {
                    // What the adjective says of a thing is what its noun names: siblings are found there.
                    self.pertains(&own, synset, fields_of(noun).0);
                }
            } else if field != "-" {
                let (word, rank) = fields_of(field);
                own.push(word);
                self.words.entry(word).or_default().push(Sense { synset: id, rank });
            }
        }
        self.synsets.push(Synset {
            parent: above.last().copied(),
            depth: depth as u8,
            part,
            loose: is_loose,
            concrete,
        });
        above.push(id);
        marks.push((is_loose, concrete));
    }

    /// Gives the words of an adjective the sense of the noun it pertains to.
    fn pertains(&mut self, adjectives: &[&'static str], noun: u32, word: &'static str) {
        for adjective in adjectives.iter().filter(|adjective| **adjective != word) {
            self.words.entry(adjective).or_default().insert(0, Sense { synset: noun, rank: 1 });
        }
    }

    /// The synset that a lemma of the table stands for.
    fn resolve(&self, part: Part, lemma: &str) -> Option<u32> {
        let (word, rank) = fields_of(lemma);
        let senses = self.words.get(word)?;
        let fits =
            |sense: &&Sense| sense.rank == rank && self.synset(sense.synset).is_some_and(|synset| synset.part == part);
        senses.iter().find(fits).map(|sense| sense.synset)
    }

    fn synset(&self, id: u32) -> Option<&Synset> {
        self.synsets.get(id as usize)
    }

    fn parent(&self, id: u32) -> Option<u32> {
        self.synset(id).and_then(|synset| synset.parent)
    }

    fn opposes(&self, a: u32, b: u32) -> bool {
        a != b && self.opposite.contains(&(a.min(b), a.max(b)))
    }

    #[expect(clippy::many_single_char_names, reason = "two senses, their synsets, and what is above each")]
    fn compare(&self, a: Sense, b: Sense) -> Lexical {
        let (Some(x), Some(y)) = (self.synset(a.synset), self.synset(b.synset)) else { return Lexical::Unknown };
        if a.synset == b.synset {
            return Lexical::Synonym;
        }
        if x.part != y.part {
            return Lexical::Unknown;
        }
        if self.opposes(a.synset, b.synset) {
            return Lexical::Opposite;
        }
        let usual = a.rank + b.rank;
        let (up_a, up_b) = (self.parent(a.synset), self.parent(b.synset));
        if x.part == Part::Adjective {
            return match (up_a, up_b) {
                (Some(head), _) if head == b.synset => Lexical::Similar,
                (_, Some(head)) if head == a.synset => Lexical::Similar,
                (Some(p), Some(q)) if p == q => Lexical::Near,
                _ if usual > 4 => Lexical::Unknown,
                (Some(p), Some(q)) if self.opposes(p, q) => Lexical::Opposed,
                (Some(p), None) if self.opposes(p, b.synset) => Lexical::Opposed,
                (None, Some(q)) if self.opposes(a.synset, q) => Lexical::Opposed,
                _ => Lexical::Unknown,
            };
        }
        let Some((steps_a, steps_b, met)) = self.meet(a.synset, b.synset) else {
            return match (up_a, up_b) {
                (Some(p), _) if self.opposes(p, b.synset) && usual <= 3 => Lexical::Opposed,
                (_, Some(q)) if self.opposes(a.synset, q) && usual <= 3 => Lexical::Opposed,
                (Some(p), Some(q)) if self.opposes(p, q) && usual <= 3 => Lexical::Opposed,
                _ => Lexical::Unknown,
            };
        };
        if steps_a == 0 || steps_b == 0 {
            return if steps_a + steps_b <= 4 && usual <= 5 { Lexical::Kind } else { Lexical::Unknown };
        }
        let inherits = [(up_a, Some(b.synset)), (Some(a.synset), up_b), (up_a, up_b)]
            .into_iter()
            .any(|(p, q)| p.zip(q).is_some_and(|(p, q)| self.opposes(p, q)));
        if inherits && usual <= 4 {
            return Lexical::Opposed;
        }
        let met_depth = self.synset(met).map_or(0, |synset| synset.depth);
        if x.part != Part::Noun || usual > 4 {
            return Lexical::Unknown;
        }
        if x.loose || y.loose {
            return if usual == 2 { Lexical::Unlike } else { Lexical::Unknown };
        }
        match (steps_a.max(steps_b), steps_a + steps_b) {
            (1, _) if met_depth >= LEAST_DEPTH => Lexical::Sibling,
            (2.., ..=4) if met_depth > LEAST_DEPTH => Lexical::Cousin,
            _ if usual <= 3 && x.concrete && y.concrete => Lexical::Distinct,
            _ if usual == 2 => Lexical::Unlike,
            _ => Lexical::Unknown,
        }
    }

    /// How many steps above each the two meet, and where.
    fn meet(&self, mut a: u32, mut b: u32) -> Option<(u8, u8, u32)> {
        let (mut steps_a, mut steps_b) = (0, 0);
        while a != b {
            let (x, y) = (self.synset(a)?, self.synset(b)?);
            if x.depth >= y.depth {
                a = x.parent?;
                steps_a += 1;
            } else {
                b = y.parent?;
                steps_b += 1;
            }
        }
        Some((steps_a, steps_b, a))
    }
}

fn part_of(letter: &str) -> Option<Part> {
    Some(match letter {
        "n" => Part::Noun,
        "v" => Part::Verb,
        "a" => Part::Adjective,
        "r" => Part::Adverb,
        _ => return None,
    })
}

/// A lemma of the table as word and rank.
fn fields_of(lemma: &str) -> (&str, u8) {
    match lemma.split_once(':') {
        Some((word, rank)) => (word, rank.parse().unwrap_or(u8::MAX)),
        None => (lemma, 1),
    }
}

/// The words of the table that `word` may be a form of (WordNet's own rules of detachment).
fn lemmas(word: &str) -> Vec<&'static str> {
    const RULES: [(&str, &str); 17] = [
        ("", ""),
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ves", "f"),
        ("men", "man"),
        ("ed", "e"),
        ("ed", ""),
        ("ied", "y"),
        ("ing", "e"),
        ("ing", ""),
        ("er", ""),
        ("er", "e"),
        ("est", ""),
        ("est", "e"),
        ("ier", "y"),
        ("iest", "y"),
    ];
    let mut out: Vec<&'static str> = WORDNET.irregular.get(word).cloned().unwrap_or_default();
    out.retain(|lemma| WORDNET.words.contains_key(lemma));
    for (ending, instead) in RULES {
        let Some(rest) = word.strip_suffix(ending).filter(|rest| ending.is_empty() || rest.len() >= 3) else {
            continue;
        };
        let undoubled = rest.len() > 3
            && matches!(ending, "ed" | "ing")
            && instead.is_empty()
            && rest.as_bytes()[rest.len() - 1] == rest.as_bytes()[rest.len() - 2];
        for form in
            [format!("{rest}{instead}"), rest[..rest.len() - usize::from(undoubled && rest.is_ascii())].to_owned()]
        {
            let known = WORDNET.words.get_key_value(form.as_str()).map(|(known, _)| *known);
            out.extend(known.filter(|known| !out.contains(known) && (ending.is_empty() || known.len() >= 3)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(a: &str, b: &str) -> Lexical {
        relation(&senses(a).0, &senses(b).0)
    }

    #[test]
    fn knows_what_words_are_to_each_other() {
        for (a, b, expected) in [
            ("sofa", "couch", Lexical::Synonym),
            ("sparrows", "birds", Lexical::Kind),
            ("hot", "cold", Lexical::Opposite),
            ("increased", "decreases", Lexical::Opposite),
            ("scarlet", "quickly", Lexical::Unknown),
            ("oboe", "bassoon", Lexical::Sibling),
            ("portuguese", "swedish", Lexical::Cousin),
            ("small", "tiny", Lexical::Similar),
        ] {
            assert_eq!(of(a, b), expected, "{a} {b}");
            assert_eq!(of(b, a), expected, "{b} {a}");
        }
    }
}
