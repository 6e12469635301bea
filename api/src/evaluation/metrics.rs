//! How well ranked passages answer questions: the measures of information retrieval, and of answers that are wrong.

use serde::Serialize;

use super::golden::Gold;

/// How far down the list a question's passages are looked at.
pub const DEPTH: usize = 10;
/// How many passages an application is taken to read, where right and wrong answers are told apart.
pub const READ: usize = 5;

/// A passage that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its document's name.
    pub document: String,
    /// Its text.
    pub text: String,
}

/// What became of a question with right and wrong answers: which of them stands first among the passages read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A right one.
    Right,
    /// A wrong one.
    Wrong,
    /// Neither is there.
    Missing,
}

/// How one question fared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QuestionResult {
    /// Place of the first passage that answers it, from 1.
    pub rank: Option<usize>,
    /// Share of the relevant documents among the first ten passages, 0..=1; for answers, 1 where one is there.
    pub recall: f64,
    /// Normalised discounted cumulative gain over ten places, 0..=1 (Järvelin and Kekäläinen 2002), each document counted
    /// once.
    pub ndcg: f64,
    /// For questions with right and wrong answers.
    pub outcome: Option<Outcome>,
}

/// Means over questions, each 0..=1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Questions whose first passage that says anything about it answers rightly: the first relevant document stands first,
    /// or a right answer stands before any wrong one among the first five passages.
    pub accuracy: f64,
    /// Questions whose first answer is a wrong one.
    pub wrong: f64,
    /// Mean reciprocal rank over ten places.
    pub mrr: f64,
    /// Mean share of what is relevant among ten passages.
    pub recall_at_10: f64,
    /// Mean normalised discounted cumulative gain over ten places.
    pub ndcg_at_10: f64,
}

/// How a question fared with these passages, the best first.
#[must_use]
pub fn result(gold: &Gold, found: &[Found]) -> QuestionResult {
    let found = &found[..found.len().min(DEPTH)];
    match gold {
        Gold::Documents(relevant) => by_documents(relevant, found),
        Gold::Strings { right, wrong } => by_strings(right, wrong, found),
    }
}

/// Means over questions.
#[must_use]
pub fn summary(results: &[QuestionResult]) -> Summary {
    let mean = |value: &dyn Fn(&QuestionResult) -> f64| {
        let sum: f64 = results.iter().map(value).sum();
        if results.is_empty() { 0.0 } else { sum / results.len() as f64 }
    };
    let share = |is: bool| f64::from(u8::from(is));
    Summary {
        accuracy: mean(&|one| share(one.outcome.map_or(one.rank == Some(1), |outcome| outcome == Outcome::Right))),
        wrong: mean(&|one| share(one.outcome == Some(Outcome::Wrong))),
        mrr: mean(&|one| one.rank.map_or(0.0, |rank| 1.0 / rank as f64)),
        recall_at_10: mean(&|one| one.recall),
        ndcg_at_10: mean(&|one| one.ndcg),
    }
}

fn by_documents(relevant: &[String], found: &[Found]) -> QuestionResult {
    let mut seen: Vec<&str> = Vec::new();
    let mut gain = 0.0;
    let mut rank = None;
    for (place, one) in (1..).zip(found) {
        if relevant.contains(&one.document) && !seen.contains(&one.document.as_str()) {
            seen.push(&one.document);
            gain += discounted(place);
            rank = rank.or(Some(place));
        }
    }
    let ideal: f64 = (1..=relevant.len().min(DEPTH)).map(discounted).sum();
    let recall = seen.len() as f64 / relevant.len().max(1) as f64;
    QuestionResult { rank, recall, ndcg: if ideal > 0.0 { gain / ideal } else { 0.0 }, outcome: None }
}

