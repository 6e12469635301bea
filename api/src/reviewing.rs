//! Deciding about chunks of the review queue: what both the HTTP handlers and the command line check first.

use jiff::{Span, Timestamp};
use tamis_ingest::TokenCounter;
use thiserror::Error;

use crate::ledger::{Edit, ReviewAction};

/// Longest note, in bytes.
pub const MAX_NOTE: usize = 4_096;
/// Longest text put in place of a chunk's, in bytes; its tokens are limited by `chunks.max` as those of any chunk.
pub const MAX_TEXT: usize = 65_536;
/// Longest snooze, in days.
pub const MAX_SNOOZE_DAYS: i64 = 366;

/// What a person asks for, as it comes from a request or the command line.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// `release`, `reject`, `supersede`, `snooze` or `edit`.
    pub action: String,
    /// Why.
    pub note: Option<String>,
    /// For `snooze`: until when.
    pub until: Option<Timestamp>,
    /// For `edit`: the words.
    pub text: Option<String>,
}

/// Why a wish cannot be granted.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct Unfit(String);

/// The action that a wish is for.
///
/// # Errors
/// [`Unfit`], which says what to change.
pub fn action(wish: Wish, tokens: &TokenCounter, max_tokens: u32, now: Timestamp) -> Result<ReviewAction, Unfit> {
    let unfit = |problem: String| Err(Unfit(problem));
    if wish.note.as_ref().is_some_and(|note| note.len() > MAX_NOTE) {
        return unfit(format!("note must hold at most {MAX_NOTE} bytes"));
    }
    let (until, text) = (wish.until, wish.text);
    if until.is_some() && wish.action != "snooze" {
        return unfit(format!("until belongs to snooze, not to {}", wish.action));
    }
    if text.is_some() && wish.action != "edit" {
        return unfit(format!("text belongs to edit, not to {}", wish.action));
    }
    match wish.action.as_str() {
        "release" => Ok(ReviewAction::Release),
        "reject" => Ok(ReviewAction::Reject),
        "supersede" => Ok(ReviewAction::Supersede),
        "snooze" => snooze(until, now),
        "edit" => edit(text, tokens, max_tokens),
        other => unfit(format!("{other:?} is no action: release, reject, supersede, snooze or edit")),
    }
}

fn snooze(until: Option<Timestamp>, now: Timestamp) -> Result<ReviewAction, Unfit> {
    let Some(until) = until else {
        return Err(Unfit("snooze needs until, a time such as 2030-01-31T09:00:00Z".to_owned()));
    };
    let latest = now.checked_add(Span::new().hours(24 * MAX_SNOOZE_DAYS)).unwrap_or(Timestamp::MAX);
    if until <= now || until > latest {
        return Err(Unfit(format!("until must lie in the next {MAX_SNOOZE_DAYS} days, and {until} does not")));
    }
    Ok(ReviewAction::Snooze { until })
}

fn edit(text: Option<String>, tokens: &TokenCounter, max_tokens: u32) -> Result<ReviewAction, Unfit> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Err(Unfit("edit needs text, the words to put in its place; reject takes it out".to_owned()));
    };
    if text.len() > MAX_TEXT {
        return Err(Unfit(format!("text must hold at most {MAX_TEXT} bytes")));
    }
    if text.contains('\0') {
        return Err(Unfit("text must not hold NUL characters".to_owned()));
    }
    let count = u32::try_from(tokens.count(&text)).unwrap_or(u32::MAX);
    if count > max_tokens {
        return Err(Unfit(format!(
            "text has {count} tokens, and a chunk at most {max_tokens} (chunks.max): shorten it, or split the document"
        )));
    }
    Ok(ReviewAction::Edit(Edit { text, tokens: count }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(wish: Wish) -> Result<ReviewAction, Unfit> {
        action(wish, &TokenCounter::Estimate, 20, "2026-01-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn each_action_takes_what_belongs_to_it() {
        let wish = |action: &str| Wish { action: action.to_owned(), ..Wish::default() };
        assert_eq!(ask(wish("release")), Ok(ReviewAction::Release));
        let until = Some("2026-02-01T00:00:00Z".parse().unwrap());
        assert!(matches!(ask(Wish { until, ..wish("snooze") }), Ok(ReviewAction::Snooze { .. })));
        let text = Some("Better words.".to_owned());
        assert!(matches!(ask(Wish { text: text.clone(), ..wish("edit") }), Ok(ReviewAction::Edit(_))));
        let at = |text: &str| Some(text.parse().unwrap());
        for (unfit, why) in [
            (wish("relase"), "no action"),
            (wish("snooze"), "needs until"),
            (Wish { until: at("2025-12-31T00:00:00Z"), ..wish("snooze") }, "next 366 days"),
            (Wish { until: at("2030-01-01T00:00:00Z"), ..wish("snooze") }, "next 366 days"),
            (Wish { until, ..wish("reject") }, "belongs to snooze"),
            (Wish { text, ..wish("release") }, "belongs to edit"),
            (wish("edit"), "needs text"),
            (Wish { text: Some(" \n".to_owned()), ..wish("edit") }, "needs text"),
            (Wish { text: Some("many words ".repeat(40)), ..wish("edit") }, "tokens"),
            (Wish { note: Some("n".repeat(MAX_NOTE + 1)), ..wish("reject") }, "note"),
        ] {
            let told = ask(unfit).unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }
}
