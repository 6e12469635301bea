//! How text becomes the terms of the lexical index.
//!
//! Words are runs of letters, digits and underscores. An identifier such as `max_connections` or `StdMapObserver` is
//! found whole and by its parts; writing without spaces (Chinese, Japanese, Korean) by pairs of characters. Words are
//! stemmed by the language of their document.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
};

/// Longest term in bytes: identifiers and hashes stay, encoded binaries go.
const MAX_TERM: usize = 128;

/// Parts from which an identifier is no name any more but encoded data, of which parts say nothing.
pub(crate) const MAX_PARTS: usize = 12;

/// The language of texts that do not say theirs.
pub(crate) const DEFAULT_LANGUAGE: &str = "en";

/// Lower case, no accents, stems of `language` (ISO 639-1) where a stemmer for it exists. Stop words stay: they cost
/// little, and phrases need them.
pub(crate) fn analyzer(language: &str) -> TextAnalyzer {
    let words = TextAnalyzer::builder(Words).filter(RemoveLongFilter::limit(MAX_TERM)).filter(LowerCaser);
    // Stemmers know accents, which therefore go last; English has none to know.
    match stemmer(language) {
        Some(Language::English) => words.filter(AsciiFoldingFilter).filter(Stemmer::new(Language::English)).build(),
        Some(language) => words.filter(Stemmer::new(language)).filter(AsciiFoldingFilter).build(),
        None => words.filter(AsciiFoldingFilter).build(),
    }
}

/// As [`analyzer`], without stems.
pub(crate) fn plain_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Words)
        .filter(RemoveLongFilter::limit(MAX_TERM))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// The tokens of `text`, in order.
pub(crate) fn tokens(analyzer: &mut TextAnalyzer, text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    analyzer.token_stream(text).process(&mut |token| tokens.push(token.clone()));
    tokens
}

/// Whether a token is an identifier as a whole, whose parts follow.
pub(crate) fn is_whole(token: &Token) -> bool {
    token.position_length > 1
}

fn stemmer(language: &str) -> Option<Language> {
    Some(match language {
        "ar" => Language::Arabic,
        "da" => Language::Danish,
        "de" => Language::German,
        "el" => Language::Greek,
        "en" => Language::English,
        "es" => Language::Spanish,
        "fi" => Language::Finnish,
        "fr" => Language::French,
        "hu" => Language::Hungarian,
        "it" => Language::Italian,
        "nb" | "nn" | "no" => Language::Norwegian,
        "nl" => Language::Dutch,
        "pt" => Language::Portuguese,
        "ro" => Language::Romanian,
        "ru" => Language::Russian,
        "sv" => Language::Swedish,
        "ta" => Language::Tamil,
        "tr" => Language::Turkish,
        _ => return None,
    })
}

/// Cuts text into words, identifiers also into their parts.
#[derive(Clone, Default)]
struct Words;

struct WordStream {
    tokens: Vec<Token>,
    /// One more than the place of the current token.
    next: usize,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        WordStream { tokens: cut(text), next: 0 }
    }
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

fn cut(text: &str) -> Vec<Token> {
    let mut cutter = Cutter { text, tokens: Vec::new(), position: 0 };
    let mut begun: Option<(usize, bool)> = None;
    for (at, char) in text.char_indices() {
        let belongs = (char.is_alphanumeric() || char == '_').then(|| is_unspaced(char));
        match (begun, belongs) {
            (Some((_, was)), Some(is)) if was == is => {}
            (Some((start, was)), _) => {
                cutter.run(start, at, was);
                begun = belongs.map(|is| (at, is));
            }
            (None, _) => begun = belongs.map(|is| (at, is)),
        }
    }
    if let Some((start, was)) = begun {
        cutter.run(start, text.len(), was);
    }
    cutter.tokens
}

struct Cutter<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    position: usize,
}

impl Cutter<'_> {
    fn run(&mut self, start: usize, end: usize, unspaced: bool) {
        if unspaced { self.pairs(start, end) } else { self.word(start, end) }
    }

    fn word(&mut self, start: usize, end: usize) {
        let run = &self.text[start..end];
        let word = run.trim_matches('_');
        if word.is_empty() {
            return;
        }
        let start = start + (run.len() - run.trim_start_matches('_').len());
        let parts = parts(word);
        if parts.len() == 1 || parts.len() > MAX_PARTS {
            self.push(start, start + word.len(), 1);
            return;
        }
        self.push(start, start + word.len(), parts.len());
        self.position -= parts.len();
        for (from, to) in parts {
            self.push(start + from, start + to, 1);
        }
    }

    /// Every two neighbours; a character that stands alone by itself.
    fn pairs(&mut self, start: usize, end: usize) {
        let places: Vec<usize> = self.text[start..end].char_indices().map(|(at, _)| start + at).chain([end]).collect();
        if places.len() == 2 {
            self.push(start, end, 1);
        }
        for pair in places.windows(3) {
            self.push(pair[0], pair[2], 1);
        }
    }

    fn push(&mut self, start: usize, end: usize, position_length: usize) {
        self.tokens.push(Token {
            offset_from: start,
            offset_to: end,
            position: self.position,
            text: self.text[start..end].to_owned(),
            position_length,
        });
        self.position += position_length;
    }
}

