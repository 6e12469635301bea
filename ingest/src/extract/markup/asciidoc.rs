//! `AsciiDoc`.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::asciidoc_header::{
    authors, document_title, is_revision, keep_revision, property, starts_like_authors, underlined,
};
use super::{asciidoc_inline, asciidoc_table};
use crate::NoticeKind;
use crate::extract::blocks::{self, Blocks};
use crate::extract::reading::Reading;
use crate::extract::{ExtractLimits, encoding};

/// Blocks within each other are read no deeper than this.
const MAX_DEPTH: usize = 24;

/// Paragraphs that are boxes: `NOTE: Mind the bran.`
const ADMONITIONS: [(&str, &str); 5] =
    [("NOTE", "Note"), ("TIP", "Tip"), ("IMPORTANT", "Important"), ("WARNING", "Warning"), ("CAUTION", "Caution")];

/// Items of lists: `*`, `**`, `-`, `.`, `1.`.
static ITEM: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(\*{1,8}|-|\.{1,8}|\d{1,9}\.|•)\s+(\S.*)$").ok());

/// Terms: `term:: meaning`.
static TERM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*(\S.*?)(:{2,4}|;;)(?:\s+(.*))?$").ok());

/// Reads a file.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let (text, notice) = encoding::decode(bytes, None);
    let mut reading = Reading { notices: notice.into_iter().collect(), ..Reading::default() };
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut parser = Parser { attributes: HashMap::new(), max: limits.max_text_bytes, notes: 0, unclosed: 0 };
    let mut blocks = Blocks::new(limits.max_text_bytes);
    let start = parser.header(&lines, &mut reading, &mut blocks);
    parser.body(&lines[start..], 0, &mut blocks);
    reading.text = blocks.into_text();
    if parser.unclosed > 0 {
        reading.note(NoticeKind::UnclosedBlock, "all that follows is read as code");
    }
    reading.title = reading.title.take().or_else(|| crate::extract::markdown::first_heading(&reading.text));
    reading
}

/// What stands above a block and says what it is.
#[derive(Debug, Default)]
struct Marks {
    /// The words in brackets.
    attributes: String,
    /// The words behind a dot.
    title: String,
}

impl Marks {
    /// The first word in brackets, as `source`.
    fn style(&self) -> &str {
        self.attributes.split([',', '%', '#', '.']).next().unwrap_or_default().trim()
    }

    /// A named one.
    fn named(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.attributes.split_once(&format!("{name}="))?;
        Some(match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
            None => rest.split(',').next().unwrap_or(rest).trim(),
        })
    }
}

/// Reads the lines of one document.
struct Parser {
    attributes: HashMap<String, String>,
    max: usize,
    notes: usize,
    /// Blocks of code that were opened and never closed.
    unclosed: usize,
}

impl Parser {
    /// Title, authors, revision and attributes; where the body begins.
    fn header(&mut self, lines: &[&str], reading: &mut Reading, blocks: &mut Blocks) -> usize {
        let mut at = 0;
        let mut has_title = false;
        while at < lines.len() {
            let line = lines[at];
            if line.starts_with("//") || (line.is_empty() && !has_title) {
                at += 1;
            } else if let Some((name, value)) = attribute(line) {
                property(&name, &value, reading);
                self.attributes.insert(name, value);
                at += 1;
            } else if let Some((title, length)) = document_title(&lines[at..]).filter(|_| !has_title) {
                has_title = true;
                let title = self.words(title);
                blocks.heading(1, &title);
                reading.title = Some(title);
                at += length;
                // Authors, then the revision, on lines of their own.
                if lines.get(at).is_some_and(|line| starts_like_authors(line)) {
                    reading.authors.extend(authors(lines[at]));
                    at += 1;
                    if let Some(line) = lines.get(at).filter(|line| is_revision(line)) {
                        keep_revision(line, reading);
                        at += 1;
                    }
                }
            } else {
                break;
            }
        }
        at
    }

