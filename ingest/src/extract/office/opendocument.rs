//! `OpenDocument` texts, spreadsheets and presentations.

use std::collections::HashMap;

use super::{hidden, opendocument_sheet, properties};
use crate::extract::blocks::{self, Blocks};
use crate::extract::grid::{Cell, Grid};
use crate::extract::html::escape;
use crate::extract::package::Package;
use crate::extract::reading::Reading;
use crate::extract::xml::{Element, Node};
use crate::extract::{ExtractLimits, markdown};
use crate::{ByteSpan, NoticeKind};

/// Cells of a table in a text reach over no more columns than this, nor are they repeated more often.
const MAX_COLUMNS: usize = 100;

/// Reads an `OpenDocument` file of any kind. The sheets of a spreadsheet and the slides of a presentation are pages.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut package = match Package::open(bytes, "OpenDocument file") {
        Ok(package) => package,
        Err(reading) => return *reading,
    };
    let mut reading = Reading::default();
    let is_encrypted = package.xml("META-INF/manifest.xml").is_some_and(|manifest| {
        manifest.all("file-entry").any(|entry| {
            entry.attribute("full-path") == Some("content.xml") && entry.child("encryption-data").is_some()
        })
    });
    if is_encrypted {
        reading.note(NoticeKind::Encrypted, "the OpenDocument file needs a password: save it without one");
        return reading;
    }
    if let Some(meta) = package.xml("meta.xml")
        && let Some(meta) = meta.child("meta")
    {
        properties::read(meta, &mut reading);
        // Here `date` is the date of the last change.
        if let Some(date) = meta.child("date").map(Element::text).filter(|date| !date.trim().is_empty()) {
            properties::keep_date("date", date.trim(), crate::extract::date::Event::Modified, &mut reading);
        }
    }
    let Some(content) = package.xml("content.xml") else {
        reading.note(NoticeKind::Malformed, "the OpenDocument file has no content");
        package.report(&mut reading);
        return reading;
    };
    let styles = package.xml("styles.xml").unwrap_or_default();
    let mut writer = Writer {
        blocks: Blocks::new(limits.max_text_bytes),
        numbered: numbered_lists(&content).chain(numbered_lists(&styles)).collect(),
        parents: parent_styles(&content).collect(),
        code: Vec::new(),
        notes: Vec::new(),
        title: None,
    };
    let unseen = hidden_styles(&content);
    for body in content.child("body").into_iter().flat_map(Element::elements) {
        match body.name.as_str() {
            "spreadsheet" => opendocument_sheet::write(body, &unseen, limits, &mut writer.blocks, &mut reading),
            "presentation" | "drawing" => writer.slides(body, &unseen, limits, &mut reading),
            _ => writer.body(body, 0),
        }
    }
    writer.end_code();
    for (name, words) in std::mem::take(&mut writer.notes) {
        writer.blocks.block(&format!("[^{name}]: {words}"));
    }
    reading.title = reading.title.take().or(writer.title);
    reading.text = writer.blocks.into_text();
    reading.title = reading.title.take().or_else(|| markdown::first_heading(&reading.text));
    package.report(&mut reading);
    reading
}

/// Writes the body of a text or the frames of a slide.
struct Writer<'a> {
    blocks: Blocks,
    /// Styles of lists with numbers.
    numbered: Vec<(&'a str, usize)>,
    /// The named style that each automatic one is a change of.
    parents: HashMap<&'a str, &'a str>,
    /// Lines of code that go on.
    code: Vec<String>,
    notes: Vec<(String, String)>,
    title: Option<String>,
}

