//! reStructuredText, the markup of docutils and Sphinx.

use std::sync::LazyLock;

use regex::Regex;

use super::rst_directive;
use super::rst_inline::{self, Names};
use super::rst_lines::{adornment, dedented, indent, is_blank, item, set_in};
use super::rst_table;
use crate::DateSource;
use crate::extract::blocks::{self, Blocks};
use crate::extract::date::{self, Event, StatedDate};
use crate::extract::reading::Reading;
use crate::extract::{ExtractLimits, encoding, language, markdown};

/// Lists, quotations and directives within each other are read no deeper than this.
const MAX_DEPTH: usize = 24;

/// Items of numbered lists: `1.`, `a)`, `(ii)`, `#.`.
static NUMBERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:\((?:\d{1,9}|[a-zA-Z]|[ivxIVX]{1,6}|#)\)|(?:\d{1,9}|[a-zA-Z]|[ivxIVX]{1,6}|#)[.)])\s+").ok()
});

/// Fields: `:name: value`.
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^:([^:\s](?:[^:]*[^:\s])?):(?:\s+|$)").ok());

/// Options of a program: `-o FILE, --output=FILE  What it does`.
static OPTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^((?:--?[A-Za-z][\w-]*|/[A-Z])(?:[ =]<?[A-Za-z][\w-]*>?)?(?:, (?:--?[A-Za-z][\w-]*)(?:[ =]<?[A-Za-z][\w-]*>?)?)*)(?:\s{2,}|$)").ok()
});

/// Reads a file.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let (text, notice) = encoding::decode(bytes, None);
    let mut reading = Reading { notices: notice.into_iter().collect(), ..Reading::default() };
    let lines: Vec<String> = text.lines().map(|line| line.replace('\t', "        ").trim_end().to_owned()).collect();
    let mut parser = Parser {
        names: names(&lines),
        ranks: Vec::new(),
        reading: &mut reading,
        max: limits.max_text_bytes,
        is_head: true,
    };
    let text = parser.body(&lines, 0);
    reading.title = reading.title.take().or_else(|| markdown::first_heading(&text));
    reading.text = text;
    reading
}

/// Reads the lines of one document.
pub(super) struct Parser<'a> {
    pub(super) names: Names,
    /// The adornments of titles by rank, and whether they also stand above.
    ranks: Vec<(char, bool)>,
    reading: &'a mut Reading,
    max: usize,
    /// Whether nothing but titles stood so far, where fields say what the document is.
    is_head: bool,
}

