//! Where a document's headings, paragraphs, code and visible words are.
//!
//! Every rule reads text through this outline, so that code, tables and link targets are never mistaken for prose.
//! Markdown is read by `pulldown-cmark` (`CommonMark` with GFM tables); formats without markup are paragraphs only.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use tamis_ingest::{ByteSpan, Document, MediaType};

/// What a leaf block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// A heading of this level, 1 to 6.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// The text of a list item.
    Item,
    /// A recognised table.
    Table,
    /// A code block.
    Code,
    /// Raw HTML.
    Html,
}

/// A leaf block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) span: ByteSpan,
}

/// A stretch of text a reader sees as words: never code, markup or a link's target.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) span: ByteSpan,
    /// Whether it is the text of a link.
    pub(crate) linked: bool,
}

/// A link.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) span: ByteSpan,
    /// Where it leads, as written.
    pub(crate) target: String,
}

/// A picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Image {
    pub(crate) span: ByteSpan,
    /// Whether words stand for it where it cannot be seen.
    pub(crate) described: bool,
}

/// The blocks and runs of a document, each list in ascending order without overlaps.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// Leaf blocks.
    pub(crate) blocks: Vec<Block>,
    /// Visible text.
    pub(crate) runs: Vec<Run>,
    /// Code blocks, code spans and mathematics.
    pub(crate) code: Vec<ByteSpan>,
    /// Links, in the order in which they start.
    pub(crate) links: Vec<Link>,
    /// Pictures, in the order in which they start.
    pub(crate) images: Vec<Image>,
    /// Fenced code blocks, also found in `code`.
    pub(crate) fences: Vec<ByteSpan>,
    /// Whether the text was read as Markdown.
    pub(crate) marked_up: bool,
}

impl Outline {
    /// Reads the outline of `document`.
    pub(crate) fn of(document: &Document) -> Self {
        match document.media_type {
            MediaType::Markdown | MediaType::Html | MediaType::Pdf => Self::of_markdown(&document.text),
            MediaType::PlainText => Self::of_plain(&document.text),
        }
    }

    /// Reads Markdown.
    pub(crate) fn of_markdown(text: &str) -> Self {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH;
        let mut builder = Builder { outline: Self { marked_up: true, ..Self::default() }, ..Builder::default() };
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            builder.take(&event, range);
        }
        builder.outline
    }

    /// Reads text without markup: paragraphs stand between blank lines.
    fn of_plain(text: &str) -> Self {
        let mut outline = Self::default();
        let mut paragraph: Option<ByteSpan> = None;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let span = ByteSpan::new(at, at + line.trim_end().len());
            at += line.len();
            if span.is_empty() {
                outline.blocks.extend(paragraph.take().map(|span| Block { kind: BlockKind::Paragraph, span }));
                continue;
            }
            paragraph = Some(ByteSpan::new(paragraph.map_or(span.start(), ByteSpan::start), span.end()));
            outline.runs.push(Run { span, linked: false });
        }
        outline.blocks.extend(paragraph.map(|span| Block { kind: BlockKind::Paragraph, span }));
        outline
    }

    /// The blocks that overlap `span`, cut to it.
    pub(crate) fn blocks_in(&self, span: ByteSpan) -> impl Iterator<Item = Block> {
        let from = self.blocks.partition_point(|block| block.span.end() <= span.start());
        self.blocks[from..]
            .iter()
            .take_while(move |block| block.span.start() < span.end())
            .map(move |block| Block { span: cut(block.span, span), ..*block })
    }

    /// The runs that overlap `span`, cut to it.
    pub(crate) fn runs_in(&self, span: ByteSpan) -> impl Iterator<Item = Run> {
        let from = self.runs.partition_point(|run| run.span.end() <= span.start());
        self.runs[from..]
            .iter()
            .take_while(move |run| run.span.start() < span.end())
            .map(move |run| Run { span: cut(run.span, span), ..*run })
    }

    /// The block at `offset`, if one covers it.
    pub(crate) fn block_at(&self, offset: usize) -> Option<Block> {
        self.blocks_in(ByteSpan::new(offset, offset + 1)).next()
    }

    /// Whether the byte at `offset` is code or mathematics.
    pub(crate) fn in_code(&self, offset: usize) -> bool {
        let from = self.code.partition_point(|span| span.end() <= offset);
        self.code.get(from).is_some_and(|span| span.start() <= offset)
    }
}

/// The part of `span` inside `window`.
fn cut(span: ByteSpan, window: ByteSpan) -> ByteSpan {
    ByteSpan::new(span.start().max(window.start()), span.end().min(window.end()))
}

/// Collects parser events.
#[derive(Default)]
struct Builder {
    outline: Outline,
    /// The leaf block that is open.
    leaf: Option<BlockKind>,
    /// Whether `leaf` is the text of a tight list item, whose block grows as text comes.
    tight: bool,
    items: usize,
    links: usize,
    /// Whether the text is that of a picture.
    in_image: bool,
}

