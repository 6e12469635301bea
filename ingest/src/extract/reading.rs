//! What a reader makes of a document's bytes.

use std::collections::BTreeMap;

use serde_json::Value;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::date::StatedDate;
use crate::{ByteSpan, Notice, NoticeKind, mojibake};

/// What a reader found, before what the source says is added.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) text: String,
    pub(super) title: Option<String>,
    pub(super) authors: Vec<String>,
    /// ISO 639-1, where the document states it.
    pub(super) language: Option<String>,
    pub(super) dates: Vec<StatedDate>,
    pub(super) line_offset: Option<usize>,
    pub(super) pages: Vec<ByteSpan>,
    pub(super) notices: Vec<Notice>,
    pub(super) metadata: BTreeMap<String, Value>,
    /// Words of the page that are not part of its text but may state its date, as a footer.
    pub(super) beside_text: Option<String>,
}

impl Reading {
    /// Adds a notice about the document as a whole.
    pub(super) fn note(&mut self, kind: NoticeKind, detail: impl Into<String>) {
        self.notices.push(Notice { kind, detail: detail.into(), span: None });
    }

    /// Puts text, title and authors into normalisation form C (Unicode Standard Annex 15), so that a letter with an
    /// accent is the same however its writer's program put it together. Spans follow.
    pub(super) fn normalised(mut self) -> Self {
        for words in self.title.iter_mut().chain(&mut self.authors) {
            *words = words.nfc().collect();
        }
        if is_nfc_quick(self.text.chars()) == IsNormalized::Yes {
            return self;
        }
        let mut spans: Vec<&mut ByteSpan> = self.pages.iter_mut().collect();
        spans.extend(self.notices.iter_mut().filter_map(|notice| notice.span.as_mut()));
        spans.extend(self.dates.iter_mut().filter_map(|date| date.span.as_mut()));
        let mut seams: Vec<usize> = spans.iter().flat_map(|span| [span.start(), span.end()]).collect();
        seams.push(self.text.len());
        seams.sort_unstable();
        seams.dedup();
        // Stretches between the ends of spans are put into form one by one, so that every end has a place.
        let (mut text, mut from, mut places) = (String::with_capacity(self.text.len()), 0, Vec::new());
        for seam in seams.iter().copied() {
            text.extend(self.text.get(from..seam).unwrap_or_default().nfc());
            places.push(text.len());
            from = seam;
        }
        let place = |at: usize| seams.binary_search(&at).map_or(text.len(), |i| places[i]);
        for span in spans {
            *span = ByteSpan::new(place(span.start()), place(span.end()));
        }
        self.text = text;
        self
    }

    /// Cuts the text to at most `max` bytes, at the end of a character.
    pub(super) fn cut(mut self, max: usize) -> Self {
        if self.text.len() <= max {
            return self;
        }
        let end = self.text.floor_char_boundary(max);
        let detail =
            format!("the text has {} bytes, more than the limit of {max}; the rest is left out", self.text.len());
        self.text.truncate(end);
        self.pages.retain(|page| page.start() < end);
        for page in &mut self.pages {
            *page = ByteSpan::new(page.start(), page.end().min(end));
        }
        for notice in &mut self.notices {
            notice.span = notice.span.filter(|span| span.end() <= end);
        }
        self.note(NoticeKind::Truncated, detail);
        self
    }

    /// Puts right what was decoded with the wrong character set, in the text and in what the document says of itself.
    pub(super) fn mended(mut self) -> Self {
        let names = self.title.iter_mut().chain(&mut self.authors);
        for name in names {
            if let Some(repaired) = mojibake::repair(name) {
                *name = repaired.text;
            }
        }
        let Some(repaired) = mojibake::repair(&self.text) else { return self };
        let moved = |span: ByteSpan| ByteSpan::new(repaired.moved(span.start()), repaired.moved(span.end()));
        for page in &mut self.pages {
            *page = moved(*page);
        }
        for notice in &mut self.notices {
            notice.span = notice.span.map(moved);
        }
        for date in &mut self.dates {
            date.span = date.span.map(moved);
        }
        if let Some((before, span)) = repaired.first() {
            let short = |text: &str| text.chars().take(MAX_QUOTED).collect::<String>();
            let after = span.of(&repaired.text).unwrap_or_default();
            let lines = repaired.lines();
            let plural = if lines == 1 { "" } else { "s" };
            let detail = format!(
                "{lines} line{plural} put right while reading, {:?} being now {:?}",
                short(before),
                short(after)
            );
            self.notices.push(Notice { kind: NoticeKind::RepairedEncoding, detail, span: Some(span) });
        }
        self.text = repaired.text;
        self
    }
}

/// How much of a repair is quoted, in characters.
const MAX_QUOTED: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_put_together_and_spans_follow() {
        // An accent of its own, a letter of another name, and a sign of its own.
        let text = "Cafe\u{301} \u{212B}ngstr\u{F6}m 4 \u{2126}";
        let end = text.find(' ').unwrap();
        let mut reading = Reading { text: text.to_owned(), title: Some("e\u{301}".to_owned()), ..Reading::default() };
        reading.pages = vec![ByteSpan::new(0, end), ByteSpan::new(end, text.len())];
        reading.notices.push(Notice {
            kind: NoticeKind::BrokenLink,
            detail: String::new(),
            span: Some(ByteSpan::new(end + 1, text.len())),
        });
        let reading = reading.normalised();
        assert_eq!(reading.text, "Caf\u{E9} \u{C5}ngstr\u{F6}m 4 \u{3A9}");
        assert_eq!(reading.title.as_deref(), Some("\u{E9}"));
        let of = |span: ByteSpan| span.of(&reading.text).unwrap();
        assert_eq!(reading.pages.iter().map(|&page| of(page)).collect::<Vec<_>>().concat(), reading.text);
        assert_eq!(of(reading.pages[0]), "Caf\u{E9}");
        assert!(reading.notices[0].span.is_some_and(|span| of(span).starts_with('\u{C5}')));
    }
}
