//! What a typed query asks of the lexical index.
//!
//! There is no query language to trip over: words are alternatives, `"double quotes"` hold a phrase that must occur,
//! `foo*` stands for all words that begin so, and every other sign is text. Words that only ask (`what is the`) count
//! for nothing where others stand beside them.

use std::collections::BTreeSet;

use tantivy::tokenizer::TextAnalyzer;

use crate::analysis::{self, DEFAULT_LANGUAGE, is_whole};

/// Words of a query that count; somebody who pastes a page wants its beginning.
const MAX_TERMS: usize = 128;

/// Letters a prefix needs: what begins with one letter is a large part of every language.
const MIN_PREFIX: usize = 2;

/// Letters a part of an identifier needs to be a word.
const LONG_PART: usize = 3;

/// English words that hold a question together and are in it whatever it is about. In code and other texts that are
/// no prose such words are rare, and BM25 would take the chunks that have them for the best.
const FUNCTION_WORDS: &str = "a about after all also am an and any are as at be because been before being between both \
    but by can could did do does doing done down during each few for from further had has have having he her here hers \
    him his how i if in into is it its itself just me more most my no nor not of off on once only or other our out over \
    own same she should so some such than that the their them then there these they this those through to too under \
    until up us very was we were what when where which while who whom whose why will with would you your";

/// A part of a query, analysed as the index was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// May occur.
    Word(Word),
    /// Must occur: one list of positions and terms a language.
    Phrase(Vec<Terms>),
    /// May occur, and counts where it does: what was typed without spaces, such as a path.
    Glued(Vec<Terms>),
    /// Some word that begins so may occur, in lower case and without accents.
    Prefix(String),
}

/// Positions and terms of a phrase.
pub(crate) type Terms = Vec<(usize, String)>;

/// A word in every language that the index has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its stems, each once.
    pub(crate) stems: Vec<String>,
    /// It itself, in lower case and without accents.
    pub(crate) plain: String,
    /// How many of the words behind it are its parts, if it is an identifier as a whole.
    pub(crate) parts: usize,
    /// Whether it is an identifier of words, as programs have them (`max_connections`, `StdMapObserver`); names of science
    /// such as `mRNA` and `FoxO3a` are none.
    pub(crate) of_words: bool,
}

/// The analysers of the languages in an index.
pub(crate) struct Analyzers {
    plain: TextAnalyzer,
    languages: Vec<TextAnalyzer>,
}

impl Analyzers {
    /// For these languages (ISO 639-1), and the one of texts that do not say theirs.
    pub(crate) fn new<'a>(languages: impl IntoIterator<Item = &'a str>) -> Self {
        let languages: BTreeSet<&str> = languages.into_iter().chain([DEFAULT_LANGUAGE]).collect();
        let languages = languages.into_iter().map(analysis::analyzer).collect();
        Self { plain: analysis::plain_analyzer(), languages }
    }
}

/// The parts of `text`, each once, in order.
pub(crate) fn parse(text: &str, analyzers: &mut Analyzers) -> Vec<Part> {
    let mut parser = Parser { analyzers, parts: Vec::new(), seen: BTreeSet::new(), left: MAX_TERMS };
    let pieces: Vec<&str> = text.split('"').collect();
    for (number, piece) in pieces.iter().enumerate() {
        // Odd pieces stand between two quotes; an opening quote that nothing closes is just a sign.
        if number % 2 == 1 && number + 1 < pieces.len() {
            parser.quoted(piece);
        } else {
            for typed in piece.split_whitespace() {
                parser.typed(typed);
            }
        }
    }
    without_function_words(parser.parts)
}

struct Parser<'a> {
    analyzers: &'a mut Analyzers,
    parts: Vec<Part>,
    seen: BTreeSet<String>,
    /// Terms that may still be added.
    left: usize,
}

/// What was analysed at once: its words, and its terms without identifiers as a whole, by language.
struct Analyzed {
    words: Vec<Word>,
    terms: Vec<Terms>,
}

