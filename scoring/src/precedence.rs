//! Which of two passages stands when both cannot.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What decides between two passages: authority, then effective date, then completeness, then the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How much the document is to be believed, 0 to 100.
    pub authority: u8,
    /// When its content last changed, where that is known from more than a file time.
    pub effective_at: Option<Timestamp>,
    /// Length of the whole document in tokens: of two equal passages the one in the fuller document stands.
    pub document_tokens: u32,
    /// The document's URI and the chunk's place in it, which make the order total.
    pub uri: String,
    /// The chunk's position in its document.
    pub ordinal: u32,
}

impl Standing {
    /// `Greater` where `self` stands and `other` gives way. Total: only the very same place is equal.
    #[must_use]
    pub fn precedence(&self, other: &Self) -> Ordering {
        self.substantive(other)
            .unwrap_or(Ordering::Equal)
            .then_with(|| self.document_tokens.cmp(&other.document_tokens))
            .then_with(|| other.uri.cmp(&self.uri))
            .then_with(|| other.ordinal.cmp(&self.ordinal))
    }

    /// The part of the order that says who is *right*: authority, then date. `None` where neither decides; a
    /// contradiction then goes to a person.
    #[must_use]
    pub fn substantive(&self, other: &Self) -> Option<Ordering> {
        let by_authority = self.authority.cmp(&other.authority);
        let by_date = match (self.effective_at, other.effective_at) {
            (Some(mine), Some(theirs)) => mine.cmp(&theirs),
            _ => Ordering::Equal,
        };
        Some(by_authority.then(by_date)).filter(|order| order.is_ne())
    }
}
