//! A part of a page as Markdown: headings, paragraphs, lists, tables, quotations, code and links.

use scraper::node::Element;

use super::outline::{Outline, Part};
use super::{escape, table};

/// Lists and quotations are set in no deeper than this.
const MAX_SET_IN: usize = 8;

/// Writes one page.
pub(super) struct Writer<'a, 'p> {
    pub(super) outline: &'a Outline<'p>,
    /// For each node, whether a block stands in it.
    has_block: Vec<bool>,
}

/// The Markdown of what is still there of a subtree, with the leads before it.
pub(super) fn render(outline: &Outline<'_>, leads: &[usize], root: usize) -> String {
    let mut has_block = vec![false; outline.nodes.len()];
    for at in (1..outline.nodes.len()).rev() {
        let node = &outline.nodes[at];
        if !node.gone && (has_block[at] || matches!(node.part, Part::Block(_))) {
            has_block[node.parent] = true;
        }
    }
    let writer = Writer { outline, has_block };
    let mut blocks: Vec<String> = leads.iter().map(|&lead| writer.line(lead)).filter(|line| !line.is_empty()).collect();
    blocks.extend(writer.block(root, 0));
    blocks.join("\n\n")
}

impl Writer<'_, '_> {
    /// The blocks that the children of a node make.
    fn blocks(&self, at: usize, depth: usize) -> Vec<String> {
        let mut blocks = Vec::new();
        let mut line = String::new();
        let mut breaks = 0;
        for child in self.outline.children(at) {
            match self.outline.nodes[child].part {
                Part::Break => {
                    breaks += 1;
                    if breaks == 1 {
                        end_line(&mut line);
                    } else {
                        flush(&mut blocks, &mut line);
                    }
                    continue;
                }
                Part::Words(words) if words.trim().is_empty() => {
                    escape::push(&mut line, " ");
                    continue;
                }
                Part::Inline(_) if self.has_block[child] => {
                    flush(&mut blocks, &mut line);
                    blocks.extend(self.blocks(child, depth));
                }
                Part::Words(_) | Part::Inline(_) => self.inline(child, &mut line),
                Part::Block(_) => {
                    flush(&mut blocks, &mut line);
                    blocks.extend(self.block(child, depth));
                }
            }
            breaks = 0;
        }
        flush(&mut blocks, &mut line);
        blocks
    }

