//! Markdown put together block by block, for readers of formats that are not written in it.

use super::html::escape;

/// Lists are set in no deeper than this.
const MAX_SET_IN: usize = 8;

/// A text being put together. Blocks stand a blank line apart, the items of a list a line apart.
pub(super) struct Blocks {
    text: String,
    max: usize,
    /// How far the items that are open are set in, each below the one before it.
    items: Vec<usize>,
}

impl Blocks {
    /// A text of about `max` bytes at most: what comes when it is full is not kept.
    pub(super) fn new(max: usize) -> Self {
        Self { text: String::new(), max, items: Vec::new() }
    }

    /// Whether the text has passed its limit, so that reading on is no use.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() > self.max
    }

    /// How long the text is, in bytes.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Where the next block will start.
    pub(super) fn next_start(&self) -> usize {
        if self.text.is_empty() { 0 } else { self.text.len() + 2 }
    }

    /// Adds a block of Markdown.
    pub(super) fn block(&mut self, markdown: &str) {
        self.items.clear();
        self.push(markdown.trim_matches('\n').trim_end(), "\n\n");
    }

    /// Adds a heading of rank 1 to 6.
    pub(super) fn heading(&mut self, rank: usize, words: &str) {
        let words = one_line(words);
        if !words.is_empty() {
            self.block(&format!("{} {words}", "#".repeat(rank.clamp(1, 6))));
        }
    }

    /// Adds a paragraph; line breaks in it stay.
    pub(super) fn paragraph(&mut self, markdown: &str) {
        self.block(&hard_lines(markdown));
    }

    /// Adds an item of a list: `depth` from 0, `mark` such as `-` or `3.`.
    pub(super) fn item(&mut self, depth: usize, mark: &str, markdown: &str) {
        let markdown = markdown.trim();
        if markdown.is_empty() {
            return;
        }
        let follows = !self.items.is_empty();
        self.items.truncate(depth.min(MAX_SET_IN));
        let indent = self.items.last().copied().unwrap_or_default();
        let inner = indent + mark.len() + 1;
        self.items.push(inner);
        let items = std::mem::take(&mut self.items);
        let item = format!("{}{mark} {}", " ".repeat(indent), set_in(&hard_lines(markdown), inner));
        self.push(&item, if follows { "\n" } else { "\n\n" });
        self.items = items;
    }

    /// Adds an item of a list that is made of blocks of its own.
    pub(super) fn item_of_blocks(&mut self, mark: &str, blocks: &str) {
        let blocks = blocks.trim_matches('\n').trim_end();
        if blocks.is_empty() {
            return;
        }
        let follows = !self.items.is_empty() && !blocks.contains("\n\n");
        self.push(&format!("{mark} {}", set_in(blocks, mark.len() + 1)), if follows { "\n" } else { "\n\n" });
        self.items = vec![mark.len() + 1];
    }

    /// Adds a block that goes on with the item before it, if there is one.
    pub(super) fn within_item(&mut self, markdown: &str) {
        let Some(&indent) = self.items.last() else { return self.block(markdown) };
        let items = std::mem::take(&mut self.items);
        let block = set_in(markdown.trim_matches('\n').trim_end(), indent);
        self.push(&format!("{}{block}", " ".repeat(indent)), "\n\n");
        self.items = items;
    }

    /// Adds a table whose first row names its columns.
    pub(super) fn table(&mut self, rows: Vec<Vec<String>>) {
        if let Some(table) = table(rows) {
            self.block(&table);
        }
    }

    /// Adds a block of code.
    pub(super) fn code(&mut self, language: &str, code: &str) {
        if let Some(code) = fenced(language, code) {
            self.block(&code);
        }
    }

    /// Adds a quotation.
    pub(super) fn quote(&mut self, markdown: &str) {
        let markdown = markdown.trim();
        if !markdown.is_empty() {
            self.block(&quoted(markdown));
        }
    }

    /// The text.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn push(&mut self, block: &str, gap: &str) {
        if block.trim().is_empty() || self.is_full() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str(gap);
        }
        self.text.push_str(block);
    }
}

/// Words as Markdown that reads as these words again.
pub(super) fn escaped(words: &str) -> String {
    let mut text = String::new();
    escape::push(&mut text, words);
    text
}

/// Words that lead to an address, as a link; just the words where it leads nowhere.
pub(super) fn link(words: &str, address: &str) -> String {
    let shown = words.trim();
    match escape::target(address) {
        Some(target) if !shown.is_empty() && !shown.contains(['[', ']', '\n']) => {
            let before = if words.starts_with(char::is_whitespace) { " " } else { "" };
            let after = if words.ends_with(char::is_whitespace) { " " } else { "" };
            format!("{before}[{shown}]({target}){after}")
        }
        Some(_) | None => words.to_owned(),
    }
}