/// Where the parts of an identifier begin and end: between underscores, and where the case says that a word begins
/// (`fooBar`, `HTTPServer`; not `APIs`). Digits stay with what precedes them.
pub(crate) fn parts(word: &str) -> Vec<(usize, usize)> {
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let at = |place: usize| chars.get(place).map(|&(_, char)| char);
    let mut parts = Vec::new();
    let mut begun = None;
    for (place, &(offset, char)) in chars.iter().enumerate() {
        if char == '_' {
            parts.extend(begun.take().map(|start| (start, offset)));
            continue;
        }
        let before = place.checked_sub(1).and_then(at);
        let after_small = before.is_some_and(|before| before.is_lowercase() || before.is_numeric());
        let plural = at(place + 1) == Some('s') && at(place + 2).is_none_or(|next| next == '_');
        let last_capital =
            before.is_some_and(char::is_uppercase) && at(place + 1).is_some_and(char::is_lowercase) && !plural;
        if char.is_uppercase() && (after_small || last_capital) {
            parts.extend(begun.take().map(|start| (start, offset)));
        }
        begun.get_or_insert(offset);
    }
    parts.extend(begun.map(|start| (start, word.len())));
    parts
}

/// Whether a character is of a script that is written without spaces between words.
fn is_unspaced(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(language: &str, text: &str) -> Vec<String> {
        tokens(&mut analyzer(language), text)
            .into_iter()
            .map(|token| format!("{}{}", token.text, "@".to_owned() + &token.position.to_string()))
            .collect()
    }

    #[test]
    fn identifiers_are_found_whole_and_by_their_parts() {
        let cases: [(&str, &[&str]); 14] = [
            ("max_connections", &["max_connect@0", "max@0", "connect@1"]),
            ("the StdMapObserver holds", &["the@0", "stdmapobserv@1", "std@1", "map@2", "observ@3", "hold@4"]),
            ("HTTPServer2", &["httpserver2@0", "http@0", "server2@1"]),
            ("__init__", &["init@0"]),
            ("___", &[]),
            ("APIs mRNAs", &["api@0", "mrnas@1", "m@1", "rnas@2"]),
            ("p53 E0308 utf8", &["p53@0", "e0308@1", "utf8@2"]),
            ("src/lib.rs:12", &["src@0", "lib@1", "rs@2", "12@3"]),
            ("ECONNREFUSED", &["econnrefus@0"]),
            ("Café naïve", &["cafe@0", "naiv@1"]),
            ("東京都に行く", &["東京@0", "京都@1", "都に@2", "に行@3", "行く@4"]),
            ("Rust言語", &["rust@0", "言語@1"]),
            ("水", &["水@0"]),
            ("a_b_c_d_e_f_g_h_i_j_k_l_m", &["a_b_c_d_e_f_g_h_i_j_k_l_m@0"]),
        ];
        for (text, expected) in cases {
            assert_eq!(terms("en", text), expected, "{text}");
        }
    }

    #[test]
    fn stems_follow_the_language() {
        assert_eq!(terms("de", "Häuser Verbindungen"), ["haus@0", "verbind@1"]);
        assert_eq!(terms("fr", "continuellement"), ["continuel@0"]);
        assert_eq!(terms("pl", "running"), ["running@0"]);
        assert_eq!(tokens(&mut plain_analyzer(), "Running Cafés")[1].text, "cafes");
    }

    proptest! {
        #[test]
        fn every_token_is_a_slice_and_positions_never_fall(text in any::<String>()) {
            let tokens = cut(&text);
            for token in &tokens {
                prop_assert_eq!(&text[token.offset_from..token.offset_to], &token.text);
            }
            prop_assert!(tokens.is_sorted_by_key(|token| token.position));
            prop_assert_eq!(tokens.len(), tokens_of(&text, "en"));
            prop_assert_eq!(tokens_of(&text, "de"), tokens_of(&text, "en"));
        }
    }

    /// Analysers change terms but neither add nor take any but long ones: queries rely on it.
    fn tokens_of(text: &str, language: &str) -> usize {
        tokens(&mut analyzer(language), text).len()
            + cut(text).iter().filter(|token| token.text.len() >= MAX_TERM).count()
    }
}