    /// Writes these lines.
    fn body(&mut self, lines: &[&str], depth: usize, blocks: &mut Blocks) {
        let mut at = 0;
        let mut marks = Marks::default();
        if depth > MAX_DEPTH {
            blocks.code("", &lines.join("\n"));
            return;
        }
        while at < lines.len() && !blocks.is_full() {
            let line = lines[at];
            if line.is_empty()
                || (line.starts_with("//") && !line.starts_with("///"))
                || is_directive(line)
                || line == "'''"
                || line == "<<<"
            {
                at += 1;
            } else if line.starts_with("////") {
                at = end_of(lines, at) + 1;
            } else if let Some((name, value)) = attribute(line) {
                self.attributes.insert(name, value);
                at += 1;
            } else if line.starts_with("[[") && line.ends_with("]]") {
                at += 1;
            } else if let Some(inner) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                inner.clone_into(&mut marks.attributes);
                at += 1;
            } else if let Some(title) = line.strip_prefix('.').filter(|title| !title.starts_with(['.', ' '])) {
                title.clone_into(&mut marks.title);
                at += 1;
            } else {
                at = self.block(lines, at, depth, &std::mem::take(&mut marks), blocks).max(at + 1);
            }
        }
    }

    /// Writes the block that begins at `at`; where the next one does.
    fn block(&mut self, lines: &[&str], at: usize, depth: usize, marks: &Marks, blocks: &mut Blocks) -> usize {
        let line = lines[at];
        let rank = line.len() - line.trim_start_matches('=').len();
        if (1..=6).contains(&rank) && line[rank..].starts_with(' ') {
            blocks.heading(rank, &self.words(&line[rank..]));
            return at + 1;
        }
        let is_literal = matches!(marks.style(), "source" | "listing" | "literal");
        if let Some(rank) = underlined(&lines[at..]).filter(|_| !is_literal && !starts_block(line)) {
            blocks.heading(rank, &self.words(line));
            return at + 2;
        }
        blocks.paragraph(&self.words(&marks.title));
        if is_delimiter(line) {
            let end = end_of(lines, at);
            let code = line.starts_with("----") || line.starts_with("....") || line.starts_with("```");
            self.unclosed += usize::from(code && depth == 0 && end >= lines.len());
            self.delimited(line, lines.get(at + 1..end).unwrap_or_default(), depth, marks, blocks);
            return end + 1;
        }
        if let Some(mark) = table_mark(line) {
            let end = (at + 1..lines.len()).find(|&end| lines[end] == line).unwrap_or(lines.len());
            let separator = match (mark, marks.named("format")) {
                (_, Some("csv")) | (',', _) => ',',
                (_, Some("dsv")) | (':', _) => ':',
                _ => '|',
            };
            let columns = marks.named("cols").map(asciidoc_table::columns);
            let rows = asciidoc_table::rows(&lines[at + 1..end], separator, columns);
            blocks.table(rows.into_iter().map(|row| row.iter().map(|cell| self.words(cell)).collect()).collect());
            return end + 1;
        }
        if let Some(rest) = line.strip_prefix("image::") {
            let (target, inner) = rest.split_once('[').unwrap_or((rest, ""));
            let alt = inner.trim_end_matches(']').split(',').next().unwrap_or_default().trim_matches('"');
            if !alt.is_empty() {
                blocks.paragraph(&blocks::picture(alt, target));
            }
            return at + 1;
        }
        if ITEM.as_ref().is_some_and(|item| item.is_match(line)) {
            return self.list(lines, at, depth, blocks);
        }
        if let Some(found) =
            TERM.as_ref().and_then(|term| term.captures(line)).filter(|_| !line.contains("://") || line.contains(":: "))
        {
            let term = self.words(found.get(1).map_or("", |term| term.as_str()));
            let mut end = at + 1;
            let mut meaning: Vec<&str> = found.get(3).map(|meaning| meaning.as_str()).into_iter().collect();
            if meaning.is_empty() && lines.get(end).is_some_and(|next| next.is_empty()) {
                end += 1;
            }
            while end < lines.len()
                && !lines[end].is_empty()
                && !is_delimiter(lines[end])
                && lines[end] != "+"
                && !starts_block(lines[end])
            {
                meaning.push(lines[end].trim());
                end += 1;
            }
            let meaning = self.words(&meaning.join(" "));
            blocks.item(0, "-", &format!("{term}: {meaning}"));
            return self.continued(lines, end, depth, blocks);
        }
        let end = (at..lines.len())
            .find(|&end| lines[end].is_empty() || (end > at && is_delimiter(lines[end])))
            .unwrap_or(lines.len());
        let paragraph = &lines[at..end];
        // A line set in, or a style, makes it literal.
        if line.starts_with([' ', '\t']) || is_literal {
            blocks.code(source_language(marks), &paragraph.join("\n"));
            return end;
        }
        let (label, rest) = ADMONITIONS
            .iter()
            .find_map(|(name, label)| Some((*label, line.strip_prefix(name)?.strip_prefix(": ")?)))
            .map_or((admonition(marks).unwrap_or_default(), line), |found| found);
        let mut words: Vec<&str> = vec![rest];
        words.extend(&paragraph[1..]);
        let text = self.paragraph_words(&words);
        match (label, marks.style()) {
            ("", "quote" | "verse") => blocks.quote(&text),
            ("", _) => blocks.paragraph(&text),
            (label, _) => blocks.quote(&format!("{label}: {text}")),
        }
        end
    }

    /// A block between two equal lines.
    fn delimited(&mut self, delimiter: &str, inside: &[&str], depth: usize, marks: &Marks, blocks: &mut Blocks) {
        if delimiter == "--" && matches!(marks.style(), "source" | "listing" | "literal") {
            blocks.code(source_language(marks), &inside.join("\n"));
            return;
        }
        match delimiter.chars().next() {
            Some('-') if delimiter.len() >= 4 => blocks.code(source_language(marks), &without_callouts(inside)),
            Some('.' | '`') => {
                let fence = delimiter.trim_start_matches('`');
                let language = if fence.is_empty() { source_language(marks) } else { fence };
                blocks.code(
                    if delimiter.starts_with('`') { language } else { source_language(marks) },
                    &inside.join("\n"),
                );
            }
            Some('/' | '+') => {}
            Some('_') => {
                let quote = self.inner(inside, depth);
                blocks.quote(&quote);
            }
            _ => {
                let text = self.inner(inside, depth);
                match admonition(marks) {
                    Some(label) => blocks.quote(&format!("{label}: {text}")),
                    None => blocks.block(&text),
                }
            }
        }
    }

    /// The Markdown of lines within a block.
    fn inner(&mut self, lines: &[&str], depth: usize) -> String {
        let mut blocks = Blocks::new(self.max);
        self.body(lines, depth + 1, &mut blocks);
        blocks.into_text()
    }

    /// A list: marks in the order in which they first stand are its levels.
    fn list(&mut self, lines: &[&str], at: usize, depth: usize, blocks: &mut Blocks) -> usize {
        let mut levels: Vec<String> = Vec::new();
        let mut counts: Vec<u32> = Vec::new();
        let mut at = at;
        while at < lines.len() {
            let Some(found) = ITEM.as_ref().and_then(|item| item.captures(lines[at])) else { break };
            let group = |index: usize| found.get(index).map_or("", |group| group.as_str());
            let mark = if group(1).starts_with(|c: char| c.is_ascii_digit()) { "1." } else { group(1) };
            let level = levels.iter().position(|known| known == mark).unwrap_or(levels.len());
            levels.truncate(level + 1);
            counts.truncate(level + 1);
            if levels.len() == level {
                levels.push(mark.to_owned());
                counts.push(0);
            }
            counts[level] += 1;
            let mut words = vec![group(2)];
            at += 1;
            while at < lines.len()
                && !lines[at].is_empty()
                && lines[at] != "+"
                && !is_delimiter(lines[at])
                && !starts_block(lines[at])
            {
                words.push(lines[at].trim());
                at += 1;
            }
            let shown =
                if mark.starts_with('.') || mark == "1." { format!("{}.", counts[level]) } else { "-".to_owned() };
            let box_mark = ["[ ] ", "[x] ", "[*] "].iter().find_map(|mark| words[0].strip_prefix(mark));
            if let Some(rest) = box_mark {
                words[0] = rest;
            }
            let text = self.paragraph_words(&words);
            blocks.item(level, &shown, &text);
            at = self.continued(lines, at, depth, blocks);
            // A blank line does not end a list that goes on.
            let next = (at..lines.len()).find(|&next| !lines[next].is_empty()).unwrap_or(lines.len());
            if next > at && lines.get(next).is_some_and(|line| ITEM.as_ref().is_some_and(|item| item.is_match(line))) {
                at = next;
            }
        }
        at
    }

    /// Blocks that a `+` ties to the item before them.
    fn continued(&mut self, lines: &[&str], at: usize, depth: usize, blocks: &mut Blocks) -> usize {
        let mut at = at;
        while lines.get(at) == Some(&"+") {
            let start = at + 1;
            let mut end = start;
            // Marks above the block belong to it.
            while lines
                .get(end)
                .is_some_and(|line| line.starts_with('[') || (line.starts_with('.') && !is_delimiter(line)))
            {
                end += 1;
            }
            end = match lines.get(end) {
                Some(line) if is_delimiter(line) || table_mark(line).is_some() => {
                    (end + 1..lines.len()).find(|&close| lines[close] == *line).unwrap_or(lines.len() - 1) + 1
                }
                _ => (end..lines.len())
                    .find(|&end| lines[end].is_empty() || lines[end] == "+" || starts_block(lines[end]))
                    .unwrap_or(lines.len()),
            };
            let text = self.inner(&lines[start.min(end)..end], depth);
            blocks.within_item(&text);
            at = end.max(start);
        }
        at
    }

    /// The words of a paragraph; a line that ends in ` +` ends there.
    fn paragraph_words(&mut self, lines: &[&str]) -> String {
        let kept = lines.iter().filter(|line| !line.starts_with("//"));
        let joined =
            kept.map(|line| line.strip_suffix(" +").map_or_else(|| format!("{line} "), |line| format!("{line}\n")));
        let joined: String = joined.collect();
        joined.trim().lines().map(|line| self.words(line)).collect::<Vec<_>>().join("\n")
    }

    fn words(&mut self, words: &str) -> String {
        asciidoc_inline::markdown(words.trim(), &self.attributes, &mut self.notes)
    }
}

