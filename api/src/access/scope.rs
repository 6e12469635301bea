//! What a key allows.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a key allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Search and look.
    Read,
    /// Send documents and start runs.
    Ingest,
    /// Decide about what is held back.
    Review,
    /// Everything, including sources, policy and the audit log.
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Read, Self::Ingest, Self::Review, Self::Admin];

    /// The name used in JSON and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Ingest => "ingest",
            Self::Review => "review",
            Self::Admin => "admin",
        }
    }

    /// Whether it allows what needs `other`: whoever may change something may also look.
    #[must_use]
    pub fn implies(self, other: Self) -> bool {
        self == Self::Admin || self == other || other == Self::Read
    }
}
