//! What searches would return if it were not held back.
//!
//! What is held back is in no index: it has no vector, and its words count in no statistic. So this goes by words: a chunk
//! would be returned where it holds as much of a query as the middle one of the hits that were, a word counting the more
//! the fewer held chunks have it (inverse document frequency, Spärck Jones 1972). Queries are kept in memory until they
//! were looked at, and never written down.

use std::collections::{HashMap, HashSet};

use tamis_ingest::ChunkId;

/// Most queries that are kept until they are looked at.
const MOST_QUERIES: usize = 1_000;
/// Most words of a query that count.
const MOST_WORDS: usize = 32;
/// A chunk that holds less of a query than this does not answer it, whatever the hits are like.
const LEAST_COVERAGE: f64 = 0.6;

/// Queries that were asked, and how much of each their hits hold.
#[derive(Debug, Default)]
pub struct Asked(HashMap<Vec<String>, Answers>);

#[derive(Debug, Default)]
struct Answers {
    times: u64,
    /// Which of the query's words each hit of the last answer holds, one bit a word.
    hits: Vec<u32>,
}

impl Asked {
    /// Notes a query and the texts of its hits.
    pub fn note<'a>(&mut self, query: &str, hits: impl Iterator<Item = &'a str>) {
        let mut seen = HashSet::new();
        let words: Vec<String> = words(query).filter(|word| seen.insert(word.clone())).take(MOST_WORDS).collect();
        // A process that never looks at them, or a burst, must not fill the memory.
        if words.is_empty() || (self.0.len() >= MOST_QUERIES && !self.0.contains_key(&words)) {
            return;
        }
        let hits = hits.map(|text| held_words(&words, text)).collect();
        let answers = self.0.entry(words).or_default();
        answers.times += 1;
        answers.hits = hits;
    }

    /// Whether nothing was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often each of `held`, chunks with all their words, would have been returned.
    #[must_use]
    pub fn would_return(&self, held: &[(ChunkId, String)]) -> HashMap<ChunkId, u64> {
        let asked: HashSet<&str> = self.0.keys().flatten().map(String::as_str).collect();
        let held: Vec<(&ChunkId, HashSet<String>)> = held
            .iter()
            .map(|(chunk, text)| (chunk, words(text).filter(|word| asked.contains(word.as_str())).collect()))
            .collect();
        let mut frequency: HashMap<&str, usize> = HashMap::new();
        for word in held.iter().flat_map(|(_, words)| words) {
            *frequency.entry(word).or_default() += 1;
        }
        let weight = |word: &String| {
            let holders = frequency.get(word.as_str()).copied().unwrap_or_default();
            (1.0 + held.len() as f64 / (1.0 + holders as f64)).ln()
        };
        let mut wanted: HashMap<ChunkId, u64> = HashMap::new();
        for (query, answers) in &self.0 {
            let weights: Vec<f64> = query.iter().map(weight).collect();
            let all: f64 = weights.iter().sum();
            let coverage = |holds: &dyn Fn(usize) -> bool| {
                weights.iter().enumerate().filter(|(place, _)| holds(*place)).map(|(_, weight)| weight).sum::<f64>()
                    / all
            };
            let hits = answers.hits.iter().map(|hit| coverage(&|place| (hit >> place) & 1 == 1)).collect();
            let bar = median(hits).max(LEAST_COVERAGE);
            for (chunk, words) in &held {
                if coverage(&|place| query.get(place).is_some_and(|word| words.contains(word))) >= bar {
                    *wanted.entry((*chunk).clone()).or_default() += answers.times;
                }
            }
        }
        wanted
    }
}

/// Words without case, and without the s of many plurals.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
        let word = word.to_lowercase();
        match word.strip_suffix('s') {
            Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
            _ => word,
        }
    })
}

fn held_words(query: &[String], text: &str) -> u32 {
    let held: HashSet<String> = words(text).collect();
    query.iter().enumerate().filter(|(_, word)| held.contains(*word)).fold(0, |bits, (place, _)| bits | (1 << place))
}

fn median(mut shares: Vec<f64>) -> f64 {
    shares.sort_by(f64::total_cmp);
    shares.get(shares.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(texts: &[&str]) -> Vec<(ChunkId, String)> {
        let chunk = |place| ChunkId::from_stored(format!("c{place}"));
        texts.iter().enumerate().map(|(place, text)| (chunk(place), (*text).to_owned())).collect()
    }

    #[test]
    fn what_answers_as_well_as_the_hits_would_be_returned() {
        let mut asked = Asked::default();
        let hits = ["Backups of the harbour ledger are kept for a year.", "The harbour keeps its ledger.", "Tides."];
        for _ in 0..3 {
            asked.note("how long are backups of the harbour kept?", hits.into_iter());
        }
        asked.note("crane", ["The crane.", "A crane."].into_iter());
        let held = held(&[
            "The harbour's backup tapes are kept in the tower, how long nobody says.",
            "Ropes are sold by the yard.",
            "Lunch is at noon.",
            "Cranes are greased weekly.",
        ]);
        let wanted = asked.would_return(&held);
        let times = |place: usize| wanted.get(&held[place].0).copied();
        assert_eq!([times(0), times(1), times(2), times(3)], [Some(3), None, None, Some(1)]);
    }

    #[test]
    fn nothing_is_wanted_where_nothing_was_asked_and_words_without_letters_ask_nothing() {
        let mut asked = Asked::default();
        asked.note(" … ?!", std::iter::empty());
        assert!(asked.is_empty());
        assert!(asked.would_return(&held(&["Anything."])).is_empty());
    }

    #[test]
    fn only_so_many_queries_are_kept() {
        let mut asked = Asked::default();
        for number in 0..MOST_QUERIES + 5 {
            asked.note(&format!("question{number}"), std::iter::empty());
        }
        asked.note("question7", std::iter::empty());
        assert_eq!(asked.0.len(), MOST_QUERIES);
        assert_eq!(asked.0[&vec!["question7".to_owned()]].times, 2);
    }
}
