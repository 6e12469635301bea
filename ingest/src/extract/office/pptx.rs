//! `PowerPoint` presentations: a section a slide, in the order they are shown, speaker notes below.

use std::collections::HashMap;

use super::{Relations, hidden, main_part, properties};
use crate::extract::ExtractLimits;
use crate::extract::blocks::{self, Blocks};
use crate::extract::grid::{Cell, Grid};
use crate::extract::html::escape;
use crate::extract::package::Package;
use crate::extract::reading::Reading;
use crate::extract::xml::Element;
use crate::{ByteSpan, NoticeKind};

/// Lists in slides have no more levels than this.
const MAX_LEVELS: usize = 9;

/// Cells reach over no more columns than this; `PowerPoint` has 75.
const MAX_COLUMNS: usize = 100;

/// Reads a presentation. Each slide is a page.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut package = match Package::open(bytes, "presentation") {
        Ok(package) => package,
        Err(reading) => return *reading,
    };
    let mut reading = Reading::default();
    properties::read_core(&mut package, &mut reading);
    let main = main_part(&mut package, "ppt/presentation.xml");
    let Some(presentation) = package.xml(&main) else {
        reading.note(NoticeKind::Malformed, "the presentation has no main part");
        package.report(&mut reading);
        return reading;
    };
    let relations = Relations::of(&mut package, &main);
    let listed = presentation.child("sldIdLst");
    let slides =
        listed.into_iter().flat_map(Element::elements).filter_map(|slide| relations.target(slide.prefixed("id")?));
    let mut blocks = Blocks::new(limits.max_text_bytes);
    let mut first_title = None;
    for (index, part) in slides.enumerate() {
        if index >= limits.max_pages {
            reading.note(NoticeKind::Truncated, format!("reading stopped after {} slides", limits.max_pages));
            break;
        }
        if blocks.is_full() {
            break;
        }
        let Some(root) = package.xml(part) else { continue };
        let slide = Slide::of(&mut package, part);
        let start = blocks.next_start();
        let title = slide.title(&root);
        let mut name = title.clone().unwrap_or_else(|| format!("Slide {}", index + 1));
        if matches!(root.attribute("show"), Some("0" | "false")) {
            hidden::list(&mut reading, "slide", &name);
            name = hidden::heading(&name, "slide");
        }
        blocks.heading(2, &name);
        first_title = first_title.or(title);
        if let Some(shapes) = root.at(&["cSld", "spTree"]) {
            slide.shapes(shapes, &mut blocks);
        }
        if let Some(notes) = slide.relations.of_kind("notesSlide").map(str::to_owned)
            && let Some(notes) = package.xml(&notes)
        {
            slide.notes(&notes, &mut blocks);
        }
        reading.pages.push(ByteSpan::new(start.min(blocks.len()), blocks.len()));
    }
    reading.title = reading.title.take().or(first_title);
    reading.text = blocks.into_text();
    package.report(&mut reading);
    reading
}

/// One slide with what it links to.
struct Slide {
    relations: Relations,
    /// The words of its diagrams by the ids of their relationships.
    diagrams: HashMap<String, Element>,
}

impl Slide {
    fn of(package: &mut Package<'_>, part: &str) -> Self {
        let relations = Relations::of(package, part);
        let diagrams =
            relations.all_of_kind("diagramData").filter_map(|(id, part)| Some((id.to_owned(), package.xml(part)?)));
        let diagrams = diagrams.collect();
        Self { relations, diagrams }
    }

    /// The words of its title.
    fn title(&self, root: &Element) -> Option<String> {
        let title = root.all("sp").find(|shape| is_title(shape))?;
        let words: Vec<String> = title.all("p").map(|paragraph| self.words(paragraph)).collect();
        Some(blocks::one_line(&words.join(" "))).filter(|words| !words.is_empty())
    }

    fn shapes(&self, parent: &Element, blocks: &mut Blocks) {
        for shape in parent.elements() {
            match shape.name.as_str() {
                "sp" if is_title(shape) || is_furniture(shape) => {}
                "sp" => {
                    if let Some(body) = shape.child("txBody") {
                        self.body(body, is_body(shape), blocks);
                    }
                }
                "grpSp" => self.shapes(shape, blocks),
                "AlternateContent" => {
                    if let Some(choice) = shape.elements().next() {
                        self.shapes(choice, blocks);
                    }
                }
                "graphicFrame" => {
                    for table in shape.all("tbl") {
                        let mut grid = Grid::new(MAX_COLUMNS);
                        for row in table.elements().filter(|row| row.name == "tr") {
                            grid.row(self.cells(row));
                        }
                        blocks.table(grid.into_rows());
                    }
                    let data = shape.all("relIds").find_map(|ids| self.diagrams.get(ids.prefixed("dm")?));
                    for point in data.into_iter().flat_map(|data| data.all("pt")) {
                        let words: Vec<String> = point.all("p").map(|paragraph| self.words(paragraph)).collect();
                        blocks.item(0, "-", &blocks::one_line(&words.join(" ")));
                    }
                }
                _ => {}
            }
        }
    }

