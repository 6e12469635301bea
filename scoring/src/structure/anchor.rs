//! Links to a place on the same page that is not there.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use pulldown_cmark::{Event, Parser};
use regex::Regex;
use tamis_ingest::{ByteSpan, NoticeKind, TextShape, percent_decoded};
use unicode_normalization::UnicodeNormalization;

use super::Reading;
use crate::outline::BlockKind;
use crate::pattern::{exact_pattern, pattern};
use crate::{Finding, Rule};

/// Most links named for one place that is missing.
const MOST_SPANS: usize = 8;

/// Ids that are written out: attributes of HTML elements and of headings (`{#id}`), and labels of `MyST` and `AsciiDoc`.
static WRITTEN_ID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?m)<[a-z][a-z0-9-]*\b[^<>]*?\s(?:id|name)\s*=\s*["']?([^"'\s>]+) | \{[^{}\n]*?\#([^\s{}\#]+)[^{}\n]*\} | ^\(([\w.:-]+)\)=\s*$ | \[\[([\w.:-]+)\]\] | \[\#([\w.:-]+)\]"#,
    )
});

/// A heading written in HTML.
static HTML_HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)<h[1-6]\b[^>]*>(.*?)</h[1-6]\s*>"));

static TAG: LazyLock<Regex> = LazyLock::new(|| exact_pattern(r"<[^<>]*>"));

/// A link of HTML to the same page.
static HTML_LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r#"<a\b[^<>]*?\shref\s*=\s*["']\#([^"'<>]*)["']"#));

/// What puts in text, and with it places, that the file itself does not show.
static INCLUDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?m)\{\{\s*\#?(?:\w+_)?include | \{%-?\s*(?:include|import|snippet|embed) | \{\{[<%]\s*(?:include|readfile|snippet|content|render|glossary|tabs?) | ^\s*-{1,2}8<-{1,2} | ^\.\.\s+include:: | ^:::?\s*\{?include | !\[\[ | ^import\s+\w+\s+from\s | <(?:TabItem|Include)\b | !include\b",
    )
});

/// Finds the links of a Markdown file to anchors that neither a heading nor an id makes. Anchors are compared by their
/// letters and digits alone, because every renderer makes them of headings in its own way.
pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let links = links(reading);
    let cut = reading.document.notices.iter().any(|notice| notice.kind == NoticeKind::Truncated);
    if links.is_empty()
        || cut
        || reading.document.media_type.text_shape() != TextShape::Written
        || includes_others(reading)
    {
        return Vec::new();
    }
    let places = Places::of(reading);
    let mut missing: BTreeMap<&str, Vec<ByteSpan>> = BTreeMap::new();
    for (span, anchor) in &links {
        if !places.hold(anchor) {
            missing.entry(anchor).or_default().push(*span);
        }
    }
    let mut findings: Vec<Finding> = missing
        .into_iter()
        .map(|(anchor, spans)| {
            let message =
                format!("The link to \"#{anchor}\" leads nowhere: no heading or id on this page bears the name.");
            let mut finding = reading.finding(Rule::BrokenLink, message, spans[0]);
            finding.spans = spans.into_iter().take(MOST_SPANS).collect();
            finding
        })
        .collect();
    findings.sort_by_key(|finding| finding.spans.first().copied());
    findings
}

/// The links to the same page, with the anchor each names.
fn links<'a>(reading: &Reading<'a>) -> Vec<(ByteSpan, Cow<'a, str>)> {
    let mut links: Vec<(ByteSpan, Cow<'a, str>)> = Vec::new();
    for link in &reading.outline.links {
        links.extend(link.target.strip_prefix('#').map(|anchor| (link.span, Cow::Borrowed(anchor))));
    }
    if reading.text().contains("href") {
        for captures in HTML_LINK.captures_iter(reading.text()) {
            let Some(anchor) = captures.get(1) else { continue };
            if !reading.outline.in_code(anchor.start()) {
                links.push((ByteSpan::from(anchor.range()), Cow::Borrowed(anchor.as_str())));
            }
        }
    }
    links.retain(|(_, anchor)| names_a_place(anchor));
    links
}

/// Parts that a site's layout puts around every page.
const LAYOUT: [&str; 7] = ["top", "content", "main", "main-content", "header", "footer", "navigation"];

/// Whether the fragment is an anchor: not the top, a route, a text fragment, a line of code, or a template.
fn names_a_place(anchor: &str) -> bool {
    let is_line =
        anchor.starts_with(['L', 'l']) && anchor.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'L' | b'l'));
    !anchor.is_empty()
        && !anchor.starts_with(['/', '!', ':', '?', '='])
        && !anchor.contains(['{', '}', '<', '$', '='])
        && !LAYOUT.iter().any(|part| anchor.eq_ignore_ascii_case(part))
        && !is_line
        && !bare(anchor).is_empty()
}

/// Whether the file takes in others when it is rendered.
fn includes_others(reading: &Reading<'_>) -> bool {
    INCLUDE.find_iter(reading.text()).any(|found| !reading.outline.in_code(found.end().saturating_sub(1)))
}

/// The places on a page that a link can lead to.
struct Places {
    /// Letters and digits of ids and headings, with how many headings have them.
    names: HashMap<String, usize>,
    footnotes: bool,
}

