//! Headings that skip a level.

use super::Reading;
use crate::outline::BlockKind;
use crate::{Finding, Rule};

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut above: Option<u8> = None;
    for block in &reading.outline.blocks {
        let BlockKind::Heading(level) = block.kind else { continue };
        if let Some(above) = above.filter(|&above| level > above + 1) {
            let message = format!("A heading of level {level} stands under one of level {above}.");
            findings.push(reading.finding(Rule::HeadingJump, message, block.span));
        }
        above = Some(level);
    }
    findings
}
