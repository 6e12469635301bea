//! Headings that skip a level.

use std::collections::BTreeMap;

use tamis_ingest::{ByteSpan, MediaType};

use super::Reading;
use crate::outline::BlockKind;
use crate::{Finding, Rule};

/// The deepest level that a page's sections may have below its title, which a reader of HTML takes out of the text.
const SECTION: u8 = 2;

/// Each kind of jump is reported where it is first made; a document that numbers its levels oddly does so throughout.
pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let mut jumps: BTreeMap<(u8, u8), Vec<ByteSpan>> = BTreeMap::new();
    let mut above: Option<u8> = None;
    let titled = reading.document.media_type == MediaType::Html && reading.document.title.is_some();
    for block in &reading.outline.blocks {
        let BlockKind::Heading(level) = block.kind else { continue };
        let from = above.unwrap_or(if titled { SECTION } else { level });
        if level > from + 1 {
            jumps.entry((above.unwrap_or_default(), level)).or_default().push(block.span);
        }
        above = Some(level);
    }
    jumps
        .into_iter()
        .map(|((above, level), spans)| {
            let times = if spans.len() == 1 { String::new() } else { format!(", {} times", spans.len()) };
            let message = match above {
                0 => format!("The first heading below the title is of level {level}{times}."),
                above => format!("A heading of level {level} stands right under one of level {above}{times}."),
            };
            reading.finding(Rule::HeadingJump, message, spans[0])
        })
        .collect()
}