impl Parser<'_> {
    fn quoted(&mut self, piece: &str) {
        let Analyzed { words, terms } = self.analyze(piece);
        match words.as_slice() {
            [] => {}
            [word] => self.word(word.clone()),
            // An identifier alone in quotes is that identifier, not its parts in a row.
            [whole, parts @ ..] if whole.parts == parts.len() => {
                self.parts.push(Part::Phrase(whole.stems.iter().map(|stem| vec![(0, stem.clone())]).collect()));
            }
            _ => self.parts.push(Part::Phrase(terms)),
        }
    }

    fn typed(&mut self, typed: &str) {
        let prefix = typed.strip_suffix('*').filter(|rest| {
            !rest.contains('*') && rest.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_')
        });
        let Analyzed { mut words, terms } = self.analyze(typed);
        if prefix.is_some() {
            // The last word: an identifier as a whole where it ends with one, which its parts follow.
            let whole =
                words.iter().enumerate().position(|(at, word)| word.parts > 0 && at + word.parts + 1 == words.len());
            let last = whole.unwrap_or(words.len().saturating_sub(1));
            let begins: Vec<Word> = words.drain(last..).collect();
            if let Some(word) = begins.first().filter(|word| word.plain.chars().count() >= MIN_PREFIX) {
                let plain = word.plain.clone();
                if self.seen.insert(format!("{plain}*")) {
                    self.parts.push(Part::Prefix(plain));
                }
            } else {
                words.extend(begins);
            }
        } else if terms.first().is_some_and(|terms| terms.len() > 1) {
            self.parts.push(Part::Glued(terms));
        }
        for word in words {
            self.word(word);
        }
    }

    fn word(&mut self, word: Word) {
        if self.seen.insert(word.plain.clone()) {
            self.parts.push(Part::Word(word));
        }
    }

    fn analyze(&mut self, text: &str) -> Analyzed {
        let mut plain = analysis::tokens(&mut self.analyzers.plain, text);
        plain.truncate(self.left);
        self.left -= plain.len();
        let stemmed: Vec<_> =
            self.analyzers.languages.iter_mut().map(|analyzer| analysis::tokens(analyzer, text)).collect();
        let words = plain.iter().enumerate().map(|(place, token)| {
            let stems: BTreeSet<&str> =
                stemmed.iter().filter_map(|tokens| tokens.get(place)).map(|token| token.text.as_str()).collect();
            let parts = if is_whole(token) { token.position_length } else { 0 };
            let of_words = plain.iter().skip(place + 1).take(parts).filter(|part| is_long(&part.text)).count() > 1;
            Word {
                stems: stems.into_iter().map(str::to_owned).collect(),
                plain: token.text.clone(),
                parts,
                of_words: of_words || parts > 0 && token.text.contains('_'),
            }
        });
        let words = words.collect();
        let terms: BTreeSet<Terms> = stemmed
            .iter()
            .map(|tokens| {
                let counted = tokens.iter().take(plain.len()).filter(|token| !is_whole(token));
                counted.map(|token| (token.position, token.text.clone())).collect()
            })
            .collect();
        Analyzed { words, terms: terms.into_iter().collect() }
    }
}

/// Whether a part of an identifier can be a word.
fn is_long(part: &str) -> bool {
    part.chars().filter(|char| char.is_alphabetic()).count() >= LONG_PART
}