/// A picture by what it shows.
pub(super) fn picture(alt: &str, address: &str) -> String {
    format!("![{}]({})", escaped(alt), address.replace(['(', ')', ' '], ""))
}

/// The mark of a note in the text.
pub(super) fn note_mark(name: &str) -> String {
    format!("[^{name}]")
}

/// Code within a line.
pub(super) fn inline_code(code: &str) -> String {
    if code.is_empty() {
        return String::new();
    }
    let ticks = "`".repeat(longest_run(code, '`') + 1);
    let space = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{ticks}{space}{code}{space}{ticks}")
}

/// A fenced block; none where there is no code.
pub(super) fn fenced(language: &str, code: &str) -> Option<String> {
    let code = code.trim_end().trim_start_matches('\n');
    if code.trim().is_empty() {
        return None;
    }
    let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.');
    let language = if language.chars().all(is_name) { language } else { "" };
    Some(format!("{fence}{language}\n{code}\n{fence}"))
}

/// A quotation of this Markdown.
pub(super) fn quoted(markdown: &str) -> String {
    let line = |line: &str| if line.is_empty() { ">".to_owned() } else { format!("> {line}") };
    markdown.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A table whose first row names its columns; none where no cell says anything. Rows without words and columns
/// without words are left out.
pub(super) fn table(rows: Vec<Vec<String>>) -> Option<String> {
    let mut rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.iter().map(|cell| cell_text(cell)).collect()).collect();
    let header = rows.first().is_some_and(|row| row.iter().all(String::is_empty));
    let mut index = 0;
    rows.retain(|row: &Vec<String>| {
        index += 1;
        (header && index == 1) || row.iter().any(|cell| !cell.is_empty())
    });
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let kept: Vec<usize> =
        (0..width).filter(|&at| rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()))).collect();
    if kept.is_empty() {
        return None;
    }
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for (i, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = kept.iter().map(|&at| row.get(at).map_or("", String::as_str)).collect();
        lines.push(format!("| {} |", cells.join(" | ")));
        if i == 0 {
            lines.push(format!("|{}", "---|".repeat(kept.len())));
        }
    }
    Some(lines.join("\n"))
}

/// All on one line, one space between words.
pub(super) fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A cell on one line, with its bars escaped unless they are already.
fn cell_text(cell: &str) -> String {
    let line = one_line(cell);
    let mut text = String::with_capacity(line.len());
    let mut before = ' ';
    for c in line.chars() {
        if c == '|' && before != '\\' {
            text.push('\\');
        }
        text.push(c);
        before = if before == '\\' { ' ' } else { c };
    }
    text
}

/// Line ends within a paragraph, as Markdown keeps them.
fn hard_lines(markdown: &str) -> String {
    let lines: Vec<&str> = markdown.trim().lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("  \n")
}

/// The lines after the first, set in.
fn set_in(block: &str, columns: usize) -> String {
    let mut text = String::with_capacity(block.len());
    for (i, line) in block.split('\n').enumerate() {
        if i > 0 {
            text.push('\n');
            if !line.is_empty() {
                text.push_str(&" ".repeat(columns));
            }
        }
        text.push_str(line);
    }
    text
}

/// The longest run of a character.
fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(|run| run.chars().count()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_apart_and_items_together() {
        let mut blocks = Blocks::new(1_000);
        blocks.heading(2, "A\n title");
        blocks.item(0, "-", "one");
        blocks.item(1, "1.", "inner");
        blocks.within_item("more of it");
        blocks.item(0, "-", "two\nlines");
        blocks.paragraph("after");
        blocks.table(vec![
            vec!["a".into(), String::new(), "b|c".into()],
            vec![],
            vec!["1".into(), String::new(), "x\ny".into()],
        ]);
        blocks.code("rust", "let x = \"```\";\n");
        blocks.quote("q\n\nr");
        insta::assert_snapshot!(blocks.into_text(), @r#"
        ## A title

        - one
          1. inner

             more of it
        - two  
          lines

        after

        | a | b\|c |
        |---|---|
        | 1 | x y |

        ````rust
        let x = "```";
        ````

        > q
        >
        > r
        "#);
    }

    #[test]
    fn a_full_text_takes_no_more() {
        let mut blocks = Blocks::new(3);
        blocks.paragraph("four");
        assert!(blocks.is_full());
        blocks.paragraph("five");
        assert_eq!(blocks.into_text(), "four");
    }
}
