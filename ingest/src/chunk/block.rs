//! The block structure of a Markdown text.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Blocks nested deeper than this are left inside the block that holds them.
const MAX_DEPTH: usize = 12;

/// Longest heading kept as a title, in characters.
const MAX_TITLE: usize = 160;

/// What a block is, as far as cutting is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// A section starts here; the level is 1 to 6.
    Heading(u8),
    Paragraph,
    /// Fenced or indented code.
    Code,
    Html,
    /// Its children are rows, the first of them the header with the rule below it.
    Table,
    Row,
    /// Its children are items.
    List,
    Item,
    Quote,
    Footnote,
    /// A thematic break.
    Rule,
    /// Link reference definitions, which stand for nothing on the page.
    Definitions,
}

/// A block of the text. Siblings partition the stretch from the first one's start to their parent's end.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    pub(super) start: usize,
    /// One past the last byte, blank lines after the block included.
    pub(super) end: usize,
    /// Empty unless this is a heading of the document itself.
    pub(super) title: String,
    pub(super) children: Vec<Block>,
}

/// Reads `text` into blocks that partition it; no block only for an empty text.
pub(super) fn parse(text: &str) -> Vec<Block> {
    let mut reader = Reader { text, reached: 0, open: Vec::new(), too_deep: 0, blocks: Vec::new() };
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        reader.read(event, range);
    }
    let mut blocks = with_definitions(text, reader.blocks);
    match blocks.first_mut() {
        Some(first) => {
            first.start = 0;
            // A table's text is all in its rows, so white space before it belongs to the first.
            if let (BlockKind::Table, Some(row)) = (first.kind, first.children.first_mut()) {
                row.start = 0;
            }
        }
        None if text.is_empty() => {}
        None => blocks.push(Block::new(BlockKind::Paragraph, 0..text.len())),
    }
    close_gaps(&mut blocks, text.len());
    blocks
}

/// The dialect: what GitHub reads, and the attributes some writers hang on headings.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
}

impl Block {
    fn new(kind: BlockKind, range: Range<usize>) -> Self {
        Self { kind, start: range.start, end: range.end, title: String::new(), children: Vec::new() }
    }
}

/// Builds the tree from the parser's events.
struct Reader<'a> {
    text: &'a str,
    /// One past the last byte of what has been read that is no mere container.
    reached: usize,
    /// The blocks being read, outermost first.
    open: Vec<Block>,
    /// How many blocks are open beyond [`MAX_DEPTH`].
    too_deep: usize,
    blocks: Vec<Block>,
}

impl Reader<'_> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        if !is_container(&event) {
            self.reached = self.reached.max(range.end);
        }
        match event {
            Event::Start(tag) => {
                if let Some(kind) = block_kind(&tag) {
                    self.start(kind, range);
                }
            }
            Event::End(tag) if ends_block(tag) => self.end(),
            Event::Rule if self.too_deep == 0 => {
                self.start(BlockKind::Rule, range);
                self.end();
            }
            Event::Text(words) | Event::Code(words) => self.add_to_title(&words),
            Event::SoftBreak | Event::HardBreak => self.add_to_title(" "),
            Event::End(_)
            | Event::Rule
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, kind: BlockKind, range: Range<usize>) {
        if self.too_deep > 0 || self.open.len() == MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        let start = line_start(self.text, range.start);
        self.open.push(Block::new(kind, start..range.end));
    }

    fn end(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let Some(mut block) = self.open.pop() else { return };
        if matches!(block.kind, BlockKind::List | BlockKind::Item | BlockKind::Quote | BlockKind::Footnote) {
            // The parser stretches these over link reference definitions that come after them.
            let first_line = self.text.ceil_char_boundary(block.start + 1);
            let content = block.end.min(line_end(self.text, self.reached.max(first_line)));
            // An item that holds nothing but definitions is read nowhere, and is a part of its list all the same.
            block.end = block.children.last().map_or(content, |last| content.max(last.end));
        }
        let siblings = self.open.last_mut().map_or(&mut self.blocks, |parent| &mut parent.children);
        // Two siblings on one line cannot be told apart by lines: the first keeps it.
        if siblings.last().is_none_or(|last| last.start < block.start) {
            siblings.push(block);
        }
    }

    fn add_to_title(&mut self, words: &str) {
        let [Block { kind: BlockKind::Heading(_), title, .. }] = self.open.as_mut_slice() else { return };
        let room = MAX_TITLE.saturating_sub(title.chars().count());
        title.extend(words.chars().take(room));
    }
}

