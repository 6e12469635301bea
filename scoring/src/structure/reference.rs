//! References to a figure, table or listing that is not there.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use tamis_ingest::{ByteSpan, TextShape};

use super::Reading;
use crate::outline::BlockKind;
use crate::pattern::pattern;
use crate::{Finding, Rule};

/// Most findings for one document; who has more knows that its figures are gone.
const MOST: usize = 3;

/// "the figure below", "see Table 3", "Figure 2 shows".
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b (?:the|this|following) \s+ (?:\w+\s+)? (?P<above>figure|diagram|screenshot|screen\s+shot|image|picture|illustration|chart|graph|photo|table|matrix|code|example|listing|snippet|command|output) \s+ (?:shown\s+|given\s+)? (?:above|below|(?:on|to)\s+the\s+(?:left|right)) \b
        | \b (?:the|this) \s+ following \s+ (?:\w+\s+)? (?P<following>figure|diagram|screenshot|screen\s+shot|image|picture|illustration|chart|graph|photo|table) \s+ (?:shows?|illustrates?|lists?|gives?|summari[sz]es|depicts|compares|describes|explains) \b
        | \b (?:as\s+(?:shown|seen|depicted|illustrated|listed|described) \s+ in | shown\s+in | see(?:\s+also)? | refer\s+to | in) \s+ (?:the\s+)? (?P<numbered>figure|fig\.|table|diagram|listing|screenshot|chart|image) \s+ (?P<number>\d+(?:[.-]\d+)*) \b
        | (?-i:\b(?P<caption>Figure|Table|Listing|Diagram|Chart|Image)) \s+ (?P<nth>\d+(?:[.-]\d+)*) \s+ (?:shows?|illustrates?|lists?|gives?|summari[sz]es|depicts|compares|describes)\b
        | \b as \s+ (?:shown|seen|depicted|illustrated) \s+ (?P<plain>above|below|here) \b",
    )
});

/// What a reference speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    Picture,
    Table,
    Code,
    /// Whatever stands above or below.
    Any,
}

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    // Pictures and captions of pages and print are not in their text.
    if reading.document.media_type.text_shape() != TextShape::Written {
        return Vec::new();
    }
    let text = reading.text();
    let dangling = REFERENCE.captures_iter(text).filter_map(|captures| {
        let span = ByteSpan::from(captures.get(0)?.range());
        let in_prose = !reading.outline.in_code(span.start())
            && reading
                .outline
                .block_at(span.start())
                .is_some_and(|block| matches!(block.kind, BlockKind::Paragraph | BlockKind::Item));
        (in_prose && !is_elsewhere(text, span) && !is_there(reading, &captures, span)).then_some(span)
    });
    dangling
        .take(MOST)
        .map(|span| {
            let message = format!("It speaks of \"{}\", and there is none.", crate::excerpt::shorten(reading.at(span)));
            reading.finding(Rule::DanglingReference, message, span)
        })
        .collect()
}

/// Whether what is spoken of stands in this document.
fn is_there(reading: &Reading<'_>, captures: &Captures<'_>, span: ByteSpan) -> bool {
    let named = ["above", "following", "numbered", "caption", "plain"].iter().find_map(|group| captures.name(group));
    let thing = named.map_or(Thing::Any, |word| thing(word.as_str()));
    let number = captures.name("number").or_else(|| captures.name("nth"));
    number.is_some_and(|number| is_labelled(reading, number.as_str(), span)) || holds(reading, thing, span)
}

fn thing(word: &str) -> Thing {
    match word.to_lowercase().as_str() {
        "table" | "matrix" => Thing::Table,
        "code" | "example" | "listing" | "snippet" | "command" | "output" => Thing::Code,
        "above" | "below" | "here" => Thing::Any,
        _ => Thing::Picture,
    }
}

