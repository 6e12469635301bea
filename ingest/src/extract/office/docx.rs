//! Word documents.

use super::docx_numbering::Numbering;
use super::docx_styles::{Role, Styles};
use super::{Relations, main_part, properties};
use crate::NoticeKind;
use crate::extract::blocks::{self, Blocks};
use crate::extract::grid::{Cell, Grid};
use crate::extract::package::{Package, resolve};
use crate::extract::reading::Reading;
use crate::extract::xml::Element;
use crate::extract::{ExtractLimits, markdown};

/// A cell reaches over no more columns than this; Word has 63.
const MAX_SPANNED: usize = 64;

/// Reads a Word document: its body and its notes. Headers, footers and the table of contents are furniture, and what was deleted under track
/// changes is gone.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut package = match Package::open(bytes, "Word document") {
        Ok(package) => package,
        Err(reading) => return *reading,
    };
    let mut reading = Reading::default();
    properties::read_core(&mut package, &mut reading);
    let main = main_part(&mut package, "word/document.xml");
    let Some(document) = package.xml(&main) else {
        reading.note(NoticeKind::Malformed, "the Word document has no main part");
        package.report(&mut reading);
        return reading;
    };
    let relations = Relations::of(&mut package, &main);
    let mut part = |kind: &str, name: &str| {
        let name = relations.of_kind(kind).map_or_else(|| resolve(&main, name), str::to_owned);
        if package.has(&name) { package.xml(&name).unwrap_or_default() } else { Element::default() }
    };
    let styles = Styles::of(&part("styles", "styles.xml"));
    let numbering = Numbering::of(&part("numbering", "numbering.xml"));
    let notes = [("footnote", part("footnotes", "footnotes.xml")), ("endnote", part("endnotes", "endnotes.xml"))];
    let mut writer = Writer {
        blocks: Blocks::new(limits.max_text_bytes),
        styles,
        numbering,
        relations,
        code: Vec::new(),
        quote: Vec::new(),
        title: None,
    };
    writer.body(document.child("body").unwrap_or(&document));
    writer.end_runs();
    for (kind, root) in &notes {
        writer.notes(kind, root);
    }
    reading.title = reading.title.take().or(writer.title);
    reading.text = writer.blocks.into_text();
    reading.title = reading.title.take().or_else(|| markdown::first_heading(&reading.text));
    package.report(&mut reading);
    reading
}

/// Writes the paragraphs of a document.
struct Writer {
    blocks: Blocks,
    styles: Styles,
    numbering: Numbering,
    relations: Relations,
    /// Lines of code that go on.
    code: Vec<String>,
    /// Paragraphs of a quotation that goes on.
    quote: Vec<String>,
    title: Option<String>,
}

