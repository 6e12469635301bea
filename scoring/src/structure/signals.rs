//! Measurements known from the curation of training corpora, recorded and never used as gates: the filters built on
//! them throw away much of what a good technical book says.
//!
//! Sources: word and symbol statistics from Gopher (Rae et al. 2021, appendix A1.1), terminal punctuation from C4
//! (Raffel et al. 2020, section 2.2), line statistics from `FineWeb` (Penedo et al. 2024, section 3.6).

use std::collections::HashSet;

use super::reading::ChunkReading;
use crate::Signal;

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
        ("link_density", share(linked, visible)),
    ]
    .into_iter()
    .map(|(name, value)| Signal { name: name.to_owned(), value })
    .collect()
}

/// What share `part` is of `whole`; 0 of nothing.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
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
}

impl Lines {
    fn of(text: &str) -> Self {
        let mut all = Self::default();
        let mut seen = HashSet::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            all.count += 1;
            all.bullets += usize::from(line.starts_with(['-', '*', '•', '+']));
            all.ellipses += usize::from(line.ends_with("...") || line.ends_with('…'));
            all.terminated += usize::from(line.ends_with(['.', '!', '?', '"', '”']));
            all.repeated += usize::from(!seen.insert(line));
        }
        all
    }
}
