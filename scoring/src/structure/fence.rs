//! Code fences that are never closed.

use tamis_ingest::ByteSpan;

use super::Reading;
use crate::{Finding, Rule};

/// Finds fenced code blocks that end without a closing fence (`CommonMark` 0.31, section 4.5).
pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let told = |span: &ByteSpan| {
        let block = reading.at(*span);
        let lines = block.lines().count();
        let message = match opens_another(block) {
            Some(before) => {
                format!(
                    "The code fence opened here is not closed before the next one opens, {before} lines further down."
                )
            }
            None if !is_closed(block) && lines > 1 => {
                format!("The code fence opened here is never closed; it takes {lines} lines with it.")
            }
            None => return None,
        };
        Some(reading.finding(Rule::UnclosedFence, message, *span))
    };
    reading.outline.fences.iter().filter_map(told).collect()
}

/// How many lines below the first a fence with the name of a language stands in a fenced block: no fence that closes
/// bears one, so that the one before it was forgotten and the next block is taken for its end.
fn opens_another(block: &str) -> Option<usize> {
    let (mark, opening) = fence(block.lines().next()?)?;
    let named = |line: &str| {
        let indented = line.len() - line.trim_start_matches(' ').len();
        let (other, length) = fence(line)?;
        let info = line.trim_start().get(length..)?.trim();
        let language = info.starts_with(|c: char| c.is_ascii_alphabetic()) && !info.contains(['`', ' ']);
        (indented < 4 && other == mark && length == opening && language).then_some(())
    };
    block.lines().skip(1).position(|line| named(line).is_some()).map(|at| at + 1)
}

/// The mark of the fence that a line begins with, and how many there are.
fn fence(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    (length >= 3).then_some((mark, length))
}

/// Whether the last line of a fenced block is a fence at least as long as the first.
fn is_closed(block: &str) -> bool {
    let mut lines = block.lines();
    let (Some(first), Some(last)) = (lines.next(), lines.next_back()) else { return false };
    let Some(mark) = first.chars().find(|c| matches!(c, '`' | '~')) else { return false };
    let opening = first.trim_start().chars().take_while(|&c| c == mark).count();
    let bare = last.trim_start_matches(|c: char| c == '>' || c.is_whitespace()).trim_end();
    !bare.is_empty() && bare.chars().all(|c| c == mark) && bare.len() >= opening
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::rules;

    #[test]
    fn a_fence_is_closed_before_the_next_one_opens() {
        let page = |code: &str| format!("# Tides\n\nIt is read as follows.\n\n{code}\n\nThat is all of it.\n");
        for (code, expected) in [
            ("```sh\nebb\n\n## Then\n\n```python\nflow()\n```", true),
            ("```sh\nebb\n```\n\n```python\nflow()\n```", false),
            ("````md\n```python\nflow()\n```\n````", false),
            ("~~~md\n```python\nflow()\n```\n~~~", false),
            ("```\nebb\n\nMore.", true),
        ] {
            assert_eq!(rules(&page(code)).contains(&Rule::UnclosedFence), expected, "{code}");
        }
    }
}
