//! The sheets of an `OpenDocument` spreadsheet.

use super::hidden;
use super::number_format::NumberFormat;
use super::sheet::{MAX_CELLS, Sheet};
use crate::extract::ExtractLimits;
use crate::extract::blocks::Blocks;
use crate::extract::reading::Reading;
use crate::extract::xml::Element;
use crate::{ByteSpan, NoticeKind};

/// Rows and cells may say that they stand there many times; more times than this is how the rest of a sheet is filled.
const MAX_REPEATS: u32 = 1_000;

/// Writes each sheet; those of the styles `hidden` are not shown.
pub(super) fn write(
    body: &Element,
    hidden: &[&str],
    limits: ExtractLimits,
    blocks: &mut Blocks,
    reading: &mut Reading,
) {
    for (index, table) in body.elements().filter(|element| element.name == "table").enumerate() {
        if index >= limits.max_pages {
            reading.note(NoticeKind::Truncated, format!("reading stopped after {} sheets", limits.max_pages));
            return;
        }
        let name = table.attribute("name").unwrap_or_default();
        let start = blocks.next_start();
        let (sheet, is_whole) = sheet(table);
        if table.attribute("style-name").is_some_and(|style| hidden.contains(&style)) {
            hidden::list(reading, "sheet", name);
            sheet.write(&hidden::heading(name, "sheet"), blocks);
        } else {
            sheet.write(name, blocks);
        }
        if !is_whole {
            let detail = format!("of the sheet {name:?} only the first {MAX_CELLS} cells were read");
            reading.note(NoticeKind::Truncated, detail);
        }
        reading.pages.push(ByteSpan::new(start.min(blocks.len()), blocks.len()));
        if blocks.is_full() {
            return;
        }
    }
}

/// The cells of a table, and whether they are all of them.
fn sheet(table: &Element) -> (Sheet, bool) {
    let mut sheet = Sheet::default();
    let mut row_number = 0_u32;
    let mut reaching: Vec<(u32, u32, u32)> = Vec::new();
    for row in table.all("table-row") {
        let repeats = repeats(row, "number-rows-repeated");
        for place in row_number..row_number.saturating_add(repeats.min(MAX_REPEATS)) {
            let mut column = 0_u32;
            let mut holds_any = false;
            for cell in row.elements() {
                let cells = self::repeats(cell, "number-columns-repeated");
                let value = value(cell);
                if !value.is_empty() {
                    holds_any = true;
                    let rows = self::repeats(cell, "number-rows-spanned");
                    if rows > 1 {
                        reaching.push((place, column, rows));
                    }
                    for at in column..column.saturating_add(cells.min(MAX_REPEATS)) {
                        if !sheet.set(place, at, &value) {
                            return (sheet, false);
                        }
                    }
                }
                column = column.saturating_add(cells);
            }
            if !holds_any {
                break;
            }
        }
        row_number = row_number.saturating_add(repeats);
    }
    for (row, column, rows) in reaching {
        sheet.reach_down(row, column, rows);
    }
    (sheet, true)
}

fn repeats(element: &Element, name: &str) -> u32 {
    element.attribute(name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// What a cell shows; dates in ISO form.
fn value(cell: &Element) -> String {
    let attribute = |name: &str| cell.attribute(name).map(str::to_owned);
    let shown = || {
        let lines: Vec<String> = cell.elements().filter(|element| element.name == "p").map(Element::text).collect();
        lines.join(" ")
    };
    match cell.attribute("value-type") {
        Some("date") => attribute("date-value").unwrap_or_else(shown),
        Some("float") => match cell.attribute("value").and_then(|value| value.parse().ok()) {
            Some(number) => NumberFormat::Plain.show(number, false),
            None => shown(),
        },
        _ => shown(),
    }
}
