//! What people decided about chunks of the review queue.
//!
//! A review is kept by chunk id, which is the same as long as the text is: a decision outlives a reading of unchanged
//! content and is asked again when the content changed. Claims and snoozes end by the clock, so nothing has to run for
//! that; what is stored is the last decision, and what it comes to now is worked out when it is read.

mod batch;
mod decide;
pub(super) mod edits;
mod history;
mod rates;
mod undo;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};
use utoipa::ToSchema;

use super::{Error, Ledger, Result};

pub use batch::{BatchOutcome, BatchRecord, LeftAlone, LeftCode};
pub use decide::{Choice, Decision, MAX_LEASE_SECONDS};
pub use edits::Edit;
pub use history::ReviewEvent;
pub use rates::{RuleRate, Suggestion};

/// Where a chunk stands in the review queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Not in the queue: it passes, and nothing denies it.
    Accepted,
    /// Held back, and nobody has decided.
    Pending,
    /// Searchable, but another chunk denies it and nothing says which one is right.
    Contested,
    /// Somebody works on it.
    Claimed,
    /// Put off until a day that has not come.
    Snoozed,
    /// A person lets it be searched in spite of its findings.
    Released,
    /// A person keeps it out.
    Rejected,
    /// A person keeps it out, because something newer replaces it.
    Superseded,
    /// A person put other words in its place, and those pass.
    Edited,
}

impl ReviewState {
    /// Those that want a decision.
    pub const UNDECIDED: [Self; 3] = [Self::Pending, Self::Contested, Self::Claimed];
}

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewAction {
    /// Let it be searched.
    Release,
    /// Keep it out.
    Reject,
    /// Keep it out, because something newer replaces it.
    Supersede,
    /// Ask again later.
    Snooze {
        /// When.
        until: Timestamp,
    },
    /// Put other words in its place and grade those.
    Edit(Edit),
}

/// A review as stored: the last decision, and who works on the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Review {
    pub(super) state: ReviewState,
    pub(super) actor: String,
    pub(super) note: Option<String>,
    /// Microseconds since 1970.
    pub(super) decided_at: i64,
    /// When a snooze ends, in microseconds since 1970.
    pub(super) until: Option<i64>,
    /// Who works on it, and until when; no part of what undo puts back.
    #[serde(skip)]
    pub(super) claim: Option<(String, i64)>,
    #[serde(skip)]
    pub(super) version: i64,
}

impl ReviewAction {
    /// The state it leads to.
    #[must_use]
    pub fn state(&self) -> ReviewState {
        match self {
            Self::Release => ReviewState::Released,
            Self::Reject => ReviewState::Rejected,
            Self::Supersede => ReviewState::Superseded,
            Self::Snooze { .. } => ReviewState::Snoozed,
            Self::Edit(_) => ReviewState::Edited,
        }
    }

    /// The name used in JSON and in the ledger.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Reject => "reject",
            Self::Supersede => "supersede",
            Self::Snooze { .. } => "snooze",
            Self::Edit(_) => "edit",
        }
    }
}

impl ReviewState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Accepted,
        Self::Pending,
        Self::Contested,
        Self::Claimed,
        Self::Snoozed,
        Self::Released,
        Self::Rejected,
        Self::Superseded,
        Self::Edited,
    ];

    /// The name used in JSON and in the ledger.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Pending => "pending",
            Self::Contested => "contested",
            Self::Claimed => "claimed",
            Self::Snoozed => "snoozed",
            Self::Released => "released",
            Self::Rejected => "rejected",
            Self::Superseded => "superseded",
            Self::Edited => "edited",
        }
    }

    /// The state of this name; what no tamis wrote reads as pending.
    pub(super) fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or(Self::Pending)
    }

    /// Whether a person keeps the chunk out, so that what it says no longer stands against others.
    pub(super) fn is_out(self) -> bool {
        matches!(self, Self::Rejected | Self::Superseded)
    }

    /// Whether a person has decided for good.
    fn is_decision(self) -> bool {
        matches!(self, Self::Released | Self::Rejected | Self::Superseded | Self::Edited)
    }
}

/// SQL for what a review `r` of a chunk `c` comes to at the time that is bound twice.
pub(super) const STATE_BEFORE_FIRST_TIME: &str = "case when r.state in ('released', 'rejected', 'superseded')
    or (r.state = 'edited' and c.verdict = 'accept') then r.state when r.state = 'snoozed' and r.until > ";
