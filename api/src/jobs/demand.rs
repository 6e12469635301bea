//! Counting what searches return, and what they would return if it were not held back; asking the canaries.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;
use tamis_index::{SearchFilter, SearchMode, SearchRequest};
use tokio::task::spawn_blocking;

use crate::searching::{self, Question};
use crate::service::Service;

/// How often it is worked out what queries would return: it reads every chunk that is held back.
const EVERY: Duration = Duration::from_mins(1);
/// Most canary questions.
const MOST_CANARIES: usize = 200;
/// Longest line of a file of them, in bytes.
const MAX_LINE: u64 = 1 << 16;
/// Hits that a canary looks at.
const CANARY_HITS: usize = 10;

/// A line of the file of canaries; golden questions are some too.
#[derive(Deserialize)]
struct Canary {
    #[serde(alias = "question", alias = "text")]
    query: String,
}

/// When it was last counted, and on which day the canaries were asked.
#[derive(Default)]
pub(super) struct Counting {
    looked: Option<Instant>,
    asked_on: Option<i64>,
}

impl Counting {
    /// Writes down what searches returned since it was last asked, and, once in a while, what they would have.
    pub(super) async fn count(&mut self, service: &Service, today: i64) -> Result<()> {
        if self.asked_on != Some(today) {
            self.asked_on = Some(today);
            if let Err(problem) = ask_canaries(service).await {
                tracing::warn!(error = format!("{problem:#}"), "the canary questions were not asked");
            }
        }
        service.ledger.add_demand(&service.take_demand()).await?;
        if self.looked.is_some_and(|looked| looked.elapsed() < EVERY) {
            return Ok(());
        }
        let asked = service.take_asked();
        if asked.is_empty() {
            return Ok(());
        }
        self.looked = Some(Instant::now());
        let held = service.ledger.held_words().await?;
        let wanted = spawn_blocking(move || asked.would_return(&held)).await?;
        Ok(service.ledger.add_demand(&wanted).await?)
    }
}

/// Asks every canary once, as any client would.
async fn ask_canaries(service: &Service) -> Result<()> {
    let path = &service.config.review.canaries;
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    let (from, shown) = (path.clone(), path.display().to_string());
    let canaries = spawn_blocking(move || read(&from)).await?.with_context(|| format!("cannot read {shown}"))?;
    for Canary { query } in canaries {
        let request = SearchRequest {
            query: query.clone(),
            limit: CANARY_HITS,
            mode: SearchMode::Hybrid,
            filter: SearchFilter::default(),
        };
        let question = Question { request, min_score: None, diversity: 0.0, explain: false };
        let answer = searching::search(service, &question, None).await?;
        service.note_asked(&query, &answer);
    }
    Ok(())
}

fn read(path: &std::path::Path) -> Result<Vec<Canary>> {
    let mut file = BufReader::new(std::fs::File::open(path)?);
    let mut canaries = Vec::new();
    for number in 1.. {
        let mut line = String::new();
        if std::io::Read::take(&mut file, MAX_LINE).read_line(&mut line)? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let wanted = || format!("line {number}: expected {{\"query\": \"…\"}} of at most {MAX_LINE} bytes");
        canaries.push(serde_json::from_str(&line).with_context(wanted)?);
        anyhow::ensure!(canaries.len() <= MOST_CANARIES, "more than {MOST_CANARIES} questions");
    }
    Ok(canaries)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn canaries_are_read_from_golden_questions_too() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{{\"query\": \"a\"}}\n\n{{\"id\": 1, \"question\": \"b\", \"answers\": [\"c\"]}}").unwrap();
        let queries: Vec<String> = read(file.path()).unwrap().into_iter().map(|canary| canary.query).collect();
        assert_eq!(queries, ["a", "b"]);
        writeln!(file, "who?").unwrap();
        assert!(format!("{:#}", read(file.path()).err().unwrap()).contains("line 4"));
        let long = format!("{{\"query\": \"{}\"}}", "x".repeat(1 << 17));
        std::fs::write(file.path(), long).unwrap();
        assert!(read(file.path()).is_err());
        std::fs::write(file.path(), "{\"query\": \"a\"}\n".repeat(MOST_CANARIES + 1)).unwrap();
        assert!(read(file.path()).is_err());
    }
}
