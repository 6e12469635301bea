//! Excel workbooks: a section and its tables a sheet.
//!
//! Read here rather than by a library, because those that there are hold a sheet as one rectangle, which two cells in
//! far corners make larger than memory.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::number_format::NumberFormat;
use super::sheet::{MAX_CELLS, Sheet};
use super::{Relations, hidden, main_part, properties};
use crate::extract::blocks::Blocks;
use crate::extract::package::Package;
use crate::extract::reading::Reading;
use crate::extract::xml::{self, Element};
use crate::extract::{ExtractLimits, encoding};
use crate::{ByteSpan, NoticeKind};

/// Reads a workbook. Each sheet is a page.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut package = match Package::open(bytes, "workbook") {
        Ok(package) => package,
        Err(reading) => return *reading,
    };
    let mut reading = Reading::default();
    properties::read_core(&mut package, &mut reading);
    let main = main_part(&mut package, "xl/workbook.xml");
    if main.rsplit('.').next() == Some("bin") {
        reading.note(NoticeKind::Malformed, "the workbook is binary (.xlsb): save it as .xlsx");
        return reading;
    }
    let Some(workbook) = package.xml(&main) else {
        reading.note(NoticeKind::Malformed, "the workbook has no main part");
        package.report(&mut reading);
        return reading;
    };
    let relations = Relations::of(&mut package, &main);
    let mut part = |kind: &str| relations.of_kind(kind).and_then(|name| package.xml(name)).unwrap_or_default();
    let book = Book {
        strings: part("sharedStrings").elements().map(shared_string).collect(),
        formats: formats(&part("styles")),
        since_1904: workbook
            .child("workbookPr")
            .and_then(|properties| properties.attribute("date1904"))
            .is_some_and(|value| matches!(value, "1" | "true")),
    };
    let mut blocks = Blocks::new(limits.max_text_bytes);
    for (index, sheet) in workbook.child("sheets").into_iter().flat_map(Element::elements).enumerate() {
        if index >= limits.max_pages {
            reading.note(NoticeKind::Truncated, format!("reading stopped after {} sheets", limits.max_pages));
            break;
        }
        let name = sheet.attribute("name").unwrap_or_default();
        let Some(part) = sheet.prefixed("id").and_then(|id| relations.target(id)) else { continue };
        let Some(bytes) = package.read(part) else { continue };
        let links = Relations::of(&mut package, part);
        let start = blocks.next_start();
        let (cells, problem) = book.sheet(&bytes, &links);
        if matches!(sheet.attribute("state"), Some("hidden" | "veryHidden")) {
            hidden::list(&mut reading, "sheet", name);
            cells.write(&hidden::heading(name, "sheet"), &mut blocks);
        } else {
            cells.write(name, &mut blocks);
        }
        if let Some((kind, problem)) = problem {
            reading.note(kind, format!("of the sheet {name:?} only a part was read: {problem}"));
        }
        reading.pages.push(ByteSpan::new(start.min(blocks.len()), blocks.len()));
        if blocks.is_full() {
            break;
        }
    }
    reading.text = blocks.into_text();
    package.report(&mut reading);
    reading
}

/// What all sheets of a workbook share.
struct Book {
    strings: Vec<String>,
    /// For each cell style.
    formats: Vec<NumberFormat>,
    since_1904: bool,
}

/// The cell being read.
#[derive(Default)]
struct Cell {
    row: u32,
    column: u32,
    kind: String,
    style: usize,
    value: String,
}

