//! A chunk's text as blocks under their headings: paragraphs, list items, tables and code listings.

use tamis_ingest::ByteSpan;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A paragraph.
    Prose,
    /// A list item, or the definition of a term.
    Item,
    /// The rows of a table, its header first.
    Table,
    /// The lines of a code block.
    Listing,
}

/// A block and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// What it is.
    pub(super) shape: Shape,
    /// Its text, without list markers and fences.
    pub(super) span: ByteSpan,
    /// Its headings, as an index of [`Layout::topics`].
    pub(super) topic: usize,
    /// For an item: the item it is nested in or the term it defines, as an index of [`Layout::blocks`].
    pub(super) parent: Option<usize>,
}

/// The blocks of a text, in order.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) blocks: Vec<Block>,
    /// Paths of headings, outermost first.
    pub(super) topics: Vec<Vec<String>>,
}

/// Most items looked back over for what leads in to a list.
const LONGEST_LIST: usize = 64;

impl Layout {
    /// Whether a block is an item of a list of conditions: `Use it when:` claims none of what follows.
    pub(super) fn is_condition(&self, text: &str, block: &Block) -> bool {
        if block.shape != Shape::Item {
            return false;
        }
        let at = self.blocks.partition_point(|other| other.span.start() < block.span.start());
        let before = self.blocks[..at].iter().rev().take(LONGEST_LIST).find(|other| other.shape != Shape::Item);
        before.is_some_and(|lead| {
            lead.shape == Shape::Prose && lead.topic == block.topic && lead.span.of(text).is_some_and(sets_conditions)
        })
    }
}

/// Whether a paragraph leads in to conditions: `… when:`, `… if any of these hold:`, `in the following cases:`.
fn sets_conditions(paragraph: &str) -> bool {
    let Some(lead) = paragraph.trim_end().strip_suffix(':') else { return false };
    let sentence = lead.rsplit(". ").next().unwrap_or(lead).to_lowercase();
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_if = |word: &&str| matches!(*word, "if" | "when" | "whenever" | "unless" | "whether");
    let Some(last) = words.last() else { return false };
    let summed_up = |word: &&str| matches!(*word, "any" | "all" | "one" | "each" | "these" | "following" | "both");
    is_if(last)
        || matches!(*last, "cases" | "case" | "conditions" | "situations" | "circumstances")
        || words.iter().position(is_if).is_some_and(|at| words[at + 1..].iter().any(summed_up))
}

/// Reads the blocks of Markdown `text`, which starts under the headings `outer`.
pub(super) fn read(text: &str, outer: &[&str]) -> Layout {
    let mut reader = Reader::under(text, outer);
    let mut offset = 0;
    let mut fence: Option<(&str, bool, usize)> = None;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        // What is quoted may be code as well, and code may hold what is quoted.
        let quoted = line.trim_start().starts_with('>');
        let content = line.trim_start_matches(['>', ' ', '\t']);
        let marker = ["```", "~~~"].into_iter().find(|marker| content.starts_with(marker));
        match (fence, marker) {
            (Some((open, within, from)), Some(marker)) if open == marker && within == quoted => {
                reader.add(Shape::Listing, from, start);
                fence = None;
            }
            (Some(_), _) => {}
            (None, Some(marker)) => {
                reader.close();
                fence = Some((marker, quoted, offset));
            }
            (None, None) => reader.line(line, start),
        }
    }
    reader.close();
    reader.layout
}

/// Blocks as they are put together line by line.
struct Reader<'a> {
    text: &'a str,
    layout: Layout,
    /// The headings above, with their levels.
    headings: Vec<(usize, String)>,
    open: Option<(Shape, usize, usize)>,
    /// The items that the next one may be nested in: their indents and blocks.
    items: Vec<(usize, usize)>,
    in_list: bool,
}

impl<'a> Reader<'a> {
    fn under(text: &'a str, outer: &[&str]) -> Self {
        let headings: Vec<_> = outer.iter().enumerate().map(|(i, text)| (i + 1, (*text).to_owned())).collect();
        let topics = vec![outer.iter().map(|text| (*text).to_owned()).collect()];
        let layout = Layout { blocks: Vec::new(), topics };
        Self { text, layout, headings, open: None, items: Vec::new(), in_list: false }
    }

