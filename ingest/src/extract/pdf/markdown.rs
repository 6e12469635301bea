//! The pages as Markdown: headings, paragraphs, lists, code and tables.

use std::collections::{HashMap, HashSet};

use super::super::html::escape_words;
use super::bidi;
use super::line::Line;
use super::outline;
use super::paragraph::{Paragraph, paragraphs};
use super::table::{Block, is_bullet};

/// Longer ones are no headings, in characters.
const MAX_HEADING: usize = 160;

/// The longest line that is a heading for being bold alone, in characters.
const MAX_BOLD_HEADING: usize = 90;

/// How much larger than the text a heading is, for each of the upper levels.
const HEADING_SIZES: [f32; 3] = [1.7, 1.35, 1.12];

/// What most of the text looks like.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyStyle {
    size: f32,
    is_bold: bool,
    is_monospaced: bool,
}

impl BodyStyle {
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a Line>) -> Self {
        let (mut sizes, mut all, mut bold, mut monospaced) = (HashMap::<i32, usize>::new(), 0, 0, 0);
        for line in lines {
            let length = line.length();
            all += length;
            bold += if line.is_bold() { length } else { 0 };
            monospaced += if line.is_monospaced() { length } else { 0 };
            *sizes.entry((line.size * 4.0).round() as i32).or_default() += length;
        }
        let size =
            sizes.into_iter().max_by_key(|&(size, length)| (length, size)).map_or(0.0, |(size, _)| size as f32 / 4.0);
        Self { size, is_bold: 2 * bold > all, is_monospaced: 3 * monospaced > all }
    }
}

/// A kind of list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Bullets,
    Numbers,
}

