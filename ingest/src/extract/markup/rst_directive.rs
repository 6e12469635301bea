//! Directives, comments, notes and targets of reStructuredText: all that begins with two dots.

use csv::ReaderBuilder;

use super::rst::Parser;
use super::rst_inline::note_name;
use super::rst_lines::{dedented, indent, is_blank, set_in};
use crate::extract::blocks::{self, Blocks};

/// Boxes with a name of their own.
const ADMONITIONS: [(&str, &str); 11] = [
    ("note", "Note"),
    ("warning", "Warning"),
    ("tip", "Tip"),
    ("important", "Important"),
    ("caution", "Caution"),
    ("danger", "Danger"),
    ("attention", "Attention"),
    ("hint", "Hint"),
    ("error", "Error"),
    ("seealso", "See also"),
    ("todo", "To do"),
];

/// Directives whose content is code.
const CODE: [&str; 10] = [
    "code-block",
    "code",
    "sourcecode",
    "parsed-literal",
    "prompt",
    "console",
    "productionlist",
    "math",
    "graphviz",
    "mermaid",
];

/// Directives that hold no words of the page.
const UNREAD: [&str; 24] = [
    "toctree",
    "contents",
    "index",
    "raw",
    "meta",
    "highlight",
    "currentmodule",
    "module",
    "role",
    "default-role",
    "include",
    "literalinclude",
    "automodule",
    "autoclass",
    "autofunction",
    "tabularcolumns",
    "sectnum",
    "plot",
    "py:module",
    "py:currentmodule",
    "testsetup",
    "testcleanup",
    "highlightlang",
    "autosummary",
];

/// Directives that only arrange what they hold; their argument, if any, is its title.
const BOXES: [&str; 24] = [
    "only",
    "container",
    "tab-set",
    "tabs",
    "tab",
    "tab-item",
    "group-tab",
    "code-tab",
    "grid",
    "grid-item",
    "card",
    "grid-item-card",
    "dropdown",
    "rst-class",
    "class",
    "topic",
    "sidebar",
    "compound",
    "epigraph",
    "pull-quote",
    "glossary",
    "rubric",
    "admonition",
    "centered",
];

/// Writes what begins at `at`; where the next block does.
pub(super) fn write(parser: &mut Parser<'_>, lines: &[String], at: usize, depth: usize, blocks: &mut Blocks) -> usize {
    let end = set_in(lines, at + 1, 1).max(at + 1);
    let body = &lines[at + 1..end];
    let Some(head) = lines[at].strip_prefix(".. ") else { return end };
    let head = head.trim_start();
    if head.starts_with('_') {
        return end;
    }
    if let Some((name, words)) = head.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let words = std::iter::once(words).chain(body.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
        let words = parser.words(&blocks::one_line(&words));
        blocks.block(&format!("[^{}]: {words}", note_name(name)));
        return end;
    }
    // Substitutions are taken where they are used, but for pictures.
    let head = match head.strip_prefix('|').and_then(|rest| rest.split_once('|')) {
        Some(_) => return end,
        None => head,
    };
    let Some((name, argument)) = head.split_once("::").filter(|(name, _)| is_name(name)) else { return end };
    let directive = Directive::of(name.trim(), argument.trim(), body);
    directive.write(parser, depth, blocks);
    end
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '+'))
}

/// One directive.
struct Directive<'a> {
    name: &'a str,
    argument: String,
    options: Vec<(String, String)>,
    content: Vec<String>,
}