    /// Takes a line outside code fences, which starts at `start`.
    fn line(&mut self, line: &str, start: usize) {
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        let (from, to) = (start + indent, start + indent + content.len());
        if content.is_empty() {
            self.close();
        } else if let Some((level, title)) = heading(content) {
            self.close();
            self.enter(level, title);
        } else if is_underline(content) {
            self.underline(content);
        } else if is_row(content) {
            self.extend(Shape::Table, from, to);
        } else if self.is_indented_code(line) || is_no_prose(content) {
            self.close();
        } else if content.starts_with('>') && !self.is_note(content) {
            // What somebody else says, or said once.
            self.close();
        } else if let Some(marker) = bullet(content) {
            self.close();
            self.in_list = true;
            self.nest(indent);
            self.open = Some((Shape::Item, from + marker, to));
        } else if content.starts_with(": ") && self.defines() {
            self.open = Some((Shape::Item, from + 2, to));
        } else {
            if self.open.is_none() {
                self.in_list &= indent > 0;
            }
            self.extend(Shape::Prose, from, to);
        }
    }

    /// Goes on with the open block, or opens one of this shape. A paragraph's line may go on with an item.
    fn extend(&mut self, shape: Shape, from: usize, to: usize) {
        match &mut self.open {
            Some((open, _, end)) if *open == shape || (*open == Shape::Item && shape == Shape::Prose) => *end = to,
            _ => {
                self.close();
                self.open = Some((shape, from, to));
            }
        }
    }

    /// Ends the open block. A paragraph that is no more than the name of something heads what follows.
    fn close(&mut self) {
        let Some((shape, start, end)) = self.open.take() else { return };
        self.add(shape, start, end);
        if let Some(term) = self.text.get(start..end).filter(|line| shape == Shape::Prose && is_term(line)) {
            let headings = self.headings.iter().map(|(_, title)| title.clone());
            self.layout.topics.push(headings.chain([term.replace(['`', '*'], "")]).collect());
        }
    }

    fn add(&mut self, shape: Shape, start: usize, end: usize) {
        let parent = self.items.iter().rev().nth(1).map(|(_, block)| *block).filter(|_| shape == Shape::Item);
        let topic = self.layout.topics.len() - 1;
        self.layout.blocks.push(Block { shape, span: ByteSpan::new(start, end), topic, parent });
        if shape == Shape::Prose || shape == Shape::Table {
            self.items.clear();
        }
    }

    /// Takes note of an item that opens at `indent`, as the next block.
    fn nest(&mut self, indent: usize) {
        while self.items.last().is_some_and(|(at, _)| *at >= indent) {
            self.items.pop();
        }
        self.items.push((indent, self.layout.blocks.len()));
    }

    /// Whether the open block is a term, which the line at hand defines; it is closed as the parent of the next.
    fn defines(&mut self) -> bool {
        let is_term = matches!(self.open, Some((Shape::Prose, ..)));
        if is_term {
            self.close();
            let term = self.layout.blocks.len() - 1;
            self.items = vec![(0, term), (1, term + 1)];
        }
        is_term
    }

    /// A heading opens a section.
    fn enter(&mut self, level: usize, title: &str) {
        self.items.clear();
        self.in_list = false;
        let title = title.replace(['`', '*'], "");
        // The text of a chunk opens with the last of its outer headings.
        if self.layout.blocks.is_empty() && self.headings.last().is_some_and(|(_, last)| *last == title) {
            return;
        }
        while self.headings.last().is_some_and(|(above, _)| *above >= level) {
            self.headings.pop();
        }
        self.headings.push((level, title));
        self.layout.topics.push(self.headings.iter().map(|(_, title)| title.clone()).collect());
    }

    /// A line of `=` or `-` makes the open paragraph a heading.
    fn underline(&mut self, content: &str) {
        let level = if content.starts_with('=') { 1 } else { 2 };
        match self.open.take() {
            Some((Shape::Prose, start, end)) => {
                let title = self.text.get(start..end).unwrap_or_default().to_owned();
                self.enter(level, &title);
            }
            Some((shape, start, end)) => self.add(shape, start, end),
            None => {}
        }
    }

    /// Whether a quoted line is a note of the author's own, set so to stand out, or goes on with one.
    fn is_note(&self, content: &str) -> bool {
        const NOTES: [&str; 8] = ["note", "warning", "tip", "important", "caution", "hint", "info", "attention"];
        let text = content.trim_start_matches(['>', ' ', '*', '_', '[', '!']).to_lowercase();
        let goes_on = self.open.is_some_and(|(shape, start, _)| {
            shape == Shape::Item && self.text.get(..start).is_some_and(|before| before.trim_end().ends_with('>'))
        });
        let opens = |note: &str| text.strip_prefix(note).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        goes_on || NOTES.iter().any(|note| opens(note))
    }

    /// Whether an indented line is code: outside lists, and not continuing a paragraph.
    fn is_indented_code(&self, line: &str) -> bool {
        (line.starts_with("    ") || line.starts_with('\t')) && !self.in_list && self.open.is_none()
    }
}