/// Writes pages one after the other.
pub(super) struct Writer<'a> {
    pub(super) text: String,
    outline: &'a HashMap<String, usize>,
    body: BodyStyle,
    /// Words seen with a hyphen within a line, in small letters.
    hyphenated: HashSet<String>,
    /// The level of the last heading.
    level: usize,
    /// Whether the text ends in running text that the next block may go on with.
    is_open: bool,
    /// The kind of list it ends with, if it does.
    list: Option<List>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(outline: &'a HashMap<String, usize>) -> Self {
        let body = BodyStyle { size: 0.0, is_bold: false, is_monospaced: false };
        Self { text: String::new(), outline, body, hyphenated: HashSet::new(), level: 0, is_open: false, list: None }
    }

    /// Sets what most of the text that comes looks like, and learns its words.
    pub(super) fn look_ahead<'l>(&mut self, lines: impl Iterator<Item = &'l Line> + Clone) {
        self.body = BodyStyle::of(lines.clone());
        for word in lines.flat_map(|line| &line.words) {
            let bare = word.text.trim_matches(|c: char| !c.is_alphanumeric());
            if bare.contains('-') {
                self.hyphenated.insert(bare.to_lowercase());
            }
        }
    }

    pub(super) fn block(&mut self, block: Block) {
        match block {
            Block::Text(lines) => {
                let paragraphs = paragraphs(lines);
                for (i, paragraph) in paragraphs.iter().enumerate() {
                    let near = [i.checked_sub(1), Some(i + 1)].map(|at| paragraphs.get(at?));
                    self.paragraph(paragraph, near, i == 0);
                }
            }
            Block::Table(rows) => self.table(&rows),
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph, [before, after]: [Option<&Paragraph>; 2], is_first: bool) {
        if let Some(level) = self.heading_level(paragraph) {
            self.level = level.min(self.level + 1);
            let words = paragraph.lines.iter().map(inline).collect::<Vec<_>>().join(" ");
            let marks = "#".repeat(self.level);
            self.start_block(None);
            self.text.push_str(&marks);
            self.text.push(' ');
            self.text.push_str(&words);
            return;
        }
        if !self.body.is_monospaced && paragraph.lines.len() > 1 && paragraph.lines.iter().all(Line::is_monospaced) {
            self.code(&paragraph.lines);
            return;
        }
        let number = paragraph.number();
        let follows = |first: Option<u32>, second: Option<u32>| first.is_some_and(|first| second == Some(first + 1));
        let is_numbered =
            follows(before.and_then(Paragraph::number), number) || follows(number, after.and_then(Paragraph::number));
        let bullet = paragraph.first_word().chars().next().filter(|&c| is_bullet(c));
        if is_first && bullet.is_none() && number.is_none() && self.goes_on(paragraph) {
            let first = paragraph.first_word().to_owned();
            self.break_line(&first, true);
        } else {
            let list = bullet.map(|_| List::Bullets).or(is_numbered.then_some(List::Numbers));
            self.start_block(list);
        }
        let from = self.text.len();
        for (i, line) in paragraph.lines.iter().enumerate() {
            if i > 0 {
                let first = line.words.first().map(|word| word.text.clone()).unwrap_or_default();
                self.break_line(&first, paragraph.is_full(i - 1));
            }
            push_inline(&mut self.text, line);
        }
        if let Some(bullet) = bullet {
            let rest = self.text.split_off(from);
            self.text.push_str("- ");
            self.text.push_str(rest.trim_start_matches(bullet).trim_start());
        } else if let Some(number) = number.filter(|_| is_numbered) {
            // Written as a list, so its number needs no backslash.
            let escaped = format!("{number}\\");
            if self.text[from..].starts_with(&escaped) {
                self.text.remove(from + escaped.len() - 1);
            }
        }
        self.is_open = bullet.is_none();
    }

    /// Whether a paragraph goes on with the sentence that the column or page before ended in.
    fn goes_on(&self, paragraph: &Paragraph) -> bool {
        let starts_small = paragraph.first_word().starts_with(char::is_lowercase);
        let is_unfinished =
            self.text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '-' | '\u{AD}' | ';'));
        self.is_open && starts_small && is_unfinished
    }

    /// Goes on to the next line: a space where the line before was full, else its end is meant; a hyphen that parts a
    /// word goes.
    fn break_line(&mut self, next: &str, is_full: bool) {
        if self.text.ends_with('\u{AD}') {
            self.text.pop();
            return;
        }
        let is_parted = self.text.ends_with('-')
            && self.text[..self.text.len() - 1].ends_with(char::is_alphabetic)
            && next.starts_with(char::is_lowercase);
        if is_parted {
            let start = self.text.trim_end_matches(|c: char| !c.is_whitespace()).len();
            let whole = format!("{}{next}", &self.text[start..]).to_lowercase();
            // Such as `well-known`, where it is written so within a line.
            if !self.hyphenated.contains(whole.trim_matches(|c: char| !c.is_alphanumeric())) {
                self.text.pop();
            }
        } else {
            self.text.push(if is_full { ' ' } else { '\n' });
        }
    }

    fn start_block(&mut self, list: Option<List>) {
        self.text.truncate(self.text.trim_end().len());
        if !self.text.is_empty() {
            self.text.push_str(if list.is_some() && self.list == list { "\n" } else { "\n\n" });
        }
        (self.list, self.is_open) = (list, false);
    }

    /// The level of a heading; none for other text.
    fn heading_level(&self, paragraph: &Paragraph) -> Option<usize> {
        let length: usize = paragraph.lines.iter().map(Line::length).sum();
        let letters = paragraph.lines.iter().flat_map(|line| &line.words).flat_map(|word| word.text.chars());
        if length > MAX_HEADING || paragraph.lines.len() > 3 || letters.filter(|c| c.is_alphabetic()).count() < 3 {
            return None;
        }
        let text = paragraph.text();
        if let Some(level) = self.outline.get(&outline::key(&text)) {
            return Some(*level);
        }
        let ends_open = text.ends_with([',', ';', '-']);
        let size = paragraph.lines.iter().map(|line| line.size).fold(f32::MAX, f32::min);
        if let Some(level) = HEADING_SIZES.iter().position(|&times| size >= times * self.body.size) {
            return (!ends_open).then_some(level + 1);
        }
        let stands_out =
            !self.body.is_bold && paragraph.lines.iter().all(Line::is_bold) && size > 0.95 * self.body.size;
        let like_title = text.starts_with(|c: char| c.is_uppercase() || c.is_numeric())
            && !text.ends_with(['.', ':', '?', '!'])
            && length <= MAX_BOLD_HEADING
            && paragraph.lines.len() <= 2;
        (stands_out && like_title && !ends_open).then_some(HEADING_SIZES.len() + 1)
    }

    /// Lines in a font for code keep their places.
    fn code(&mut self, lines: &[Line]) {
        self.start_block(None);
        let left = lines.iter().map(|line| line.start).fold(f32::MAX, f32::min);
        self.text.push_str("```\n");
        for line in lines {
            let letters: usize = line.words.iter().map(|word| word.text.chars().count()).sum();
            let width = line.words.iter().map(|word| word.end - word.start).sum::<f32>() / letters.max(1) as f32;
            let indent = ((line.start - left) / width.max(1.0)).round().clamp(0.0, 80.0) as usize;
            self.text.push_str(&" ".repeat(indent));
            self.text.push_str(&line.text().replace("```", "` ` `"));
            self.text.push('\n');
        }
        self.text.push_str("```");
    }

    fn table(&mut self, rows: &[Vec<Option<Line>>]) {
        self.start_block(None);
        for (i, row) in rows.iter().enumerate() {
            self.text.push('|');
            for cell in row {
                self.text.push(' ');
                let words = cell.as_ref().map(inline).unwrap_or_default();
                self.text.push_str(&words.replace('|', "\\|"));
                self.text.push_str(" |");
            }
            if i == 0 {
                self.text.push_str("\n|");
                self.text.push_str(&"---|".repeat(row.len()));
            }
            if i + 1 < rows.len() {
                self.text.push('\n');
            }
        }
    }
}

fn inline(line: &Line) -> String {
    let mut text = String::new();
    push_inline(&mut text, line);
    text
}

/// Appends the words of a line, with their links and with backslashes where Markdown needs them.
fn push_inline(text: &mut String, line: &Line) {
    let is_backwards = line.words.iter().any(|word| word.text.contains(bidi::is_right_to_left));
    if is_backwards || line.words.iter().all(|word| word.link.is_none()) {
        escape_words(text, &line.text());
        return;
    }
    let mut at = 0;
    while let Some(word) = line.words.get(at) {
        let end = (at..line.words.len()).find(|&i| line.words[i].link != word.link).unwrap_or(line.words.len());
        let mut words = String::new();
        for i in at..end {
            if i > at && line.is_spaced(i) {
                words.push(' ');
            }
            words.push_str(&line.words[i].text);
        }
        if line.is_spaced(at) {
            text.push(' ');
        }
        if let Some(target) = &word.link {
            text.push('[');
            escape_words(text, &words);
            text.push_str("](");
            text.push_str(target);
            text.push(')');
        } else {
            escape_words(text, &words);
        }
        at = end;
    }
}