impl Book {
    /// Reads a sheet as a stream, and says what ended the reading early.
    fn sheet(&self, bytes: &[u8], links: &Relations) -> (Sheet, Option<(NoticeKind, String)>) {
        let (text, _) = encoding::decode(bytes, None);
        let mut reader = Reader::from_str(&text);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_end_names = false;
        let mut sheet = Sheet::default();
        let mut cell: Option<Cell> = None;
        let mut in_value = false;
        let mut is_whole = false;
        // Where a cell stands if it does not say so.
        let (mut row, mut column) = (0_u32, 0_u32);
        let problem = loop {
            match reader.read_event() {
                Ok(Event::Start(start)) => match xml::local_name(start.name().as_ref()) {
                    "row" => {
                        let number = xml::attributes(&start).into_iter().find(|(key, _)| key == "r");
                        row = number.and_then(|(_, number)| number.parse::<u32>().ok()).unwrap_or(row + 1);
                        column = 0;
                    }
                    "c" => {
                        let mut next = Cell { row: row.saturating_sub(1), column, ..Cell::default() };
                        for (key, value) in xml::attributes(&start) {
                            match key.as_str() {
                                "r" => (next.column, next.row) = place(&value).unwrap_or((next.column, next.row)),
                                "t" => next.kind = value,
                                "s" => next.style = value.parse().unwrap_or_default(),
                                _ => {}
                            }
                        }
                        column = next.column.saturating_add(1);
                        cell = Some(next);
                    }
                    "mergeCell" => {
                        if let Some((from, to)) = area(&start) {
                            sheet.reach_down(from.1, from.0, to.1.saturating_sub(from.1).saturating_add(1));
                        }
                    }
                    "hyperlink" => {
                        let target = xml::attributes(&start).into_iter().find(|(key, _)| xml::local_name(key) == "id");
                        let target = target.and_then(|(_, id)| links.target(&id).map(str::to_owned));
                        if let (Some((from, _)), Some(target)) = (area(&start), target) {
                            sheet.link(from.1, from.0, &target);
                        }
                    }
                    "v" | "t" => in_value = true,
                    // Readings aids of East Asian text.
                    "rPh" => in_value = false,
                    _ => {}
                },
                Ok(Event::End(end)) => match xml::local_name(end.name().as_ref()) {
                    "v" | "t" => in_value = false,
                    "sheetData" => is_whole = true,
                    "c" => {
                        if let Some(cell) = cell.take()
                            && !sheet.set(cell.row, cell.column, &self.show(&cell))
                        {
                            break Some((NoticeKind::Truncated, format!("it has more than {MAX_CELLS} cells")));
                        }
                    }
                    _ => {}
                },
                Ok(Event::Text(words)) if in_value => push(&mut cell, &words.into_inner()),
                Ok(Event::CData(words)) if in_value => push(&mut cell, &words.into_inner()),
                Ok(Event::GeneralRef(reference)) if in_value => push(&mut cell, &xml::resolved(&reference)),
                Ok(Event::Eof) if is_whole => break None,
                Ok(Event::Eof) => break Some((NoticeKind::Malformed, "it is cut off".to_owned())),
                Ok(_) => {}
                Err(error) => break Some((NoticeKind::Malformed, error.to_string())),
            }
        };
        (sheet, problem)
    }

    /// The value of a cell as shown.
    fn show(&self, cell: &Cell) -> String {
        match cell.kind.as_str() {
            "s" => {
                cell.value.trim().parse().ok().and_then(|at: usize| self.strings.get(at)).cloned().unwrap_or_default()
            }
            "b" => if cell.value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "str" | "inlineStr" | "e" | "d" => cell.value.clone(),
            _ => match cell.value.trim().parse::<f64>() {
                Ok(number) => {
                    let format = self.formats.get(cell.style).copied().unwrap_or(NumberFormat::Plain);
                    format.show(number, self.since_1904)
                }
                Err(_) => cell.value.clone(),
            },
        }
    }
}

fn push(cell: &mut Option<Cell>, words: &str) {
    if let Some(cell) = cell {
        cell.value.push_str(words);
    }
}

/// The words of a shared string, without the reading aids of East Asian text.
fn shared_string(item: &Element) -> String {
    let mut text = String::new();
    for part in item.elements() {
        match part.name.as_str() {
            "t" => text.push_str(&part.text()),
            "r" => text.push_str(&part.child("t").map(Element::text).unwrap_or_default()),
            _ => {}
        }
    }
    text
}

/// The number format of each cell style.
fn formats(styles: &Element) -> Vec<NumberFormat> {
    let own = styles.child("numFmts");
    let own = |id: u32| {
        let id = id.to_string();
        let format = own?.elements().find(|format| format.attribute("numFmtId") == Some(&id))?;
        Some(NumberFormat::parse(format.attribute("formatCode")?))
    };
    let format = |style: &Element| {
        let id = style.attribute("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
        own(id).unwrap_or_else(|| NumberFormat::built_in(id))
    };
    styles.child("cellXfs").into_iter().flat_map(Element::elements).map(format).collect()
}

/// The first and the last cell that an element's `ref`, as `A1:B3` or `A1`, names.
fn area(start: &BytesStart<'_>) -> Option<((u32, u32), (u32, u32))> {
    let (_, area) = xml::attributes(start).into_iter().find(|(key, _)| key == "ref")?;
    let (from, to) = area.split_once(':').unwrap_or((&area, &area));
    Some((place(from)?, place(to)?))
}

/// Column and row from 0 of a name such as `AB12`.
fn place(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !(1..=3).contains(&letters) {
        return None;
    }
    let column = name[..letters]
        .bytes()
        .fold(0_u32, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row: u32 = name[letters..].parse().ok()?;
    Some((column - 1, row.checked_sub(1)?))
}