/// The kind of block `tag` opens, if it opens one.
fn block_kind(tag: &Tag<'_>) -> Option<BlockKind> {
    match tag {
        Tag::Paragraph => Some(BlockKind::Paragraph),
        Tag::Heading { level, .. } => Some(BlockKind::Heading(number(*level))),
        Tag::BlockQuote(_) => Some(BlockKind::Quote),
        Tag::CodeBlock(_) => Some(BlockKind::Code),
        Tag::HtmlBlock => Some(BlockKind::Html),
        Tag::List(_) => Some(BlockKind::List),
        Tag::Item => Some(BlockKind::Item),
        Tag::FootnoteDefinition(_) => Some(BlockKind::Footnote),
        Tag::Table(_) => Some(BlockKind::Table),
        Tag::TableHead | Tag::TableRow => Some(BlockKind::Row),
        Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::TableCell
        | Tag::Emphasis
        | Tag::Strong
        | Tag::Strikethrough
        | Tag::Superscript
        | Tag::Subscript
        | Tag::Link { .. }
        | Tag::Image { .. }
        | Tag::MetadataBlock(_) => None,
    }
}

/// Whether `tag` closes what [`block_kind`] takes for a block.
fn ends_block(tag: TagEnd) -> bool {
    match tag {
        TagEnd::Paragraph
        | TagEnd::Heading(_)
        | TagEnd::BlockQuote(_)
        | TagEnd::CodeBlock
        | TagEnd::HtmlBlock
        | TagEnd::List(_)
        | TagEnd::Item
        | TagEnd::FootnoteDefinition
        | TagEnd::Table
        | TagEnd::TableHead
        | TagEnd::TableRow => true,
        TagEnd::DefinitionList
        | TagEnd::DefinitionListTitle
        | TagEnd::DefinitionListDefinition
        | TagEnd::TableCell
        | TagEnd::Emphasis
        | TagEnd::Strong
        | TagEnd::Strikethrough
        | TagEnd::Superscript
        | TagEnd::Subscript
        | TagEnd::Link
        | TagEnd::Image
        | TagEnd::MetadataBlock(_) => false,
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Where the line of a block at `at` starts, if only indentation and quote marks stand before it; else `at`. Cut there,
/// the block reads the same by itself.
fn line_start(text: &str, at: usize) -> usize {
    let before = text[..at].trim_end_matches([' ', '\t', '>']);
    if before.is_empty() || before.ends_with(['\n', '\r']) { before.len() } else { at }
}

/// Whether `event` opens or closes a block whose extent is that of the blocks and words within.
fn is_container(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Start(Tag::List(_) | Tag::Item | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_))
            | Event::End(TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition)
    )
}

/// Where the line at `at` ends, its line break included; `at` where a line starts there.
fn line_end(text: &str, at: usize) -> usize {
    if at == 0 || text[..at].ends_with('\n') {
        return at;
    }
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// The parser reports link reference definitions nowhere; they are what is left between blocks.
fn with_definitions(text: &str, blocks: Vec<Block>) -> Vec<Block> {
    let mut whole = Vec::with_capacity(blocks.len());
    let mut at = 0;
    for block in blocks {
        whole.extend(definitions(text, at..block.start));
        at = block.end;
        whole.push(block);
    }
    whole.extend(definitions(text, at..text.len()));
    whole
}

/// The block of what is written in `gap`, if anything is.
fn definitions(text: &str, gap: Range<usize>) -> Option<Block> {
    let written = text.get(gap.clone())?;
    let blank = written.len() - written.trim_start().len();
    (blank < written.len()).then(|| Block::new(BlockKind::Definitions, line_start(text, gap.start + blank)..gap.end))
}

/// Ends every block where its next sibling starts, and the last of them with its parent at `end`.
fn close_gaps(blocks: &mut [Block], end: usize) {
    let mut next = end;
    for block in blocks.iter_mut().rev() {
        block.end = next;
        next = block.start;
        if let Some(first) = block.children.first_mut() {
            first.start = first.start.max(block.start);
        }
        close_gaps(&mut block.children, block.end);
    }
}