/// Whether the document holds such a thing. A diagram may be drawn in code, and a listing may be a picture.
fn holds(reading: &Reading<'_>, thing: Thing, span: ByteSpan) -> bool {
    let outline = reading.outline;
    let text = reading.text();
    let html = |tags: &[&str]| tags.iter().any(|tag| text.contains(tag));
    let picture = !outline.images.is_empty()
        || html(&["<img", "<svg", "<figure", "<video", "<picture", "<object", "<iframe", "{{<", "{{%", "{%", "![["]);
    let code = outline.blocks.iter().any(|block| block.kind == BlockKind::Code);
    let table = outline.blocks.iter().any(|block| block.kind == BlockKind::Table) || html(&["<table", "|"]);
    match thing {
        Thing::Picture => picture || code,
        Thing::Table => table || picture || code,
        Thing::Code => {
            code || picture
                || table
                || outline.blocks.iter().any(|block| block.kind == BlockKind::Item)
                || text.contains('`')
        }
        // In a text of one paragraph there is nothing above or below.
        Thing::Any => {
            picture
                || code
                || table
                || outline
                    .blocks
                    .iter()
                    .filter(|block| block.span.end() <= span.start() || block.span.start() >= span.end())
                    .count()
                    > 2
        }
    }
}

/// Whether something bears the number, at the start of a line or in bold: `Table 3: Limits`.
fn is_labelled(reading: &Reading<'_>, number: &str, reference: ByteSpan) -> bool {
    let text = reading.text();
    text.match_indices(number).any(|(at, _)| {
        let end = at + number.len();
        let inside = reference.start() <= at && end <= reference.end();
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        let label = line.trim_start_matches([' ', '*', '_', '>', '#', '<', '!', '[', '|', '-']);
        let closes = text[end..].starts_with([':', '.', ')', '*', '_', ']', '—', '–', '\n', ' ']);
        !inside && closes && label.split_whitespace().count() == 1 && !line.is_empty()
    })
}

/// Whether it is about a thing in another document: "Figure 3 of the report", "the table below in [the guide](…)".
fn is_elsewhere(text: &str, span: ByteSpan) -> bool {
    let after = text.get(span.end()..).unwrap_or_default();
    let sentence = after.split(['\n', '.']).next().unwrap_or_default().trim_start();
    sentence.starts_with("of ")
        || sentence.starts_with("in ")
        || sentence.starts_with("from ")
        || sentence.contains("](")
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::rules;

    fn dangles(text: &str) -> bool {
        rules(text).contains(&Rule::DanglingReference)
    }

    #[test]
    fn references_to_nothing_are_found() {
        for sentence in [
            "The parts of the system work together as shown in Figure 2 and in no other way.",
            "The diagram below names the parts of the system and how they work together.",
            "See Table 3 for the limits of each plan.",
            "Use the values in the table above for the limits of each plan.",
            "Press the button marked in the screenshot below and wait.",
            "Figure 1 shows how the parts work together.",
            "The following table lists the limits of each plan.",
            "The parts work together as shown below.",
        ] {
            assert!(dangles(&format!("# Parts\n\n{sentence}\n")), "{sentence}");
        }
    }

    #[test]
    fn references_to_something_are_not() {
        for text in [
            "# Parts\n\nThe diagram below names the parts.\n\n![The parts](parts.png)\n",
            "# Parts\n\nThe diagram below names the parts.\n\n```mermaid\ngraph LR\n```\n",
            "# Parts\n\nSee Table 3 for the limits.\n\n**Table 3**: Limits\n\nten of each plan\n",
            "# Parts\n\nThe table below has the limits.\n\n| a |\n|---|\n| 1 |\n",
            "# Parts\n\nThe table below has the limits.\n\n<table><tr><td>1</td></tr></table>\n",
            "# Parts\n\nAs shown in Figure 2 of the report, the parts work together.\n",
            "# Parts\n\nSee Figure 2 in [the report](https://example.org) for how it works.\n",
            "# Parts\n\nThe example below runs it.\n\n    make run\n",
            "# Parts\n\nRun it as shown below.\n\n1. Open it.\n2. Run it.\n3. Close it.\n",
            "# Parts\n\nWe have to figure 2 things out, and to table 3 of the motions.\n",
            "# Parts\n\n`see Table 3` is what the parser reads here.\n",
        ] {
            assert!(!dangles(text), "{text}");
        }
    }
}