impl Writer<'_> {
    fn body(&mut self, body: &Element, depth: usize) {
        for element in body.elements() {
            if self.blocks.is_full() {
                return;
            }
            if element.name != "p" {
                self.end_code();
            }
            match element.name.as_str() {
                "h" => {
                    let rank = element.attribute("outline-level").and_then(|rank| rank.parse().ok()).unwrap_or(1);
                    let words = self.words(element);
                    self.blocks.heading(rank, &words);
                }
                "p" => self.paragraph(element),
                "list" => self.list(element, element.attribute("style-name"), depth),
                "table" => {
                    let mut grid = Grid::new(MAX_COLUMNS);
                    for row in element.all("table-row") {
                        let cells = self.cells(row);
                        grid.row(cells);
                    }
                    self.blocks.table(grid.into_rows());
                }
                "tracked-changes" | "sequence-decls" | "forms" | "table-of-content" | "annotation" => {}
                _ => self.body(element, depth),
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Element) {
        let own = paragraph.attribute("style-name").unwrap_or_default();
        let style = self.parents.get(own).copied().unwrap_or(own);
        if style.starts_with("Preformatted") {
            let mut line = String::new();
            self.inline(paragraph, true, &mut line);
            self.code.push(line);
            return;
        }
        self.end_code();
        let words = self.words(paragraph);
        match style {
            "Title" => {
                let title = blocks::one_line(&words);
                self.blocks.heading(1, &title);
                self.title.get_or_insert(title);
            }
            "Quotations" => self.blocks.quote(&words),
            _ => self.blocks.paragraph(&words),
        }
        for text_box in paragraph.all("text-box") {
            self.body(text_box, 0);
        }
    }

    fn list(&mut self, list: &Element, style: Option<&str>, depth: usize) {
        let is_numbered = style.is_some_and(|style| self.numbered.contains(&(style, depth + 1)));
        let mut number = 0_u32;
        for item in list.elements().filter(|element| matches!(element.name.as_str(), "list-item" | "list-header")) {
            number += 1;
            let mark = if is_numbered { format!("{number}.") } else { "-".to_owned() };
            let mut is_first = true;
            for element in item.elements() {
                if element.name == "list" {
                    self.list(element, element.attribute("style-name").or(style), (depth + 1).min(16));
                    continue;
                }
                let words = self.words(element);
                if is_first {
                    self.blocks.item(depth, &mark, &words);
                } else {
                    self.blocks.within_item(&words);
                }
                is_first = false;
            }
        }
    }

    fn words(&mut self, parent: &Element) -> String {
        let mut line = String::new();
        self.inline(parent, false, &mut line);
        line
    }

    /// The words of a paragraph; `raw` where they are code.
    fn inline(&mut self, parent: &Element, raw: bool, line: &mut String) {
        for node in &parent.children {
            let element = match node {
                Node::Text(words) if raw => {
                    line.push_str(words);
                    continue;
                }
                Node::Text(words) => {
                    escape::push(line, words);
                    continue;
                }
                Node::Element(element) => element,
            };
            match element.name.as_str() {
                "s" if raw => {
                    let count = element.attribute("c").and_then(|count| count.parse::<usize>().ok()).unwrap_or(1);
                    line.push_str(&" ".repeat(count.min(200)));
                }
                "tab" if raw => line.push('\t'),
                "s" | "tab" => escape::push(line, " "),
                "line-break" => line.push('\n'),
                "a" => {
                    let mut words = String::new();
                    self.inline(element, raw, &mut words);
                    line.push_str(&if raw {
                        words
                    } else {
                        blocks::link(&words, element.attribute("href").unwrap_or_default())
                    });
                }
                "note" => self.note(element, line),
                "annotation" | "annotation-end" | "tracked-changes" | "frame" | "text-box" | "bookmark" | "notes" => {}
                _ => self.inline(element, raw, line),
            }
        }
    }

    /// A footnote: its mark here, its words at the end.
    fn note(&mut self, note: &Element, line: &mut String) {
        let name = format!("{}", self.notes.len() + 1);
        line.push_str(&blocks::note_mark(&name));
        // Taken first, because notes within notes count on.
        self.notes.push((name, String::new()));
        let at = self.notes.len() - 1;
        let mut words = String::new();
        for paragraph in note.child("note-body").into_iter().flat_map(|body| body.all("p")) {
            words.push(' ');
            self.inline(paragraph, false, &mut words);
        }
        self.notes[at].1 = blocks::one_line(&words);
    }

    /// The cells of a row, without those that another one reaches over.
    fn cells(&mut self, row: &Element) -> Vec<Cell> {
        let mut cells = Vec::new();
        for cell in row.elements().filter(|element| element.name == "table-cell") {
            let mut words = String::new();
            for paragraph in cell.all("p").chain(cell.all("h")) {
                words.push(' ');
                self.inline(paragraph, false, &mut words);
            }
            let count = |name: &str| cell.attribute(name).and_then(|count| count.parse().ok()).unwrap_or(1);
            let cell = Cell::new(words, count("number-rows-spanned"), count("number-columns-spanned"));
            let repeats = count("number-columns-repeated").clamp(1, MAX_COLUMNS);
            cells.extend(std::iter::repeat_n(cell, repeats));
        }
        cells
    }

    fn end_code(&mut self) {
        let code = std::mem::take(&mut self.code);
        self.blocks.code("", &code.join("\n"));
    }

    /// Writes each slide; those of the styles `unseen` are not shown.
    fn slides(&mut self, body: &Element, unseen: &[&str], limits: ExtractLimits, reading: &mut Reading) {
        for (index, slide) in body.elements().filter(|element| element.name == "page").enumerate() {
            if index >= limits.max_pages {
                reading.note(NoticeKind::Truncated, format!("reading stopped after {} slides", limits.max_pages));
                break;
            }
            let start = self.blocks.next_start();
            let class = |frame: &Element| frame.attribute("class").unwrap_or_default().to_owned();
            let title = slide.elements().find(|frame| class(frame) == "title").map(|frame| {
                let words: Vec<String> = frame.all("p").map(|paragraph| self.words(paragraph)).collect();
                blocks::one_line(&words.join(" "))
            });
            let title = title.filter(|title| !title.is_empty());
            self.title = self.title.take().or_else(|| title.clone());
            let mut name = title.unwrap_or_else(|| format!("Slide {}", index + 1));
            if slide.attribute("style-name").is_some_and(|style| unseen.contains(&style)) {
                hidden::list(reading, "slide", &name);
                name = hidden::heading(&name, "slide");
            }
            self.blocks.heading(2, &name);
            for frame in slide.elements() {
                match (frame.name.as_str(), class(frame).as_str()) {
                    (_, "title") => {}
                    ("notes", _) => {
                        let words: Vec<String> = frame.all("p").map(|paragraph| self.words(paragraph)).collect();
                        let said = blocks::one_line(&words.join(" "));
                        if !said.is_empty() {
                            self.blocks.quote(&format!("Notes: {said}"));
                        }
                    }
                    _ => self.body(frame, 0),
                }
            }
            reading.pages.push(ByteSpan::new(start.min(self.blocks.len()), self.blocks.len()));
            if self.blocks.is_full() {
                break;
            }
        }
    }
}

/// The styles of lists that have numbers, with the levels that do, from 1.
fn numbered_lists(root: &Element) -> impl Iterator<Item = (&str, usize)> {
    root.all("list-style").flat_map(|style| {
        let name = style.attribute("name").unwrap_or_default();
        let levels = style.elements().filter(|level| level.name == "list-level-style-number");
        levels.filter_map(move |level| Some((name, level.attribute("level")?.parse().ok()?)))
    })
}

/// The styles of sheets and slides that are not shown.
fn hidden_styles(content: &Element) -> Vec<&str> {
    let is_hidden = |style: &&Element| {
        style.elements().any(|properties| {
            properties.name == "table-properties" && properties.attribute("display") == Some("false")
                || properties.attribute("visibility") == Some("hidden")
        })
    };
    let styles = content.child("automatic-styles").into_iter().flat_map(Element::elements);
    styles.filter(is_hidden).filter_map(|style| style.attribute("name")).collect()
}

/// The named style that each automatic style is a change of.
fn parent_styles(content: &Element) -> impl Iterator<Item = (&str, &str)> {
    let automatic = content.child("automatic-styles");
    automatic
        .into_iter()
        .flat_map(Element::elements)
        .filter_map(|style| Some((style.attribute("name")?, style.attribute("parent-style-name")?)))
}
