//! What a reader makes of a document's bytes.

use std::collections::BTreeMap;

use serde_json::Value;

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