    /// The blocks that an element makes.
    pub(super) fn block(&self, at: usize, depth: usize) -> Vec<String> {
        match self.outline.name(at) {
            name @ ("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => self.heading(at, name).into_iter().collect(),
            "ul" | "ol" | "menu" | "dir" => self.list(at, depth).into_iter().collect(),
            "li" => item("- ", &self.blocks(at, depth + 1)).into_iter().collect(),
            "pre" | "listing" => self.code(at).into_iter().collect(),
            "table" => table::write(self, at).unwrap_or_else(|| self.blocks(at, depth)),
            "blockquote" if depth < MAX_SET_IN => quoted(&self.blocks(at, depth + 1)).into_iter().collect(),
            _ => self.blocks(at, depth),
        }
    }

    fn heading(&self, at: usize, name: &str) -> Option<String> {
        let rank = name.as_bytes().get(1).map_or(1, |rank| usize::from(rank - b'0'));
        let words = self.line(at);
        (!words.is_empty()).then(|| format!("{} {words}", "#".repeat(rank)))
    }

    /// All of an element on one line.
    pub(super) fn line(&self, at: usize) -> String {
        let mut line = String::new();
        for child in self.outline.children(at) {
            self.inline(child, &mut line);
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ")
    }

    fn inline(&self, at: usize, line: &mut String) {
        match self.outline.nodes[at].part {
            Part::Words(words) => escape::push(line, words),
            Part::Break => end_line(line),
            Part::Block(_) => {
                escape::push(line, " ");
                self.inlines(at, line);
                escape::push(line, " ");
            }
            Part::Inline(element) => match element.name() {
                "a" => self.link(at, element, line),
                "code" | "kbd" | "samp" | "tt" => self.inline_code(at, line),
                _ => self.inlines(at, line),
            },
        }
    }

    fn inlines(&self, at: usize, line: &mut String) {
        for child in self.outline.children(at) {
            self.inline(child, line);
        }
    }

    fn link(&self, at: usize, element: &Element, line: &mut String) {
        let mut words = String::new();
        self.inlines(at, &mut words);
        let target = element.attr("href").and_then(escape::target);
        let shown = words.trim();
        match target {
            Some(target) if !shown.is_empty() && !shown.contains(['[', ']', '\n']) => {
                if words.starts_with(char::is_whitespace) {
                    escape::push(line, " ");
                }
                // Right before a link it would make it a picture.
                if line.ends_with('!') {
                    line.insert(line.len() - 1, '\\');
                }
                line.push('[');
                line.push_str(shown);
                line.push_str("](");
                line.push_str(&target);
                line.push(')');
                if words.ends_with(char::is_whitespace) {
                    line.push(' ');
                }
            }
            Some(_) | None => {
                let shown = if line.ends_with(char::is_whitespace) { words.trim_start() } else { &words };
                line.push_str(shown);
            }
        }
    }

    fn inline_code(&self, at: usize, line: &mut String) {
        let words = self.outline.words(at, self.outline.nodes[at].end);
        if words.is_empty() {
            return;
        }
        let ticks = "`".repeat(longest(&words, '`') + 1);
        let space = if words.starts_with('`') || words.ends_with('`') { " " } else { "" };
        for part in [ticks.as_str(), space, &words, space, &ticks] {
            line.push_str(part);
        }
    }

    fn list(&self, at: usize, depth: usize) -> Option<String> {
        if depth >= MAX_SET_IN {
            return Some(self.blocks(at, depth).join("\n\n")).filter(|text| !text.is_empty());
        }
        let is_numbered = self.outline.name(at) == "ol";
        let start = self.outline.element(at).and_then(|element| element.attr("start")?.trim().parse::<u32>().ok());
        let mut number = start.unwrap_or(1);
        let mut items = Vec::new();
        let mut is_loose = false;
        for child in self.outline.children(at) {
            let Part::Block(element) = self.outline.nodes[child].part else { continue };
            let blocks =
                if element.name() == "li" { self.blocks(child, depth + 1) } else { self.block(child, depth + 1) };
            let mark = if is_numbered { format!("{number}. ") } else { "- ".to_owned() };
            is_loose |= blocks.len() > 2;
            if let Some(item) = item(&mark, &blocks) {
                items.push(item);
                number = number.saturating_add(1);
            }
        }
        (!items.is_empty()).then(|| items.join(if is_loose { "\n\n" } else { "\n" }))
    }

    fn code(&self, at: usize) -> Option<String> {
        let mut code = String::new();
        self.raw(at, &mut code);
        let code = code.trim_end().trim_start_matches('\n');
        if code.trim().is_empty() {
            return None;
        }
        let fence = "`".repeat(longest(code, '`').max(2) + 1);
        Some(format!("{fence}{}\n{code}\n{fence}", self.code_language(at)))
    }

    /// The characters of code as they stand, without the numbers of its lines.
    fn raw(&self, at: usize, code: &mut String) {
        for child in self.outline.children(at) {
            match self.outline.nodes[child].part {
                Part::Words(words) => code.push_str(words),
                Part::Break => code.push('\n'),
                Part::Inline(element) | Part::Block(element) => {
                    let class = element.attr("class").unwrap_or_default();
                    if class.split_whitespace().any(|class| LINE_NUMBERS.contains(&class)) {
                        continue;
                    }
                    let is_line = matches!(self.outline.nodes[child].part, Part::Block(_));
                    self.raw(child, code);
                    if is_line && !code.ends_with('\n') {
                        code.push('\n');
                    }
                }
            }
        }
    }

    /// The language that a class names, of the block, its code element or what is right around it.
    fn code_language(&self, at: usize) -> String {
        let inner = self.outline.children(at).next();
        let around = self.outline.ancestors(at).take(2);
        for place in inner.into_iter().chain([at]).chain(around) {
            let class = self.outline.element(place).and_then(|element| element.attr("class")).unwrap_or_default();
            for name in class.split_whitespace() {
                let named = ["language-", "lang-", "highlight-source-", "highlight-", "brush:"]
                    .iter()
                    .find_map(|prefix| name.strip_prefix(prefix));
                if let Some(named) = named
                    && (1..=20).contains(&named.len())
                    && named.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'#' | b'-'))
                {
                    return named.to_owned();
                }
            }
        }
        String::new()
    }
}

/// Classes of the numbers before the lines of code.
const LINE_NUMBERS: [&str; 6] = ["lineno", "linenos", "line-number", "line-numbers", "lnt", "gutter"];

/// Ends the paragraph, if one is open.
fn flush(blocks: &mut Vec<String>, line: &mut String) {
    let words = line.trim();
    if !words.is_empty() {
        blocks.push(words.to_owned());
    }
    line.clear();
}

/// A line that ends within a paragraph.
fn end_line(line: &mut String) {
    line.truncate(line.trim_end().len());
    if !line.is_empty() {
        line.push_str("  \n");
    }
}

/// A list item: the mark, and everything after the first line set in as far as the mark is wide.
fn item(mark: &str, blocks: &[String]) -> Option<String> {
    let mut text = String::from(mark);
    let mut blocks = blocks.iter();
    push_set_in(&mut text, blocks.next()?, mark.len());
    for block in blocks {
        text.push('\n');
        if !block.starts_with("- ") && !block.starts_with("1. ") {
            text.push('\n');
        }
        text.push_str(&" ".repeat(mark.len()));
        push_set_in(&mut text, block, mark.len());
    }
    Some(text)
}

/// Appends a block whose first line begins here and whose other lines are set in.
fn push_set_in(text: &mut String, block: &str, columns: usize) {
    for (i, line) in block.split('\n').enumerate() {
        if i > 0 {
            text.push('\n');
            if !line.is_empty() {
                text.push_str(&" ".repeat(columns));
            }
        }
        text.push_str(line);
    }
}

fn quoted(blocks: &[String]) -> Option<String> {
    if blocks.is_empty() {
        return None;
    }
    let text = blocks.join("\n\n");
    let lines: Vec<String> =
        text.split('\n').map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") }).collect();
    Some(lines.join("\n"))
}

/// The longest run of a character.
fn longest(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
