//! Sections without text, and sections that stand twice under one parent.

use std::collections::{HashMap, HashSet};

use tamis_ingest::{ByteSpan, NoticeKind, TextShape};

use super::Reading;
use crate::excerpt::{quote, word_count};
use crate::outline::BlockKind;
use crate::{Finding, Rule};

/// A heading of so many words is a sentence and may be all there is to say.
const SENTENCE: usize = 6;

/// Headings that stand under many others by nature.
const REPEATED: [&str; 32] = [
    "example",
    "examples",
    "note",
    "notes",
    "usage",
    "syntax",
    "parameters",
    "arguments",
    "returns",
    "request",
    "response",
    "output",
    "input",
    "description",
    "see also",
    "warning",
    "tip",
    "solution",
    "answer",
    "caution",
    "important",
    "chore",
    "other",
    "fix",
    "fixes",
    "fixed",
    "added",
    "changed",
    "removed",
    "features",
    "bug fixes",
    "rationale",
];

/// A heading with what stands below it.
struct Section {
    level: u8,
    heading: ByteSpan,
    /// From the end of the heading to the next one of any level.
    body: ByteSpan,
    /// Which section it is part of.
    parent: Option<usize>,
    /// Whether a deeper heading follows right away.
    opens: bool,
}

/// What was taken out of a page may have stood below its headings, so only files written as text have sections without
/// text.
pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let cut = reading.document.notices.iter().any(|notice| notice.kind == NoticeKind::Truncated);
    let written = reading.document.media_type.text_shape() == TextShape::Written;
    if cut || reading.document.media_type.text_shape() == TextShape::Printed {
        return Vec::new();
    }
    let sections = sections(reading);
    let mut findings = Vec::new();
    let mut first: HashMap<(Option<usize>, u8, String), usize> = HashMap::new();
    let mut times: HashMap<(Option<usize>, u8, String), usize> = HashMap::new();
    for section in &sections {
        *times.entry((section.parent, section.level, title(reading, section).to_lowercase())).or_default() += 1;
    }
    let mut twice = HashSet::new();
    for (index, section) in sections.iter().enumerate() {
        let title = title(reading, section);
        let key = (section.parent, section.level, title.to_lowercase());
        let original = *first.entry(key.clone()).or_insert(index);
        let same = |other: &Section| body(reading, other) == body(reading, section);
        let bare = body(reading, section).is_empty() && !section.opens;
        if original == index || title.is_empty() {
            continue;
        }
        let below = match () {
            () if bare && written => "with nothing below it",
            () if !section.opens && same(&sections[original]) => "with the same text below it",
            () if !bare
                && times.get(&key) == Some(&2)
                && !REPEATED.contains(&key.2.as_str())
                && !says_all(&title)
                && !title.starts_with('$') =>
            {
                "with other text below it, so that no link and no citation tells the two apart"
            }
            () => continue,
        };
        twice.insert(index);
        let message = format!("The heading {title:?} stands here again, {below}.");
        let mut finding = reading.finding(Rule::DuplicateHeading, message, section.heading);
        finding.spans.push(sections[original].heading);
        findings.push(finding);
    }
    if !written {
        return findings;
    }
    let whole = sections.iter().any(|section| !body(reading, section).is_empty());
    for (index, section) in sections.iter().enumerate() {
        let says_all = says_all(&title(reading, section));
        if whole && !section.opens && body(reading, section).is_empty() && !twice.contains(&index) && !says_all {
            findings.push(reading.finding(Rule::EmptySection, "Nothing stands below this heading.", section.heading));
        }
    }
    findings
}

/// The document's sections in order.
fn sections(reading: &Reading<'_>) -> Vec<Section> {
    let headings: Vec<(u8, ByteSpan)> = reading
        .outline
        .blocks
        .iter()
        .filter_map(|block| if let BlockKind::Heading(level) = block.kind { Some((level, block.span)) } else { None })
        .collect();
    let mut sections: Vec<Section> = Vec::with_capacity(headings.len());
    let mut open: Vec<usize> = Vec::new();
    for (index, &(level, heading)) in headings.iter().enumerate() {
        let next = headings.get(index + 1);
        open.retain(|&above| sections.get(above).is_some_and(|above| above.level < level));
        sections.push(Section {
            level,
            heading,
            body: ByteSpan::new(heading.end(), next.map_or(reading.text().len(), |(_, next)| next.start())),
            parent: open.last().copied(),
            opens: next.is_some_and(|&(deeper, _)| deeper > level),
        });
        open.push(index);
    }
    sections
}

