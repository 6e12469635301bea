//! Which part of a list to show.

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Code, Problem, cursor};

/// Most items of one page.
const MAX_LIMIT: u32 = 200;

/// Items of a page where not said.
pub(super) const DEFAULT_LIMIT: u32 = 50;

/// Which part of a list to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParameters {
    /// Go on after an earlier page: its `next_cursor`.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// A page as asked for, checked.
pub(super) struct Page {
    /// The place it comes after.
    pub(super) after: Option<String>,
    limit: u32,
}

fn default_limit() -> u32 {
    DEFAULT_LIMIT
}

impl PageParameters {
    /// The page asked for, checked.
    pub(super) fn page(&self) -> Result<Page, Problem> {
        Page::new(self.cursor.as_deref(), self.limit)
    }
}

impl Page {
    /// A page of at most `limit` items after `cursor`.
    pub(super) fn new(cursor: Option<&str>, limit: u32) -> Result<Self, Problem> {
        if limit == 0 || limit > MAX_LIMIT {
            return Err(Problem::new(Code::InvalidRequest, format!("limit must be between 1 and {MAX_LIMIT}")));
        }
        Ok(Self { after: cursor.map(cursor::decode).transpose()?, limit })
    }

    /// One more than wanted tells whether there is a next page.
    pub(super) fn limit_and_one(&self) -> u32 {
        self.limit + 1
    }

    /// Cuts what was fetched to the page, and says whether there is more.
    pub(super) fn cut<T>(&self, items: &mut Vec<T>) -> bool {
        let more = items.len() > self.limit as usize;
        items.truncate(self.limit as usize);
        more
    }
}