fn without_function_words(parts: Vec<Part>) -> Vec<Part> {
    let is_function_word = |part: &Part| match part {
        Part::Word(word) => FUNCTION_WORDS.split_ascii_whitespace().any(|known| known == word.plain),
        Part::Phrase(_) | Part::Glued(_) | Part::Prefix(_) => false,
    };
    if parts.iter().all(is_function_word) {
        return parts;
    }
    parts.into_iter().filter(|part| !is_function_word(part)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, languages: &[&str]) -> Vec<String> {
        let row = |terms: &Terms| terms.iter().map(|(_, term)| term.as_str()).collect::<Vec<_>>().join(" ");
        let any = |lists: &[Terms]| lists.iter().map(row).collect::<Vec<_>>().join("|");
        parse(text, &mut Analyzers::new(languages.iter().copied()))
            .into_iter()
            .map(|part| match part {
                Part::Word(word) => word.stems.join("|"),
                Part::Phrase(lists) => format!("\"{}\"", any(&lists)),
                Part::Glued(lists) => format!("<{}>", any(&lists)),
                Part::Prefix(plain) => format!("{plain}*"),
            })
            .collect()
    }

    #[test]
    fn identifiers_of_words_are_told_from_names_of_science() {
        for (typed, expected) in [
            ("StdMapObserver", true),
            ("`run_target()`", true),
            ("a_b", true),
            ("HTTPServer", true),
            ("mRNA", false),
            ("FoxO3a", false),
            ("HbA1c", false),
            ("observer", false),
        ] {
            let parts = parse(typed, &mut Analyzers::new(["en"]));
            let found = parts.iter().any(|part| matches!(part, Part::Word(word) if word.of_words));
            assert_eq!(found, expected, "{typed}");
        }
    }

    #[test]
    fn signs_are_text_and_quotes_hold_phrases() {
        let cases: [(&str, &[&str]); 21] = [
            ("", &[]),
            ("?!* () [] : ^~ +-", &[]),
            ("running Runs", &["run", "run"]),
            ("title:secret AND NOT (x OR y)^3", &["<titl secret>", "titl", "secret", "<y 3>", "x", "y", "3"]),
            ("C++ -Wall --force", &["c", "wall", "forc"]),
            ("café naïve", &["cafe", "naiv"]),
            (r#""open source" code"#, &["\"open sourc\"", "code"]),
            (r#""freshness" of data"#, &["fresh", "data"]),
            (r#"5" disk"#, &["5", "disk"]),
            (r#"a "b c" d "e f"#, &["\"b c\"", "d", "e", "f"]),
            (r#""""#, &[]),
            ("max_connections", &["<max connect>", "max_connect", "max", "connect"]),
            (r#""max_connections""#, &["\"max_connect\""]),
            (r#""max_connections limit""#, &["\"max connect limit\""]),
            ("conn* StdMap* max_conn*", &["conn*", "stdmap*", "max_conn*"]),
            ("src/li*", &["li*", "src"]),
            ("x* **bold** 2 * 3", &["x", "bold", "2", "3"]),
            ("What is the purpose of StdMap?", &["<std map>", "purpos", "stdmap", "std", "map"]),
            ("to be or not to be", &["to", "be", "or", "not"]),
            (r#""to be" or"#, &["\"to be\""]),
            ("東京都", &["<東京 京都>", "東京", "京都"]),
        ];
        for (text, expected) in cases {
            let (mut found, mut expected) = (shown(text, &["en"]), expected.to_vec());
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_word_has_the_stems_of_every_language_there_is() {
        assert_eq!(shown("Verbindungen", &["de"]), ["verbind|verbindungen"]);
        assert_eq!(shown("\"neue Häuser\"", &["de"]), ["\"neu haus|neue hauser\""]);
        assert_eq!(shown("E0308", &["de", "fr", "ru"]), ["e0308"]);
    }

    #[test]
    fn a_pasted_page_is_cut() {
        let page = (0..10_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(shown(&page, &["en"]).len(), MAX_TERMS);
        assert!(shown(&page.replace(' ', "\" \""), &["en"]).len() <= MAX_TERMS);
    }

    proptest! {
        #[test]
        fn any_text_parses(text in any::<String>()) {
            let parts = parse(&text, &mut Analyzers::new(["de", "en"]));
            let words = parts.iter().filter(|part| matches!(part, Part::Word(_))).count();
            prop_assert!(words <= MAX_TERMS);
        }
    }
}
