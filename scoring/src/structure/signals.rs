//! Measurements known from the curation of training corpora, recorded and never used as gates: the filters built on
//! them throw away much of what a good technical book says.
//!
//! Sources: word, symbol and repetition statistics from Gopher (Rae et al. 2021, appendix A1.1), terminal punctuation,
//! few-word lines and curly brackets from C4 (Raffel et al. 2020, section 2.2), line statistics from `FineWeb` (Penedo et
//! al. 2024, section 3.6).

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::reading::ChunkReading;
use crate::Signal;
use crate::outline::BlockKind;

/// The signal that says what share of the chunk's text is code, 0..=1.
pub(crate) const CODE_SHARE: &str = "code_share";

/// The eight words of which Gopher wants two.
const STOP_WORDS: [&str; 8] = ["the", "be", "to", "of", "and", "that", "have", "with"];

/// The chunk's signals.
pub(super) fn of(here: &ChunkReading<'_>) -> Vec<Signal> {
    let words = Words::of(here.text());
    let lines = Lines::of(here.text());
    let (mut linked, mut visible) = (0, 0);
    for run in here.runs() {
        visible += run.span.len();
        linked += if run.linked { run.span.len() } else { 0 };
    }
    let code: usize = here.blocks().filter(|block| block.kind == BlockKind::Code).map(|block| block.span.len()).sum();
    [
        ("tokens", f64::from(here.chunk.tokens)),
        ("words", words.count as f64),
        ("mean_word_length", share(words.characters, words.count)),
        ("alphabetic_share", share(words.alphabetic, words.count)),
        ("stop_words", words.stops as f64),
        ("symbols_per_word", share(words.symbols, words.count)),
        ("bullet_share", share(lines.bullets, lines.count)),
        ("ellipsis_share", share(lines.ellipses, lines.count)),
        ("terminal_punctuation_share", share(lines.terminated, lines.count)),
        ("duplicate_line_share", share(lines.repeated, lines.count)),
        ("duplicate_line_character_share", share(lines.repeated_characters, lines.characters)),
        ("short_line_share", share(lines.short, lines.count)),
        ("few_word_line_share", share(lines.few_words, lines.count)),
        ("repeated_five_gram_share", repeated_five_grams(here.text())),
        ("curly_brackets", here.text().matches('{').count() as f64),
        ("link_density", share(linked, visible)),
        (CODE_SHARE, share(code, here.chunk.span.len())),
    ]
    .into_iter()
    .map(|(name, value)| Signal { name: name.to_owned(), value })
    .collect()
}

/// What share `part` is of `whole`; 0 of nothing.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The share of runs of five words that stood before (Gopher's repetition filters).
fn repeated_five_grams(text: &str) -> f64 {
    let words: Vec<u64> = text.split_whitespace().map(|word| xxh3_64(word.as_bytes())).collect();
    let mut seen = HashSet::with_capacity(words.len());
    let repeated = words.windows(5).filter(|run| !seen.insert(*run)).count();
    share(repeated, words.len().saturating_sub(4))
}

/// Statistics of words, split at white space.
#[derive(Default)]
struct Words {
    count: usize,
    characters: usize,
    /// Words with a letter in them.
    alphabetic: usize,
    /// Words of [`STOP_WORDS`].
    stops: usize,
    /// Hash signs and ellipses.
    symbols: usize,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut all = Self::default();
        for word in text.split_whitespace() {
            all.count += 1;
            all.characters += word.chars().count();
            all.alphabetic += usize::from(word.chars().any(char::is_alphabetic));
            all.stops += usize::from(word.len() <= 4 && STOP_WORDS.iter().any(|stop| word.eq_ignore_ascii_case(stop)));
            all.symbols +=
                usize::from(word.starts_with('#')) + usize::from(word.ends_with("...") || word.ends_with('…'));
        }
        all
    }
}

/// Statistics of lines, blank ones left out.
#[derive(Default)]
struct Lines {
    count: usize,
    bullets: usize,
    ellipses: usize,
    /// Lines that end as sentences do.
    terminated: usize,
    /// Lines that stood before.
    repeated: usize,
    repeated_characters: usize,
    characters: usize,
    /// Lines of at most [`SHORT_LINE`] characters.
    short: usize,
    /// Lines of fewer than [`FEW_WORDS`] words.
    few_words: usize,
}

/// A line of no more characters is short to `FineWeb`.
const SHORT_LINE: usize = 30;
/// A line of fewer words is dropped by C4.
const FEW_WORDS: usize = 5;

impl Lines {
    fn of(text: &str) -> Self {
        let mut all = Self::default();
        let mut seen = HashSet::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            all.count += 1;
            all.bullets += usize::from(line.starts_with(['-', '*', '•', '+']));
            all.ellipses += usize::from(line.ends_with("...") || line.ends_with('…'));
            all.terminated += usize::from(line.ends_with(['.', '!', '?', '"', '”']));
            let characters = line.chars().count();
            let again = !seen.insert(line);
            all.repeated += usize::from(again);
            all.repeated_characters += if again { characters } else { 0 };
            all.characters += characters;
            all.short += usize::from(characters <= SHORT_LINE);
            all.few_words += usize::from(line.split_whitespace().count() < FEW_WORDS);
        }
        all
    }
}