impl Parser<'_> {
    /// The Markdown of these lines.
    pub(super) fn body(&mut self, lines: &[String], depth: usize) -> String {
        let mut blocks = Blocks::new(self.max);
        if depth > MAX_DEPTH {
            blocks.code("", &lines.join("\n"));
            return blocks.into_text();
        }
        let mut at = 0;
        while at < lines.len() && !blocks.is_full() {
            if is_blank(&lines[at]) {
                at += 1;
                continue;
            }
            let is_head = self.is_head && depth == 0;
            let from = at;
            at = self.block(lines, at, depth, &mut blocks).max(from + 1);
            self.is_head = is_head && self.is_head;
        }
        blocks.into_text()
    }

    /// Writes the block that begins at `at`; where the next one does.
    fn block(&mut self, lines: &[String], at: usize, depth: usize, blocks: &mut Blocks) -> usize {
        let line = &lines[at];
        if indent(line) > 0 {
            let end = set_in(lines, at, 1);
            let quote = self.body(&dedented(&lines[at..end]), depth + 1);
            blocks.quote(&quote);
            return end;
        }
        if let Some(end) = self.title(lines, at, blocks) {
            return end;
        }
        if line.starts_with(".. ") || line == ".." || line.starts_with("__ ") {
            return rst_directive::write(self, lines, at, depth, blocks);
        }
        let table = if line.starts_with("+-") { rst_table::grid(lines, at) } else { rst_table::simple(lines, at) };
        if let Some((rows, end)) = table {
            self.is_head = false;
            let cells = |row: Vec<String>| row.iter().map(|cell| self.words(cell)).collect();
            blocks.table(rows.into_iter().map(cells).collect());
            return end;
        }
        if adornment(line).is_some_and(|_| line.len() >= 4) {
            return at + 1;
        }
        if let Some(end) = self.field(lines, at, depth, blocks) {
            return end;
        }
        self.is_head = false;
        let rest = ["- ", "* ", "+ ", "• "].iter().find_map(|mark| line.strip_prefix(mark));
        if let Some(rest) = rest {
            let (text, end) = item(lines, at, line.len() - rest.trim_start().len());
            let text = self.body(&text, depth + 1);
            blocks.item_of_blocks("-", &text);
            return end;
        }
        if let Some(found) = NUMBERED.as_ref().and_then(|pattern| pattern.find(line)) {
            let goes_on = lines.get(at + 1).is_none_or(|next| {
                is_blank(next) || indent(next) > 0 || NUMBERED.as_ref().is_some_and(|pattern| pattern.is_match(next))
            });
            if goes_on {
                let (text, end) = item(lines, at, found.end());
                let digits: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
                let mark = if digits.is_empty() { "1.".to_owned() } else { format!("{digits}.") };
                let text = self.body(&text, depth + 1);
                blocks.item_of_blocks(&mark, &text);
                return end;
            }
        }
        if let Some(found) = OPTION.as_ref().and_then(|pattern| pattern.captures(line)) {
            let (text, end) = item(lines, at, found.get(0).map_or(0, |whole| whole.end()));
            let text = self.body(&text, depth + 1);
            let option = blocks::inline_code(found.get(1).map_or("", |option| option.as_str()));
            blocks.item_of_blocks("-", &format!("{option} {text}"));
            return end;
        }
        if line.starts_with("| ") || line == "|" {
            let end = (at..lines.len())
                .find(|&end| !lines[end].starts_with('|') && !lines[end].starts_with("  "))
                .unwrap_or(lines.len());
            let words: Vec<String> =
                lines[at..end].iter().map(|line| self.words(line.trim_start_matches('|').trim())).collect();
            blocks.paragraph(&words.join("\n"));
            return end;
        }
        if line.starts_with(">>> ") {
            let end = (at..lines.len()).find(|&end| is_blank(&lines[end])).unwrap_or(lines.len());
            blocks.code("python", &lines[at..end].join("\n"));
            return end;
        }
        // A term is one line, and what it means follows set in.
        if lines.get(at + 1).is_some_and(|next| !is_blank(next) && indent(next) > 0) && !line.ends_with("::") {
            let end = set_in(lines, at + 1, 1);
            let term = self.words(line.split(" : ").next().unwrap_or(line));
            let meaning = self.body(&dedented(&lines[at + 1..end]), depth + 1);
            blocks.item_of_blocks("-", &format!("{term}: {meaning}"));
            return end;
        }
        self.paragraph(lines, at, blocks)
    }

    /// A paragraph, and the literal block that it may announce.
    fn paragraph(&self, lines: &[String], at: usize, blocks: &mut Blocks) -> usize {
        let mut end = at + 1;
        while end < lines.len() && !is_blank(&lines[end]) && indent(&lines[end]) == 0 && !lines[end].starts_with(".. ")
        {
            end += 1;
        }
        let words = lines[at..end].join(" ");
        let Some(announcing) = words.strip_suffix("::") else {
            blocks.paragraph(&self.words(&words));
            return end;
        };
        let announcing = if announcing.is_empty() || announcing.ends_with(' ') {
            announcing.trim_end().to_owned()
        } else {
            format!("{announcing}:")
        };
        blocks.paragraph(&self.words(&announcing));
        let code_end = set_in(lines, end, 1);
        if code_end > end {
            blocks.code("", &dedented(&lines[end..code_end]).join("\n"));
        }
        code_end.max(end)
    }

    /// A title with a line below it, and maybe one above.
    fn title(&mut self, lines: &[String], at: usize, blocks: &mut Blocks) -> Option<usize> {
        let overline = adornment(&lines[at]);
        let (title, mark, end, is_over) = if let Some(mark) = overline {
            let title = lines.get(at + 1).filter(|title| !is_blank(title))?;
            if lines.get(at + 2).and_then(|below| adornment(below)) != Some(mark) {
                return None;
            }
            (title, mark, at + 3, true)
        } else {
            let below = lines.get(at + 1)?;
            let mark = adornment(below)?;
            // Shorter lines below are no titles, unless they are plainly meant.
            if below.trim_end().chars().count() < lines[at].chars().count().min(4) {
                return None;
            }
            (&lines[at], mark, at + 2, false)
        };
        let place = self.ranks.iter().position(|rank| *rank == (mark, is_over)).unwrap_or_else(|| {
            self.ranks.push((mark, is_over));
            self.ranks.len() - 1
        });
        blocks.heading(place + 1, &self.words(title.trim()));
        Some(end)
    }

    /// A field: of the document where it stands at its head, else an item.
    fn field(&mut self, lines: &[String], at: usize, depth: usize, blocks: &mut Blocks) -> Option<usize> {
        let found = FIELD.as_ref()?.captures(&lines[at])?;
        // `:role:` and text in backquotes is no field.
        let text_at = found.get(0)?.end();
        if lines[at][text_at..].starts_with('`') && !lines[at][..text_at].ends_with(' ') {
            return None;
        }
        let name = found.get(1)?.as_str().to_owned();
        let (text, end) = item(lines, at, text_at);
        if self.is_head && depth == 0 && self.property(&name, &text.join(" ")) {
            return Some(end);
        }
        let text = self.body(&text, depth + 1);
        let name = self.words(&name);
        blocks.item_of_blocks("-", &format!("{name}: {text}"));
        Some(end)
    }

    /// Takes what a field at the head says of the document, if it does.
    fn property(&mut self, name: &str, value: &str) -> bool {
        let value = blocks::one_line(value);
        match name.to_lowercase().as_str() {
            "author" | "authors" => {
                self.reading
                    .authors
                    .extend(value.split([';', ',']).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
            }
            "date" | "published" | "created" => self.keep_date(name, &value, Event::Published),
            "updated" | "modified" | "revised" | "last-updated" => self.keep_date(name, &value, Event::Modified),
            "title" => self.reading.title = Some(value),
            "language" | "lang" => self.reading.language = language::from_tag(&value),
            "orphan" | "nosearch" | "tocdepth" | "hidetoc" | "no-search" | "nocomments" | "slug" | "tags"
            | "category" | "version" | "status" | "organization" | "contact" | "copyright" | "address" | "license"
            | "revision" => {
                if !value.is_empty() {
                    self.reading.metadata.insert(name.to_owned(), serde_json::Value::String(value));
                }
            }
            _ => return false,
        }
        true
    }

    fn keep_date(&mut self, field: &str, written: &str, event: Event) {
        // Version control fills in `$Date: 2024-03-01 …$`.
        let bare = written.trim_start_matches("$Date:").trim_matches(['$', ' ']).to_owned();
        let at = date::parse(&bare).or_else(|| date::parse_prefix(&bare).map(|found| found.0));
        if at.is_some() || date::looks_like_date(&bare) {
            let (source, field) = (DateSource::FrontMatter, field.to_owned());
            self.reading.dates.push(StatedDate { event, source, field, written: bare, at, span: None });
        }
    }

    pub(super) fn words(&self, words: &str) -> String {
        rst_inline::markdown(words, &self.names)
    }
}

/// Targets and substitutions, which may be used before they are given.
fn names(lines: &[String]) -> Names {
    let mut names = Names::default();
    for line in lines {
        let line = line.trim_start();
        if let Some((name, target)) = line.strip_prefix(".. _").and_then(|rest| rest.rsplit_once(": ")) {
            names.targets.insert(name.trim_matches('`').to_lowercase(), target.trim().to_owned());
        } else if let Some((name, rest)) = line.strip_prefix(".. |").and_then(|rest| rest.split_once('|'))
            && let Some(text) = rest.trim_start().strip_prefix("replace::")
        {
            names.substitutions.insert(name.to_owned(), text.trim().to_owned());
        }
    }
    names
}

#[cfg(test)]
#[path = "rst_tests.rs"]
mod tests;
