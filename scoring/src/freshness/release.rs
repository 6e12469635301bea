//! Releases dated in the future: a heading with a version and a day that is a slip of the pen.

use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan};
use regex::Regex;

use super::dates::{last_day, utc_day};
use crate::outline::BlockKind;
use crate::pattern::pattern;
use crate::structure::ChunkReading;
use crate::{Finding, Rule};

/// `2.14.0 (2026-03-11)`, `[v3.1] - 2026-03-11`.
static RELEASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\#\s]*(?:version\s+|release\s+)?\[?v?\d+(?:\.\d+){1,3}[\w.-]*\]?(?:\([^)\s]*\))?\s*[\s(\[–—:,-]+(?P<day>\d{4}-\d{2}-\d{2})\b",
    )
});

/// Releases are announced some months ahead at most.
const AHEAD_YEARS: i32 = 1;

pub(super) fn check(here: &ChunkReading<'_>, now: Timestamp) -> Vec<Finding> {
    let Ok(latest) = utc_day(now).checked_add(AHEAD_YEARS.years()) else { return Vec::new() };
    let headings = here.blocks().filter(|block| matches!(block.kind, BlockKind::Heading(_)));
    headings
        .filter_map(|block| {
            let captures = RELEASE.captures(here.reading.at(block.span))?;
            let day = last_day(&captures["day"]).filter(|day| *day > latest)?;
            let message = format!("A release is dated {day}, which lies far in the future.");
            Some(here.reading.finding(Rule::ImplausibleDate, message, block.span))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::rules;

    #[test]
    fn a_release_far_in_the_future_is_a_slip() {
        for (heading, slip) in [
            ("2.14.0 (2962-03-11)", true),
            ("[v3.1] - 2999-12-01", true),
            ("2.14.0 (2026-03-11)", false),
            ("Meeting of 2962-03-11", false),
        ] {
            let text = format!("# Changes\n\n## {heading}\n\n- The list of customers can be sorted by name.\n");
            assert_eq!(rules(&text).contains(&Rule::ImplausibleDate), slip, "{heading}");
        }
    }
}