/// `:name: value`.
fn attribute(line: &str) -> Option<(String, String)> {
    let (name, value) = line.strip_prefix(':')?.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '!'));
    (is_name && (value.is_empty() || value.starts_with(' ')))
        .then(|| (name.to_lowercase(), value.trim().trim_end_matches(" \\").to_owned()))
}

/// Lines for the processor alone.
fn is_directive(line: &str) -> bool {
    ["include::", "ifdef::", "ifndef::", "ifeval::", "endif::", "toc::", "tag::", "end::"]
        .iter()
        .any(|name| line.starts_with(name))
}

/// Whether the line stands above and below a block.
pub(super) fn is_delimiter(line: &str) -> bool {
    let Some(mark) = line.chars().next() else { return false };
    if line == "--" || (line.starts_with("```") && !line[3..].contains('`')) {
        return true;
    }
    matches!(mark, '-' | '.' | '=' | '*' | '_' | '+' | '/') && line.len() >= 4 && line.chars().all(|c| c == mark)
}

/// Whether the line begins another block even within a list.
fn starts_block(line: &str) -> bool {
    ITEM.as_ref().is_some_and(|item| item.is_match(line))
        || table_mark(line).is_some()
        || (line.starts_with('[') && line.ends_with(']'))
        || TERM.as_ref().is_some_and(|term| term.is_match(line) && !line.contains("://"))
}