/// Goes on after the first time.
pub(super) const STATE_BEFORE_SECOND_TIME: &str = " then 'snoozed' when r.claimed_until > ";
/// Goes on after the second time.
pub(super) const STATE_AFTER: &str = " then 'claimed' when c.verdict = 'quarantine' then 'pending'
    when c.harm is null then 'accepted' else 'contested' end as state";

impl Review {
    /// A review nobody has begun.
    fn none() -> Self {
        Self {
            state: ReviewState::Pending,
            actor: String::new(),
            note: None,
            decided_at: 0,
            until: None,
            claim: None,
            version: 0,
        }
    }

    /// Whoever holds the chunk at `now`, and until when.
    pub(super) fn claimed_by(&self, now: i64) -> Option<(&str, i64)> {
        self.claim.as_ref().filter(|(_, until)| *until > now).map(|(by, until)| (by.as_str(), *until))
    }

    /// Whether the chunk stays in the queue because of what was decided.
    pub(super) fn is_decided(&self) -> bool {
        self.state.is_decision() || self.state == ReviewState::Snoozed
    }
}

/// Whether the indexes should hold a chunk: a person's word goes before the policy's.
pub(super) fn may_be_searched(accepted: bool, state: ReviewState) -> bool {
    match state {
        ReviewState::Released => true,
        ReviewState::Rejected | ReviewState::Superseded => false,
        ReviewState::Accepted
        | ReviewState::Pending
        | ReviewState::Contested
        | ReviewState::Claimed
        | ReviewState::Snoozed
        | ReviewState::Edited => accepted,
    }
}

/// The review of a chunk, as stored.
pub(super) async fn load(connection: &mut SqliteConnection, chunk: &str) -> Result<Review> {
    let row = sqlx::query(
        "select state, actor, note, decided_at, until, claimed_by, claimed_until, version from reviews where chunk_id = $1",
    )
    .bind(chunk)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(Review::none()) };
    let (by, until): (Option<String>, Option<i64>) = (row.get("claimed_by"), row.get("claimed_until"));
    Ok(Review {
        state: ReviewState::from_name(row.get("state")),
        actor: row.get("actor"),
        note: row.get("note"),
        decided_at: row.get("decided_at"),
        until: row.get("until"),
        claim: by.zip(until),
        version: row.get("version"),
    })
}

/// Stores a review as the next version of what was there.
async fn store(connection: &mut SqliteConnection, chunk: &str, review: &Review) -> Result<()> {
    let claim = review.claim.as_ref();
    sqlx::query(
        "insert into reviews (chunk_id, state, actor, note, decided_at, until, claimed_by, claimed_until, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 1)
         on conflict (chunk_id) do update set state = excluded.state, actor = excluded.actor, note = excluded.note,
             decided_at = excluded.decided_at, until = excluded.until, claimed_by = excluded.claimed_by,
             claimed_until = excluded.claimed_until, version = reviews.version + 1",
    )
    .bind(chunk)
    .bind(review.state.name())
    .bind(&review.actor)
    .bind(review.note.as_deref())
    .bind(review.decided_at)
    .bind(review.until)
    .bind(claim.map(|(by, _)| by.as_str()))
    .bind(claim.map(|(_, until)| *until))
    .execute(connection)
    .await?;
    Ok(())
}

impl Ledger {
    /// The id of the one live chunk whose id begins with `prefix`.
    ///
    /// # Errors
    /// [`Error::NoChunk`] or [`Error::AmbiguousChunk`].
    pub async fn resolve_chunk(&self, prefix: &str) -> Result<String> {
        let upper = format!("{prefix}g");
        let mut found: Vec<String> =
            sqlx::query_scalar("select id from chunks where id >= $1 and id < $2 and retired = 0 order by id limit 10")
                .bind(prefix)
                .bind(upper)
                .fetch_all(&self.pool)
                .await?;
        match (found.len(), found.pop()) {
            (1, Some(id)) if !prefix.is_empty() => Ok(id),
            (0, _) | (_, None) => Err(Error::NoChunk { id: prefix.to_owned() }),
            (count, Some(_)) => Err(Error::AmbiguousChunk { id: prefix.to_owned(), count }),
        }
    }
}
