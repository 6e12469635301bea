//! Deciding about chunks, and claiming them for a while so that two people do not work on the same one.

use jiff::Timestamp;
use sqlx::SqliteConnection;
use tamis_scoring::Policy;

use super::history::{self, Entry};
use super::{Review, ReviewAction, edits, load, store};
use crate::ledger::{Error, Ledger, Result, conflicts, findings, quarantine, time};

/// Longest lease, in seconds: a day.
pub const MAX_LEASE_SECONDS: u32 = 86_400;
/// Most chunks of one decision.
pub(super) const MAX_CHUNKS: usize = 1_000;

/// A chunk to decide about.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its id.
    pub chunk: String,
    /// What the person saw: the item's `revision`. `None` decides whatever it is now.
    pub revision: Option<String>,
}

/// A decision.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What is done.
    pub action: ReviewAction,
    /// Who does it.
    pub actor: String,
    /// Why.
    pub note: Option<String>,
}

impl From<String> for Choice {
    fn from(chunk: String) -> Self {
        Self { chunk, revision: None }
    }
}

impl Ledger {
    /// Decides about chunks; what may be searched changes with it, and is published next. All or none. Returns the
    /// batch, which names the decision in the history and for [`Ledger::undo_batch`].
    ///
    /// # Errors
    /// [`Error::NoChunk`] where a chunk does not exist (any more), [`Error::Changed`] where it is not as the person saw
    /// it, [`Error::Claimed`] where somebody else works on it, [`Error::TooMany`].
    pub async fn decide(&self, choices: &[Choice], decision: &Decision, policy: &Policy) -> Result<String> {
        if choices.len() > MAX_CHUNKS {
            return Err(Error::TooMany { what: "chunks", count: choices.len(), most: MAX_CHUNKS });
        }
        let batch = uuid::Uuid::now_v7().to_string();
        let mut write = self.write().await?;
        for choice in choices {
            decide_one(&mut write.tx, choice, decision, &batch, policy).await?;
        }
        write.commit().await?;
        Ok(batch)
    }

    /// Keeps a chunk for one person for so many seconds (at most a day), or lets go of it with 0.
    ///
    /// # Errors
    /// [`Error::NoChunk`], [`Error::Changed`] or [`Error::Claimed`].
    pub async fn claim(&self, choice: &Choice, actor: &str, seconds: u32) -> Result<()> {
        let mut write = self.write().await?;
        let now = time::now();
        let review = open(&mut write.tx, choice, actor, now).await?;
        let until = now + i64::from(seconds.min(MAX_LEASE_SECONDS)) * 1_000_000;
        let claim = (seconds > 0).then(|| (actor.to_owned(), until));
        let action = if seconds > 0 { "claim" } else { "unclaim" };
        store(&mut write.tx, &choice.chunk, &Review { claim, ..review }).await?;
        let entry = Entry { until: (seconds > 0).then_some(until), ..Entry::of(action, actor, now) };
        history::append(&mut write.tx, &choice.chunk, &entry).await?;
        write.commit().await
    }

    /// The chunks of a duplicate cluster that are in the queue: the copies of `chunk`, and itself.
    ///
    /// # Errors
    /// [`Error::NoChunk`] where there is none.
    pub async fn cluster_in_queue(&self, chunk: &str) -> Result<Vec<String>> {
        let found: Vec<String> = sqlx::query_scalar(
            "select id from chunks where retired = 0 and harm is not null and (id = $1 or shadowed_by = $1)
             order by id limit $2",
        )
        .bind(chunk)
        .bind(MAX_CHUNKS as i64 + 1)
        .fetch_all(&self.pool)
        .await?;
        if found.is_empty() { Err(Error::NoChunk { id: chunk.to_owned() }) } else { Ok(found) }
    }
}

pub(super) async fn decide_one(
    connection: &mut SqliteConnection,
    choice: &Choice,
    decision: &Decision,
    batch: &str,
    policy: &Policy,
) -> Result<()> {
    let now = time::now();
    let chunk = choice.chunk.as_str();
    let before = open(connection, choice, &decision.actor, now).await?;
    let edit = edits::of(connection, chunk).await?;
    let (reasons, overall, verdict, text): (String, f64, String, String) =
        sqlx::query_as("select reasons, overall, verdict, text from chunks where id = $1")
            .bind(chunk)
            .fetch_one(&mut *connection)
            .await?;
    let (until, edited) = match &decision.action {
        ReviewAction::Snooze { until } => (Some(until.as_microsecond()), None),
        ReviewAction::Edit(edit) => (None, Some(edit)),
        ReviewAction::Release | ReviewAction::Reject | ReviewAction::Supersede => (None, None),
    };
    let entry = Entry {
        until,
        note: decision.note.clone(),
        batch: Some(batch.to_owned()),
        before: Some(history::Before { review: before.clone(), edit }),
        reasons,
        overall: Some(overall),
        verdict: Some(verdict),
        text_before: edited.map(|_| text),
        text_after: edited.map(|edit| edit.text.clone()),
        ..Entry::of(decision.action.name(), &decision.actor, now)
    };
    history::append(connection, chunk, &entry).await?;
    let after = Review {
        state: decision.action.state(),
        actor: decision.actor.clone(),
        note: decision.note.clone(),
        decided_at: now,
        until,
        claim: None,
        version: before.version,
    };
    store(connection, chunk, &after).await?;
    if let Some(edit) = edited {
        edits::put(connection, chunk, edit, policy).await?;
    }
    take_effect(connection, chunk, &before, &after, policy).await
}

/// The review of a chunk that `actor` may decide about now.
pub(super) async fn open(connection: &mut SqliteConnection, choice: &Choice, actor: &str, now: i64) -> Result<Review> {
    let chunk = choice.chunk.as_str();
    let known: Option<i64> = sqlx::query_scalar("select 1 from chunks where id = $1 and retired = 0")
        .bind(chunk)
        .fetch_optional(&mut *connection)
        .await?;
    if known.is_none() {
        return Err(Error::NoChunk { id: chunk.to_owned() });
    }
    if let Some(seen) = &choice.revision
        && quarantine::revision_of(connection, chunk).await?.as_ref() != Some(seen)
    {
        return Err(Error::Changed { id: chunk.to_owned() });
    }
    let review = load(connection, chunk).await?;
    match review.claimed_by(now) {
        Some((by, until)) if by != actor => Err(Error::Claimed {
            id: chunk.to_owned(),
            by: by.to_owned(),
            until: time::read(Some(until)).unwrap_or(Timestamp::MAX),
        }),
        _ => Ok(review),
    }
}

/// Grades what a changed review changes: the chunk, and those it is in conflict with where it now counts or no longer
/// does.
pub(super) async fn take_effect(
    connection: &mut SqliteConnection,
    chunk: &str,
    before: &Review,
    after: &Review,
    policy: &Policy,
) -> Result<()> {
    findings::regrade(connection, chunk, policy).await?;
    if before.state.is_out() != after.state.is_out() {
        for (other, _) in conflicts::of(connection, chunk).await? {
            findings::regrade(connection, &other, policy).await?;
        }
    }
    Ok(())
}
