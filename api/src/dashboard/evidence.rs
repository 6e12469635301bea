//! A chunk's text with what was found in it marked in place.

use std::collections::BTreeSet;

use askama::Template;
use askama::filters::HtmlSafe;
use tamis_ingest::ByteSpan;
use tamis_scoring::Severity;

/// A finding about this much of a chunk, in percent, is about the chunk: marking all of it would point at nothing.
const WHOLE_PERCENT: usize = 85;

/// Where in a document something was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    /// Number of the finding on the page, from 1.
    pub(super) finding: usize,
    /// How much it matters.
    pub(super) severity: Severity,
    /// The span of the document's text.
    pub(super) span: ByteSpan,
}

/// A text in pieces, some of them marked.
#[derive(Debug, Default, Template)]
#[template(path = "passage.html")]
pub(super) struct MarkedText {
    pieces: Vec<Piece>,
}

/// The template escapes every piece.
impl HtmlSafe for MarkedText {}

/// A stretch of text, marked or not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    text: String,
    /// The element around it; none where it is empty.
    element: &'static str,
    class: &'static str,
    /// What the finding's link leads to.
    anchor: String,
}

impl Piece {
    /// A stretch of text inside `element`; a plain one where that is empty.
    pub(super) fn new(text: impl Into<String>, element: &'static str) -> Self {
        Self { text: text.into(), element, class: "", anchor: String::new() }
    }

    /// Whether there is no text in it.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl MarkedText {
    /// A text of these pieces.
    pub(super) fn new(pieces: Vec<Piece>) -> Self {
        Self { pieces }
    }

    /// Marks `evidence` in a chunk's `text`, which begins at `offset` of the document. `name` begins the anchors, one a
    /// finding. Where findings overlap, the gravest gives the colour.
    pub(super) fn mark(text: &str, offset: usize, evidence: &[Evidence], name: &str) -> Self {
        let inside: Vec<(usize, usize, &Evidence)> = evidence
            .iter()
            .filter_map(|one| {
                let (start, end) = within(text, offset, one.span)?;
                ((end - start) * 100 < text.len() * WHOLE_PERCENT).then_some((start, end, one))
            })
            .collect();
        let cuts: BTreeSet<usize> =
            inside.iter().flat_map(|(start, end, _)| [*start, *end]).chain([0, text.len()]).collect();
        let cuts: Vec<usize> = cuts.into_iter().collect();
        let mut anchored = BTreeSet::new();
        let pieces = cuts
            .windows(2)
            .filter_map(|cut| {
                let (start, end) = (cut[0], cut[1]);
                let over = || inside.iter().filter(|(from, to, _)| *from <= start && end <= *to);
                let worst = over().map(|(_, _, one)| one.severity).max();
                let first = over().map(|(_, _, one)| one.finding).find(|number| !anchored.contains(number));
                anchored.extend(first);
                let text = text.get(start..end)?.to_owned();
                let (element, class) = match worst {
                    None => ("", ""),
                    Some(Severity::Info) => ("mark", "info"),
                    Some(Severity::Warn) => ("mark", "warn"),
                    Some(Severity::Error) => ("mark", "error"),
                };
                let anchor = first.map(|number| format!("{name}-{number}")).unwrap_or_default();
                Some(Piece { text, element, class, anchor })
            })
            .collect();
        Self { pieces }
    }

    /// Whether a link to this anchor leads anywhere.
    pub(super) fn has(&self, anchor: &str) -> bool {
        self.pieces.iter().any(|piece| piece.anchor == anchor)
    }
}

/// The part of a document's span that lies in the chunk, in bytes of its text, between characters.
fn within(text: &str, offset: usize, span: ByteSpan) -> Option<(usize, usize)> {
    let mut start = span.start().saturating_sub(offset).min(text.len());
    let mut end = span.end().saturating_sub(offset).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    (start < end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn evidence(finding: usize, severity: Severity, span: (usize, usize)) -> Evidence {
        Evidence { finding, severity, span: ByteSpan::new(span.0, span.1) }
    }

    #[test]
    fn evidence_is_marked_where_it_stands() {
        let found = [evidence(1, Severity::Warn, (104, 107)), evidence(2, Severity::Error, (106, 109))];
        let marked = MarkedText::mark("The old mast stands here.", 100, &found, "evidence");
        assert_eq!(
            marked.to_string(),
            "The <mark class=\"warn\" id=\"evidence-1\">ol</mark><mark class=\"error\" id=\"evidence-2\">d</mark>\
             <mark class=\"error\"> m</mark>ast stands here."
        );
        assert!(marked.has("evidence-2") && !marked.has("evidence-3"));
    }

    #[test]
    fn what_is_about_the_whole_chunk_marks_nothing() {
        let found = [evidence(1, Severity::Error, (0, 40)), evidence(2, Severity::Error, (50, 60))];
        assert_eq!(MarkedText::mark("A mast.", 0, &found, "e").to_string(), "A mast.");
    }

    #[test]
    fn markup_in_documents_is_text() {
        let text = "<script>alert('x')</script> & <b onclick=\"y\">z</b> or more";
        let marked = MarkedText::mark(text, 0, &[evidence(1, Severity::Error, (0, 8))], "e").to_string();
        assert!(!marked.contains("<script") && !marked.contains("<b"), "{marked}");
        assert!(marked.starts_with("<mark class=\"error\" id=\"e-1\">&#60;script&#62;</mark>"), "{marked}");
    }

    proptest! {
        #[test]
        fn nothing_of_the_text_is_lost(
            text in "[a-zä€ \n]{0,60}",
            offset in 0_usize..20,
            spans in prop::collection::vec((0_usize..90, 0_usize..30), 0..6)
        ) {
            let found: Vec<Evidence> = spans
                .iter()
                .enumerate()
                .map(|(finding, (start, length))| evidence(finding, Severity::Warn, (*start, start + length)))
                .collect();
            let marked = MarkedText::mark(&text, offset, &found, "e");
            let whole: String = marked.pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