    /// The paragraphs of a shape: a list where they have bullets, as the main shape's have unless they say otherwise.
    fn body(&self, body: &Element, has_bullets: bool, blocks: &mut Blocks) {
        let paragraphs: Vec<&Element> = body.elements().filter(|element| element.name == "p").collect();
        let said = paragraphs.iter().filter(|paragraph| !self.words(paragraph).trim().is_empty()).count();
        // How far each level has counted.
        let mut numbers: Vec<u32> = Vec::new();
        for paragraph in paragraphs {
            let words = self.words(paragraph);
            if words.trim().is_empty() {
                continue;
            }
            let properties = paragraph.child("pPr");
            let has = |name: &str| properties.is_some_and(|properties| properties.child(name).is_some());
            let level =
                properties.and_then(|properties| properties.attribute("lvl")?.parse::<usize>().ok()).unwrap_or(0);
            let level = level.min(MAX_LEVELS);
            numbers.truncate(level + 1);
            if let Some(numbering) = properties.and_then(|properties| properties.child("buAutoNum")) {
                numbers.resize(level + 1, 0);
                let start = numbering.attribute("startAt").and_then(|start| start.parse().ok()).unwrap_or(1_u32);
                numbers[level] = if numbers[level] == 0 { start } else { numbers[level].saturating_add(1) };
                blocks.item(level, &format!("{}.", numbers[level].min(999_999_999)), &words);
                continue;
            }
            numbers.truncate(level);
            if has("buChar") || has("buBlip") || (has_bullets && said > 1 && !has("buNone")) {
                blocks.item(level, "-", &words);
            } else {
                blocks.paragraph(&words);
            }
        }
    }

    /// The cells of a row, without those that another one reaches over.
    fn cells(&self, row: &Element) -> Vec<Cell> {
        let is_on = |cell: &Element, name: &str| matches!(cell.attribute(name), Some("1" | "true"));
        let span = |cell: &Element, name: &str| cell.attribute(name).and_then(|span| span.parse().ok()).unwrap_or(1);
        let cell = |cell: &Element| {
            let words = cell.all("p").map(|paragraph| self.words(paragraph)).collect::<Vec<_>>().join(" ");
            Cell::new(words, span(cell, "rowSpan"), span(cell, "gridSpan"))
        };
        let cells = row.elements().filter(|element| element.name == "tc");
        cells.filter(|cell| !is_on(cell, "hMerge") && !is_on(cell, "vMerge")).map(cell).collect()
    }

    /// The words of a paragraph with its links.
    fn words(&self, paragraph: &Element) -> String {
        let mut line = String::new();
        for run in paragraph.elements() {
            match run.name.as_str() {
                "r" | "fld" => {
                    let said = run.child("t").map(Element::text).unwrap_or_default();
                    let target =
                        run.at(&["rPr", "hlinkClick"]).and_then(|link| self.relations.target(link.prefixed("id")?));
                    match target {
                        Some(target) => line.push_str(&blocks::link(&blocks::escaped(&said), target)),
                        // A run may begin in the middle of a word.
                        None => escape::push(&mut line, &said),
                    }
                }
                "br" => line.push('\n'),
                "m" => escape::push(&mut line, &run.all("t").map(Element::text).collect::<String>()),
                _ => {}
            }
        }
        line
    }

    fn notes(&self, root: &Element, blocks: &mut Blocks) {
        let bodies = root.all("sp").filter(|shape| is_body(shape));
        let paragraphs: Vec<String> =
            bodies.flat_map(|body| body.all("p")).map(|paragraph| self.words(paragraph)).collect();
        let said: Vec<&str> = paragraphs.iter().map(|words| words.trim()).filter(|words| !words.is_empty()).collect();
        if !said.is_empty() {
            blocks.quote(&format!("Notes: {}", said.join("\n\n")));
        }
    }
}

/// The kind of placeholder a shape is; empty where it is none.
fn placeholder(shape: &Element) -> Option<&str> {
    let placeholder = shape.at(&["nvSpPr", "nvPr", "ph"])?;
    Some(placeholder.attribute("type").unwrap_or("obj"))
}

fn is_title(shape: &Element) -> bool {
    matches!(placeholder(shape), Some("title" | "ctrTitle"))
}

fn is_body(shape: &Element) -> bool {
    matches!(placeholder(shape), Some("body" | "obj"))
}

/// Date, footer and number of the slide.
fn is_furniture(shape: &Element) -> bool {
    matches!(placeholder(shape), Some("dt" | "ftr" | "sldNum" | "hdr" | "sldImg"))
}