impl<'a> Directive<'a> {
    fn of(name: &'a str, argument: &str, body: &[String]) -> Self {
        let mut argument = argument.to_owned();
        let mut options = Vec::new();
        let mut rest = 0;
        for (at, line) in body.iter().enumerate() {
            let line = line.trim();
            let option = line.strip_prefix(':').and_then(|line| line.split_once(':'));
            match option {
                Some((name, value)) if !name.contains('`') => options.push((name.to_owned(), value.trim().to_owned())),
                // An argument may go on over several lines.
                _ if !line.is_empty() && options.is_empty() && !argument.is_empty() => {
                    argument.push('\n');
                    argument.push_str(line);
                }
                _ => {
                    rest = at;
                    break;
                }
            }
            rest = at + 1;
        }
        Self { name, argument, options, content: dedented(&body[rest.min(body.len())..]) }
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn write(self, parser: &mut Parser<'_>, depth: usize, blocks: &mut Blocks) {
        if UNREAD.contains(&self.name) {
            return;
        }
        if CODE.contains(&self.name) {
            if let Some(caption) = self.option("caption") {
                blocks.paragraph(&parser.words(caption));
            }
            let language =
                if matches!(self.name, "code-block" | "code" | "sourcecode") { self.argument.as_str() } else { "" };
            blocks.code(language, &self.content.join("\n"));
            return;
        }
        if let Some((_, label)) = ADMONITIONS.iter().find(|(name, _)| *name == self.name) {
            // What stands behind the colons is the first line of the text.
            let mut lines: Vec<String> = self.argument.lines().map(str::to_owned).collect();
            if !lines.is_empty() && !self.content.is_empty() {
                lines.push(String::new());
            }
            lines.extend(self.content);
            let text = parser.body(&lines, depth + 1);
            blocks.quote(&format!("{label}: {text}"));
            return;
        }
        match self.name {
            "image" | "figure" => {
                if let Some(alt) = self.option("alt") {
                    blocks.paragraph(&blocks::picture(alt, &self.argument));
                }
                let text = parser.body(&self.content, depth + 1);
                blocks.block(&text);
            }
            "list-table" => {
                self.caption(parser, blocks);
                let rows = list_table(&self.content);
                blocks.table(rows.into_iter().map(|row| row.iter().map(|cell| parser.words(cell)).collect()).collect());
            }
            "csv-table" => {
                self.caption(parser, blocks);
                let header = self.option("header").map(csv_rows).unwrap_or_default();
                let rows = header.into_iter().chain(csv_rows(&self.content.join("\n")));
                blocks.table(rows.map(|row| row.iter().map(|cell| parser.words(cell)).collect()).collect());
            }
            "versionadded" | "versionchanged" | "deprecated" | "versionremoved" => {
                let label = match self.name {
                    "versionadded" => "New in version",
                    "versionchanged" => "Changed in version",
                    "deprecated" => "Deprecated since version",
                    _ => "Removed in version",
                };
                let (version, words) = self.argument.split_once(char::is_whitespace).unwrap_or((&self.argument, ""));
                let text = parser.body(&self.content, depth + 1);
                let words = parser.words(words);
                blocks.paragraph(format!("{label} {version}: {words}\n{text}").trim_end().trim_end_matches(':'));
            }
            "table" => {
                self.caption(parser, blocks);
                let text = parser.body(&self.content, depth + 1);
                blocks.block(&text);
            }
            name if BOXES.contains(&name) => {
                if !matches!(name, "only" | "container" | "rst-class" | "class" | "grid" | "grid-item" | "tab-set") {
                    blocks.paragraph(&parser.words(&self.argument));
                }
                let text = parser.body(&self.content, depth + 1);
                blocks.block(&text);
            }
            // What a domain describes, as `py:function`: its signature, then its description.
            _ => {
                for signature in self.argument.lines() {
                    blocks.paragraph(&blocks::inline_code(signature.trim()));
                }
                let text = parser.body(&self.content, depth + 1);
                blocks.block(&text);
            }
        }
    }

    fn caption(&self, parser: &Parser<'_>, blocks: &mut Blocks) {
        blocks.paragraph(&parser.words(&blocks::one_line(&self.argument)));
    }
}

/// The rows of a table written as a list of lists.
fn list_table(content: &[String]) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in content.iter().filter(|line| !is_blank(line)) {
        let mut rest = line.trim_start();
        if indent(line) == 0
            && let Some(row) = rest.strip_prefix("* ")
        {
            rows.push(Vec::new());
            rest = row.trim_start();
        }
        let Some(row) = rows.last_mut() else { continue };
        match rest.strip_prefix("- ").or_else(|| (rest == "-").then_some("")) {
            Some(cell) if indent(line) <= 4 => row.push(cell.trim().to_owned()),
            _ => {
                if let Some(cell) = row.last_mut() {
                    cell.push(' ');
                    cell.push_str(rest);
                }
            }
        }
    }
    rows
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let text = without_initial_space(text);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    reader.records().filter_map(Result::ok).map(|record| record.iter().map(str::to_owned).collect()).collect()
}

/// The rows without the spaces that cells begin with, behind which the quotes of a cell would be taken for words.
fn without_initial_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut is_start, mut is_quoted, mut before) = (true, false, ',');
    for c in text.chars() {
        if is_start && matches!(c, ' ' | '\t') {
            continue;
        }
        // Within quotes, two are one of the words.
        if c == '"' {
            is_quoted = !is_quoted && (is_start || before == '"');
        }
        is_start = !is_quoted && matches!(c, ',' | '\n');
        before = c;
        out.push(c);
    }
    out
}