fn by_strings(right: &[String], wrong: &[String], found: &[Found]) -> QuestionResult {
    let right = normalised(right);
    let wrong = normalised(wrong);
    let texts: Vec<String> = found.iter().map(|one| normalise(&one.text)).collect();
    let first = |words: &[String]| texts.iter().position(|text| words.iter().any(|one| holds(text, one)));
    let (right_at, wrong_at) = (first(&right), first(&wrong));
    let within = |at: Option<usize>| at.filter(|at| *at < READ);
    let outcome = match (within(right_at), within(wrong_at)) {
        // A passage with both, such as a comparison, answers the question.
        (Some(right), Some(wrong)) if wrong < right => Outcome::Wrong,
        (Some(_), _) => Outcome::Right,
        (None, Some(_)) => Outcome::Wrong,
        (None, None) => Outcome::Missing,
    };
    let rank = right_at.map(|at| at + 1);
    QuestionResult {
        rank,
        recall: f64::from(u8::from(rank.is_some())),
        ndcg: rank.map_or(0.0, discounted),
        outcome: Some(outcome),
    }
}

fn discounted(place: usize) -> f64 {
    1.0 / (place as f64 + 1.0).log2()
}

fn normalised(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| normalise(text)).filter(|text| !text.is_empty()).collect()
}

fn normalise(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether `text` holds `words` as words: "10" is not in "100" nor in "5.10".
fn holds(text: &str, words: &str) -> bool {
    let joined = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + words.len()..]);
        let mut back = before.chars().rev();
        let mut on = after.chars();
        let (last, first) = (back.next(), on.next());
        let decimal = |mark: Option<char>, beyond: Option<char>| {
            matches!(mark, Some('.' | ',')) && beyond.is_some_and(|c| c.is_ascii_digit())
        };
        let starts_number = words.starts_with(|c: char| c.is_ascii_digit());
        let ends_number = words.ends_with(|c: char| c.is_ascii_digit());
        let part_of_word = last.is_some_and(joined) || first.is_some_and(joined);
        let part_of_number =
            (starts_number && decimal(last, back.next())) || (ends_number && decimal(first, on.next()));
        !part_of_word && !part_of_number
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(all: &[(&str, &str)]) -> Vec<Found> {
        all.iter()
            .map(|(document, text)| Found { document: (*document).to_owned(), text: (*text).to_owned() })
            .collect()
    }

    fn strings(all: &[&str]) -> Vec<String> {
        all.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn documents_count_once_and_by_their_place() {
        let gold = Gold::Documents(strings(&["a", "b"]));
        let result = result(&gold, &found(&[("c", ""), ("a", ""), ("a", ""), ("b", "")]));
        assert_eq!((result.rank, result.recall), (Some(2), 1.0));
        let gain = 1.0 / 3_f64.log2() + 1.0 / 5_f64.log2();
        assert!((result.ndcg - gain / (1.0 + 1.0 / 3_f64.log2())).abs() < 1e-12);
        let summary = summary(&[result]);
        assert_eq!((summary.accuracy, summary.mrr, summary.recall_at_10), (0.0, 0.5, 1.0));
    }

    #[test]
    fn the_first_answer_decides() {
        let gold = Gold::Strings { right: strings(&["30 s"]), wrong: strings(&["60 s"]) };
        let outcome = |texts: &[&str]| {
            let all: Vec<_> = texts.iter().map(|text| ("d", *text)).collect();
            result(&gold, &found(&all)).outcome.unwrap()
        };
        assert_eq!(outcome(&["other", "It waits 30  S.", "It waits 60 s."]), Outcome::Right);
        assert_eq!(outcome(&["It waits 60 s.", "It waits 30 s."]), Outcome::Wrong);
        assert_eq!(outcome(&["It was 60 s and is 30 s."]), Outcome::Right);
        assert_eq!(outcome(&["other"]), Outcome::Missing);
        assert_eq!(outcome(&["", "", "", "", "", "30 s"]), Outcome::Missing, "nobody reads so far");
    }

    #[test]
    fn numbers_are_whole() {
        for (text, held) in [
            ("the default is 10.", true),
            ("(10)", true),
            ("100", false),
            ("5.10", false),
            ("10.5", false),
            ("x10", false),
            ("10, 20", true),
        ] {
            assert_eq!(holds(text, "10"), held, "{text}");
        }
    }
}
