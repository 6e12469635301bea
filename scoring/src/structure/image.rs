//! Pictures that no words stand for.

use std::collections::BTreeMap;

use tamis_ingest::ByteSpan;

use super::Reading;
use crate::{Finding, Rule};

/// Most pictures named as evidence.
const MOST_SPANS: usize = 8;

/// Finds the pictures of each chunk without a text to stand for them (WCAG 2.2, criterion 1.1.1). An empty `alt` in
/// HTML says that a picture is decoration.
pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let mut bare: BTreeMap<usize, Vec<ByteSpan>> = BTreeMap::new();
    for image in reading.outline.images.iter().filter(|image| !image.described && !is_captioned(reading, image.span)) {
        let chunk = reading.chunks.partition_point(|chunk| chunk.span.start() <= image.span.start());
        bare.entry(chunk).or_default().push(image.span);
    }
    let finding = |spans: Vec<ByteSpan>| {
        let message = match spans.len() {
            1 => "A picture without a description.".to_owned(),
            many => format!("{many} pictures without a description."),
        };
        let mut finding = reading.finding(Rule::MissingAlt, message, spans[0]);
        finding.spans = spans.into_iter().take(MOST_SPANS).collect();
        finding
    };
    bare.into_values().map(finding).collect()
}

/// Whether the next line with words on it is a caption.
fn is_captioned(reading: &Reading<'_>, image: ByteSpan) -> bool {
    let after = reading.text().get(image.end()..).unwrap_or_default().trim_start_matches([')', ']', '*', '_']);
    let same_line = after.lines().next().unwrap_or_default();
    let next = after.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let label = next.trim_start_matches(['*', '_', '<', ':']).get(..3).unwrap_or_default();
    !same_line.trim().is_empty()
        || next.starts_with(['*', '_', ':'])
        || label.eq_ignore_ascii_case("fig")
        || image_title(reading, image)
}

/// Whether the picture has a title: `![](x.png "The title")`.
fn image_title(reading: &Reading<'_>, image: ByteSpan) -> bool {
    reading.at(image).trim_end_matches(')').trim_end().ends_with(['"', '\''])
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::rules;

    #[test]
    fn bare_pictures_are_found_and_described_ones_are_not() {
        for (text, bare) in [
            ("# Parts\n\nHow they work together:\n\n![](parts.png)\n", true),
            ("# Parts\n\nHow they work together: ![ ](parts.png)\n", true),
            ("# Parts\n\n- First of all the parts ![](a.png)\n- and then the rest\n", true),
            ("# Parts\n\nHow they work together:\n\n![The parts](parts.png)\n", false),
            ("# Parts\n\nHow they work together:\n\n![`parts`](parts.png)\n", false),
            ("# Parts\n\nHow they work together:\n\n![](parts.png)\n*The parts and how they work*\n", false),
            ("# Parts\n\nHow they work together:\n\n![](parts.png)\n\nFigure 1: The parts\n", false),
            ("# Parts\n\nHow they work together:\n\n![](parts.png \"The parts\")\n", false),
            ("# Parts\n\nWrite `![](parts.png)` for a picture.\n", false),
        ] {
            assert_eq!(rules(text).contains(&Rule::MissingAlt), bare, "{text}");
        }
    }
}
