//! Taking the last decision back.

use sqlx::Row;
use tamis_scoring::Policy;

use super::decide::{Choice, open, take_effect};
use super::history::{self, Before, Entry};
use super::{Review, edits, store};
use crate::ledger::{Error, Ledger, Result, time};

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
        let last = sqlx::query(
            "select id, action, before from review_history
             where chunk_id = $1 and undone = 0 and action not in ('claim', 'unclaim', 'undo')
             order by at desc, id desc limit 1",
        )
        .bind(chunk)
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some(last) = last else { return Err(Error::NothingToUndo { id: chunk.to_owned() }) };
        let (id, action): (String, String) = (last.get("id"), last.get("action"));
        let before = match last.get::<Option<String>, _>("before") {
            Some(text) => serde_json::from_str(&text).map_err(|source| Error::Stored { what: "review", source })?,
            // Written by a tamis that knew no undo, which asked about every chunk once.
            None => Before { review: Review::none(), edit: None },
        };
        let text: String =
            sqlx::query_scalar("select text from chunks where id = $1").bind(chunk).fetch_one(&mut *write.tx).await?;
        sqlx::query("update review_history set undone = 1 where id = $1").bind(&id).execute(&mut *write.tx).await?;
        store(&mut write.tx, chunk, &before.review).await?;
        if edits::of(&mut write.tx, chunk).await? != before.edit {
            match &before.edit {
                Some(edit) => edits::put(&mut write.tx, chunk, edit, policy).await?,
                None => edits::take_back(&mut write.tx, chunk, policy).await?,
            }
        }
        take_effect(&mut write.tx, chunk, &current, &before.review, policy).await?;
        let after: String =
            sqlx::query_scalar("select text from chunks where id = $1").bind(chunk).fetch_one(&mut *write.tx).await?;
        let changed = text != after;
        let entry = Entry {
            note: Some(format!("takes back: {action}")),
            text_before: changed.then_some(text),
            text_after: changed.then_some(after),
            ..Entry::of("undo", actor, now)
        };
        history::append(&mut write.tx, chunk, &entry).await?;
        write.commit().await?;
        Ok(action)
    }
}