impl Writer {
    /// Everything in a body, a cell or a text box.
    fn body(&mut self, body: &Element) {
        for element in body.elements() {
            if self.blocks.is_full() {
                return;
            }
            match element.name.as_str() {
                "p" => self.paragraph(element),
                "tbl" => {
                    self.end_runs();
                    let rows = self.rows(element);
                    // One column holds what is set in a frame.
                    if rows.iter().all(|row| row.len() < 2) {
                        for cell in element.all("tc") {
                            self.body(cell);
                        }
                    } else {
                        self.blocks.table(rows);
                    }
                }
                "sdt" if is_contents(element) => {}
                "sdt" => self.body(element.child("sdtContent").unwrap_or(element)),
                "ins" | "moveTo" | "smartTag" | "customXml" | "AlternateContent" | "Choice" => self.body(element),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Element) {
        let properties = paragraph.child("pPr");
        let value = |path: &[&str]| properties.and_then(|properties| properties.at(path)?.attribute("val"));
        let style = value(&["pStyle"]).unwrap_or_default();
        let outline = value(&["outlineLvl"]).and_then(|level| level.parse::<usize>().ok()).filter(|&level| level < 9);
        let role = match (outline, self.styles.role(style)) {
            (Some(level), Role::Body) => Role::Heading((level + 1).min(6)),
            (_, role) => role,
        };
        if role != Role::Code && !self.code.is_empty() || role != Role::Quote && !self.quote.is_empty() {
            self.end_runs();
        }
        let mut words = String::new();
        self.inline(paragraph, role == Role::Code, &mut words);
        let words = words.trim_matches('\n');
        match role {
            Role::Title => {
                let title = blocks::one_line(words);
                self.title.get_or_insert_with(|| title.clone());
                self.blocks.heading(1, &title);
            }
            Role::Heading(rank) => self.blocks.heading(rank, words),
            Role::Code => self.code.push(words.to_owned()),
            Role::Quote => self.quote.push(words.trim().to_owned()),
            Role::Contents => {}
            Role::Body => match self.list(properties, style) {
                Some((depth, mark)) => self.blocks.item(depth, &mark, words),
                None => self.blocks.paragraph(words),
            },
        }
        for text_box in text_boxes(paragraph) {
            self.body(text_box);
        }
    }

    /// How deep in a list a paragraph stands and the mark it has there.
    fn list(&mut self, properties: Option<&Element>, style: &str) -> Option<(usize, String)> {
        let own = properties.and_then(|properties| properties.child("numPr"));
        let value = |name: &str| own.and_then(|own| own.child(name)?.attribute("val"));
        let by_style = self.styles.numbering(style);
        let list = value("numId").or(by_style.map(|(list, _)| list)).filter(|&list| list != "0")?.to_owned();
        let depth =
            value("ilvl").and_then(|depth| depth.parse().ok()).or(by_style.map(|(_, depth)| depth)).unwrap_or(0);
        let depth = depth.min(8);
        let mark = self.numbering.mark(&list, depth);
        Some((depth, mark))
    }

    /// The words of a paragraph; `raw` where they are code.
    fn inline(&self, parent: &Element, raw: bool, line: &mut String) {
        for element in parent.elements() {
            match element.name.as_str() {
                "t" if raw => line.push_str(&element.text()),
                "t" => push_words(line, &element.text()),
                "tab" | "ptab" => line.push(if raw { '\t' } else { ' ' }),
                "br" | "cr" => line.push('\n'),
                "noBreakHyphen" => line.push('-'),
                "hyperlink" => {
                    let mut words = String::new();
                    self.inline(element, raw, &mut words);
                    let target = element.prefixed("id").and_then(|id| self.relations.target(id)).unwrap_or_default();
                    line.push_str(&if raw { words } else { blocks::link(&words, target) });
                }
                "footnoteReference" | "endnoteReference" => {
                    let kind = element.name.trim_end_matches("Reference");
                    if let Some(id) = element.attribute("id").filter(|_| !raw) {
                        line.push_str(&blocks::note_mark(&format!("{kind}{id}")));
                    }
                }
                "r" => {
                    let is_hidden = element.at(&["rPr", "vanish"]).is_some_and(|hidden| is_on(hidden.attribute("val")));
                    if !is_hidden {
                        self.inline(element, raw, line);
                    }
                }
                "oMath" | "oMathPara" => {
                    let words: String = element.all("t").map(Element::text).collect();
                    push_words(line, &words);
                }
                "AlternateContent" => self.inline(alternative(element), raw, line),
                "pPr" | "rPr" | "del" | "moveFrom" | "instrText" | "delText" | "drawing" | "pict" | "object" => {}
                _ => self.inline(element, raw, line),
            }
        }
    }

    fn rows(&self, table: &Element) -> Vec<Vec<String>> {
        let mut grid = Grid::new(MAX_SPANNED);
        for row in inside(table, "tr") {
            // A row whose mark was deleted is gone with what is in it.
            if row.at(&["trPr", "del"]).is_some() {
                continue;
            }
            let number = |element: &Element, path: &[&str]| element.at(path)?.attribute("val")?.parse::<usize>().ok();
            let before = number(row, &["trPr", "gridBefore"]).unwrap_or(0).min(MAX_SPANNED);
            let mut cells: Vec<Cell> = (0..before).map(|_| Cell::new(String::new(), 1, 1)).collect();
            for cell in inside(row, "tc") {
                let columns = number(cell, &["tcPr", "gridSpan"]).unwrap_or(1).min(MAX_SPANNED);
                let merge = cell.at(&["tcPr", "vMerge"]);
                if merge.is_some_and(|merge| merge.attribute("val") != Some("restart")) {
                    cells.push(Cell::continued(columns));
                    continue;
                }
                let mut words = String::new();
                for paragraph in cell.all("p") {
                    if !words.is_empty() {
                        words.push(' ');
                    }
                    self.inline(paragraph, false, &mut words);
                }
                cells.push(Cell::new(words, 1, columns));
            }
            grid.row(cells);
        }
        grid.into_rows()
    }

    /// Ends the code or quotation that goes on.
    fn end_runs(&mut self) {
        let code = std::mem::take(&mut self.code);
        self.blocks.code("", &code.join("\n"));
        let quote = std::mem::take(&mut self.quote);
        self.blocks.quote(&quote.join("\n\n"));
    }

    fn notes(&mut self, kind: &str, root: &Element) {
        for note in root.elements().filter(|element| element.name == kind && element.attribute("type").is_none()) {
            let Some(id) = note.attribute("id") else { continue };
            let mut words = String::new();
            for paragraph in note.all("p") {
                words.push(' ');
                self.inline(paragraph, false, &mut words);
            }
            let words = blocks::one_line(&words);
            if !words.is_empty() {
                self.blocks.block(&format!("[^{kind}{id}]: {words}"));
            }
        }
    }
}

/// Whether a content control holds the table of contents, which says the headings over again.
fn is_contents(control: &Element) -> bool {
    let gallery = control.at(&["sdtPr", "docPartObj", "docPartGallery"]);
    gallery.and_then(|gallery| gallery.attribute("val")) == Some("Table of Contents")
}

/// Rows or cells of a table, also within content controls.
fn inside<'a>(parent: &'a Element, name: &str) -> Vec<&'a Element> {
    let mut found = Vec::new();
    for element in parent.elements() {
        match element.name.as_str() {
            wanted if wanted == name => found.push(element),
            "sdt" | "sdtContent" | "customXml" | "ins" => found.extend(inside(element, name)),
            _ => {}
        }
    }
    found
}

/// The text boxes that hang on a paragraph, those within others left out.
fn text_boxes(parent: &Element) -> Vec<&Element> {
    let mut found = Vec::new();
    for element in parent.elements() {
        match element.name.as_str() {
            "txbxContent" => found.push(element),
            "AlternateContent" => found.extend(text_boxes(alternative(element))),
            _ => found.extend(text_boxes(element)),
        }
    }
    found
}

/// The first of several ways to say the same.
fn alternative(element: &Element) -> &Element {
    element.elements().next().unwrap_or(element)
}

/// Whether a switch is on: without a value it is.
fn is_on(value: Option<&str>) -> bool {
    !matches!(value, Some("0" | "false" | "off" | "none"))
}

/// Appends words escaped; runs of one sentence may end in the middle of a word.
fn push_words(line: &mut String, words: &str) {
    crate::extract::html::escape::push(line, words);
}