fn body<'a>(reading: &Reading<'a>, section: &Section) -> &'a str {
    let body = reading.at(section.body).trim();
    let is_comment = body.starts_with("<!--") && body.find("-->").is_some_and(|end| end + 3 == body.len());
    // Marks of quotations and lists stand before the heading that is in them.
    if is_comment {
        ""
    } else {
        body.trim_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '#' | '-' | '*' | '_'))
    }
}

/// Whether a heading may well be all there is: a sentence, a name in code, a version in a list of releases.
fn says_all(title: &str) -> bool {
    let bare = title.trim_start_matches(['[', '(', 'v', 'V', '*', '_']);
    let release = bare.starts_with(|c: char| c.is_ascii_digit()) && bare.contains('.');
    let code = title.starts_with('`') && title.ends_with('`');
    let unreleased = bare.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("unreleased"));
    release || code || unreleased || title.contains("](") || word_count(title) >= SENTENCE
}

fn title(reading: &Reading<'_>, section: &Section) -> String {
    quote(reading.text(), section.heading).trim_matches(['#', ' ', '=', '-', '*', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::findings;

    fn found(text: &str) -> Vec<(Rule, String)> {
        let wanted = [Rule::DuplicateHeading, Rule::EmptySection];
        findings(text).into_iter().filter(|f| wanted.contains(&f.rule)).map(|f| (f.rule, f.quote)).collect()
    }

    #[test]
    fn empty_sections_are_found() {
        for (text, quote) in [
            ("# Guide\n\nText of it.\n\n## Setup\n\n## Use\n\nRun it.\n", "## Setup"),
            ("# Guide\n\nText of it.\n\n### Setup\n\n## Use\n\nRun it.\n", "### Setup"),
            ("# Guide\n\nText of it.\n\n## Last\n", "## Last"),
            ("Guide\n=====\n\nText of it.\n\nSetup\n-----\n\nUse\n---\n\nRun it.\n", "Setup -----"),
        ] {
            assert_eq!(found(text), [(Rule::EmptySection, quote.to_owned())], "{text}");
        }
    }

    #[test]
    fn repeated_headings_are_found() {
        for text in [
            "# Guide\n\n## Setup\n\nInstall it.\n\n## Setup\n\nInstall it.\n\n## Use\n\nRun it.\n",
            "# Guide\n\n## Setup\n\nInstall it.\n\n## Use\n\nRun it.\n\n## setup\n",
            "# Guide\n\n## Setup\n\n- Install it.\n\n## **Setup**\n\n- Install it.\n",
            "# Guide\n\n## Waste\n\nIt goes into the blue bin.\n\n## Use\n\nRun it.\n\n## Waste\n\nAsk the porter.\n",
        ] {
            let found = found(text);
            assert_eq!(found.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), [Rule::DuplicateHeading], "{text}");
        }
    }

    #[test]
    fn other_headings_are_not() {
        for text in [
            "# Guide\n\n## Setup\n\n### Linux\n\nInstall it.\n\n### Windows\n\nInstall it.\n",
            "# Log\n\n## 1.1\n\n### Fixed\n\n- A bug\n\n## 1.0\n\n### Fixed\n\n- A bug\n",
            "# Guide\n\n## Example\n\nOne way.\n\n## Example\n\nAnother way.\n",
            "# Guide\n\n## Setup\n\n```sh\nmake\n```\n\n## Use\n\n![how](use.png)\n",
            "# Guide\n\n## Setup\n\n| a |\n|---|\n| 1 |\n\n## Use\n\n<details>x</details>\n",
            "# Guide\n\n## Setup\n\n{{< tabs >}}\n\n## Use\n\nRun it.\n",
            "# Guide\n\nText of it.\n\n## 4. Repeat steps 2 and 3 for all the other members\n\n## 5. Check\n\nLook.\n",
            "# Log\n\nAll of them.\n\n## [Unreleased]\n\n## v1.2.0\n\n## 1.1.0 (2024-02-03)\n\n- Faster\n",
            "# Options\n\nAll of them.\n\n## `--quiet`\n\n## `--verbose`\n\nSays more.\n",
            "# Guide\n\nText with `# no heading` in it.\n\n```sh\n# one\n# two\n```\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