impl Builder {
    fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) => self.text(range, !text.trim().is_empty()),
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.grow(&range);
                self.describe();
                self.outline.code.push(range.into());
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph if self.items > 0 => self.open(BlockKind::Item, range),
            Tag::Paragraph => self.open(BlockKind::Paragraph, range),
            Tag::Heading { level, .. } => self.open(BlockKind::Heading(*level as u8), range),
            Tag::Table(_) => self.open(BlockKind::Table, range),
            Tag::HtmlBlock => self.open(BlockKind::Html, range),
            Tag::CodeBlock(kind) => {
                self.outline.code.push(range.clone().into());
                if matches!(kind, CodeBlockKind::Fenced(_)) {
                    self.outline.fences.push(range.clone().into());
                }
                self.open(BlockKind::Code, range);
            }
            Tag::Item => {
                self.close();
                self.items += 1;
            }
            Tag::List(_) | Tag::BlockQuote(_) => self.close(),
            Tag::Link { dest_url, .. } => {
                self.grow(&range);
                self.links += 1;
                self.outline.links.push(Link { span: range.into(), target: dest_url.to_string() });
            }
            Tag::Image { .. } => {
                self.grow(&range);
                self.in_image = true;
                self.outline.images.push(Image { span: range.into(), described: false });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::Table
            | TagEnd::HtmlBlock
            | TagEnd::CodeBlock
            | TagEnd::List(_)
            | TagEnd::BlockQuote(_) => self.close(),
            TagEnd::Item => {
                self.close();
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::Link => self.links = self.links.saturating_sub(1),
            TagEnd::Image => self.in_image = false,
            _ => {}
        }
    }

    fn open(&mut self, kind: BlockKind, range: Range<usize>) {
        self.outline.blocks.push(Block { kind, span: range.into() });
        self.leaf = Some(kind);
        self.tight = false;
    }

    fn close(&mut self) {
        self.leaf = None;
        self.tight = false;
    }

    fn text(&mut self, range: Range<usize>, speaks: bool) {
        self.grow(&range);
        if speaks {
            self.describe();
        }
        if self.leaf != Some(BlockKind::Code) {
            self.outline.runs.push(Run { span: range.into(), linked: self.links > 0 });
        }
    }

    /// Words inside a picture stand for it.
    fn describe(&mut self) {
        if self.in_image
            && let Some(image) = self.outline.images.last_mut()
        {
            image.described = true;
        }
    }

    /// Tight list items have no paragraph of their own: their block covers what they hold.
    fn grow(&mut self, range: &Range<usize>) {
        if self.leaf.is_none() {
            self.open(BlockKind::Item, range.clone());
            self.tight = true;
        } else if self.tight
            && let Some(block) = self.outline.blocks.last_mut()
        {
            block.span = ByteSpan::new(block.span.start(), range.end.max(block.span.end()));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: &str = "# Title\n\nSee [the guide](https://x.y) and `code`.\n\n- one **two**\n- three\n\n```rust\nlet x;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";

    #[test]
    fn blocks_follow_the_document() {
        let outline = Outline::of_markdown(SAMPLE);
        let kinds: Vec<_> = outline.blocks.iter().map(|block| block.kind).collect();
        let expected = [
            BlockKind::Heading(1),
            BlockKind::Paragraph,
            BlockKind::Item,
            BlockKind::Item,
            BlockKind::Code,
            BlockKind::Table,
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn runs_leave_code_and_link_targets_out() {
        let outline = Outline::of_markdown(SAMPLE);
        let seen: Vec<_> = outline.runs.iter().filter_map(|run| run.span.of(SAMPLE)).collect();
        assert_eq!(seen, ["Title", "See ", "the guide", " and ", ".", "one ", "two", "three", "a", "b", "1", "2"]);
        assert!(outline.runs[2].linked && !outline.runs[3].linked);
        assert!(outline.in_code(SAMPLE.find("let x").unwrap()) && outline.in_code(SAMPLE.find("code").unwrap()));
        assert!(!outline.in_code(SAMPLE.find("three").unwrap()));
    }

    proptest! {
        #[test]
        fn lists_ascend_without_overlap(text in "(?s)[ \\-#|`*>\\[\\]()!<\n\tab1é.$~:]{0,200}") {
            let outline = Outline::of_markdown(&text);
            for pair in outline.blocks.windows(2) {
                prop_assert!(pair[0].span.end() <= pair[1].span.start(), "{pair:?}");
            }
            for pair in outline.runs.windows(2) {
                prop_assert!(pair[0].span.end() <= pair[1].span.start(), "{pair:?}");
            }
            for pair in outline.code.windows(2) {
                prop_assert!(pair[0].end() <= pair[1].start(), "{pair:?}");
            }
        }
    }
}
