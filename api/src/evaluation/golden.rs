//! Questions whose answers are known.

use std::io::BufRead;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// Longest line of a file of questions, in bytes.
const MAX_LINE: usize = 1 << 20;

/// A question and what answers it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Line")]
pub struct GoldenQuestion {
    /// Its id.
    pub id: String,
    /// What is asked.
    pub query: String,
    /// What answers it.
    pub gold: Gold,
}

/// What answers a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Gold {
    /// The documents that do, by id.
    Documents(Vec<String>),
    /// Words that a passage holds which answers it rightly, and words of one that answers it wrongly.
    Strings {
        /// Of a right answer.
        right: Vec<String>,
        /// Of a wrong one.
        wrong: Vec<String>,
    },
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    #[serde(alias = "_id")]
    id: serde_json::Value,
    #[serde(alias = "question", alias = "text")]
    query: String,
    #[serde(default)]
    relevant: Vec<String>,
    #[serde(default)]
    answers: Vec<String>,
    #[serde(default)]
    wrong: Vec<String>,
}

impl TryFrom<Line> for GoldenQuestion {
    type Error = String;

    fn try_from(line: Line) -> Result<Self, String> {
        let gold = match (line.relevant.is_empty(), line.answers.is_empty()) {
            (false, true) => Gold::Documents(line.relevant),
            (true, false) => Gold::Strings { right: line.answers, wrong: line.wrong },
            (true, true) => return Err("neither \"relevant\" nor \"answers\" says what answers it".to_owned()),
            (false, false) => {
                return Err("\"relevant\" and \"answers\" are two ways to say what answers it; give one".to_owned());
            }
        };
        let id = line.id.as_str().map_or_else(|| line.id.to_string(), str::to_owned);
        Ok(Self { id, query: line.query, gold })
    }
}

/// Reads a file of questions, one JSON object a line.
///
/// # Errors
/// Where a line is none, naming it.
pub fn read(path: &Path, file: impl BufRead) -> Result<Vec<GoldenQuestion>> {
    let mut questions = Vec::new();
    for (number, line) in file.lines().enumerate() {
        let line = line.with_context(|| format!("cannot read {}", path.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        let place = || format!("{}:{}", path.display(), number + 1);
        if line.len() > MAX_LINE {
            bail!("{}: a question of more than {MAX_LINE} bytes", place());
        }
        let question = serde_json::from_str(&line).with_context(|| {
            format!(r#"{}: expected {{"id", "query", "relevant": [ids]}} or {{"id", "query", "answers": [texts], "wrong": [texts]}}"#, place())
        })?;
        questions.push(question);
    }
    if questions.is_empty() {
        bail!("{} holds no questions", path.display());
    }
    Ok(questions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<GoldenQuestion>> {
        read(Path::new("golden.jsonl"), text.as_bytes())
    }

    #[test]
    fn both_kinds_of_question_are_read() {
        let read = parse("{\"id\": 1, \"query\": \"q\", \"relevant\": [\"a\"]}\n\n{\"id\": \"b\", \"query\": \"q\", \"answers\": [\"30 s\"], \"wrong\": [\"60 s\"]}\n").unwrap();
        assert_eq!(
            read[0],
            GoldenQuestion { id: "1".to_owned(), query: "q".to_owned(), gold: Gold::Documents(vec!["a".to_owned()]) }
        );
        assert!(matches!(&read[1].gold, Gold::Strings { right, wrong } if right == &["30 s"] && wrong == &["60 s"]));
    }

    #[test]
    fn a_line_that_is_no_question_is_named() {
        for bad in [
            "",
            "{}",
            "{\"id\": 1, \"query\": \"q\"}",
            "{\"id\": 1, \"query\": \"q\", \"relevant\": [\"a\"], \"answers\": [\"b\"]}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        let told = format!("{:#}", parse("{\"id\": 1, \"query\": \"q\", \"relevant\": [\"a\"]}\nx").unwrap_err());
        assert!(told.contains("golden.jsonl:2"), "{told}");
    }
}