/// The level and text of an ATX heading, without markup around it.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let rest = line.get(level..)?;
    let title = rest.trim().trim_end_matches('#').trim();
    ((1..=6).contains(&level) && rest.starts_with(' ') && !title.is_empty()).then_some((level, title))
}

/// Most words of a term.
const LONGEST_TERM: usize = 8;

/// Whether a paragraph is the name of a thing of a program, as lists of definitions have it in a line of its own:
/// `` `wal_buffers` (`integer`) ``.
fn is_term(paragraph: &str) -> bool {
    let first = paragraph.split_whitespace().next().unwrap_or_default();
    let named = first.starts_with('`') || first.starts_with("--") || first.contains('_');
    let ends = paragraph.ends_with(['.', ':', ';', ',', '!', '?']);
    named && !ends && !paragraph.contains('\n') && paragraph.split_whitespace().count() <= LONGEST_TERM
}

/// Whether the line underlines a heading (or rules a page).
fn is_underline(line: &str) -> bool {
    line.len() >= 3 && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'))
}

/// Whether the line is a row of a table.
fn is_row(line: &str) -> bool {
    line.starts_with('|') || line.matches('|').count() >= 2
}

/// Whether the line is HTML, an image or a link's definition.
fn is_no_prose(line: &str) -> bool {
    line.starts_with(['#', '<'])
        || (line.starts_with('[') && line.contains("]: "))
        || line.starts_with("![")
        || line.starts_with("[![")
}

/// The length of a list item's marker with the space after it.
fn bullet(line: &str) -> Option<usize> {
    if line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ") || line.starts_with("> ") {
        return Some(2);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    ((1..=3).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") "))).then_some(digits + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, outer: &[&str]) -> Vec<(Shape, String, String, Option<usize>)> {
        let layout = read(text, outer);
        let show = |block: &Block| {
            let topic = layout.topics[block.topic].join("/");
            (block.shape, block.span.of(text).unwrap().to_owned(), topic, block.parent)
        };
        layout.blocks.iter().map(show).collect()
    }

    #[test]
    fn a_name_in_a_line_of_its_own_heads_what_follows() {
        let text = "`wal_size` (`integer`)\n\nThe default is 4.\n\n--jobs\n\nMany.\n\n## End\n\nSet `x_y`.\n\nAll.\n";
        let topics: Vec<String> = shown(text, &["One"]).into_iter().map(|(_, _, topic, _)| topic).collect();
        assert_eq!(
            topics,
            ["One", "One/wal_size (integer)", "One/wal_size (integer)", "One/--jobs", "One/End", "One/End"]
        );
    }

    #[test]
    fn quoted_code_is_a_listing() {
        let shapes = shown("> ```\n> limit = 4\n> ```\n\nOn.\n", &[]).into_iter().map(|one| one.0);
        assert_eq!(shapes.collect::<Vec<_>>(), [Shape::Listing, Shape::Prose]);
        let listing = shown("```md\n> ```\n> limit = 4\n> ```\n```\n", &[]);
        assert_eq!(listing.iter().map(|one| one.1.as_str()).collect::<Vec<_>>(), ["> ```\n> limit = 4\n> ```\n"]);
    }

    #[test]
    fn what_others_say_is_left_out_and_notes_are_not() {
        let texts = |text: &str| shown(text, &[]).into_iter().map(|one| one.1).collect::<Vec<_>>();
        assert_eq!(texts("> It was once 30 days.\n> And so on.\n\nIt is 90.\n"), ["It is 90."]);
        assert_eq!(texts("> **Note:** it is 30 days.\n\nOn.\n"), ["**Note:** it is 30 days.", "On."]);
    }

    #[test]
    fn reads_blocks_under_their_headings() {
        let text = "## Two\n\nOne line\nand more.\n\n### Three\n- a\n  - b\n- c\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n\
            Term\n: meaning\n\n```sh\nls\n```\n\nNext\n----\nEnd.\n";
        let of = |shape, text: &str, topic: &str, parent| (shape, text.to_owned(), topic.to_owned(), parent);
        assert_eq!(
            shown(text, &["One", "Two"]),
            [
                of(Shape::Prose, "One line\nand more.", "One/Two", None),
                of(Shape::Item, "a", "One/Two/Three", None),
                of(Shape::Item, "b", "One/Two/Three", Some(1)),
                of(Shape::Item, "c", "One/Two/Three", None),
                of(Shape::Table, "| x | y |\n|---|---|\n| 1 | 2 |", "One/Two/Three", None),
                of(Shape::Prose, "Term", "One/Two/Three", None),
                of(Shape::Item, "meaning", "One/Two/Three", Some(5)),
                of(Shape::Listing, "ls\n", "One/Two/Three", None),
                of(Shape::Prose, "End.", "One/Next", None),
            ]
        );
    }
}
