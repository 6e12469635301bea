//! Which of two statements stands that cannot both be true.

use serde::{Deserialize, Serialize};

/// Which of two statements stands that cannot both be true: the one with more authority, else of the newer version of a
/// page, else with the later date, else the one that more independent documents agree with. Where nothing decides, both
/// stay searchable, marked, and a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContradictionPolicy {
    /// By how many documents one side must be ahead for their number to decide; 0 leaves it to people. Copies and the
    /// versions of one page count once.
    pub lead: u32,
}

impl Default for ContradictionPolicy {
    /// Four against one decide. Three against one were pages of one template as often, which each speak of something else.
    fn default() -> Self {
        Self { lead: 3 }
    }
}
