//! Numbers between bad and good.

use serde::{Deserialize, Serialize};

/// The four things a chunk is graded on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Is it still true?
    Freshness,
    /// Is it said elsewhere?
    Duplication,
    /// Does something else deny it?
    Contradiction,
    /// Is it well-formed, readable text?
    Structure,
}

impl Dimension {
    /// All four, in the order people see them.
    pub const ALL: [Self; 4] = [Self::Freshness, Self::Duplication, Self::Contradiction, Self::Structure];

    /// The name used in JSON and on screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Freshness => "freshness",
            Self::Duplication => "duplication",
            Self::Contradiction => "contradiction",
            Self::Structure => "structure",
        }
    }
}

/// A number in 0..=1; 1 is good.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "f32", into = "f32")]
pub struct Score(f32);

impl Score {
    /// Nothing wrong.
    pub const GOOD: Self = Self(1.0);
    /// Nothing right.
    pub const BAD: Self = Self(0.0);

    /// `value` brought into 0..=1; not a number counts as 0.
    #[must_use]
    pub fn new(value: f32) -> Self {
        if value.is_nan() { Self::BAD } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f32 {
        self.0
    }
}

impl From<f32> for Score {
    fn from(value: f32) -> Self {
        Self::new(value)
    }
}

impl From<Score> for f32 {
    fn from(score: Score) -> Self {
        score.0
    }
}
