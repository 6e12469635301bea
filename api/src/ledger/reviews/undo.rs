//! Taking the last decision back.

use sqlx::{Row, SqliteConnection};
use tamis_scoring::Policy;

use super::decide::{Choice, open, take_effect};
use super::history::{self, Before, Entry};
use super::{Review, edits, store};
use crate::ledger::{Error, Ledger, Result, time};

/// A decision that may be taken back.
pub(super) struct LastDecision {
    /// Its id in the history.
    pub(super) entry: String,
    action: String,
    before: Before,
}

impl Ledger {
    /// Takes back the last decision about a chunk that was not taken back: its review, its words and its grade become
    /// what they were, and what may be searched follows. (Of several equal copies, a copy may be told to copy another one
    /// than before.) Again takes back the one before. Returns the name of the action taken back.
    ///
    /// # Errors
    /// [`Error::NothingToUndo`], and those of [`Ledger::decide`].
    pub async fn undo_review(&self, choice: &Choice, actor: &str, policy: &Policy) -> Result<String> {
        let mut write = self.write().await?;
        let chunk = choice.chunk.as_str();
        let now = time::now();
        let current = open(&mut write.tx, choice, actor, now).await?;
        let Some(last) = last_decision(&mut write.tx, chunk).await? else {
            return Err(Error::NothingToUndo { what: format!("chunk {chunk}") });
        };
        let action = take_back(&mut write.tx, chunk, last, &current, actor, policy).await?;
        write.commit().await?;
        Ok(action)
    }
}

/// The last decision about a chunk that was not taken back.
pub(super) async fn last_decision(connection: &mut SqliteConnection, chunk: &str) -> Result<Option<LastDecision>> {
    let last = sqlx::query(
        "select id, action, before from review_history
         where chunk_id = $1 and undone = 0 and action not in ('claim', 'unclaim', 'undo')
         order by at desc, id desc limit 1",
    )
    .bind(chunk)
    .fetch_optional(connection)
    .await?;
    let Some(last) = last else { return Ok(None) };
    let before = match last.get::<Option<String>, _>("before") {
        Some(text) => serde_json::from_str(&text).map_err(|source| Error::Stored { what: "review", source })?,
        // Written by a tamis that knew no undo, which asked about every chunk once.
        None => Before { review: Review::none(), edit: None },
    };
    Ok(Some(LastDecision { entry: last.get("id"), action: last.get("action"), before }))
}

/// Takes a decision back, where `current` is the review as it stands. Returns the name of the action.
pub(super) async fn take_back(
    connection: &mut SqliteConnection,
    chunk: &str,
    decision: LastDecision,
    current: &Review,
    actor: &str,
    policy: &Policy,
) -> Result<String> {
    let LastDecision { entry, action, before } = decision;
    let text = text_of(connection, chunk).await?;
    sqlx::query("update review_history set undone = 1 where id = $1").bind(&entry).execute(&mut *connection).await?;
    store(connection, chunk, &before.review).await?;
    if edits::of(connection, chunk).await? != before.edit {
        match &before.edit {
            Some(edit) => edits::put(connection, chunk, edit, policy).await?,
            None => edits::take_back(connection, chunk, policy).await?,
        }
    }
    take_effect(connection, chunk, current, &before.review, policy).await?;
    let after = text_of(connection, chunk).await?;
    let changed = text != after;
    let entry = Entry {
        note: Some(format!("takes back: {action}")),
        text_before: changed.then_some(text),
        text_after: changed.then_some(after),
        ..Entry::of("undo", actor, time::now())
    };
    history::append(connection, chunk, &entry).await?;
    Ok(action)
}

async fn text_of(connection: &mut SqliteConnection, chunk: &str) -> Result<String> {
    Ok(sqlx::query_scalar("select text from chunks where id = $1").bind(chunk).fetch_one(connection).await?)
}