impl Places {
    fn of(reading: &Reading<'_>) -> Self {
        let text = reading.text();
        let footnotes = text.contains("[^");
        let mut places = Self { names: HashMap::new(), footnotes };
        for block in &reading.outline.blocks {
            if matches!(block.kind, BlockKind::Heading(_)) {
                places.add_heading(&heading_words(reading.at(block.span)));
            }
        }
        for captures in HTML_HEADING.captures_iter(text) {
            places.add_heading(&TAG.replace_all(&captures[1], ""));
        }
        for captures in WRITTEN_ID.captures_iter(text) {
            let id = captures.iter().skip(1).flatten().next().filter(|id| !reading.outline.in_code(id.start()));
            if let Some(id) = id {
                places.names.entry(bare(id.as_str())).or_insert(1);
            }
        }
        // The page's title may be put above it as a heading.
        if let Some(title) = &reading.document.title {
            places.add_heading(title);
        }
        places
    }

    fn add_heading(&mut self, words: &str) {
        let without_emoji = words.split(':').filter(|part| !part.is_empty()).collect::<Vec<_>>();
        // Some tools take what stands before a colon for the name: "E42: File not found".
        let label = words.split(':').next().unwrap_or_default();
        let spelled: HashSet<String> =
            [bare(words), bare(&words.replace('&', "and")), bare(&without_emoji.concat()), bare(label)]
                .into_iter()
                .collect();
        for name in spelled {
            *self.names.entry(name).or_default() += 1;
        }
    }

    /// Whether a link to `anchor` leads to one of them. Renderers number headings of one name, and some leave out the
    /// number a heading starts with.
    fn hold(&self, anchor: &str) -> bool {
        let anchor = anchor.strip_prefix("user-content-").unwrap_or(anchor);
        let name = bare(anchor);
        if self.names.contains_key(&name) || (self.footnotes && anchor.starts_with("fn")) {
            return true;
        }
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let repeated = stem.len() < name.len() && self.names.get(stem).is_some_and(|times| *times > 1);
        repeated
            || self
                .names
                .keys()
                .any(|place| place.trim_start_matches(|c: char| c.is_ascii_digit()) == name && !name.is_empty())
    }
}

/// The words of a heading: markup, attributes and tags gone.
fn heading_words(markdown: &str) -> String {
    let attributes = markdown.rfind('{').filter(|_| markdown.trim_end().ends_with('}'));
    let mut words = String::new();
    for event in Parser::new(&markdown[..attributes.unwrap_or(markdown.len())]) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    words
}

/// Letters and digits in lower case, accents left out, percent-encoding undone.
fn bare(name: &str) -> String {
    let decoded = percent_decoded(name).unwrap_or_else(|| name.to_owned());
    decoded.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::findings;

    /// The anchors of a page that lead nowhere, as quoted.
    fn broken(text: &str) -> Vec<String> {
        findings(text).into_iter().filter(|f| f.rule == Rule::BrokenLink).map(|f| f.quote).collect()
    }

    #[test]
    fn anchors_to_nothing_are_found() {
        for link in [
            "[limits](#limits)",
            "[limits](#the-limits-of-it \"Limits\")",
            "[limits][l]",
            "[limits](#setup-2)",
            "[limits](#caf%C3%A9)",
        ] {
            let text =
                format!("# Guide\n\nSee the {link} before you start.\n\n## Setup\n\nInstall it.\n\n[l]: #gone\n");
            assert_eq!(broken(&text), [link]);
        }
        assert_eq!(broken("# Guide\n\nSee <a href=\"#limits\">the limits</a> first of all.\n"), ["limits"]);
        let twice = "# Guide\n\nSee [a](#gone), or [b](#gone) and then [c](#lost) of this page.\n";
        assert_eq!(broken(twice), ["[a](#gone)", "[c](#lost)"]);
    }

    #[test]
    fn anchors_to_headings_and_ids_are_not() {
        for (link, target) in [
            ("#set-up", "## Set up"),
            ("#2-perform-a-transaction", "## 2. Perform a transaction"),
            ("#perform-a-transaction", "## 2. Perform a transaction"),
            ("#what-is-new-in-v37", "## What is new in v3.7?"),
            ("#using-foobar", "## Using `foo.bar()`"),
            ("#q--a", "## Q & A"),
            ("#q-and-a", "## Q & A"),
            ("#example-1", "## Example\n\nOne.\n\n## Example"),
            ("#example_1", "## Example\n\nOne.\n\n## Example"),
            ("#custom", "## Anything {#custom}"),
            ("#anything", "## Anything {#custom}"),
            ("#custom", "## Anything { #custom .class }"),
            ("#here", "<a id=\"here\"></a>"),
            ("#here", "<a name='here'></a>"),
            ("#here", "<h2 id=here>Other</h2>"),
            ("#the-other", "<h2 align=\"center\">The <b>other</b></h2>"),
            ("#fn1", "A note.[^1]\n\n[^1]: The note."),
            ("#rocket-launch", "## :rocket: Launch"),
            ("#launch", "## 🚀 Launch"),
            ("#E42", "## E42: File not found"),
            ("#caf%C3%A9", "## Café"),
            ("#cafe", "## Café"),
            ("#user-content-set-up", "## Set up"),
            ("#top", "Text."),
            ("#", "Text."),
            ("#/route", "Text."),
            ("#L10-L20", "Text."),
            ("#:~:text=words", "Text."),
            ("#label", "(label)=\n## Other"),
            ("#setext", "Setext\n------"),
            ("#from-elsewhere", "{{#include other.md}}"),
            ("#from-elsewhere", "{% include other.md %}"),
        ] {
            let text = format!("# Guide\n\nSee [this]({link}) first.\n\n{target}\n\nMore of the text.\n");
            assert_eq!(broken(&text), Vec::<String>::new(), "{link} {target}");
        }
        assert_eq!(
            broken("# Guide\n\nWrite `[this](#gone)` to link, or\n\n```md\n[this](#gone)\n```\n"),
            Vec::<String>::new()
        );
    }
}
