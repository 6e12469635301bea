//! Decisions about many chunks as one: each under the condition that it is as somebody saw it, and taken back as one.

use serde::Serialize;
use sqlx::Row;
use tamis_scoring::Policy;
use utoipa::ToSchema;

use super::decide::{Choice, Decision, MAX_CHUNKS, decide_one, open};
use super::undo::{last_decision, take_back};
use crate::ledger::{Error, Ledger, Result, time};

/// What a decision about many chunks came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchOutcome {
    /// Names it in the history, and for undo.
    pub batch: String,
    /// The chunks decided about, or taken back.
    pub chunks: Vec<String>,
    /// Those that were left as they are.
    pub left: Vec<LeftAlone>,
}

/// A chunk that a decision about many left as it is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftAlone {
    /// The chunk.
    pub chunk: String,
    /// Why, as a code.
    pub code: LeftCode,
    /// Why, and what to do.
    pub detail: String,
}

/// Why a chunk was left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftCode {
    /// There is no such chunk (any more).
    NotFound,
    /// It is not as it was shown, or was decided about since.
    Changed,
    /// Somebody else works on it.
    Claimed,
}

/// What is left of a decision about many chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRecord {
    /// What was decided, as in the history.
    pub action: String,
    /// By whom.
    pub actor: String,
    /// The chunks, each with whether that was taken back.
    pub chunks: Vec<(String, bool)>,
}

impl LeftAlone {
    /// The chunk, where what stands against deciding about it is its own matter; otherwise the error.
    fn because(chunk: &str, problem: Error) -> Result<Self> {
        let code = match problem {
            Error::NoChunk { .. } => LeftCode::NotFound,
            Error::Changed { .. } => LeftCode::Changed,
            Error::Claimed { .. } => LeftCode::Claimed,
            other => return Err(other),
        };
        Ok(Self { chunk: chunk.to_owned(), code, detail: problem.to_string() })
    }
}

impl Ledger {
    /// Decides about those of the chunks that are as somebody saw them and nobody else works on, and says which it left
    /// alone.
    ///
    /// # Errors
    /// [`Error::TooMany`] or [`Error::Database`].
    pub async fn decide_unchanged(
        &self,
        choices: &[Choice],
        decision: &Decision,
        policy: &Policy,
    ) -> Result<BatchOutcome> {
        if choices.len() > MAX_CHUNKS {
            return Err(Error::TooMany { what: "chunks", count: choices.len(), most: MAX_CHUNKS });
        }
        let mut outcome = BatchOutcome { batch: uuid::Uuid::now_v7().to_string(), chunks: vec![], left: vec![] };
        let mut write = self.write().await?;
        let now = time::now();
        // All are looked at before the first is decided about: what that changes in the others is the decision's own doing.
        for choice in choices {
            match open(&mut write.tx, choice, &decision.actor, now).await {
                Ok(_) => outcome.chunks.push(choice.chunk.clone()),
                Err(problem) => outcome.left.push(LeftAlone::because(&choice.chunk, problem)?),
            }
        }
        for chunk in &outcome.chunks {
            decide_one(&mut write.tx, &Choice::from(chunk.clone()), decision, &outcome.batch, policy).await?;
        }
        write.commit().await?;
        Ok(outcome)
    }

    /// Takes a decision about many chunks back: all of them become what they were, but for those that were decided about
    /// since, left their document, or are somebody else's to work on, which are named.
    ///
    /// # Errors
    /// [`Error::NoBatch`] where there is none, [`Error::NothingToUndo`] where nothing of it is left.
    pub async fn undo_batch(&self, batch: &str, actor: &str, policy: &Policy) -> Result<BatchOutcome> {
        let mut write = self.write().await?;
        let now = time::now();
        let decided: Vec<(String, String, bool)> = sqlx::query_as(
            "select id, chunk_id, undone from review_history where batch = $1 order by at desc, id desc",
        )
        .bind(batch)
        .fetch_all(&mut *write.tx)
        .await?;
        if decided.is_empty() {
            return Err(Error::NoBatch { id: batch.to_owned() });
        }
        let mut outcome = BatchOutcome { batch: batch.to_owned(), chunks: vec![], left: vec![] };
        for (entry, chunk, _) in decided.into_iter().filter(|(_, _, undone)| !undone) {
            let current = match open(&mut write.tx, &Choice::from(chunk.clone()), actor, now).await {
                Ok(current) => current,
                Err(problem) => {
                    outcome.left.push(LeftAlone::because(&chunk, problem)?);
                    continue;
                }
            };
            match last_decision(&mut write.tx, &chunk).await? {
                Some(last) if last.entry == entry => {
                    take_back(&mut write.tx, &chunk, last, &current, actor, policy).await?;
                    outcome.chunks.push(chunk);
                }
                _ => outcome.left.push(LeftAlone::because(&chunk, Error::Changed { id: chunk.clone() })?),
            }
        }
        if outcome.chunks.is_empty() && outcome.left.is_empty() {
            return Err(Error::NothingToUndo { what: format!("batch {batch}") });
        }
        write.commit().await?;
        Ok(outcome)
    }

    /// A decision about many chunks as the history has it, the chunks in the order they were decided about.
    ///
    /// # Errors
    /// [`Error::NoBatch`].
    pub async fn review_batch(&self, batch: &str) -> Result<BatchRecord> {
        let rows = sqlx::query(
            "select chunk_id, action, actor, undone from review_history where batch = $1 order by at, id limit $2",
        )
        .bind(batch)
        .bind(MAX_CHUNKS as i64)
        .fetch_all(&self.pool)
        .await?;
        let first = rows.first().ok_or_else(|| Error::NoBatch { id: batch.to_owned() })?;
        Ok(BatchRecord {
            action: first.get("action"),
            actor: first.get("actor"),
            chunks: rows.iter().map(|row| (row.get("chunk_id"), row.get::<i64, _>("undone") == 1)).collect(),
        })
    }
}
