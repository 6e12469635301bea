//! Headings that skip a level.

use std::collections::BTreeMap;

use tamis_ingest::ByteSpan;

use super::Reading;
use crate::outline::BlockKind;
use crate::{Finding, Rule};

/// Each kind of jump is reported where it is first made; a document that numbers its levels oddly does so throughout.
pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let mut jumps: BTreeMap<(u8, u8), Vec<ByteSpan>> = BTreeMap::new();
    let mut above: Option<u8> = None;
    for block in &reading.outline.blocks {
        let BlockKind::Heading(level) = block.kind else { continue };
        if let Some(above) = above.filter(|&above| level > above + 1) {
            jumps.entry((above, level)).or_default().push(block.span);
        }
        above = Some(level);
    }
    jumps
        .into_iter()
        .map(|((above, level), spans)| {
            let times = if spans.len() == 1 { String::new() } else { format!(", {} times", spans.len()) };
            let message = format!("A heading of level {level} stands right under one of level {above}{times}.");
            reading.finding(Rule::HeadingJump, message, spans[0])
        })
        .collect()
}