/// The separator of the table that begins here.
fn table_mark(line: &str) -> Option<char> {
    let mark = line.chars().next().filter(|c| matches!(c, '|' | ',' | ':' | '!'))?;
    (line.len() >= 4 && line[1..].bytes().all(|b| b == b'=')).then_some(mark)
}

/// Where the block that begins at `at` ends: at its closing line, or with the text.
fn end_of(lines: &[&str], at: usize) -> usize {
    let close = if lines[at].starts_with("```") { "```" } else { lines[at] };
    (at + 1..lines.len()).find(|&end| lines[end] == close).unwrap_or(lines.len())
}

/// The name of the box that the marks make.
fn admonition(marks: &Marks) -> Option<&'static str> {
    ADMONITIONS.iter().find(|(name, _)| *name == marks.style()).map(|(_, label)| *label)
}

/// The language of `[source,rust]`.
fn source_language(marks: &Marks) -> &str {
    let mut parts = marks.attributes.split(',').map(str::trim);
    let first = parts.next().unwrap_or_default();
    let is_source = first.split(['%', '#', '.']).next() == Some("source") || first.is_empty();
    parts.next().filter(|language| is_source && !language.contains('=')).unwrap_or_default()
}

/// Code without the numbers that notes below refer to.
fn without_callouts(lines: &[&str]) -> String {
    let bare = |line: &&str| {
        let trimmed = line.trim_end();
        let digits = trimmed.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map(|(_, digits)| digits);
        match digits.filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())) {
            Some(digits) => {
                trimmed[..trimmed.len() - digits.len() - 2].trim_end().trim_end_matches("//").trim_end().to_owned()
            }
            None => (*line).to_owned(),
        }
    };
    lines.iter().map(bare).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[path = "asciidoc_tests.rs"]
mod tests;
